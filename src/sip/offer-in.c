// SPDX-License-Identifier: Apache-2.0
// Offers of the other side inside a call: re-INVITE and UPDATE, the program's answer, the ACK (RFC 3261 §14.2, RFC
// 3311). ipd_sip_answer_reoffer() is called in the creator's thread, the rest runs in the SIP thread.
#include "sip/check.h"
#include "sip/dialog.h"
#include "sip/message.h"
#include "sip/session-timer.h"

#define RETRY_AFTER_MAX_S 10

/* ---- what is refused without asking ---- */

static int
reply (nta_incoming_t *irq, int status, tag_type_t tag, tag_value_t value)
{
  nta_incoming_treply (irq, status, sip_status_phrase (status), tag, value, TAG_END ());
  nta_incoming_destroy (irq);
  return 0;
}

static int
refuse_session (IpdSipCall *call, nta_incoming_t *irq)
{
  g_autofree char *min = ipd_sip_session_min (call->sip);
  return reply (irq, 422, SIPTAG_MIN_SE_STR (min));
}

static int
ask_later (nta_incoming_t *irq)
{
  g_autofree char *seconds = g_strdup_printf ("%d", g_random_int_range (0, RETRY_AFTER_MAX_S + 1));
  return reply (irq, 500, SIPTAG_RETRY_AFTER_STR (seconds));
}

/* An offer is already on its way, in one direction or the other. 0: none is. */
static int
check_pending (IpdSipCall *call)
{
  if (call->offer_request)
    return 491;
  return call->reoffer || call->state != IPD_SIP_CALL_UP ? 500 : 0;
}

static int
check_ours (const IpdSipEvent *offer, gboolean is_update)
{
  if (is_update)
    return 488;
  if (!offer->auth)
    return 403;
  return offer->body ? 0 : 488;
}

/* ---- taking an offer ---- */

static void
forget (IpdSipCall *call)
{
  g_clear_pointer (&call->reoffer, nta_incoming_destroy);
  call->reoffer_answered = FALSE;
  ipd_sip_offers_pump (call);
}

static void
on_acknowledged (IpdSipCall *call, const sip_t *request)
{
  g_autofree char *body = NULL;
  if (call->foreign && call->reoffer_empty && ipd_sip_body (request, &body) && body)
    {
      IpdSipEvent *event = ipd_sip_call_event (IPD_SIP_REANSWERED, SIP_200_OK);
      event->cseq = nta_incoming_cseq (call->reoffer);
      event->body = g_steal_pointer (&body);
      ipd_sip_call_emit (call, event);
    }
  forget (call);
}

static int
on_ack_or_cancel (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  if (irq != call->reoffer)
    return 0;
  if (!request)
    {
      /* RFC 3261 §14.2: our 200 was never acknowledged */
      g_autofree char *reason = ipd_sip_reason (408, "No ACK");
      call->reoffer = NULL;
      nta_incoming_destroy (irq);
      if (call->state == IPD_SIP_CALL_UP)
        ipd_sip_call_leave (call, reason);
    }
  else if (request->sip_request->rq_method == sip_method_ack)
    on_acknowledged (call, request);
  else if (!call->reoffer_answered)
    {
      nta_incoming_treply (irq, SIP_487_REQUEST_TERMINATED, TAG_END ());
      forget (call);
    }
  return 0;
}

static IpdSipEvent *
read_offer (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  msg_t *msg = nta_incoming_getrequest (irq);
  IpdSipEvent *offer = ipd_sip_event_from_request (IPD_SIP_REOFFER, msg, request);
  msg_destroy (msg);
  return offer;
}

static int
take (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request, gboolean is_update)
{
  g_autoptr (IpdSipEvent) offer = read_offer (call, irq, request);
  if (!offer)
    return 400;
  int refused = check_pending (call);
  if (!refused && !call->foreign)
    refused = check_ours (offer, is_update);
  if (refused == 500)
    return ask_later (irq);
  if (refused)
    return refused;

  call->peer_cseq = offer->cseq;
  call->reoffer = irq;
  call->reoffer_answered = FALSE;
  call->reoffer_empty = offer->body == NULL;
  if (call->foreign)
    {
      g_free (call->remote_sdp);
      call->remote_sdp = g_strdup (offer->body);
      nta_leg_server_route (call->leg, NULL, request->sip_contact);
      ipd_sip_dialog_learn_address (call, call->leg);
      ipd_sip_session_asked (call, request);
    }
  nta_incoming_bind (irq, on_ack_or_cancel, call);
  if (!is_update)
    nta_incoming_treply (irq, SIP_100_TRYING, TAG_END ());
  ipd_sip_call_emit (call, g_steal_pointer (&offer));
  return 0;
}

/* What neither method may have. %TRUE: it was answered, or @ret_status is to be. */
static gboolean
is_refused (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request, int *ret_status)
{
  *ret_status = 0;
  if (call->state == IPD_SIP_CALL_LEAVING)
    *ret_status = 481;
  else if (!ipd_sip_is_sdp (request))
    reply (irq, 415, SIPTAG_ACCEPT_STR (IPD_SIP_SDP_TYPE));
  else if (request->sip_cseq->cs_seq <= call->peer_cseq)
    *ret_status = 500; /* NTA lets the same CSeq in again under another branch: a replay */
  else if (ipd_sip_session_too_short (call->sip, request))
    refuse_session (call, irq);
  else
    return FALSE;
  return TRUE;
}

int
ipd_sip_reoffer_invite (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  int status;
  return is_refused (call, irq, request, &status) ? status : take (call, irq, request, FALSE);
}

static void
confirm_session (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  msg_t *msg = nta_incoming_create_response (irq, SIP_200_OK);
  ipd_sip_add_contact (call->sip, msg, call->contact_user, NULL);
  ipd_sip_add_abilities (msg, call->foreign);
  if (call->state == IPD_SIP_CALL_UP || call->state == IPD_SIP_CALL_ACCEPTED)
    {
      ipd_sip_session_asked (call, request);
      ipd_sip_session_answer (call, msg);
    }
  nta_incoming_mreply (irq, msg);
  nta_incoming_destroy (irq);
}

int
ipd_sip_reoffer_update (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  int status;
  if (is_refused (call, irq, request, &status))
    return status;
  if (request->sip_payload && request->sip_payload->pl_len)
    return take (call, irq, request, TRUE);
  confirm_session (call, irq, request);
  return 0;
}

/* ---- the program's answer ---- */

typedef struct {
  guint64 call;
  IpdSipAnswer *answer;
} Order;

static void
order_free (gpointer data)
{
  ipd_sip_answer_free (((Order *) data)->answer);
  g_free (data);
}

static msg_t *
build (IpdSipCall *call, const IpdSipAnswer *answer)
{
  msg_t *msg = nta_msg_create (call->sip->agent, 0);
  if (answer->status < 300)
    {
      ipd_sip_add_contact (call->sip, msg, call->contact_user, NULL);
      ipd_sip_add_abilities (msg, call->foreign);
      if (call->foreign)
        ipd_sip_session_answer (call, msg);
    }
  if (!call->foreign)
    ipd_sip_add_header (msg, IPD_SIP_HEADER_AUTH, answer->auth);
  ipd_sip_add_body (msg, IPD_SIP_SDP_TYPE, answer->sdp);
  nta_incoming_complete_response (call->reoffer, msg, answer->status, sip_status_phrase (answer->status), TAG_END ());
  return msg;
}

static void
too_big (IpdSipCall *call)
{
  IpdSipEvent *event = ipd_sip_call_event (IPD_SIP_REANSWERED, SIP_513_MESSAGE_TOO_LARGE);
  event->cseq = nta_incoming_cseq (call->reoffer);
  nta_incoming_treply (call->reoffer, SIP_500_INTERNAL_SERVER_ERROR, TAG_END ());
  ipd_sip_call_emit (call, event);
  forget (call);
}

static void
do_answer (IpdSip *sip, gpointer data)
{
  const IpdSipAnswer *answer = ((Order *) data)->answer;
  IpdSipCall *call = ipd_sip_call_find (sip, ((Order *) data)->call);
  if (!call || !call->reoffer || call->reoffer_answered)
    return;
  msg_t *msg = build (call, answer);
  if (!ipd_sip_fits (sip, msg))
    {
      msg_destroy (msg);
      too_big (call);
      return;
    }
  call->reoffer_answered = TRUE;
  gboolean waits = answer->status < 300 && nta_incoming_method (call->reoffer) == sip_method_invite;
  if (call->foreign && answer->status < 300)
    {
      g_free (call->local_sdp);
      call->local_sdp = g_strdup (answer->sdp);
    }
  nta_incoming_mreply (call->reoffer, msg);
  if (!waits)
    forget (call);
}

gboolean
ipd_sip_answer_reoffer (IpdSip *sip, guint64 call, int status, const char *sdp, const char *auth, GError **error)
{
  gboolean ok = (status == 200 ? sdp != NULL : status >= 300 && status <= 699) && (!auth || ipd_sip_value_ok (auth));
  if (!ipd_sip_check_order (sip, ok, "The answer cannot be written as a SIP message.", error))
    return FALSE;
  Order *order = g_new (Order, 1);
  order->call = call;
  order->answer = g_new0 (IpdSipAnswer, 1);
  order->answer->status = status;
  order->answer->sdp = g_strdup (sdp);
  order->answer->auth = g_strdup (auth);
  ipd_sip_post (sip, do_answer, order, order_free);
  return TRUE;
}
