// SPDX-License-Identifier: Apache-2.0
/*
 * Key frames from stations that understand INFO (RFC 5168) and perhaps no RTCP: asked for at once, after 500 and after
 * 1,500 ms, unless the picture is there before. Main context only.
 */
#include "agent/leg-peer.h"

#define CONTENT_TYPE "application/media_control+xml"

static const char picture_fast_update[]
    = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
      "<media_control><vc_primitive><to_encoder><picture_fast_update/></to_encoder></vc_primitive></media_control>\r\n";

/* From one to the next. */
static const guint waits_ms[] = { 500, 1000 };

static void ask (IpdLeg *leg);

static gboolean
on_time (gpointer user_data)
{
  IpdLeg *leg = user_data;

  leg->peer->key_frame_timer = 0;
  ask (leg);
  return G_SOURCE_REMOVE;
}

/* What the station thinks of it shows in the picture, or does not. */
static void
ask (IpdLeg *leg)
{
  IpdLegPeer *peer = leg->peer;
  IpdSip *sip = ipd_stations_sip (leg->agent->stations);

  if (sip != NULL)
    (void) ipd_sip_info (sip, leg->sip_call, CONTENT_TYPE, picture_fast_update, NULL);
  if (peer->key_frames < G_N_ELEMENTS (waits_ms))
    peer->key_frame_timer = g_timeout_add (waits_ms[peer->key_frames++], on_time, leg);
}

/* Begins anew at the answer: many stations start another stream then. One that wants its rest is not asked. */
void
ipd_leg_peer_ask_key_frames (IpdLeg *leg)
{
  IpdLegPeer *peer = leg->peer;

  if (!peer->driver->key_frame_info || peer->driver->limits.sip_interval_ms > 0 || peer->local.video.port == 0
      || peer->remote.video.port == 0)
    return;
  ipd_leg_peer_stop_key_frames (leg);
  peer->key_frames = 0;
  ask (leg);
}

void
ipd_leg_peer_stop_key_frames (IpdLeg *leg)
{
  g_clear_handle_id (&leg->peer->key_frame_timer, g_source_remove);
}
