// SPDX-License-Identifier: Apache-2.0
// Offers of ours inside a call: re-INVITE, its answer, glare and its wait (RFC 3261 §14.1). ipd_sip_reinvite() is
// called in the creator's thread, the rest runs in the SIP thread.
#include "sip/check.h"
#include "sip/dialog.h"
#include "sip/message.h"
#include "sip/session-timer.h"

/* Tries of a foreign offer that keeps crossing theirs. */
#define TRIES_MAX 3

static void
offer_free (gpointer data)
{
  IpdSipOffer *offer = data;
  g_free (offer->sdp);
  g_free (offer->auth);
  g_free (offer);
}

void
ipd_sip_offers_clear (IpdSipCall *call)
{
  g_clear_pointer (&call->offer_request, nta_outgoing_destroy);
  g_clear_pointer (&call->glare, su_timer_destroy);
  g_clear_pointer (&call->reoffer, nta_incoming_destroy);
  g_queue_clear_full (&call->offers, offer_free);
}

/* ---- the end of one ---- */

static void
tell (IpdSipCall *call, const IpdSipOffer *offer, int status, const sip_t *answer)
{
  IpdSipEvent *event = answer ? ipd_sip_event_from_answer (IPD_SIP_REANSWERED, answer)
                              : ipd_sip_call_event (IPD_SIP_REANSWERED, status, sip_status_phrase (status));
  event->cseq = offer->cseq;
  gboolean news = !offer->refresh || (status < 300 && g_strcmp0 (event->body, call->remote_sdp) != 0);
  if (call->foreign && status < 300)
    {
      g_free (call->local_sdp);
      g_free (call->remote_sdp);
      call->local_sdp = g_strdup (offer->sdp);
      call->remote_sdp = g_strdup (event->body);
    }
  if (news)
    ipd_sip_call_emit (call, event);
  else
    ipd_sip_event_free (event);
}

static void
finish (IpdSipCall *call, int status, const sip_t *answer)
{
  IpdSipOffer *offer = g_queue_pop_head (&call->offers);
  tell (call, offer, status, answer);
  offer_free (offer);
  /* RFC 5057: there is no dialog at their end */
  if (status == 408 || status == 481)
    ipd_sip_call_leave (call, NULL);
  else
    ipd_sip_offers_pump (call);
}

/* ---- glare ---- */

static void
on_glare_over (su_root_magic_t *sip, su_timer_t *timer, su_timer_arg_t *arg)
{
  IpdSipCall *call = arg;
  const IpdSipOffer *offer = g_queue_peek_head (&call->offers);
  g_clear_pointer (&call->glare, su_timer_destroy);
  /* a signed one cannot be sent again: its CSeq is used up */
  if (!call->foreign || offer->tries >= TRIES_MAX)
    finish (call, 491, NULL);
  else
    ipd_sip_offers_pump (call);
}

static void
wait_for_glare (IpdSipCall *call)
{
  /* the owner of the Call-ID waits longer, so that they do not meet again */
  gint32 ms = call->outgoing ? g_random_int_range (210, 401) * 10 : g_random_int_range (1, 201) * 10;
  call->glare = su_timer_create (su_root_task (call->sip->root), 0);
  su_timer_set_interval (call->glare, on_glare_over, call, ms);
}

/* ---- answers ---- */

static void
on_accepted (IpdSipCall *call, const sip_t *answer)
{
  if (call->foreign)
    nta_leg_client_route (call->leg, NULL, answer->sip_contact);
  ipd_sip_dialog_learn_address (call, call->leg);
  ipd_sip_dialog_ack (call, call->leg, answer->sip_cseq->cs_seq);
  if (call->state == IPD_SIP_CALL_UP)
    {
      if (call->foreign)
        ipd_sip_session_answered (call, answer);
      finish (call, answer->sip_status->st_status, answer);
    }
}

static void
on_refused (IpdSipCall *call, int status, const sip_t *answer)
{
  if (call->state != IPD_SIP_CALL_UP)
    return;
  if (status == 491)
    wait_for_glare (call);
  else if (status == 422 && call->foreign && answer && ipd_sip_session_lengthen (call, answer))
    ipd_sip_offers_pump (call);
  else
    finish (call, status, answer);
}

static int
on_offer_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  IpdSipCall *call = (IpdSipCall *) magic;
  int status = nta_outgoing_status (request);
  if (status < 200)
    {
      if (answer && answer->sip_rseq && sip_has_feature (answer->sip_require, "100rel"))
        {
          nta_outgoing_setrseq (request, answer->sip_rseq->rs_response);
          ipd_sip_dialog_prack (call, call->leg, answer);
        }
      return 0;
    }
  if (status < 300 && answer)
    {
      /* the ACK below still looks for its INVITE */
      nta_outgoing_t *done = g_steal_pointer (&call->offer_request);
      on_accepted (call, answer);
      nta_outgoing_destroy (done);
      return 0;
    }
  g_clear_pointer (&call->offer_request, nta_outgoing_destroy);
  on_refused (call, status, answer);
  return 0;
}

/* ---- sending ---- */

static msg_t *
build (IpdSipCall *call, const IpdSipOffer *offer)
{
  msg_t *msg = ipd_sip_dialog_request (call, call->leg, SIP_METHOD_INVITE, offer->cseq);
  if (!msg)
    return NULL;
  /* what we can do was said in the INVITE, and each octet counts; the timer of our own calls is a matter of UPDATE */
  if (call->foreign)
    {
      sip_add_tl (msg, sip_object (msg), SIPTAG_SUPPORTED_STR ("timer"), TAG_END ());
      ipd_sip_session_offer (call, msg, offer->refresh ? "uac" : NULL);
    }
  ipd_sip_add_contact (call->sip, msg, call->contact_user, NULL);
  ipd_sip_add_header (msg, IPD_SIP_HEADER_VISIT, call->visit);
  ipd_sip_add_header (msg, IPD_SIP_HEADER_AUTH, offer->auth);
  ipd_sip_add_body (msg, IPD_SIP_SDP_TYPE, offer->sdp);
  return msg;
}

void
ipd_sip_offers_pump (IpdSipCall *call)
{
  IpdSipOffer *offer = g_queue_peek_head (&call->offers);
  /* RFC 3261 §14.1: one at a time, in either direction */
  if (!offer || call->state != IPD_SIP_CALL_UP || call->offer_request || call->glare || call->reoffer)
    return;
  if (offer->cseq && offer->cseq <= call->cseq)
    {
      finish (call, 500, NULL);
      return;
    }
  offer->tries++;
  msg_t *msg = build (call, offer);
  if (msg && !ipd_sip_fits (call->sip, msg))
    {
      msg_destroy (msg);
      finish (call, 513, NULL);
      return;
    }
  call->offer_request = msg ? ipd_sip_dialog_send (call, msg, on_offer_answer) : NULL;
  if (!call->offer_request)
    finish (call, 503, NULL);
}

void
ipd_sip_offers_refresh (IpdSipCall *call)
{
  /* any offer under way is as good */
  if (!call->local_sdp || !g_queue_is_empty (&call->offers))
    return;
  IpdSipOffer *offer = g_new0 (IpdSipOffer, 1);
  offer->sdp = g_strdup (call->local_sdp);
  offer->refresh = TRUE;
  g_queue_push_tail (&call->offers, offer);
  ipd_sip_offers_pump (call);
}

/* ---- what programs ask for ---- */

typedef struct {
  guint64 call;
  IpdSipOffer *offer;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;
  if (order->offer)
    offer_free (order->offer);
  g_free (order);
}

static gboolean
has_room (IpdSipCall *call)
{
  const IpdSipOffer *last = g_queue_peek_tail (&call->offers);
  return (call->state == IPD_SIP_CALL_UP || call->state == IPD_SIP_CALL_ACCEPTED) && (!last || last->refresh);
}

static void
do_reinvite (IpdSip *sip, gpointer data)
{
  Order *order = data;
  IpdSipCall *call = ipd_sip_call_find (sip, order->call);
  if (!call)
    return;
  if (!has_room (call))
    {
      tell (call, order->offer, 500, NULL);
      return;
    }
  g_queue_push_tail (&call->offers, g_steal_pointer (&order->offer));
  ipd_sip_offers_pump (call);
}

gboolean
ipd_sip_reinvite (IpdSip *sip, guint64 call, guint32 cseq, const char *sdp, const char *auth, GError **error)
{
  gboolean ok = cseq < G_MAXINT32 && sdp && *sdp && (!auth || ipd_sip_value_ok (auth));
  if (!ipd_sip_check_order (sip, ok, "The offer cannot be written as a SIP message.", error))
    return FALSE;
  Order *order = g_new0 (Order, 1);
  order->call = call;
  order->offer = g_new0 (IpdSipOffer, 1);
  order->offer->cseq = cseq;
  order->offer->sdp = g_strdup (sdp);
  order->offer->auth = g_strdup (auth);
  ipd_sip_post (sip, do_reinvite, order, order_free);
  return TRUE;
}
