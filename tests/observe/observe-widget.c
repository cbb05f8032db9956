// SPDX-License-Identifier: Apache-2.0
/*
 * Uses the application as a person with a mouse would: finds a widget of ours by its accessible name (AT-SPI), waits
 * until it can be used, and with --click moves the X pointer onto it and presses the button. With --text it waits for a
 * text to be shown.
 */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>
#include <atspi/atspi.h>
#include <getopt.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "observe.h"

/* AT-SPI declares autoptr cleanups only in newer versions than Debian 12 has. */
#define AUTO __attribute__ ((cleanup (drop)))

typedef struct {
  const char *application;
  const char *name; /* exact accessible name */
  const char *text; /* or a part of any name */
  bool click;
  bool list;
  double timeout_s;
} Wish;

static void
drop (void *object)
{
  g_clear_object ((GObject **) object);
}

static bool
has_state (AtspiAccessible *object, AtspiStateType state)
{
  AUTO AtspiStateSet *states = atspi_accessible_get_state_set (object);

  return states != NULL && atspi_state_set_contains (states, state);
}

/* GTK 4.8 says "showing" of windows only; of their parts it says "visible" and where they are. */
static bool
is_shown (AtspiAccessible *object)
{
  AUTO AtspiComponent *component = atspi_accessible_get_component_iface (object);
  g_autofree AtspiRect *box
      = component != NULL ? atspi_component_get_extents (component, ATSPI_COORD_TYPE_WINDOW, NULL) : NULL;

  return has_state (object, ATSPI_STATE_VISIBLE) && box != NULL && box->width > 0 && box->height > 0;
}

/* Sensitive is said of each part alone: a button in a box that takes no input takes none either. */
static bool
is_usable (AtspiAccessible *object)
{
  bool usable = true;
  AtspiAccessible *at = g_object_ref (object);

  while (usable && at != NULL)
    {
      AtspiRole role = atspi_accessible_get_role (at, NULL);
      AtspiAccessible *parent;

      if (role == ATSPI_ROLE_APPLICATION)
        break;
      usable = has_state (at, ATSPI_STATE_SENSITIVE);
      parent = atspi_accessible_get_parent (at, NULL);
      g_object_unref (at);
      at = parent;
    }
  g_clear_object (&at);
  return usable;
}

static bool
matches (const Wish *wish, AtspiAccessible *object)
{
  g_autofree char *name = atspi_accessible_get_name (object, NULL);

  if (name == NULL || *name == '\0')
    return false;
  if (wish->list && is_shown (object))
    {
      g_autofree char *role = atspi_accessible_get_role_name (object, NULL);

      printf ("{\"t_us\": %lld, \"role\": \"%s\", \"name\": \"%s\", \"sensitive\": %s}\n",
              (long long) observe_now_us (), role, name, is_usable (object) ? "true" : "false");
    }
  if (wish->text != NULL)
    return strstr (name, wish->text) != NULL && is_shown (object);
  return wish->name != NULL && strcmp (name, wish->name) == 0 && is_shown (object) && is_usable (object);
}

/* While a window goes away, GTK 4.8 may name an object as its own child: no tree of ours is as deep as this. */
#define DEPTH_MAX 40

static AtspiAccessible *
find (const Wish *wish, AtspiAccessible *object, int depth)
{
  int n;

  if (depth > DEPTH_MAX)
    return NULL;
  if (matches (wish, object))
    return g_object_ref (object);
  n = atspi_accessible_get_child_count (object, NULL);
  for (int i = 0; i < n; i++)
    {
      AUTO AtspiAccessible *child = atspi_accessible_get_child_at_index (object, i, NULL);
      AtspiAccessible *found = child != NULL && child != object ? find (wish, child, depth + 1) : NULL;

      if (found != NULL)
        return found;
    }
  return NULL;
}

static AtspiAccessible *
find_in_application (const Wish *wish)
{
  AUTO AtspiAccessible *desktop = atspi_get_desktop (0);
  int n = atspi_accessible_get_child_count (desktop, NULL);

  for (int i = 0; i < n; i++)
    {
      AUTO AtspiAccessible *application = atspi_accessible_get_child_at_index (desktop, i, NULL);
      g_autofree char *name = application != NULL ? atspi_accessible_get_name (application, NULL) : NULL;
      AtspiAccessible *found;

      if (name == NULL || strstr (name, wish->application) == NULL)
        continue;
      found = find (wish, application, 0);
      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The frame (toplevel) above a widget: GTK 4 gives places relative to it only, since Wayland knows no others. */
static AtspiAccessible *
toplevel_of (AtspiAccessible *object)
{
  AtspiAccessible *at = g_object_ref (object);

  for (;;)
    {
      AtspiAccessible *parent = atspi_accessible_get_parent (at, NULL);

      if (parent == NULL || atspi_accessible_get_role (parent, NULL) == ATSPI_ROLE_APPLICATION)
        {
          g_clear_object (&parent);
          return at;
        }
      g_object_unref (at);
      at = parent;
    }
}

/* Finds the mapped X window whose title is the toplevel's accessible name. */
static Window
find_window (Display *display, Window root, const char *title)
{
  Window unused, *children = NULL, found = None;
  unsigned n = 0;

  if (!XQueryTree (display, root, &unused, &unused, &children, &n))
    return None;
  for (unsigned i = 0; i < n && found == None; i++)
    {
      XTextProperty property = { 0 };
      XWindowAttributes attributes;
      Atom utf8_name = XInternAtom (display, "_NET_WM_NAME", False);

      if (XGetTextProperty (display, children[i], &property, utf8_name) && property.value != NULL)
        {
          if (strcmp ((char *) property.value, title) == 0 && XGetWindowAttributes (display, children[i], &attributes)
              && attributes.map_state == IsViewable)
            found = children[i];
          XFree (property.value);
        }
      if (found == None)
        found = find_window (display, children[i], title);
    }
  XFree (children);
  return found;
}

/*
 * Where in its box a widget is pressed: right of the middle and below it. Newer GTK (4.18 of Debian 13) leaves out the
 * padding of all that is around a widget when it says where that is, and names a place too far up and to the left; this
 * point is on the widget in both cases.
 */
static int
place_in (int length)
{
  return length * 5 / 6;
}

static bool
click (AtspiAccessible *widget)
{
  AUTO AtspiAccessible *top = toplevel_of (widget);
  g_autofree char *title = atspi_accessible_get_name (top, NULL);
  AUTO AtspiComponent *component = atspi_accessible_get_component_iface (widget);
  AtspiRect *box = component != NULL ? atspi_component_get_extents (component, ATSPI_COORD_TYPE_WINDOW, NULL) : NULL;
  Display *display = XOpenDisplay (NULL);
  Window window, child;
  int x, y;

  if (box == NULL || display == NULL || title == NULL)
    return false;
  window = find_window (display, DefaultRootWindow (display), title);
  if (window == None)
    return false;
  XTranslateCoordinates (display, window, DefaultRootWindow (display), box->x + place_in (box->width),
                         box->y + place_in (box->height), &x, &y, &child);
  XTestFakeMotionEvent (display, -1, x, y, CurrentTime);
  XTestFakeButtonEvent (display, 1, True, CurrentTime);
  XTestFakeButtonEvent (display, 1, False, CurrentTime);
  XSync (display, False);
  printf ("{\"t_us\": %lld, \"clicked\": true, \"x\": %d, \"y\": %d, \"window\": \"%s\"}\n",
          (long long) observe_now_us (), x, y, title);
  XCloseDisplay (display);
  g_free (box);
  return true;
}

static bool
parse (int argc, char **argv, Wish *wish)
{
  static const struct option options[] = {
    { "name", required_argument, NULL, 'n' },
    { "text", required_argument, NULL, 'x' },
    { "app", required_argument, NULL, 'a' },
    { "click", no_argument, NULL, 'c' },
    { "list", no_argument, NULL, 'l' },
    { "timeout", required_argument, NULL, 't' },
    { NULL, 0, NULL, 0 },
  };
  int c;

  while ((c = getopt_long (argc, argv, "", options, NULL)) != -1)
    switch (c)
      {
      case 'n':
        wish->name = optarg;
        break;
      case 'x':
        wish->text = optarg;
        break;
      case 'a':
        wish->application = optarg;
        break;
      case 'c':
        wish->click = true;
        break;
      case 'l':
        wish->list = true;
        break;
      case 't':
        wish->timeout_s = strtod (optarg, NULL);
        break;
      default:
        return false;
      }
  return wish->name != NULL || wish->text != NULL || wish->list;
}

/* Looks once, in a process that has seen nothing yet. */
static int
look (const Wish *wish)
{
  AUTO AtspiAccessible *widget = NULL;

  if (atspi_init () > 1)
    return OBSERVE_USAGE;
  widget = find_in_application (wish);
  if (wish->list)
    return OBSERVE_SEEN;
  if (widget == NULL)
    return OBSERVE_TIMEOUT;
  if (wish->click && click (widget))
    {
      /* The window may be going away under libatspi by now, and whatever fails on the way out would look like a click
       * that was not made, and be made again. */
      fflush (stdout);
      _exit (OBSERVE_SEEN);
    }
  if (wish->click)
    return OBSERVE_TIMEOUT;
  g_autofree char *name = atspi_accessible_get_name (widget, NULL);

  printf ("{\"t_us\": %lld, \"name\": \"%s\"}\n", (long long) observe_now_us (), name);
  return OBSERVE_SEEN;
}

/*
 * libatspi remembers what it saw and, without an event loop, never hears that it changed; the newer one of Debian 13
 * does so whatever cache mask is asked for, and clearing the cache crashes when a window has gone. So each look is a
 * child.
 */
static int
look_in_child (const Wish *wish)
{
  int status = 0;
  pid_t pid;

  fflush (stdout);
  pid = fork ();
  if (pid == 0)
    exit (look (wish));
  if (pid < 0 || waitpid (pid, &status, 0) != pid || !WIFEXITED (status))
    return OBSERVE_TIMEOUT;
  return WEXITSTATUS (status);
}

int
main (int argc, char **argv)
{
  Wish wish = { .application = "ipdoor", .timeout_s = 10 };
  int64_t deadline;
  int seen;

  if (!parse (argc, argv, &wish))
    {
      fputs ("usage: observe-widget {--name NAME [--click] | --text PART | --list} [--app NAME] [--timeout S]\n",
             stderr);
      return OBSERVE_USAGE;
    }
  deadline = observe_deadline (wish.timeout_s);
  while ((seen = look_in_child (&wish)) == OBSERVE_TIMEOUT && observe_now_us () < deadline)
    observe_pause_us (20000);
  return seen;
}
