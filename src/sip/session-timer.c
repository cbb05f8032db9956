// SPDX-License-Identifier: Apache-2.0
// RFC 4028 for one call: what is agreed, our refreshes, the end when nobody refreshes. Called by the files about calls
// as messages with Session-Expires pass, in the SIP thread.
#include "sip/session-timer.h"

#include "sip/check.h"
#include "sip/dialog.h"
#include "sip/message.h"

#define DAY_SECONDS    86400
#define RETRY_MS       4000
#define LENGTHENED_MAX 3

static void on_refresh (su_root_magic_t *sip, su_timer_t *timer, su_timer_arg_t *arg);

/* ---- the timers ---- */

static void
on_expiry (su_root_magic_t *sip, su_timer_t *timer, su_timer_arg_t *arg)
{
  IpdSipCall *call = arg;
  g_autofree char *reason = ipd_sip_reason (408, "Session timer");
  if (call->state == IPD_SIP_CALL_ACCEPTED || call->state == IPD_SIP_CALL_UP)
    ipd_sip_call_leave (call, reason);
}

static void
stop (IpdSipSession *session)
{
  g_clear_pointer (&session->refresh, su_timer_destroy);
  g_clear_pointer (&session->expiry, su_timer_destroy);
}

static void
refresh_in (IpdSipCall *call, guint ms)
{
  if (!call->session.refresh)
    call->session.refresh = su_timer_create (su_root_task (call->sip->root), 0);
  su_timer_set_interval (call->session.refresh, on_refresh, call, ms);
}

/* RFC 4028 §10: refresh at half of the time; say goodbye a third, or 32 s, before its end. */
static void
start (IpdSipCall *call)
{
  IpdSipSession *session = &call->session;
  stop (session);
  if (!session->seconds)
    return;
  session->expiry = su_timer_create (su_root_task (call->sip->root), 0);
  su_timer_set_interval (session->expiry, on_expiry, call,
                         session->seconds * 1000 - MIN (32000, session->seconds * 1000 / 3));
  if (session->refresher)
    refresh_in (call, session->seconds * 1000 / 2);
}

void
ipd_sip_session_clear (IpdSipCall *call)
{
  stop (&call->session);
  g_clear_pointer (&call->session.update, nta_outgoing_destroy);
}

/* ---- we ask ---- */

static guint
wanted (const IpdSipCall *call)
{
  const IpdSipSession *session = &call->session;
  return MAX (session->seconds ? session->seconds : call->sip->session_seconds, session->min_seconds);
}

void
ipd_sip_session_offer (IpdSipCall *call, msg_t *msg, const char *refresher)
{
  g_autofree char *expires
      = g_strdup_printf ("%u%s%s", wanted (call), refresher ? ";refresher=" : "", refresher ? refresher : "");
  g_autofree char *min = g_strdup_printf ("%u", call->session.min_seconds);
  sip_add_tl (msg, sip_object (msg), SIPTAG_SESSION_EXPIRES_STR (expires),
              TAG_IF (call->session.min_seconds, SIPTAG_MIN_SE_STR (min)), TAG_END ());
}

static guint
sane_seconds (IpdSip *sip, unsigned long seconds)
{
  return (guint) CLAMP (seconds, sip->session_min_seconds, DAY_SECONDS);
}

static void
learn_update (IpdSipCall *call, const sip_t *message)
{
  /* our own programs all know UPDATE; a stranger has to say so */
  call->session.allows_update
      = message->sip_allow ? sip_is_allowed (message->sip_allow, SIP_METHOD_UPDATE) : !call->foreign;
}

void
ipd_sip_session_answered (IpdSipCall *call, const sip_t *answer)
{
  const sip_session_expires_t *x = answer->sip_session_expires;
  IpdSipSession *session = &call->session;
  session->seconds = x ? sane_seconds (call->sip, x->x_delta) : 0;
  session->refresher = x && (!x->x_refresher || g_ascii_strcasecmp (x->x_refresher, "uas") != 0);
  session->tries = 0;
  if (answer->sip_allow || !session->allows_update)
    learn_update (call, answer);
  start (call);
}

gboolean
ipd_sip_session_lengthen (IpdSipCall *call, const sip_t *answer)
{
  guint before = wanted (call);
  if (!answer->sip_min_se || call->session.tries++ >= LENGTHENED_MAX)
    return FALSE;
  call->session.min_seconds = sane_seconds (call->sip, answer->sip_min_se->min_delta);
  return wanted (call) > before;
}

/* ---- our refreshes ---- */

static void
on_update_refused (IpdSipCall *call, int status, const sip_t *answer)
{
  /* RFC 5057: these two mean that there is no dialog at their end */
  if (status == 408 || status == 481)
    ipd_sip_call_leave (call, NULL);
  else if (status == 405 || status == 501)
    {
      call->session.allows_update = FALSE;
      refresh_in (call, 1);
    }
  else if (status != 422 || !answer || ipd_sip_session_lengthen (call, answer))
    refresh_in (call, status == 422 ? 1 : RETRY_MS);
}

static int
on_update_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  IpdSipCall *call = (IpdSipCall *) magic;
  int status = nta_outgoing_status (request);
  if (status < 200)
    return 0;
  g_clear_pointer (&call->session.update, nta_outgoing_destroy);
  if (status < 300 && answer)
    ipd_sip_session_answered (call, answer);
  else
    on_update_refused (call, status, answer);
  return 0;
}

static void
send_update (IpdSipCall *call)
{
  msg_t *msg = ipd_sip_dialog_request (call, call->leg, SIP_METHOD_UPDATE, 0);
  if (!msg)
    return;
  sip_add_tl (msg, sip_object (msg), SIPTAG_SUPPORTED_STR (IPD_SIP_SUPPORTED), TAG_END ());
  ipd_sip_add_contact (call->sip, msg, call->contact_user, NULL);
  ipd_sip_session_offer (call, msg, "uac");
  call->session.update = ipd_sip_dialog_send (call, msg, on_update_answer);
}

static void
on_refresh (su_root_magic_t *sip, su_timer_t *timer, su_timer_arg_t *arg)
{
  IpdSipCall *call = arg;
  if (call->state != IPD_SIP_CALL_UP || call->session.update)
    return;
  if (call->session.allows_update)
    send_update (call);
  else if (call->foreign)
    ipd_sip_offers_refresh (call);
}

/* ---- they ask ---- */

static gboolean
knows_timer (const sip_t *request)
{
  return sip_has_feature (request->sip_supported, "timer") || sip_has_feature (request->sip_require, "timer");
}

gboolean
ipd_sip_session_too_short (IpdSip *sip, const sip_t *request)
{
  const sip_session_expires_t *x = request->sip_session_expires;
  return x && x->x_delta < sip->session_min_seconds && knows_timer (request);
}

char *
ipd_sip_session_min (IpdSip *sip)
{
  return g_strdup_printf ("%u", sip->session_min_seconds);
}

void
ipd_sip_session_asked (IpdSipCall *call, const sip_t *request)
{
  const sip_session_expires_t *x = request->sip_session_expires;
  IpdSipSession *session = &call->session;
  session->peer_knows = knows_timer (request);
  session->seconds = x ? sane_seconds (call->sip, x->x_delta) : 0;
  /* a proxy may have put it in for a caller that knows nothing of it: then it is ours to refresh */
  session->refresher
      = x && (!session->peer_knows || (x->x_refresher && g_ascii_strcasecmp (x->x_refresher, "uas") == 0));
  if (request->sip_allow || !session->allows_update)
    learn_update (call, request);
}

void
ipd_sip_session_answer (IpdSipCall *call, msg_t *msg)
{
  const IpdSipSession *session = &call->session;
  if (session->seconds)
    {
      g_autofree char *expires
          = g_strdup_printf ("%u;refresher=%s", session->seconds, session->refresher ? "uas" : "uac");
      sip_add_tl (msg, sip_object (msg), SIPTAG_SESSION_EXPIRES_STR (expires),
                  TAG_IF (!session->refresher, SIPTAG_REQUIRE_STR ("timer")), TAG_END ());
    }
  start (call);
}
