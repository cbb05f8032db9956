// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "desktop/visit-info.h"
#include "media/params.h"

/*
 * The desktop's end of the contract (data/io.ipdoor.Agent1.xml) over the agent's private socket.
 *
 * Thread: main. Opening is synchronous and short (a local socket, three small answers), because everything else at a
 * cold start runs in other threads at that moment; after that nothing waits. Handlers run in the main context.
 */
typedef struct _IpdAgentLink IpdAgentLink;

#define IPD_DESK_ERROR (ipd_desk_error_quark ())
GQuark ipd_desk_error_quark (void);

typedef enum {
  IPD_DESK_ERROR_NO_AGENT, /* nobody listens on the socket, or it does not answer */
  IPD_DESK_ERROR_NO_VISIT, /* the agent knows no such visit (any more) */
} IpdDeskError;

/*
 * visit: something about any visit changed; the value is the handler's (transfer full)
 * command: the same for commands
 * digits: the person's digits of @visit are to be sent as telephone events
 * media: what OpenMedia says of @visit changed
 * failed: a request was refused; @text is the agent's sentence for a person
 * lost: the agent went away; nothing comes any more
 */
typedef struct {
  void (*visit) (IpdDeskVisit *visit, gpointer data);
  void (*command) (IpdDeskCommand *command, gpointer data);
  void (*digits) (const char *visit, const char *digits, guint duration_ms, guint gap_ms, gpointer data);
  void (*media) (const char *visit, gpointer data);
  void (*failed) (const char *text, gpointer data);
  void (*lost) (gpointer data);
} IpdAgentLinkHandlers;

/*
 * @socket_path: of the agent
 *
 * Returns: (transfer full) (nullable): the link; free with ipd_agent_link_free(), after which no handler runs
 */
IpdAgentLink *ipd_agent_link_open (const char *socket_path, const IpdAgentLinkHandlers *handlers, gpointer data,
                                   GError **error);
void ipd_agent_link_free (IpdAgentLink *link);

/* Returns: (transfer full) (nullable) (element-type IpdDeskVisit): the visits that go on, newest first */
GPtrArray *ipd_agent_link_get_visits (IpdAgentLink *link, GError **error);

/*
 * Sockets and keys of the visit; each call counts as a new media process (docs/protocol.md §9, generation).
 * ret_params: (out caller-allocates): its descriptors belong to the caller, who closes them, see
 * ipd_agent_link_close_media()
 */
gboolean ipd_agent_link_open_media (IpdAgentLink *link, const char *visit, IpdMediaParams *ret_params, GError **error);
void ipd_agent_link_close_media (IpdMediaParams *params);

/* What the person did. The outcome comes as a visit or command that changed; a refusal through `failed`. */
void ipd_agent_link_answer (IpdAgentLink *link, const char *visit);
void ipd_agent_link_reject (IpdAgentLink *link, const char *visit);
void ipd_agent_link_hang_up (IpdAgentLink *link, const char *visit);
void ipd_agent_link_hold (IpdAgentLink *link, const char *visit);
void ipd_agent_link_resume (IpdAgentLink *link, const char *visit);
void ipd_agent_link_send_digits (IpdAgentLink *link, const char *visit, const char *digits);
void ipd_agent_link_open_output (IpdAgentLink *link, const char *device, const char *output, const char *visit);

/* Tells the agent what the media saw; nothing comes back. */
void ipd_agent_link_report_media (IpdAgentLink *link, const char *visit, const char *event, const char *detail);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdAgentLink, ipd_agent_link_free)
