// SPDX-License-Identifier: Apache-2.0
// Calls we get: INVITE, the answers a program gives, PRACK, ACK and CANCEL of the caller. ipd_sip_answer() is called
// in the creator's thread; the rest runs in the SIP thread.
#include "sip/check.h"
#include "sip/dialog.h"
#include "sip/message.h"
#include "sip/session-timer.h"

#include <string.h>

/* ---- sending an answer ---- */

static int on_prack (IpdSipCall *call, nta_reliable_t *reliable, nta_incoming_t *prack, const sip_t *request);

static msg_t *
build_answer (IpdSipCall *call, const IpdSipAnswer *answer)
{
  gboolean success = answer->status >= 200 && answer->status < 300;
  msg_t *msg = nta_msg_create (call->sip->agent, 0);
  if (answer->status < 300)
    ipd_sip_add_contact (call->sip, msg, answer->contact_user ? answer->contact_user : call->contact_user, NULL);
  if (success)
    {
      ipd_sip_add_abilities (msg, call->foreign);
      ipd_sip_session_answer (call, msg);
    }
  if (!call->foreign)
    ipd_sip_add_header (msg, IPD_SIP_HEADER_AUTH, answer->auth);
  /* RFC 3262 §5: what a reliable 183 said is agreed */
  if (!(call->foreign && success && call->described))
    ipd_sip_add_body (msg, IPD_SIP_SDP_TYPE, answer->sdp);
  nta_incoming_complete_response (call->incoming, msg, answer->status, sip_status_phrase (answer->status), TAG_END ());
  return msg;
}

static void
too_big (IpdSipCall *call)
{
  nta_incoming_treply (call->incoming, SIP_500_INTERNAL_SERVER_ERROR, TAG_END ());
  ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_FAILED, SIP_513_MESSAGE_TOO_LARGE));
}

static void
remember_sdp (IpdSipCall *call, const IpdSipAnswer *answer, gboolean reliable)
{
  if (!answer->sdp || answer->status >= 300)
    return;
  call->described |= reliable;
  g_free (call->local_sdp);
  call->local_sdp = g_strdup (answer->sdp);
}

static void
send_answer (IpdSipCall *call, const IpdSipAnswer *answer)
{
  msg_t *msg = build_answer (call, answer);
  /* a reliable 1xx also carries "Require: 100rel" and "RSeq: …", which NTA adds as it sends */
  gboolean reliable = call->reliable && answer->status < 200;
  if (reliable)
    sip_add_tl (msg, sip_object (msg), SIPTAG_REQUIRE_STR ("100rel"), TAG_END ());
  /* a refusal has nothing of ours in it: it is as long as the request, whose header it repeats */
  if (answer->status < 300 && !ipd_sip_fits (call->sip, msg))
    {
      msg_destroy (msg);
      too_big (call);
      return;
    }
  if (call->foreign)
    remember_sdp (call, answer, reliable);
  if (reliable)
    {
      call->unacknowledged++;
      nta_reliable_mreply (call->incoming, on_prack, call, msg);
      return;
    }
  if (answer->status >= 200 && answer->status < 300)
    call->state = IPD_SIP_CALL_ACCEPTED;
  nta_incoming_mreply (call->incoming, msg);
  if (answer->status >= 300)
    ipd_sip_call_end (call, NULL);
}

static int
on_prack (IpdSipCall *call, nta_reliable_t *reliable, nta_incoming_t *prack, const sip_t *request)
{
  nta_reliable_destroy (reliable);
  /* without a PRACK this is only the stack clearing up: the call is over, or its timeout comes next */
  if (!prack)
    return 0;
  /* an offer in a PRACK would want an answer in its 200: nobody of whom we know does that */
  int status = request->sip_payload && request->sip_payload->pl_len ? 488 : 200;
  nta_incoming_treply (prack, status, sip_status_phrase (status), TAG_END ());
  nta_incoming_destroy (prack);
  if (--call->unacknowledged)
    return 0;
  IpdSipAnswer *held = g_steal_pointer (&call->held);
  if (held)
    send_answer (call, held);
  ipd_sip_answer_free (held);
  return 0;
}

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

static void
do_answer (IpdSip *sip, gpointer data)
{
  Order *order = data;
  IpdSipCall *call = ipd_sip_call_find (sip, order->call);
  if (!call || call->state != IPD_SIP_CALL_RINGING || call->held)
    return;
  gboolean success = order->answer->status >= 200 && order->answer->status < 300;
  if (success && call->unacknowledged)
    call->held = g_steal_pointer (&order->answer);
  else
    send_answer (call, order->answer);
}

gboolean
ipd_sip_answer (IpdSip *sip, guint64 call, int status, const char *contact_user, const char *sdp, const char *auth,
                GError **error)
{
  gboolean ok = status > 100 && status <= 699 && (!contact_user || ipd_sip_user_ok (contact_user))
                && (!auth || ipd_sip_value_ok (auth));
  if (!ipd_sip_check_order (sip, ok, "The answer cannot be written as a SIP message.", error))
    return FALSE;
  Order *order = g_new (Order, 1);
  order->call = call;
  order->answer = g_new (IpdSipAnswer, 1);
  *order->answer = (IpdSipAnswer){ status, g_strdup (contact_user), g_strdup (sdp), g_strdup (auth) };
  ipd_sip_post (sip, do_answer, order, order_free);
  return TRUE;
}

static void
do_accept_foreign (IpdSip *sip, gpointer data)
{
  IpdSipCall *call = ipd_sip_call_find (sip, *(guint64 *) data);
  if (!call || call->state != IPD_SIP_CALL_RINGING)
    return;
  call->foreign = TRUE;
  /* some say "Supported: 100rel" and forget the PRACK; who demands it can do it */
  call->reliable = call->requires_reliable;
  ipd_sip_dialog_learn_address (call, call->leg);
}

void
ipd_sip_accept_foreign (IpdSip *sip, guint64 call)
{
  ipd_sip_post (sip, do_accept_foreign, g_memdup2 (&call, sizeof call), g_free);
}

void
ipd_sip_call_incoming_cut (IpdSipCall *call)
{
  nta_incoming_treply (call->incoming, SIP_480_TEMPORARILY_UNAVAILABLE, TAG_END ());
  /* A program that answered may not know that the 200 still waits for its PRACK: it hung up, and hears how it ended. */
  ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_BYE, SIP_480_TEMPORARILY_UNAVAILABLE));
}

/* ---- ACK, CANCEL, silence ---- */

static void
on_ack (IpdSipCall *call, const sip_t *request)
{
  if (call->state != IPD_SIP_CALL_ACCEPTED)
    return;
  call->state = IPD_SIP_CALL_UP;
  if (call->leave_when_up)
    {
      ipd_sip_call_leave (call, NULL);
      return;
    }
  IpdSipEvent *event = ipd_sip_event_new (IPD_SIP_TALKING);
  if (call->foreign && call->offered_by_us && ipd_sip_body (request, &event->body))
    call->remote_sdp = g_strdup (event->body);
  ipd_sip_call_emit (call, event);
  ipd_sip_offers_pump (call);
  ipd_sip_infos_pump (call);
}

static void
on_cancel (IpdSipCall *call, const sip_t *request)
{
  if (call->state != IPD_SIP_CALL_RINGING)
    return;
  IpdSipEvent *event = ipd_sip_event_new (IPD_SIP_CANCELLED);
  ipd_sip_read_reason (request, event);
  nta_incoming_treply (call->incoming, SIP_487_REQUEST_TERMINATED, TAG_END ());
  ipd_sip_call_end (call, event);
}

static void
on_silence (IpdSipCall *call)
{
  IpdSipEvent *event = ipd_sip_call_event (IPD_SIP_FAILED, SIP_408_REQUEST_TIMEOUT);
  if (call->state == IPD_SIP_CALL_ACCEPTED)
    {
      /* RFC 3261 §13.3.1.4: they may believe in the call */
      ipd_sip_call_emit (call, event);
      call->silent = TRUE;
      ipd_sip_call_leave (call, NULL);
      return;
    }
  if (call->state == IPD_SIP_CALL_RINGING)
    nta_incoming_treply (call->incoming, SIP_504_GATEWAY_TIME_OUT, TAG_END ());
  ipd_sip_call_end (call, event);
}

static int
on_ack_or_cancel (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  if (!request)
    on_silence (call);
  else if (request->sip_request->rq_method == sip_method_ack)
    on_ack (call, request);
  else
    on_cancel (call, request);
  return 0;
}

/* ---- INVITE ---- */

static nta_leg_t *
make_dialog (IpdSipCall *call, const sip_t *request)
{
  nta_leg_t *leg = nta_leg_tcreate (call->sip->agent, ipd_sip_call_request, call, SIPTAG_CALL_ID (request->sip_call_id),
                                    SIPTAG_FROM (request->sip_to), SIPTAG_TO (request->sip_from),
                                    NTATAG_REMOTE_CSEQ (request->sip_cseq->cs_seq), TAG_END ());
  if (!leg)
    return NULL;
  nta_leg_tag (leg, NULL);
  nta_leg_server_route (leg, request->sip_record_route, request->sip_contact);
  return leg;
}

/* 0, or the status for an INVITE that cannot become a call. */
static int
check_invite (IpdSip *sip, const sip_t *request, const IpdSipEvent *event)
{
  if (!ipd_sip_is_sdp (request))
    return 415;
  if (!event || !request->sip_contact || request->sip_contact->m_next || !request->sip_from->a_tag)
    return 400;
  return ipd_sip_session_too_short (sip, request) ? 422 : 0;
}

static void
refuse_invite (IpdSip *sip, msg_t *msg, int status)
{
  g_autofree char *min = ipd_sip_session_min (sip);
  nta_msg_treply (sip->agent, msg, status, sip_status_phrase (status),
                  TAG_IF (status == 415, SIPTAG_ACCEPT_STR (IPD_SIP_SDP_TYPE)),
                  TAG_IF (status == 422, SIPTAG_MIN_SE_STR (min)), TAG_END ());
}

static IpdSipCall *
call_from (IpdSip *sip, const sip_t *request, const IpdSipEvent *event)
{
  const char *contact_user = ipd_sip_user_ok (event->ruri_user) ? event->ruri_user : sip->user;
  IpdSipCall *call = ipd_sip_call_new (sip, ipd_sip_take_id (sip), IPD_SIP_CALL_RINGING, event->source_host,
                                       event->source_port, contact_user);
  call->visit = g_strdup (event->visit);
  call->peer_cseq = event->cseq;
  call->reliable = event->reliable;
  call->requires_reliable = sip_has_feature (request->sip_require, "100rel");
  call->offered_by_us = event->body == NULL;
  call->remote_sdp = g_strdup (event->body);
  call->leg = make_dialog (call, request);
  ipd_sip_session_asked (call, request);
  return call;
}

void
ipd_sip_call_incoming (IpdSip *sip, msg_t *msg, sip_t *request)
{
  g_autoptr (IpdSipEvent) event = ipd_sip_event_from_request (IPD_SIP_INVITE, msg, request);
  int refused = check_invite (sip, request, event);
  if (refused)
    {
      refuse_invite (sip, msg, refused);
      return;
    }
  event->reliable
      = sip_has_feature (request->sip_supported, "100rel") || sip_has_feature (request->sip_require, "100rel");
  event->contact_user = ipd_sip_clean (request->sip_contact->m_url->url_user);
  IpdSipCall *call = call_from (sip, request, event);
  call->incoming = nta_incoming_create (sip->agent, NULL, msg, request, TAG_END ());
  if (!call->incoming || !call->leg)
    {
      if (call->incoming)
        nta_incoming_treply (call->incoming, SIP_500_INTERNAL_SERVER_ERROR, TAG_END ());
      ipd_sip_call_end (call, NULL);
      return;
    }
  nta_incoming_tag (call->incoming, nta_leg_get_tag (call->leg));
  event->to_tag = g_strdup (nta_leg_get_tag (call->leg));
  nta_incoming_bind (call->incoming, on_ack_or_cancel, call);
  nta_incoming_treply (call->incoming, SIP_100_TRYING, TAG_END ());
  ipd_sip_call_emit (call, g_steal_pointer (&event));
}
