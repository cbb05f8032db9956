// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

#include "desktop/video-paintable.h"
#include "desktop/visit-info.h"

G_BEGIN_DECLS

/*
 * The small window of a visit that waits for a decision: picture, who, since when, Answer, Reject, Open, Save picture.
 * docs/popup.md says how it behaves. It shows what it is told and decides nothing. Thread: main.
 *
 * Signals: "answer" (), "reject" (), "open" (const char *output id), "save-picture" (), "digit" (const char *),
 * "dismiss" (): the person pressed that.
 */
#define IPD_TYPE_POPUP (ipd_popup_get_type ())
G_DECLARE_FINAL_TYPE (IpdPopup, ipd_popup, IPD, POPUP, GtkWindow)

GtkWindow *ipd_popup_new (IpdVideoPaintable *video, const IpdDeskVisit *visit);

/* Shows it in @slot without taking the focus; the guard starts (desktop/guard.h). */
void ipd_popup_show (IpdPopup *self, unsigned slot);

/* @command: (nullable): the newest of the visit. Both are read during the call only. */
void ipd_popup_update (IpdPopup *self, const IpdDeskVisit *visit, const IpdDeskCommand *command);

/* One sentence about what is missing; %NULL: nothing is. */
void ipd_popup_set_notice (IpdPopup *self, const char *text);

/* What stands in place of the picture as long as there is none. */
void ipd_popup_set_placeholder (IpdPopup *self, const char *text);

G_END_DECLS
