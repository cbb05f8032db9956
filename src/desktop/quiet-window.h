// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

/*
 * What GTK 4 has no words for: a window that appears above the others in a given place and leaves the keyboard where it
 * is. docs/popup.md says what each kind of display allows. On displays other than X11 the window is shown without
 * asking for the focus, and place and layer are the compositor's. Thread: main.
 */

/*
 * Maps @window without taking the focus: no present(), user time 0 (EWMH: "was not asked for by the user"), WM_HINTS
 * input False.
 * @above: also keeps it above others, out of taskbar and pager, and treats it as a notification
 */
void ipd_quiet_window_show (GtkWindow *window, gboolean above);

/* Puts a mapped @window of a fixed size into place @slot of the stack (desktop/placement.h) on the primary monitor. */
void ipd_quiet_window_place (GtkWindow *window, unsigned slot);

/* Whether the display lets windows have transparent corners. */
gboolean ipd_quiet_window_is_composited (void);

/* Whether the display lets a program put a window in front of others (X11). */
gboolean ipd_quiet_window_can_be_above (void);

/* WM_CLASS and the like for all windows of the process, so that people can write rules for them. */
void ipd_quiet_window_set_class (const char *name);
