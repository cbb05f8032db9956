// SPDX-License-Identifier: Apache-2.0
/*
 * Holding between our programs: signed re-INVITEs that change directions and nothing else (docs/protocol.md §8), both
 * ways. Main context only.
 */
#include "agent/leg-own.h"

#include <string.h>

#include "sip/signature.h"

static IpdSip *
sip_of (const IpdLeg *leg)
{
  return ipd_stations_sip (leg->agent->stations);
}

/* Of the offer that we made last, and of its answers. */
static IpdSipAuth
auth_of_ours (const IpdLeg *leg, bool ours, unsigned status, const char *body)
{
  const IpdLegOwn *own = leg->own;
  bool caller = leg->call.origin == IPD_VISIT_OUT;
  IpdSipAuth auth = ipd_leg_own_auth (leg, ours, status, body);

  auth.from_tag = caller ? own->dialog.from_tag : own->to_tag;
  auth.ruri_user = own->peer_user;
  auth.cseq = (caller ? own->dialog.cseq : 0) + own->n_offers * IPD_SIP_CSEQ_STEP;
  return auth;
}

/* Of an offer of the station, and of our answer to it. */
static IpdSipAuth
auth_of_theirs (const IpdLeg *leg, const IpdSipEvent *event, bool ours, unsigned status, const char *body)
{
  IpdSipAuth auth = ipd_leg_own_auth (leg, ours, status, body);

  auth.from_tag = event->from_tag;
  auth.ruri_user = event->ruri_user;
  auth.cseq = event->cseq;
  return auth;
}

static bool
offer (IpdLeg *leg)
{
  IpdLegOwn *own = leg->own;
  char value[IPD_SIP_AUTH_LENGTH + 1];
  g_autofree char *text = NULL;
  IpdSipAuth auth;
  IpdSdp sdp;

  own->n_offers++;
  ipd_sdp_init_hold (&sdp, &own->local, own->asked_hold, ++own->version);
  text = ipd_sdp_write (&sdp);
  auth = auth_of_ours (leg, true, 0, text);
  return sip_of (leg) != NULL && ipd_sip_auth_sign (&auth, &leg->agent->membership->key, value)
         && ipd_sip_reinvite (sip_of (leg), leg->sip_call, auth.cseq, text, value, NULL);
}

bool
ipd_leg_own_send_hold (IpdLeg *leg, bool held)
{
  leg->own->version = MAX (leg->own->version, leg->own->local.version);
  leg->own->asked_hold = held;
  return offer (leg);
}

static bool
answer_is_good (const IpdLeg *leg, const IpdSipEvent *event)
{
  const IpdSipAuth auth = auth_of_ours (leg, false, (unsigned) event->status, event->body);
  gboolean held;
  IpdSdp answer;

  return event->cseq == auth.cseq && ipd_sip_event_is_signed (event, &auth, leg->station->device->pk)
         && event->body != NULL && ipd_sdp_parse (event->body, strlen (event->body), &answer, NULL)
         && ipd_sdp_hold_fits (&leg->own->remote, &answer, &held) && (held || !leg->own->asked_hold);
}

void
ipd_leg_own_take_reanswer (IpdLeg *leg, const IpdSipEvent *event)
{
  if (event->status == 491 && offer (leg)) /* both asked at once; it is our turn again */
    return;
  if (event->status >= 300)
    ipd_leg_happens (leg, IPD_CALL_EV_HOLD_REFUSED);
  else if (answer_is_good (leg, event))
    ipd_leg_happens (leg, IPD_CALL_EV_HOLD_DONE);
  else
    {
      g_warning ("visit %s: an answer that does not verify ended it", leg->call.visit.s);
      ipd_leg_happens (leg, IPD_CALL_EV_FAILED);
    }
}

/* ---- the station offers ---- */

static bool
reoffer_is_signed (const IpdLeg *leg, const IpdSipEvent *event)
{
  const IpdSipAuth auth = auth_of_theirs (leg, event, false, 0, event->body);

  return ipd_sip_event_is_signed (event, &auth, leg->station->device->pk);
}

static bool
accept_reoffer (IpdLeg *leg, const IpdSipEvent *event, bool held)
{
  char value[IPD_SIP_AUTH_LENGTH + 1];
  g_autofree char *text = NULL;
  IpdSipAuth auth;
  IpdSdp sdp;

  leg->own->version = MAX (leg->own->version, leg->own->local.version) + 1;
  ipd_sdp_init_hold (&sdp, &leg->own->local, held, leg->own->version);
  text = ipd_sdp_write (&sdp);
  auth = auth_of_theirs (leg, event, true, 200, text);
  return ipd_sip_auth_sign (&auth, &leg->agent->membership->key, value)
         && ipd_sip_answer_reoffer (sip_of (leg), leg->sip_call, 200, text, value, NULL);
}

void
ipd_leg_own_take_reoffer (IpdLeg *leg, const IpdSipEvent *event)
{
  int status = 200;
  gboolean held = FALSE;
  IpdSdp again;

  if (!reoffer_is_signed (leg, event))
    status = 403;
  else if (event->body == NULL || !ipd_sdp_parse (event->body, strlen (event->body), &again, NULL)
           || !ipd_sdp_hold_fits (&leg->own->remote, &again, &held)
           || !accept_reoffer (leg, event, held || leg->call.state == IPD_CALL_HELD))
    status = 488;
  if (status != 200)
    (void) ipd_sip_answer_reoffer (sip_of (leg), leg->sip_call, status, NULL, NULL, NULL);
  else if (held != leg->call.peer_held)
    ipd_leg_happens (leg, held ? IPD_CALL_EV_PEER_HELD : IPD_CALL_EV_PEER_RESUMED);
}
