// SPDX-License-Identifier: Apache-2.0
// What calls of both directions share: their table, requests inside their dialog, hanging up, the end. Called by
// call-in.c, call-out.c and sip.c in the SIP thread.
#include "sip/check.h"
#include "sip/dialog.h"
#include "sip/fork.h"
#include "sip/message.h"
#include "sip/session-timer.h"

void
ipd_sip_answer_free (IpdSipAnswer *answer)
{
  if (!answer)
    return;
  g_free (answer->contact_user);
  g_free (answer->sdp);
  g_free (answer->auth);
  g_free (answer);
}

static void
call_free (gpointer data)
{
  IpdSipCall *call = data;
  ipd_sip_session_clear (call);
  ipd_sip_offers_clear (call);
  ipd_sip_infos_flush (call);
  g_clear_pointer (&call->invite, nta_outgoing_destroy);
  g_clear_pointer (&call->bye, nta_outgoing_destroy);
  g_clear_pointer (&call->incoming, nta_incoming_destroy);
  if (!call->outgoing)
    g_clear_pointer (&call->leg, nta_leg_destroy);
  g_ptr_array_unref (call->forks);
  g_clear_pointer (&call->order, ipd_sip_invite_order_free);
  ipd_sip_answer_free (call->held);
  char *strings[] = { call->host, call->contact_user, call->visit, call->local_sdp, call->remote_sdp };
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (strings[i]);
  g_free (call);
}

GHashTable *
ipd_sip_calls_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, call_free);
}

IpdSipCall *
ipd_sip_call_new (IpdSip *sip, guint64 id, IpdSipCallState state, const char *host, guint16 port,
                  const char *contact_user)
{
  IpdSipCall *call = g_new0 (IpdSipCall, 1);
  call->sip = sip;
  call->id = id;
  call->state = state;
  call->host = g_strdup (host);
  call->port = port;
  call->contact_user = g_strdup (contact_user);
  call->peer_cseq = -1;
  call->forks = ipd_sip_forks_new ();
  g_hash_table_insert (sip->calls, &call->id, call);
  return call;
}

IpdSipCall *
ipd_sip_call_find (IpdSip *sip, guint64 id)
{
  return g_hash_table_lookup (sip->calls, &id);
}

void
ipd_sip_call_emit (IpdSipCall *call, IpdSipEvent *event)
{
  event->call = call->id;
  ipd_sip_emit (call->sip, event);
}

IpdSipEvent *
ipd_sip_call_event (IpdSipEventType type, int status, const char *phrase)
{
  IpdSipEvent *event = ipd_sip_event_new (type);
  event->status = status;
  event->phrase = ipd_sip_clean (phrase);
  return event;
}

void
ipd_sip_call_end (IpdSipCall *call, IpdSipEvent *event)
{
  IpdSip *sip = call->sip;
  ipd_sip_infos_flush (call);
  if (event && !call->silent)
    ipd_sip_call_emit (call, event);
  else
    ipd_sip_event_free (event);
  g_hash_table_remove (sip->calls, &call->id);
  ipd_sip_something_ended (sip);
}

/* ---- hanging up ---- */

static int
on_bye_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  IpdSipCall *call = magic;
  int status = nta_outgoing_status (request);
  if (status >= 200)
    ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_BYE, status, answer ? answer->sip_status->st_phrase : NULL));
  return 0;
}

void
ipd_sip_call_leave (IpdSipCall *call, const char *reason)
{
  call->state = IPD_SIP_CALL_LEAVING;
  ipd_sip_session_clear (call);
  msg_t *msg = ipd_sip_dialog_request (call, call->leg, SIP_METHOD_BYE, 0);
  if (msg && reason)
    sip_add_tl (msg, sip_object (msg), SIPTAG_REASON_STR (reason), TAG_END ());
  call->bye = msg ? ipd_sip_dialog_send (call, msg, on_bye_answer) : NULL;
  if (!call->bye)
    ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_BYE, 503, NULL));
}

static void
hang_up (IpdSipCall *call)
{
  switch (call->state)
    {
    case IPD_SIP_CALL_CALLING:
      ipd_sip_call_outgoing_cut (call, 487, NULL);
      break;
    case IPD_SIP_CALL_RINGING:
      ipd_sip_call_incoming_cut (call);
      break;
    case IPD_SIP_CALL_ACCEPTED:
      call->leave_when_up = TRUE;
      break;
    case IPD_SIP_CALL_UP:
      ipd_sip_call_leave (call, NULL);
      break;
    case IPD_SIP_CALL_CANCELLING:
    case IPD_SIP_CALL_LEAVING:
      break;
    }
}

static void
do_bye (IpdSip *sip, gpointer data)
{
  IpdSipCall *call = g_hash_table_lookup (sip->calls, data);
  if (call)
    hang_up (call);
}

void
ipd_sip_bye (IpdSip *sip, guint64 call)
{
  ipd_sip_post (sip, do_bye, g_memdup2 (&call, sizeof call), g_free);
}

void
ipd_sip_calls_farewell (IpdSip *sip)
{
  /* hanging up may end a call at once, so walk over a copy */
  g_autoptr (GList) calls = g_hash_table_get_values (sip->calls);
  for (GList *l = calls; l; l = l->next)
    {
      IpdSipCall *call = l->data;
      if (call->state == IPD_SIP_CALL_ACCEPTED)
        ipd_sip_call_leave (call, NULL);
      else
        hang_up (call);
    }
}

/* ---- requests inside the dialog ---- */

static int
on_bye (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  if (call->state == IPD_SIP_CALL_CALLING || call->state == IPD_SIP_CALL_CANCELLING)
    return 481;
  nta_incoming_treply (irq, SIP_200_OK, TAG_END ());
  nta_incoming_destroy (irq);
  /* RFC 3261 §15: the caller may also end an early dialog so */
  gboolean early = call->state == IPD_SIP_CALL_RINGING;
  if (early)
    nta_incoming_treply (call->incoming, SIP_487_REQUEST_TERMINATED, TAG_END ());
  IpdSipEvent *event = ipd_sip_event_new (early ? IPD_SIP_CANCELLED : IPD_SIP_BYE);
  ipd_sip_read_reason (request, event);
  ipd_sip_call_end (call, event);
  return 0;
}

static int
on_options (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  nta_incoming_treply (irq, SIP_200_OK, SIPTAG_ALLOW_STR (IPD_SIP_ALLOW), SIPTAG_SUPPORTED_STR (IPD_SIP_SUPPORTED),
                       SIPTAG_ACCEPT_STR (IPD_SIP_ACCEPT), TAG_END ());
  nta_incoming_destroy (irq);
  return 0;
}

static int
on_ack (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  return 200;
}

static int
on_other (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  nta_incoming_treply (irq, SIP_405_METHOD_NOT_ALLOWED, SIPTAG_ALLOW_STR (IPD_SIP_ALLOW), TAG_END ());
  nta_incoming_destroy (irq);
  return 0;
}

static const struct {
  sip_method_t method;
  int (*handle) (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request);
} handlers[] = {
  { sip_method_bye, on_bye },
  { sip_method_invite, ipd_sip_reoffer_invite },
  { sip_method_update, ipd_sip_reoffer_update },
  { sip_method_info, ipd_sip_info_receive },
  { sip_method_message, ipd_sip_info_receive },
  { sip_method_options, on_options },
  { sip_method_ack, on_ack },
};

int
ipd_sip_call_request (IpdSipCall *call, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *request)
{
  sip_method_t method = nta_incoming_method (irq);
  /* NTA also lets requests in that do not know our tag: an INVITE came a second way (RFC 3261 §8.2.2.2), and whoever
   * makes up others is not in this dialog */
  if (!request->sip_to->a_tag && method != sip_method_ack)
    return method == sip_method_invite ? 482 : 481;
  if (!ipd_sip_dialog_is_from_peer (call, irq))
    return 403;
  /* a fork that lost, and says goodbye before our BYE reached it */
  if (call->leg && leg != call->leg)
    return method == sip_method_bye ? 200 : 481;
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (handlers[i].method == method)
      return handlers[i].handle (call, irq, request);
  return on_other (call, irq, request);
}
