// SPDX-License-Identifier: Apache-2.0
// Early dialogs of our INVITEs, several when a proxy forks (RFC 3261 §13.2.2.4, RFC 3262 §4). Called by call-out.c.
#include "sip/fork.h"

#include "sip/dialog.h"

#include <string.h>

/* A proxy in a house rings a handful of phones. */
#define FORKS_MAX 16

static void
fork_free (gpointer data)
{
  IpdSipFork *fork = data;
  g_clear_pointer (&fork->leg, nta_leg_destroy);
  g_free (fork->tag);
  g_free (fork->sdp);
  g_free (fork);
}

GPtrArray *
ipd_sip_forks_new (void)
{
  return g_ptr_array_new_with_free_func (fork_free);
}

static IpdSipFork *
find (IpdSipCall *call, const char *tag)
{
  for (guint i = 0; i < call->forks->len; i++)
    {
      IpdSipFork *fork = g_ptr_array_index (call->forks, i);
      if (g_ascii_strcasecmp (fork->tag, tag) == 0)
        return fork;
    }
  return NULL;
}

/* From our own strings: what the answer says about them is the peer's word. */
static IpdSipFork *
make (IpdSipCall *call, const char *tag)
{
  if (call->forks->len >= FORKS_MAX)
    return NULL;
  const IpdSipInviteOrder *order = call->order;
  nta_leg_t *leg = nta_leg_tcreate (call->sip->agent, ipd_sip_call_request, call, SIPTAG_CALL_ID_STR (order->call_id),
                                    SIPTAG_FROM_STR (order->from), SIPTAG_TO_STR (order->to), TAG_END ());
  if (!leg)
    return NULL;
  if (*tag)
    nta_leg_rtag (leg, tag);
  IpdSipFork *fork = g_new0 (IpdSipFork, 1);
  fork->leg = leg;
  fork->tag = g_strdup (tag);
  g_ptr_array_add (call->forks, fork);
  return fork;
}

IpdSipFork *
ipd_sip_fork_of (IpdSipCall *call, const sip_t *answer)
{
  const char *tag = answer->sip_to->a_tag ? answer->sip_to->a_tag : "";
  IpdSipFork *fork = find (call, tag);
  if (!fork)
    fork = make (call, tag);
  if (fork)
    nta_leg_client_route (fork->leg, answer->sip_record_route, answer->sip_contact);
  return fork;
}

gboolean
ipd_sip_fork_progress (IpdSipCall *call, IpdSipFork *fork, const sip_t *answer)
{
  if (!answer->sip_rseq || !answer->sip_to->a_tag || !sip_has_feature (answer->sip_require, "100rel"))
    return TRUE;
  guint32 rseq = answer->sip_rseq->rs_response;
  if (fork->rseq && rseq != fork->rseq + 1)
    return FALSE;
  fork->rseq = rseq;
  ipd_sip_dialog_learn_address (call, fork->leg);
  ipd_sip_dialog_prack (call, fork->leg, answer);
  return TRUE;
}

void
ipd_sip_fork_lost (IpdSipCall *call, IpdSipFork *fork)
{
  ipd_sip_dialog_ack (call, fork->leg, call->invite_cseq);
  if (fork->ended)
    return;
  fork->ended = TRUE;
  msg_t *bye = ipd_sip_dialog_request (call, fork->leg, SIP_METHOD_BYE, 0);
  if (bye)
    ipd_sip_dialog_send (call, bye, NULL);
}
