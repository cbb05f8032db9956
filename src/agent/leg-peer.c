// SPDX-License-Identifier: Apache-2.0
/*
 * The SIP of a leg of a third-party station until it is answered, in its dialect: rings, previews, looking out. Main
 * context only.
 */
#include <glib/gi18n-lib.h>

#include "agent/leg-peer.h"
#include "agent/vendor-station.h"
#include "wire/random.h"

/* Call-IDs that are remembered of one station: more rings than a visitor has patience for. */
#define CALL_IDS_MAX 1024

static IpdSip *
sip_of (const IpdLeg *leg)
{
  return ipd_stations_sip (leg->agent->stations);
}

/* ---- a ring ---- */

static bool
take_offer (IpdLeg *leg, const IpdSipEvent *event)
{
  g_autofree IpdPeerSdp *trial = g_new0 (IpdPeerSdp, 1);

  if (event->body == NULL)
    return true; /* it waits for ours, in the 200 */
  if (!ipd_leg_peer_read_sdp (leg->station, event->body, &leg->peer->remote))
    return false;
  leg->peer->have_remote = true;
  return ipd_peer_sdp_init_answer (trial, &leg->peer->remote, ipd_stations_local_host (leg->agent->stations), 1024,
                                   1026, &leg->agent->codecs, FALSE, 0);
}

static const char *
why_not (IpdAgent *agent, IpdStation *station, const IpdSipEvent *event)
{
  if (station->driver == NULL)
    return "no driver for it";
  if (g_hash_table_size (station->call_ids) >= CALL_IDS_MAX)
    g_hash_table_remove_all (station->call_ids);
  if (!g_hash_table_add (station->call_ids, g_strdup (event->call_id)))
    return "Call-ID seen before";
  return ipd_membership_licence_holds (agent->membership) ? NULL : "our licence is not valid now";
}

IpdLeg *
ipd_leg_peer_from_invite (IpdAgent *agent, IpdStation *station, const IpdSipEvent *event, int *ret_status,
                          const char **ret_why)
{
  g_autoptr (IpdLeg) leg = NULL;

  *ret_status = 403;
  *ret_why = why_not (agent, station, event);
  if (*ret_why != NULL)
    return NULL;
  leg = ipd_leg_new (agent, station);
  if (!take_offer (leg, event))
    {
      *ret_status = 488;
      *ret_why = "SDP";
      return NULL;
    }
  ipd_sip_accept_foreign (sip_of (leg), event->call);
  leg->sip_call = event->call;
  leg->reliable = event->reliable;
  return g_steal_pointer (&leg);
}

/* ---- our answers ---- */

static bool
reply (IpdLeg *leg, int status, const char *sdp)
{
  return sip_of (leg) != NULL && ipd_sip_answer (sip_of (leg), leg->sip_call, status, NULL, sdp, NULL, NULL);
}

/* A station that offers no picture that we can show is not answered for one. */
static bool
can_show_by_200 (IpdLeg *leg)
{
  return leg->peer->driver->preview == IPD_DRIVER_PREVIEW_2XX
         && ipd_leg_peer_answer_offer (leg, &leg->peer->remote, true, &leg->peer->local)
         && leg->peer->local.video.port != 0;
}

/* What stands in the place of our 183. */
static bool
send_early (IpdLeg *leg)
{
  IpdDriverPreview preview = leg->peer->driver->preview;

  if (!leg->peer->have_remote)
    return reply (leg, 180, NULL);
  leg->peer->have_local = true;
  if (can_show_by_200 (leg))
    {
      leg->peer->early_200 = true;
      return reply (leg, 200, ipd_leg_peer_write_local (leg));
    }
  if (!ipd_leg_peer_answer_offer (leg, &leg->peer->remote, false, &leg->peer->local))
    return false;
  ipd_leg_peer_write_local (leg);
  switch (preview)
    {
    case IPD_DRIVER_PREVIEW_183:
      return reply (leg, 183, leg->local_sdp);
    case IPD_DRIVER_PREVIEW_180_183:
      return reply (leg, 180, NULL) && reply (leg, 183, leg->local_sdp);
    case IPD_DRIVER_PREVIEW_2XX:
    case IPD_DRIVER_PREVIEW_NONE:
    case IPD_DRIVER_PREVIEW_RTSP:
    case IPD_DRIVER_PREVIEW_MJPEG:
    case IPD_DRIVER_PREVIEW_STILL:
      break;
    }
  return reply (leg, 180, NULL);
}

static bool
send_answer (IpdLeg *leg)
{
  IpdLegPeer *peer = leg->peer;

  if (peer->early_200)
    {
      peer->sound_asked = true;
      if (peer->early_ack) /* else its ACK comes first (RFC 3261 §14.1) */
        ipd_leg_peer_offer_again (leg, IPD_SDP_SENDRECV);
      return true;
    }
  if (!peer->have_local)
    {
      ipd_leg_peer_offer_all (leg);
      ipd_leg_peer_write_local (leg);
    }
  return reply (leg, 200, leg->local_sdp);
}

static bool
send_final (IpdLeg *leg, int status)
{
  if (!leg->peer->early_200)
    return reply (leg, status, NULL);
  if (sip_of (leg) != NULL)
    ipd_sip_bye (sip_of (leg), leg->sip_call);
  return true;
}

/* ---- looking out ---- */

static bool
invite (IpdLeg *leg)
{
  const IpdShortId tag = ipd_random_short_id ();
  const IpdShortId call_id = ipd_random_short_id ();
  g_autoptr (GError) error = NULL;
  const IpdSipInvite out
      = { .target = { .user = IPD_LEG_PEER_CALLED_AS, .host = leg->station->host, .port = leg->station->sip_port },
          .from_user = leg->agent->membership->key.id.s,
          .from_tag = tag.s,
          .call_id = call_id.s,
          .cseq = 1,
          .sdp = ipd_leg_peer_write_local (leg),
          .foreign = TRUE };

  leg->sip_call = sip_of (leg) != NULL ? ipd_sip_invite (sip_of (leg), &out, &error) : 0;
  if (error != NULL)
    g_warning ("visit %s: %s", leg->call.visit.s, error->message);
  return leg->sip_call != 0;
}

static gboolean
on_may_invite (gpointer user_data)
{
  IpdLeg *leg = user_data;

  leg->peer->pace_timer = 0;
  if (!invite (leg))
    ipd_leg_happens (leg, IPD_CALL_EV_FAILED);
  return G_SOURCE_REMOVE;
}

static gboolean
on_looks (gpointer user_data)
{
  IpdLeg *leg = user_data;

  leg->peer->pace_timer = 0;
  ipd_leg_set_notice (leg, g_strdup (_ ("This station takes no calls; its picture is all there is.")));
  ipd_leg_happens (leg, IPD_CALL_EV_ANSWERED);
  return G_SOURCE_REMOVE;
}

static bool
send_invite (IpdLeg *leg)
{
  guint wait_ms;

  if (!leg->peer->driver->look_out)
    {
      leg->peer->pace_timer = g_idle_add (on_looks, leg); /* without a call; SIP has nothing to do with it */
      return true;
    }
  wait_ms = ipd_vendor_station_pace (leg->station);
  ipd_leg_peer_offer_all (leg);
  if (wait_ms == 0)
    return invite (leg);
  leg->peer->pace_timer = g_timeout_add (wait_ms, on_may_invite, leg);
  return true;
}

static bool
take_answer (IpdLeg *leg, const IpdSipEvent *event)
{
  bool good = event->body != NULL && ipd_leg_peer_take_their_answer (leg, event->body);

  if (event->type == IPD_SIP_PROGRESS)
    return true; /* 180, or early media that cannot be shown: the answer decides */
  if (good || leg->peer->have_remote)
    ipd_leg_peer_confirm (leg);
  return leg->peer->confirmed;
}

static void
take_report (IpdLeg *leg, const char *event)
{
  if (strcmp (event, "first-frame") == 0)
    ipd_leg_peer_stop_key_frames (leg);
  else if (strcmp (event, "digits-sent") == 0)
    ipd_leg_peer_digits_ended (leg, IPD_DIGITS_SENT);
  else if (strcmp (event, "digits-failed") == 0)
    ipd_leg_peer_digits_ended (leg, IPD_DIGITS_REFUSED);
}

/* ---- the kind ---- */

static void
init (IpdLeg *leg)
{
  leg->peer = g_new0 (IpdLegPeer, 1);
  leg->peer->driver = leg->station->driver;
  g_queue_init (&leg->peer->digits);
}

static bool
send_digits (IpdLeg *leg, const char *digits)
{
  if (!ipd_leg_peer_takes_digits (leg))
    return false;
  ipd_leg_peer_send_digits (leg, digits, NULL, NULL);
  return true;
}

static void
end (IpdLeg *leg)
{
  ipd_leg_peer_stop_key_frames (leg);
  g_clear_handle_id (&leg->peer->pace_timer, g_source_remove);
  g_clear_handle_id (&leg->peer->talk_timer, g_source_remove);
  ipd_leg_peer_drop_digits (leg);
}

static void
clear (IpdLeg *leg)
{
  end (leg);
  g_clear_pointer (&leg->peer->told, g_variant_unref);
  g_free (leg->peer);
}

const IpdLegKind ipd_leg_peer_kind = {
  .init = init,
  .send_early = send_early,
  .send_answer = send_answer,
  .send_final = send_final,
  .send_invite = send_invite,
  .send_hold = ipd_leg_peer_send_hold,
  .take_answer = take_answer,
  .take_sip = ipd_leg_peer_take_sip,
  .take_report = take_report,
  .send_digits = send_digits,
  .has_media = ipd_leg_peer_has_media,
  .add_media = ipd_leg_peer_add_media,
  .add_view = ipd_leg_peer_add_view,
  .end = end,
  .clear = clear,
};
