// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

#include "desktop/video-paintable.h"
#include "desktop/visit-info.h"

G_BEGIN_DECLS

/*
 * The window of a conversation: large picture, elapsed time, state of the door, mute, hold, volume, open, hang up,
 * save picture, keypad, full screen (F11, Esc). It shows what it is told and decides nothing. Thread: main.
 *
 * Signals: "hang-up" (), "open" (const char *output id), "hold" (gboolean held), "mute" (gboolean muted),
 * "volume" (double 0.0 to 1.0), "save-picture" (), "digit" (const char *).
 */
#define IPD_TYPE_CALL_WINDOW (ipd_call_window_get_type ())
G_DECLARE_FINAL_TYPE (IpdCallWindow, ipd_call_window, IPD, CALL_WINDOW, GtkWindow)

GtkWindow *ipd_call_window_new (IpdVideoPaintable *video, const IpdDeskVisit *visit);

/* @asked_here: the person pressed Answer in our popup, so the window may take the focus; else it leaves it alone. */
void ipd_call_window_show (IpdCallWindow *self, gboolean asked_here);

/* @command: (nullable): the newest of the visit. Both are read during the call only. */
void ipd_call_window_update (IpdCallWindow *self, const IpdDeskVisit *visit, const IpdDeskCommand *command);

/* One sentence about what is missing; %NULL: nothing is. */
void ipd_call_window_set_notice (IpdCallWindow *self, const char *text);

/* What stands in place of the picture as long as there is none. */
void ipd_call_window_set_placeholder (IpdCallWindow *self, const char *text);

G_END_DECLS
