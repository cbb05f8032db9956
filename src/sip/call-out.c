// SPDX-License-Identifier: Apache-2.0
// Calls we make: INVITE, its answers, CANCEL. ipd_sip_invite() and ipd_sip_cancel() are called in the creator's thread;
// the rest runs in the SIP thread as answers arrive.
#include "sip/check.h"
#include "sip/dialog.h"
#include "sip/fork.h"
#include "sip/message.h"
#include "sip/session-timer.h"

#include <string.h>

static void send_invite (IpdSipCall *call);

void
ipd_sip_invite_order_free (gpointer data)
{
  IpdSipInviteOrder *order = data;
  if (!order)
    return;
  char *strings[] = { order->uri,          order->host,  order->from, order->to, order->call_id,
                      order->contact_user, order->visit, order->auth, order->sdp };
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (strings[i]);
  g_free (order);
}

/* ---- answers ---- */

static void
on_progress (IpdSipCall *call, const sip_t *answer)
{
  IpdSipFork *fork = ipd_sip_fork_of (call, answer);
  if (!fork || !ipd_sip_fork_progress (call, fork, answer) || call->state != IPD_SIP_CALL_CALLING)
    return;
  IpdSipEvent *event = ipd_sip_event_from_answer (IPD_SIP_PROGRESS, answer);
  if (call->foreign && event->body)
    {
      g_free (fork->sdp);
      fork->sdp = g_strdup (event->body);
    }
  ipd_sip_call_emit (call, event);
}

static void
tell_answer (IpdSipCall *call, const IpdSipFork *fork, const sip_t *answer)
{
  IpdSipEvent *event = ipd_sip_event_from_answer (IPD_SIP_ANSWERED, answer);
  if (call->foreign)
    {
      if (!event->body)
        event->body = g_strdup (fork->sdp);
      call->local_sdp = g_strdup (call->order->sdp);
      call->remote_sdp = g_strdup (event->body);
    }
  ipd_sip_call_emit (call, event);
}

static void
withdraw (IpdSipCall *call)
{
  ipd_sip_call_emit (call, ipd_sip_call_event (IPD_SIP_FAILED, 487, "Cancelled"));
  call->silent = TRUE;
  ipd_sip_call_leave (call, NULL);
}

static void
on_success (IpdSipCall *call, const sip_t *answer)
{
  IpdSipFork *fork = ipd_sip_fork_of (call, answer);
  if (!fork)
    return;
  if (call->leg && call->leg != fork->leg)
    {
      ipd_sip_fork_lost (call, fork);
      return;
    }
  ipd_sip_dialog_learn_address (call, fork->leg);
  ipd_sip_dialog_ack (call, fork->leg, call->invite_cseq);
  if (call->leg)
    return; /* a repeated 200 */
  call->leg = fork->leg;
  if (call->state == IPD_SIP_CALL_CANCELLING)
    {
      /* the 200 crossed our CANCEL */
      withdraw (call);
      return;
    }
  call->state = IPD_SIP_CALL_UP;
  tell_answer (call, fork, answer);
  ipd_sip_session_answered (call, answer);
}

/* RFC 4028 §6: once more with the time they want. A signed INVITE cannot change its CSeq, and no program of ours asks.
 */
static gboolean
try_with_longer_session (IpdSipCall *call, const sip_t *answer)
{
  if (!call->foreign || call->state != IPD_SIP_CALL_CALLING || !ipd_sip_session_lengthen (call, answer))
    return FALSE;
  g_clear_pointer (&call->invite, nta_outgoing_destroy);
  call->invite_cseq = ++call->cseq;
  send_invite (call);
  return TRUE;
}

static void
on_failure (IpdSipCall *call, int status, const sip_t *answer)
{
  if (call->state == IPD_SIP_CALL_CANCELLING)
    ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_FAILED, 487, "Cancelled"));
  else if (call->state == IPD_SIP_CALL_CALLING && !(status == 422 && answer && try_with_longer_session (call, answer)))
    /* a challenge (401, 407) is a refusal like any other: credentials are only for REGISTER */
    ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_FAILED, status, answer ? answer->sip_status->st_phrase : NULL));
}

static int
on_invite_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  IpdSipCall *call = magic;
  int status = answer ? answer->sip_status->st_status : nta_outgoing_status (request);
  gboolean open = call->state == IPD_SIP_CALL_CALLING || call->state == IPD_SIP_CALL_CANCELLING;
  if (status >= 300)
    on_failure (call, status, answer);
  else if (status >= 200)
    on_success (call, answer);
  else if (status > 100 && open)
    on_progress (call, answer);
  return 0;
}

/* ---- INVITE ---- */

static msg_t *
build_invite (IpdSipCall *call)
{
  const IpdSipInviteOrder *order = call->order;
  msg_t *msg = nta_msg_create (call->sip->agent, 0);
  su_home_t *home = msg_home (msg);
  sip_add_tl (msg, sip_object (msg),
              SIPTAG_REQUEST (sip_request_create (home, SIP_METHOD_INVITE, URL_STRING_MAKE (order->uri), NULL)),
              SIPTAG_FROM_STR (order->from), SIPTAG_TO_STR (order->to), SIPTAG_CALL_ID_STR (order->call_id),
              SIPTAG_CSEQ (sip_cseq_create (home, call->invite_cseq, SIP_METHOD_INVITE)),
              SIPTAG_MAX_FORWARDS_STR ("70"), TAG_END ());
  ipd_sip_add_abilities (msg, call->foreign);
  ipd_sip_session_offer (call, msg, NULL);
  ipd_sip_add_contact (call->sip, msg, call->contact_user, NULL);
  ipd_sip_add_header (msg, IPD_SIP_HEADER_VISIT, order->visit);
  ipd_sip_add_header (msg, IPD_SIP_HEADER_AUTH, order->auth);
  ipd_sip_add_body (msg, IPD_SIP_SDP_TYPE, order->sdp);
  return msg;
}

/* As a user agent, NTA would answer the 200 of a second fork by itself, and send that wherever its Contact points. As a
 * proxy it hands every 200 up. */
static nta_outgoing_t *
start_invite (IpdSipCall *call, msg_t *msg)
{
  nta_agent_t *agent = call->sip->agent;
  g_autofree char *via = ipd_sip_via_uri (call->host, call->port);
  nta_agent_set_params (agent, NTATAG_UA (0), TAG_END ());
  nta_outgoing_t *invite = nta_outgoing_mcreate (agent, on_invite_answer, call, URL_STRING_MAKE (via), msg, TAG_END ());
  nta_agent_set_params (agent, NTATAG_UA (1), TAG_END ());
  return invite;
}

static void
send_invite (IpdSipCall *call)
{
  msg_t *msg = build_invite (call);
  if (!ipd_sip_fits (call->sip, msg))
    {
      msg_destroy (msg);
      ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_FAILED, SIP_513_MESSAGE_TOO_LARGE));
      return;
    }
  call->invite = start_invite (call, msg);
  if (!call->invite)
    {
      msg_destroy (msg);
      ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_FAILED, SIP_503_SERVICE_UNAVAILABLE));
    }
}

static void
do_invite (IpdSip *sip, gpointer data)
{
  IpdSipInviteOrder *order = data;
  IpdSipCall *call = ipd_sip_call_new (sip, order->id, IPD_SIP_CALL_CALLING, order->host, order->port,
                                       order->contact_user ? order->contact_user : sip->user);
  call->outgoing = TRUE;
  call->foreign = order->foreign;
  call->visit = g_strdup (order->visit);
  call->cseq = call->invite_cseq = order->cseq;
  call->order = order;
  send_invite (call);
}

static gboolean
invite_ok (const IpdSipInvite *invite)
{
  return ipd_sip_target_ok (&invite->target, invite->foreign) && ipd_sip_user_ok (invite->from_user)
         && ipd_sip_user_ok (invite->from_tag) && ipd_sip_user_ok (invite->call_id) && invite->cseq
         && invite->cseq < G_MAXINT32 && (!invite->contact_user || ipd_sip_user_ok (invite->contact_user))
         && (!invite->visit || (!invite->foreign && ipd_sip_value_ok (invite->visit)))
         && (!invite->auth || (!invite->foreign && ipd_sip_value_ok (invite->auth)));
}

/* From, To and R-URI are names, not addresses: the INVITE goes where the order says, and between our programs only
 * their users are looked at. Over IPv6 the body needs the octets of those three hosts. Returns: (transfer full) */
static char *
name_of (const IpdSip *sip, gboolean foreign, const char *uri, const char *user)
{
  gboolean tight = !foreign && strchr (sip->host, ':') != NULL;
  return tight ? g_strdup_printf ("sip:%s@x.invalid", user) : g_strdup (uri);
}

guint64
ipd_sip_invite (IpdSip *sip, const IpdSipInvite *invite, GError **error)
{
  if (!ipd_sip_check_order (sip, invite_ok (invite), "The call cannot be written as a SIP message.", error))
    return 0;
  const IpdSipTarget *to = &invite->target;
  IpdSipInviteOrder *order = g_new0 (IpdSipInviteOrder, 1);
  g_autofree char *from = ipd_sip_uri (invite->from_user, sip->host, sip->port);
  g_autofree char *from_name = name_of (sip, invite->foreign, from, invite->from_user);
  g_autofree char *uri = ipd_sip_target_uri (to);
  order->id = ipd_sip_take_id (sip);
  order->uri = name_of (sip, invite->foreign, uri, to->user);
  order->host = g_strdup (to->via_host ? to->via_host : to->host);
  order->port = to->via_host ? to->via_port : to->port;
  order->from = g_strdup_printf ("<%s>;tag=%s", from_name, invite->from_tag);
  /* Where it is sent is not who is called: parameters of a Contact belong to the R-URI, and cost octets. */
  g_autofree char *called = ipd_sip_uri (to->user && *to->user ? to->user : NULL, to->host, to->port);
  order->to = g_strdup_printf ("<%s>", to->params ? called : order->uri);
  order->call_id = g_strdup (invite->call_id);
  order->cseq = invite->cseq;
  order->contact_user = g_strdup (!invite->contact_user && invite->foreign ? invite->from_user : invite->contact_user);
  order->visit = g_strdup (invite->visit);
  order->auth = g_strdup (invite->auth);
  order->sdp = g_strdup (invite->sdp);
  order->foreign = invite->foreign;
  guint64 id = order->id;
  /* its call owns it from do_invite() on; the thread cannot end before, its end is a later job */
  ipd_sip_post (sip, do_invite, order, NULL);
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
  else if (call->state == IPD_SIP_CALL_UP && call->outgoing)
    /* the 200 came while the program decided: what it wants is the same */
    withdraw (call);
}

void
ipd_sip_cancel (IpdSip *sip, guint64 call, int cause, const char *text)
{
  Withdrawal *withdrawal = g_new (Withdrawal, 1);
  *withdrawal = (Withdrawal){ call, cause, g_strdup (text) };
  ipd_sip_post (sip, do_cancel, withdrawal, withdrawal_free);
}
