// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "desktop/call-window.h"
#include "desktop/notices.h"
#include "desktop/notification.h"
#include "desktop/popup.h"
#include "desktop/session.h"
#include "desktop/visit-media.h"

/*
 * Shared by session.c (what happens) and session-windows.c (what is shown and pressed) and nobody else.
 */

struct _IpdSession {
  IpdAgentLink *link;
  IpdDeskVisit *visit;
  IpdDeskCommand *command; /* (nullable): the newest of this visit */
  IpdVisitMedia *media;
  IpdPopup *popup; /* at most one of the two */
  IpdCallWindow *window;
  IpdNotification *notification; /* (nullable): where windows cannot be put in front */
  char *slot_dir;
  int slot_fd;
  IpdNotices *notices;
  GHashTable *talks; /* ids of other visits of this client that talk now */
  char *placeholder; /* (nullable) */
  gboolean shown;    /* the toolkit is up */
  gboolean pressed_answer;
  gboolean ended_here;  /* the person pressed Reject or Hang up */
  GCancellable *saving; /* pictures */
  guint linger_source;
  guint patience_source;
  void (*on_closed) (gpointer data);
  gpointer data;
};

/* Whichever window is up; the popup gives way to the call window on the same media. */
void ipd_session_need_popup (IpdSession *self);
void ipd_session_need_call_window (IpdSession *self);
void ipd_session_drop_windows (IpdSession *self);
/* Drops them and ends the session. */
void ipd_session_close (IpdSession *self);

/* What stands on the picture and in its place; @session is gpointer for the notices. */
void ipd_session_show_words (gpointer session);
gboolean ipd_session_has_picture (const IpdSession *self);
