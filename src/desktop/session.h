// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "desktop/agent-link.h"

/*
 * One visit on the screen, from its first sign to the last window closed: follows the agent, moves from popup to call
 * window on the same media, turns presses into requests. What is shown always comes from the agent, never from a press.
 *
 * Thread: main.
 */
typedef struct _IpdSession IpdSession;

/*
 * @link: outlives the session
 * @visit: (transfer full): as the agent listed it
 * @slot_dir: where places of popups are held (desktop/popup-slot.h)
 * @on_closed: the last window is gone; the process may end
 */
IpdSession *ipd_session_new (IpdAgentLink *link, IpdDeskVisit *visit, const char *slot_dir,
                             void (*on_closed) (gpointer data), gpointer data);
void ipd_session_free (IpdSession *session);

/*
 * Asks for the sockets and starts the media, in its own threads; needs no display. A failure is shown in the window and
 * does not keep anybody from opening or rejecting.
 */
void ipd_session_start_media (IpdSession *session);

/* Shows what there is to show; the toolkit is up from here on. */
void ipd_session_show (IpdSession *session);

/* From the link's handlers; (transfer full). Of other visits only matters whether they talk. */
void ipd_session_take_visit (IpdSession *session, IpdDeskVisit *visit);
void ipd_session_take_command (IpdSession *session, IpdDeskCommand *command);

/* Also from the link; those of other visits are not looked at. */
void ipd_session_send_digits (IpdSession *session, const char *visit, const char *digits, guint duration_ms,
                              guint gap_ms);
void ipd_session_renew_media (IpdSession *session, const char *visit);

/* A request was refused; @text is a sentence. */
void ipd_session_say (IpdSession *session, const char *text);

/* The agent is gone, and with it the visit. */
void ipd_session_lose_agent (IpdSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdSession, ipd_session_free)
