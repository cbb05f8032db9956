// SPDX-License-Identifier: Apache-2.0
/*
 * The dialog of a leg of a third-party station once it is answered, for the user or for the picture only: offers of
 * ours (sound, hold), theirs, and digits. Main context only.
 */
#include <glib/gi18n-lib.h>

#include "agent/leg-peer.h"
#include "agent/vendor-station.h"

/* Before the station's own limit, so that nobody is surprised. */
#define TALK_WARNING_S 10

static IpdSip *
sip_of (const IpdLeg *leg)
{
  return ipd_stations_sip (leg->agent->stations);
}

/* ---- our offers ---- */

static gboolean
on_may_offer (gpointer user_data)
{
  IpdLeg *leg = user_data;

  leg->peer->pace_timer = 0;
  if (sip_of (leg) == NULL
      || !ipd_sip_reinvite (sip_of (leg), leg->sip_call, 0, ipd_leg_peer_write_local (leg), NULL, NULL))
    ipd_leg_happens (leg, leg->peer->sound_asked ? IPD_CALL_EV_FAILED : IPD_CALL_EV_HOLD_REFUSED);
  return G_SOURCE_REMOVE;
}

void
ipd_leg_peer_offer_again (IpdLeg *leg, IpdSdpDirection audio)
{
  ipd_peer_sdp_set_directions (&leg->peer->local, audio, IPD_SDP_RECVONLY);
  g_clear_handle_id (&leg->peer->pace_timer, g_source_remove);
  leg->peer->pace_timer = g_timeout_add (ipd_vendor_station_pace (leg->station), on_may_offer, leg);
}

bool
ipd_leg_peer_send_hold (IpdLeg *leg, bool held)
{
  if (!leg->peer->driver->hold)
    return false;
  ipd_leg_peer_offer_again (leg, held ? IPD_SDP_INACTIVE : IPD_SDP_SENDRECV);
  return true;
}

/* ---- the answer is through ---- */

static gboolean
on_talk_ends_soon (gpointer user_data)
{
  IpdLeg *leg = user_data;

  leg->peer->talk_timer = 0;
  ipd_leg_set_notice (leg, g_strdup (_ ("This station ends every talk by itself; some seconds are left.")));
  ipd_contract_emit_visit (leg->agent->contract, ipd_leg_to_variant (leg));
  return G_SOURCE_REMOVE;
}

void
ipd_leg_peer_confirm (IpdLeg *leg)
{
  guint talk_s = leg->peer->driver->limits.talk_s;

  leg->peer->confirmed = true;
  if (talk_s > TALK_WARNING_S)
    leg->peer->talk_timer = g_timeout_add_seconds (talk_s - TALK_WARNING_S, on_talk_ends_soon, leg);
  ipd_leg_peer_ask_key_frames (leg);
  /* The picture may come from elsewhere now, and sound may come at all. */
  ipd_leg_peer_check_media (leg);
}

static void
break_off (IpdLeg *leg)
{
  g_message ("visit %s: what the station answered does not fit", leg->call.visit.s);
  if (sip_of (leg) != NULL)
    ipd_sip_bye (sip_of (leg), leg->sip_call);
  ipd_leg_happens (leg, IPD_CALL_EV_FAILED);
}

/* ---- what the station says ---- */

static void
take_ack (IpdLeg *leg, const IpdSipEvent *event)
{
  IpdLegPeer *peer = leg->peer;

  if (peer->early_200 && !peer->early_ack)
    {
      peer->early_ack = true;
      ipd_leg_peer_ask_key_frames (leg);
      if (peer->sound_asked)
        ipd_leg_peer_offer_again (leg, IPD_SDP_SENDRECV);
    }
  else if (!peer->have_remote && !ipd_leg_peer_take_their_answer (leg, event->body))
    break_off (leg);
  else if (!peer->confirmed)
    {
      ipd_leg_peer_confirm (leg);
      ipd_leg_happens (leg, IPD_CALL_EV_CONFIRMED);
    }
}

static void
take_sound (IpdLeg *leg, const IpdSipEvent *event)
{
  leg->peer->sound_asked = false;
  if (event->status >= 300 || !ipd_leg_peer_take_their_answer (leg, event->body))
    {
      break_off (leg);
      return;
    }
  ipd_leg_peer_confirm (leg);
  ipd_leg_happens (leg, IPD_CALL_EV_CONFIRMED);
}

static void
take_reanswer (IpdLeg *leg, const IpdSipEvent *event)
{
  if (leg->peer->sound_asked)
    take_sound (leg, event);
  else if (event->status >= 300)
    ipd_leg_happens (leg, IPD_CALL_EV_HOLD_REFUSED);
  else
    {
      /* Also to an offer that nobody here asked for, a refresh; the machine knows whether it asked. */
      (void) ipd_leg_peer_take_their_answer (leg, event->body);
      ipd_leg_happens (leg, IPD_CALL_EV_HOLD_DONE);
    }
}

/* While we hold, an answer that mirrors us says nothing of what the other side wants. */
static void
note_hold_of_peer (IpdLeg *leg)
{
  bool held = ipd_peer_sdp_is_held (&leg->peer->remote);

  if (leg->call.state == IPD_CALL_TALKING && held != leg->call.peer_held)
    ipd_leg_happens (leg, held ? IPD_CALL_EV_PEER_HELD : IPD_CALL_EV_PEER_RESUMED);
}

static void
take_reoffer (IpdLeg *leg, const IpdSipEvent *event)
{
  IpdLegPeer *peer = leg->peer;
  g_autofree IpdPeerSdp *offer = g_new0 (IpdPeerSdp, 1);
  g_autofree IpdPeerSdp *answer = g_new0 (IpdPeerSdp, 1);
  bool silent = !peer->confirmed || leg->call.state == IPD_CALL_HELD;

  if (event->body == NULL) /* our offer, as it was */
    {
      (void) ipd_sip_answer_reoffer (sip_of (leg), leg->sip_call, 200, ipd_leg_peer_write_local (leg), NULL, NULL);
      return;
    }
  if (!ipd_leg_peer_read_sdp (leg->station, event->body, offer)
      || !ipd_leg_peer_answer_offer (leg, offer, silent, answer))
    {
      (void) ipd_sip_answer_reoffer (sip_of (leg), leg->sip_call, 488, NULL, NULL, NULL);
      return;
    }
  answer->session = peer->local.session;
  answer->version = peer->local.version + 1;
  peer->local = *answer;
  ipd_leg_peer_take_remote (leg, offer);
  (void) ipd_sip_answer_reoffer (sip_of (leg), leg->sip_call, 200, ipd_leg_peer_write_local (leg), NULL, NULL);
  note_hold_of_peer (leg);
}

void
ipd_leg_peer_take_sip (IpdLeg *leg, const IpdSipEvent *event)
{
  if (ipd_leg_is_over (leg))
    return;
  if (event->type == IPD_SIP_TALKING)
    take_ack (leg, event);
  else if (event->type == IPD_SIP_REOFFER)
    take_reoffer (leg, event);
  else if (event->type == IPD_SIP_REANSWERED)
    take_reanswer (leg, event);
  else if (event->type == IPD_SIP_INFO_DONE)
    ipd_leg_peer_take_info (leg, event);
}
