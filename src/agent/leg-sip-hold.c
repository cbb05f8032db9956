// SPDX-License-Identifier: Apache-2.0
/*
 * Holding between our programs: signed re-INVITEs that change directions and nothing else (docs/protocol.md §8), both
 * ways. Main context only.
 */
#include "agent/leg-sip.h"

#include <string.h>

#include "wire/sip-auth.h"

static IpdSip *
sip_of (const IpdLeg *leg)
{
  return ipd_stations_sip (leg->agent->stations);
}

static size_t
body_length (const char *body)
{
  return body != NULL ? strlen (body) : 0;
}

/* What the offer number @cseq of ours, and its answer, are signed over besides body, status and signer. */
static IpdSipAuth
ours (const IpdLeg *leg)
{
  const IpdLegOwn *own = leg->own;
  bool caller = leg->call.origin == IPD_VISIT_OUT;

  return (IpdSipAuth){ .method = "INVITE",
                       .from_tag = caller ? own->dialog.from_tag : own->to_tag,
                       .ruri_user = own->peer_user,
                       .call_id = own->dialog.call_id,
                       .cseq = (caller ? own->dialog.cseq : 0) + own->n_offers * IPD_SIP_CSEQ_STEP,
                       .visit = own->dialog.visit };
}

static bool
offer (IpdLeg *leg)
{
  const IpdKeyPair *key = &leg->agent->membership->key;
  IpdLegOwn *own = leg->own;
  char value[IPD_SIP_AUTH_LENGTH + 1];
  g_autofree char *text = NULL;
  IpdSipAuth auth;
  IpdSdp sdp;

  own->n_offers++;
  ipd_sdp_init_hold (&sdp, &own->local, own->asked_hold, ++own->version);
  text = ipd_sdp_write (&sdp);
  auth = ours (leg);
  auth.signer = key->id.s;
  auth.receiver = leg->station->device->id.s;
  auth.body = text;
  auth.body_length = strlen (text);
  return sip_of (leg) != NULL && ipd_sip_auth_sign (&auth, key, value)
         && ipd_sip_reinvite (sip_of (leg), leg->sip_call, auth.cseq, text, value, NULL);
}

bool
ipd_leg_sip_send_hold (IpdLeg *leg, bool held)
{
  leg->own->version = MAX (leg->own->version, leg->own->local.version);
  leg->own->asked_hold = held;
  return offer (leg);
}

static bool
answer_is_good (const IpdLeg *leg, const IpdSipEvent *event)
{
  IpdSipAuth auth = ours (leg);
  gboolean held;
  IpdSdp answer;

  auth.status = (unsigned) event->status;
  auth.signer = leg->station->device->id.s;
  auth.receiver = leg->agent->membership->key.id.s;
  auth.body = event->body;
  auth.body_length = body_length (event->body);
  return event->auth != NULL && event->cseq == auth.cseq
         && ipd_sip_auth_verify (&auth, event->auth, strlen (event->auth), leg->station->device->pk, NULL)
         && event->body != NULL && ipd_sdp_parse (event->body, strlen (event->body), &answer, NULL)
         && ipd_sdp_hold_fits (&leg->own->remote, &answer, &held) && (held || !leg->own->asked_hold);
}

void
ipd_leg_sip_take_reanswer (IpdLeg *leg, const IpdSipEvent *event)
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
  const IpdSipAuth auth = { .method = "INVITE",
                            .signer = leg->station->device->id.s,
                            .receiver = leg->agent->membership->key.id.s,
                            .from_tag = event->from_tag,
                            .ruri_user = event->ruri_user,
                            .call_id = leg->own->dialog.call_id,
                            .cseq = event->cseq,
                            .visit = leg->own->dialog.visit,
                            .body = event->body,
                            .body_length = body_length (event->body) };

  return event->auth != NULL
         && ipd_sip_auth_verify (&auth, event->auth, strlen (event->auth), leg->station->device->pk, NULL);
}

static bool
accept_reoffer (IpdLeg *leg, const IpdSipEvent *event, bool held)
{
  const IpdKeyPair *key = &leg->agent->membership->key;
  char value[IPD_SIP_AUTH_LENGTH + 1];
  g_autofree char *text = NULL;
  IpdSdp sdp;

  leg->own->version = MAX (leg->own->version, leg->own->local.version) + 1;
  ipd_sdp_init_hold (&sdp, &leg->own->local, held, leg->own->version);
  text = ipd_sdp_write (&sdp);
  const IpdSipAuth auth = { .method = "INVITE",
                            .status = 200,
                            .signer = key->id.s,
                            .receiver = leg->station->device->id.s,
                            .from_tag = event->from_tag,
                            .ruri_user = event->ruri_user,
                            .call_id = leg->own->dialog.call_id,
                            .cseq = event->cseq,
                            .visit = leg->own->dialog.visit,
                            .body = text,
                            .body_length = strlen (text) };
  return ipd_sip_auth_sign (&auth, key, value)
         && ipd_sip_answer_reoffer (sip_of (leg), leg->sip_call, 200, text, value, NULL);
}

void
ipd_leg_sip_take_reoffer (IpdLeg *leg, const IpdSipEvent *event)
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
