// SPDX-License-Identifier: Apache-2.0
// Calls we make: INVITE, PRACK, ACK, CANCEL. ipd_sip_invite() and ipd_sip_cancel() are called in the creator's thread;
// the rest runs in the SIP thread as answers arrive.
#include "sip/call.h"
#include "sip/check.h"
#include "sip/message.h"

#include <string.h>

typedef struct {
  guint64 id;
  char *uri, *via, *from, *to, *call_id, *contact_user, *visit, *auth, *sdp;
  guint32 cseq;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;
  char *strings[] = { order->uri,          order->via,   order->from, order->to, order->call_id,
                      order->contact_user, order->visit, order->auth, order->sdp };
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (strings[i]);
  g_free (order);
}

/* ---- answers ---- */

static void
learn_dialog (IpdSipCall *call, const sip_t *answer)
{
  if (answer->sip_to->a_tag && !nta_leg_get_rtag (call->leg))
    nta_leg_rtag (call->leg, answer->sip_to->a_tag);
  nta_leg_client_route (call->leg, answer->sip_record_route, answer->sip_contact);
}

static int
on_prack_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  if (nta_outgoing_status (request) >= 200)
    nta_outgoing_destroy (request);
  return 0;
}

static void
send_prack (IpdSipCall *call, const sip_t *answer)
{
  sip_rack_t rack[1];
  sip_rack_init (rack);
  rack->ra_response = answer->sip_rseq->rs_response;
  rack->ra_cseq = answer->sip_cseq->cs_seq;
  rack->ra_method = answer->sip_cseq->cs_method;
  rack->ra_method_name = answer->sip_cseq->cs_method_name;
  nta_outgoing_tcreate (call->leg, on_prack_answer, NULL, URL_STRING_MAKE (call->via), SIP_METHOD_PRACK, NULL,
                        SIPTAG_RACK (rack), TAG_END ());
  /* from now on NTA drops repetitions of this 1xx: the PRACK repeats itself */
  nta_outgoing_setrseq (call->invite, rack->ra_response);
}

static void
on_progress (IpdSipCall *call, const sip_t *answer)
{
  gboolean reliable = answer->sip_rseq && answer->sip_to->a_tag && sip_has_feature (answer->sip_require, "100rel");
  if (reliable)
    {
      learn_dialog (call, answer);
      send_prack (call, answer);
    }
  if (call->state == IPD_SIP_CALL_CALLING)
    ipd_sip_call_emit (call, ipd_sip_event_from_answer (IPD_SIP_PROGRESS, answer));
}

static void
on_success (IpdSipCall *call, const sip_t *answer)
{
  learn_dialog (call, answer);
  sip_cseq_t cseq[1];
  sip_cseq_init (cseq);
  cseq->cs_seq = call->cseq;
  cseq->cs_method = sip_method_ack;
  cseq->cs_method_name = "ACK";
  nta_outgoing_t *ack = nta_outgoing_tcreate (call->leg, NULL, NULL, URL_STRING_MAKE (call->via), SIP_METHOD_ACK, NULL,
                                              SIPTAG_CSEQ (cseq), TAG_END ());
  nta_outgoing_destroy (ack); /* NTA keeps it to repeat it with each repeated 200 */

  if (call->state == IPD_SIP_CALL_CANCELLING)
    {
      /* the 200 crossed our CANCEL */
      ipd_sip_call_emit (call, ipd_sip_call_event (IPD_SIP_FAILED, 487, "Cancelled"));
      call->silent = TRUE;
      ipd_sip_call_leave (call);
      return;
    }
  call->state = IPD_SIP_CALL_UP;
  ipd_sip_call_emit (call, ipd_sip_event_from_answer (IPD_SIP_ANSWERED, answer));
}

static int
on_invite_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  IpdSipCall *call = magic;
  int status = answer ? answer->sip_status->st_status : nta_outgoing_status (request);
  if (call->state != IPD_SIP_CALL_CALLING && call->state != IPD_SIP_CALL_CANCELLING)
    return 0;
  if (status < 200)
    {
      if (status > 100)
        on_progress (call, answer);
    }
  else if (status < 300)
    on_success (call, answer);
  else if (call->state == IPD_SIP_CALL_CANCELLING)
    ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_FAILED, 487, "Cancelled"));
  else
    /* a challenge (401, 407) is a refusal like any other: credentials are only for REGISTER */
    ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_FAILED, status, answer ? answer->sip_status->st_phrase : NULL));
  return 0;
}

/* ---- INVITE ---- */

static msg_t *
build_invite (IpdSipCall *call, const Order *order)
{
  msg_t *msg = nta_msg_create (call->sip->agent, 0);
  sip_t *request = sip_object (msg);
  sip_add_tl (msg, request, SIPTAG_CSEQ (sip_cseq_create (msg_home (msg), order->cseq, SIP_METHOD_INVITE)),
              SIPTAG_SUPPORTED_STR ("100rel"), SIPTAG_ALLOW_STR (IPD_SIP_ALLOW), TAG_END ());
  ipd_sip_add_contact (call->sip, msg, call->contact_user, NULL);
  ipd_sip_add_header (msg, IPD_SIP_HEADER_VISIT, order->visit);
  ipd_sip_add_header (msg, IPD_SIP_HEADER_AUTH, order->auth);
  ipd_sip_add_body (msg, "application/sdp", order->sdp);
  nta_msg_request_complete (msg, call->leg, SIP_METHOD_INVITE, URL_STRING_MAKE (order->uri));
  return msg;
}

static void
do_invite (IpdSip *sip, gpointer data)
{
  Order *order = data;
  IpdSipCall *call = ipd_sip_call_new (sip, order->id, IPD_SIP_CALL_CALLING, g_steal_pointer (&order->via),
                                       order->contact_user ? order->contact_user : sip->user);
  call->cseq = order->cseq;
  call->leg = nta_leg_tcreate (sip->agent, ipd_sip_call_request, call, SIPTAG_CALL_ID_STR (order->call_id),
                               SIPTAG_FROM_STR (order->from), SIPTAG_TO_STR (order->to), TAG_END ());
  msg_t *msg = build_invite (call, order);
  if (!ipd_sip_fits (sip, msg))
    {
      msg_destroy (msg);
      ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_FAILED, SIP_513_MESSAGE_TOO_LARGE));
      return;
    }
  call->invite
      = nta_outgoing_mcreate (sip->agent, on_invite_answer, call, URL_STRING_MAKE (call->via), msg, TAG_END ());
  if (!call->invite)
    {
      msg_destroy (msg);
      ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_FAILED, SIP_503_SERVICE_UNAVAILABLE));
    }
}

static gboolean
invite_ok (const IpdSipInvite *invite)
{
  const IpdSipTarget *to = &invite->target;
  return ipd_sip_user_ok (to->user) && ipd_sip_host_ok (to->host) && to->port
         && (!to->via_host || (ipd_sip_host_ok (to->via_host) && to->via_port)) && ipd_sip_user_ok (invite->from_user)
         && ipd_sip_user_ok (invite->from_tag) && ipd_sip_user_ok (invite->call_id) && invite->cseq
         && invite->cseq < G_MAXINT32 && (!invite->contact_user || ipd_sip_user_ok (invite->contact_user))
         && (!invite->visit || ipd_sip_value_ok (invite->visit)) && (!invite->auth || ipd_sip_value_ok (invite->auth));
}

guint64
ipd_sip_invite (IpdSip *sip, const IpdSipInvite *invite, GError **error)
{
  if (sip->stopped || !invite_ok (invite))
    {
      g_set_error (error, IPD_SIP_ERROR, sip->stopped ? IPD_SIP_ERROR_STOPPED : IPD_SIP_ERROR_INVALID,
                   sip->stopped ? "SIP has stopped." : "The call cannot be written as a SIP message.");
      return 0;
    }
  const IpdSipTarget *to = &invite->target;
  Order *order = g_new0 (Order, 1);
  g_autofree char *from = ipd_sip_uri (invite->from_user, sip->host, sip->port);
  order->id = ipd_sip_take_id (sip);
  order->uri = ipd_sip_uri (to->user, to->host, to->port);
  order->via = ipd_sip_via_uri (to->via_host ? to->via_host : to->host, to->via_host ? to->via_port : to->port);
  order->from = g_strdup_printf ("<%s>;tag=%s", from, invite->from_tag);
  order->to = g_strdup_printf ("<%s>", order->uri);
  order->call_id = g_strdup (invite->call_id);
  order->cseq = invite->cseq;
  order->contact_user = g_strdup (invite->contact_user);
  order->visit = g_strdup (invite->visit);
  order->auth = g_strdup (invite->auth);
  order->sdp = g_strdup (invite->sdp);
  guint64 id = order->id;
  ipd_sip_post (sip, do_invite, order, order_free);
  return id;
}

/* ---- CANCEL ---- */

void
ipd_sip_call_outgoing_cut (IpdSipCall *call, int cause, const char *text)
{
  g_autofree char *reason = ipd_sip_reason (cause, text);
  call->state = IPD_SIP_CALL_CANCELLING;
  /* NTA holds it back until the first provisional answer (RFC 3261 §9.1) */
  nta_outgoing_tcancel (call->invite, NULL, NULL, SIPTAG_REASON_STR (reason), TAG_END ());
}

typedef struct {
  guint64 call;
  int cause;
  char *text;
} Withdrawal;

static void
withdrawal_free (gpointer data)
{
  g_free (((Withdrawal *) data)->text);
  g_free (data);
}

static void
do_cancel (IpdSip *sip, gpointer data)
{
  Withdrawal *withdrawal = data;
  IpdSipCall *call = ipd_sip_call_find (sip, withdrawal->call);
  if (!call)
    return;
  if (call->state == IPD_SIP_CALL_CALLING)
    ipd_sip_call_outgoing_cut (call, withdrawal->cause, withdrawal->text);
  else if (call->state == IPD_SIP_CALL_UP && call->invite)
    {
      /* the 200 came while the program decided: what it wants is the same */
      ipd_sip_call_emit (call, ipd_sip_call_event (IPD_SIP_FAILED, 487, "Cancelled"));
      call->silent = TRUE;
      ipd_sip_call_leave (call);
    }
}

void
ipd_sip_cancel (IpdSip *sip, guint64 call, int cause, const char *text)
{
  Withdrawal *withdrawal = g_new (Withdrawal, 1);
  *withdrawal = (Withdrawal){ call, cause, g_strdup (text) };
  ipd_sip_post (sip, do_cancel, withdrawal, withdrawal_free);
}
