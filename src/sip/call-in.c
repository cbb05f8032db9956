// SPDX-License-Identifier: Apache-2.0
// Calls we get: INVITE, the answers a program gives, PRACK, ACK and CANCEL of the caller. ipd_sip_answer() is called
// in the creator's thread; the rest runs in the SIP thread.
#include "sip/call.h"
#include "sip/check.h"
#include "sip/message.h"

#include <string.h>

/* ---- sending an answer ---- */

static int on_prack (IpdSipCall *call, nta_reliable_t *reliable, nta_incoming_t *prack, const sip_t *request);

static msg_t *
build_answer (IpdSipCall *call, const IpdSipAnswer *answer)
{
  msg_t *msg = nta_msg_create (call->sip->agent, 0);
  if (answer->status < 300)
    ipd_sip_add_contact (call->sip, msg, answer->contact_user ? answer->contact_user : call->contact_user, NULL);
  ipd_sip_add_header (msg, IPD_SIP_HEADER_AUTH, answer->auth);
  ipd_sip_add_body (msg, "application/sdp", answer->sdp);
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
send_answer (IpdSipCall *call, const IpdSipAnswer *answer)
{
  msg_t *msg = build_answer (call, answer);
  /* a reliable 1xx also carries "Require: 100rel" and "RSeq: …", which NTA adds as it sends */
  gboolean reliable = call->reliable && answer->status < 200;
  if (reliable)
    sip_add_tl (msg, sip_object (msg), SIPTAG_REQUIRE_STR ("100rel"), TAG_END ());
  if (!ipd_sip_fits (call->sip, msg))
    {
      msg_destroy (msg);
      too_big (call);
      return;
    }
  if (reliable)
    {
      call->unacknowledged = TRUE;
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
  nta_incoming_treply (prack, SIP_200_OK, TAG_END ());
  nta_incoming_destroy (prack);
  call->unacknowledged = FALSE;
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
  if (sip->stopped || !ok)
    {
      g_set_error (error, IPD_SIP_ERROR, sip->stopped ? IPD_SIP_ERROR_STOPPED : IPD_SIP_ERROR_INVALID,
                   sip->stopped ? "SIP has stopped." : "The answer cannot be written as a SIP message.");
      return FALSE;
    }
  Order *order = g_new (Order, 1);
  order->call = call;
  order->answer = g_new (IpdSipAnswer, 1);
  *order->answer = (IpdSipAnswer){ status, g_strdup (contact_user), g_strdup (sdp), g_strdup (auth) };
  ipd_sip_post (sip, do_answer, order, order_free);
  return TRUE;
}

void
ipd_sip_call_incoming_cut (IpdSipCall *call)
{
  nta_incoming_treply (call->incoming, SIP_480_TEMPORARILY_UNAVAILABLE, TAG_END ());
  ipd_sip_call_end (call, NULL);
}

/* ---- ACK, CANCEL, silence ---- */

static void
on_ack (IpdSipCall *call)
{
  if (call->state != IPD_SIP_CALL_ACCEPTED)
    return;
  call->state = IPD_SIP_CALL_UP;
  if (call->leave_when_up)
    ipd_sip_call_leave (call);
  else
    ipd_sip_call_emit (call, ipd_sip_event_new (IPD_SIP_TALKING));
}

static void
on_cancel (IpdSipCall *call, const sip_t *request)
{
  if (call->state != IPD_SIP_CALL_RINGING)
    return;
  IpdSipEvent *event = ipd_sip_event_new (IPD_SIP_CANCELLED);
  for (const sip_reason_t *re = request->sip_reason; re; re = re->re_next)
    {
      if (g_ascii_strcasecmp (re->re_protocol, "SIP") != 0)
        continue;
      guint64 cause = 0;
      if (re->re_cause && g_ascii_string_to_unsigned (re->re_cause, 10, 0, 699, &cause, NULL))
        event->cause = (int) cause;
      char *text = re->re_text ? msg_unquote_dup (NULL, re->re_text) : NULL;
      event->text = ipd_sip_clean (text);
      su_free (NULL, text);
      break;
    }
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
      ipd_sip_call_leave (call);
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
    on_ack (call);
  else
    on_cancel (call, request);
  return 0;
}

/* ---- INVITE ---- */

static nta_leg_t *
make_dialog (IpdSipCall *call, const sip_t *request)
{
  nta_leg_t *leg = nta_leg_tcreate (call->sip->agent, ipd_sip_call_request, call, SIPTAG_CALL_ID (request->sip_call_id),
                                    SIPTAG_FROM (request->sip_to), SIPTAG_TO (request->sip_from), TAG_END ());
  if (!leg)
    return NULL;
  nta_leg_tag (leg, NULL);
  nta_leg_server_route (leg, request->sip_record_route, request->sip_contact);
  return leg;
}

void
ipd_sip_call_incoming (IpdSip *sip, msg_t *msg, sip_t *request)
{
  g_autoptr (IpdSipEvent) event = ipd_sip_event_from_request (IPD_SIP_INVITE, msg, request);
  gboolean sdp = !request->sip_payload
                 || (request->sip_content_type && request->sip_content_type->c_type
                     && g_ascii_strcasecmp (request->sip_content_type->c_type, "application/sdp") == 0);
  if (!event || !sdp || !request->sip_contact || request->sip_contact->m_next || !request->sip_from->a_tag)
    {
      nta_msg_treply (sip->agent, msg, sdp ? 400 : 415, NULL, TAG_END ());
      return;
    }
  event->reliable
      = sip_has_feature (request->sip_supported, "100rel") || sip_has_feature (request->sip_require, "100rel");
  char *via = ipd_sip_via_uri (event->source_host, event->source_port);
  const char *contact_user = ipd_sip_user_ok (event->ruri_user) ? event->ruri_user : sip->user;
  IpdSipCall *call = ipd_sip_call_new (sip, ipd_sip_take_id (sip), IPD_SIP_CALL_RINGING, via, contact_user);
  call->reliable = event->reliable;
  call->leg = make_dialog (call, request);
  call->incoming = nta_incoming_create (sip->agent, NULL, msg, request, TAG_END ());
  if (!call->incoming || !call->leg)
    {
      if (call->incoming)
        nta_incoming_treply (call->incoming, SIP_500_INTERNAL_SERVER_ERROR, TAG_END ());
      ipd_sip_call_end (call, NULL);
      return;
    }
  nta_incoming_tag (call->incoming, nta_leg_get_tag (call->leg));
  nta_incoming_bind (call->incoming, on_ack_or_cancel, call);
  nta_incoming_treply (call->incoming, SIP_100_TRYING, TAG_END ());
  ipd_sip_call_emit (call, g_steal_pointer (&event));
}
