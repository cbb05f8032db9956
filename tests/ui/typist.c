// SPDX-License-Identifier: Apache-2.0
/*
 * Somebody who is writing while the door rings: a window with the keyboard focus that tells on standard output when it
 * gets the focus, when it loses it, and which keys reach it. Links none of our libraries.
 */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <stdio.h>

static void
tell (const char *what, const char *detail)
{
  printf ("%s%s\n", what, detail);
  fflush (stdout);
}

static void
tell_key (XKeyEvent *event)
{
  KeySym symbol = XLookupKeysym (event, 0);
  const char *name = XKeysymToString (symbol);

  tell ("key ", name != NULL ? name : "?");
}

int
main (void)
{
  Display *display = XOpenDisplay (NULL);
  XWMHints hints = { .flags = InputHint, .input = True };
  Window window;
  XEvent event;

  if (display == NULL)
    return 1;
  window = XCreateSimpleWindow (display, DefaultRootWindow (display), 40, 300, 500, 300, 0, 0, 0xe5e9f0);
  XStoreName (display, window, "typist");
  XSetWMHints (display, window, &hints);
  XSelectInput (display, window, KeyPressMask | FocusChangeMask);
  XMapWindow (display, window);
  for (;;)
    {
      XNextEvent (display, &event);
      if (event.type == FocusIn && event.xfocus.mode == NotifyNormal)
        tell ("focused", "");
      else if (event.type == FocusOut && event.xfocus.mode == NotifyNormal)
        tell ("unfocused", "");
      else if (event.type == KeyPress)
        tell_key (&event.xkey);
    }
}
