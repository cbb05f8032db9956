// SPDX-License-Identifier: Apache-2.0
/*
 * The SDP of a leg of a third-party station: what is said, and what of theirs is taken. Media is taken to and from the
 * station's own address only. Main context only.
 */
#include <string.h>

#include "agent/leg-peer.h"
#include "agent/vendor-station.h"

static bool
is_at_home (const IpdStation *station, const IpdPeerMedia *media)
{
  return media->port == 0 || media->host[0] == '\0' || ipd_vendor_station_is_at (station, media->host);
}

bool
ipd_leg_peer_read_sdp (const IpdStation *station, const char *body, IpdPeerSdp *ret_sdp)
{
  return body != NULL && ipd_peer_sdp_parse (body, strlen (body), ret_sdp, NULL)
         && is_at_home (station, &ret_sdp->audio) && is_at_home (station, &ret_sdp->video);
}

bool
ipd_leg_peer_answer_offer (const IpdLeg *leg, const IpdPeerSdp *offer, bool silent, IpdPeerSdp *ret_answer)
{
  const char *host = ipd_stations_local_host (leg->agent->stations);

  return ipd_peer_sdp_init_answer (ret_answer, offer, host, leg->media.audio_port, leg->media.video_port,
                                   &leg->agent->codecs, FALSE, silent ? IPD_PEER_ANSWER_SILENT : 0);
}

void
ipd_leg_peer_offer_all (IpdLeg *leg)
{
  ipd_peer_sdp_init_offer (&leg->peer->local, ipd_stations_local_host (leg->agent->stations), leg->media.audio_port,
                           leg->media.video_port, &leg->agent->codecs, IPD_SDP_RECVONLY);
  leg->peer->have_local = true;
}

const char *
ipd_leg_peer_write_local (IpdLeg *leg)
{
  g_free (leg->local_sdp);
  leg->local_sdp = ipd_peer_sdp_write (&leg->peer->local);
  return leg->local_sdp;
}

void
ipd_leg_peer_take_remote (IpdLeg *leg, const IpdPeerSdp *remote)
{
  leg->peer->remote = *remote;
  leg->peer->have_remote = true;
  ipd_leg_peer_check_media (leg);
}

/* Their answer to our offer. */
bool
ipd_leg_peer_take_their_answer (IpdLeg *leg, const char *body)
{
  g_autofree IpdPeerSdp *answer = g_new0 (IpdPeerSdp, 1);

  if (!ipd_leg_peer_read_sdp (leg->station, body, answer) || !ipd_peer_sdp_take_answer (&leg->peer->local, answer))
    return false;
  ipd_leg_peer_take_remote (leg, answer);
  return true;
}
