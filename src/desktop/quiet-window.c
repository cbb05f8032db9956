// SPDX-License-Identifier: Apache-2.0
/*
 * Windows that do not disturb. The only file of the desktop that speaks Xlib; called by popup and call window in the
 * main thread. Measured: under openbox gtk_window_present() takes the focus even with user time
 * 0, making the widget visible after the user time was set does not.
 */
#include "desktop/quiet-window.h"

#include "desktop/placement.h"

#ifdef IPD_HAVE_X11
#include <X11/Xatom.h>
#include <X11/Xutil.h>
#include <gdk/x11/gdkx.h>

#define NET_WM_STATE_ADD   1
#define SOURCE_APPLICATION 1

static void
set_input_hint (Display *display, Window xid)
{
  XWMHints *hints = XGetWMHints (display, xid);

  if (hints == NULL)
    hints = XAllocWMHints ();
  hints->flags |= InputHint;
  hints->input = False;
  XSetWMHints (display, xid, hints);
  XFree (hints);
}

static void
set_notification_type (GdkDisplay *gdk_display, Display *display, Window xid)
{
  Atom types[] = {
    gdk_x11_get_xatom_by_name_for_display (gdk_display, "_NET_WM_WINDOW_TYPE_NOTIFICATION"),
    gdk_x11_get_xatom_by_name_for_display (gdk_display, "_NET_WM_WINDOW_TYPE_NORMAL"),
  };

  XChangeProperty (display, xid, gdk_x11_get_xatom_by_name_for_display (gdk_display, "_NET_WM_WINDOW_TYPE"), XA_ATOM,
                   32, PropModeReplace, (unsigned char *) types, G_N_ELEMENTS (types));
}

/* A mapped window asks its window manager by a message to the root window (EWMH 1.5, _NET_WM_STATE). */
static void
ask_above (GdkDisplay *gdk_display, Display *display, Window xid)
{
  XEvent event = { 0 };

  event.xclient.type = ClientMessage;
  event.xclient.window = xid;
  event.xclient.format = 32;
  event.xclient.message_type = gdk_x11_get_xatom_by_name_for_display (gdk_display, "_NET_WM_STATE");
  event.xclient.data.l[0] = NET_WM_STATE_ADD;
  event.xclient.data.l[1] = (long) gdk_x11_get_xatom_by_name_for_display (gdk_display, "_NET_WM_STATE_ABOVE");
  event.xclient.data.l[3] = SOURCE_APPLICATION;
  XSendEvent (display, DefaultRootWindow (display), False, SubstructureRedirectMask | SubstructureNotifyMask, &event);
}

static void
show_on_x11 (GtkWindow *window, GdkSurface *surface, gboolean above)
{
  GdkDisplay *gdk_display = gdk_surface_get_display (surface);
  Display *display = gdk_x11_display_get_xdisplay (gdk_display);
  Window xid = gdk_x11_surface_get_xid (surface);

  gdk_x11_surface_set_user_time (surface, 0);
  if (above)
    {
      gdk_x11_surface_set_skip_taskbar_hint (surface, TRUE);
      gdk_x11_surface_set_skip_pager_hint (surface, TRUE);
      set_notification_type (gdk_display, display, xid);
      set_input_hint (display, xid);
    }
  gtk_widget_set_visible (GTK_WIDGET (window), TRUE);
  if (above)
    ask_above (gdk_display, display, xid);
}

/* A surface that was just mapped does not know its size yet; the widget's natural size is what it will get. */
static void
place_on_x11 (GtkWindow *window, GdkSurface *surface, unsigned slot)
{
  GdkDisplay *gdk_display = gdk_surface_get_display (surface);
  GdkMonitor *monitor = gdk_x11_display_get_primary_monitor (gdk_display);
  int scale = gdk_surface_get_scale_factor (surface);
  GtkRequisition size;
  GdkRectangle work;
  IpdArea area;
  int x, y;

  if (monitor == NULL)
    return;
  gdk_x11_monitor_get_workarea (monitor, &work);
  area = (IpdArea){ work.x, work.y, work.width, work.height };
  gtk_widget_get_preferred_size (GTK_WIDGET (window), NULL, &size);
  ipd_placement (&area, size.width, size.height, slot, &x, &y);
  XMoveWindow (gdk_x11_display_get_xdisplay (gdk_display), gdk_x11_surface_get_xid (surface), x * scale, y * scale);
}
#endif

static GdkSurface *
surface_of (GtkWindow *window)
{
  gtk_widget_realize (GTK_WIDGET (window));
  return gtk_native_get_surface (GTK_NATIVE (window));
}

void
ipd_quiet_window_show (GtkWindow *window, gboolean above)
{
#ifdef IPD_HAVE_X11
  GdkSurface *surface = surface_of (window);

  if (GDK_IS_X11_SURFACE (surface))
    {
      show_on_x11 (window, surface, above);
      return;
    }
#endif
  gtk_widget_set_visible (GTK_WIDGET (window), TRUE);
}

void
ipd_quiet_window_place (GtkWindow *window, unsigned slot)
{
#ifdef IPD_HAVE_X11
  GdkSurface *surface = surface_of (window);

  if (GDK_IS_X11_SURFACE (surface))
    place_on_x11 (window, surface, slot);
#endif
}

gboolean
ipd_quiet_window_is_composited (void)
{
  GdkDisplay *display = gdk_display_get_default ();

  return gdk_display_is_composited (display) && gdk_display_is_rgba (display);
}

gboolean
ipd_quiet_window_can_be_above (void)
{
#ifdef IPD_HAVE_X11
  return GDK_IS_X11_DISPLAY (gdk_display_get_default ());
#else
  return FALSE;
#endif
}

void
ipd_quiet_window_set_class (const char *name)
{
#ifdef IPD_HAVE_X11
  GdkDisplay *display = gdk_display_get_default ();

  if (GDK_IS_X11_DISPLAY (display))
    gdk_x11_display_set_program_class (display, name);
#endif
}
