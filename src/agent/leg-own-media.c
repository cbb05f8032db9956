// SPDX-License-Identifier: Apache-2.0
/* The parameters of OpenMedia for a station of ours: formats, and the keys of this generation. Main context only. */
#include "agent/leg-own.h"
#include "core/codec.h"
#include "wire/secret.h"

static void
insert_key (GVariantDict *dict, const char *name, const uint8_t *key)
{
  g_variant_dict_insert_value (dict, name,
                               g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, key, IPD_SRTP_KEY_OCTETS, 1));
}

/* docs/protocol.md §9: which secret makes which key, and the SSRCs of this generation. */
static void
insert_keys (const IpdLeg *self, GVariantDict *dict)
{
  guint32 own_ssrc = ipd_client_ssrc (self->own->station_keys.leg_tag, (uint16_t) self->generation);
  IpdStreamKey audio_tx, audio_rx, video_rx, rtcp_tx;

  ipd_stream_key_expand (self->own->client_keys.secret, IPD_STREAM_AUDIO_CLIENT, &audio_tx);
  ipd_stream_key_expand (self->own->station_keys.leg_secret, IPD_STREAM_AUDIO_STATION, &audio_rx);
  ipd_stream_key_expand (self->own->station_keys.visit_secret, IPD_STREAM_VIDEO, &video_rx);
  ipd_stream_key_expand (self->own->client_keys.secret, IPD_STREAM_VIDEO_CLIENT, &rtcp_tx);
  insert_key (dict, "audio-tx-key", audio_tx.key);
  g_variant_dict_insert (dict, "audio-tx-ssrc", "u", own_ssrc);
  insert_key (dict, "audio-rx-key", audio_rx.key);
  g_variant_dict_insert (dict, "audio-rx-ssrc", "u", audio_rx.ssrc);
  insert_key (dict, "video-rx-key", video_rx.key);
  g_variant_dict_insert (dict, "video-rx-ssrc", "u", video_rx.ssrc);
  insert_key (dict, "video-rtcp-tx-key", rtcp_tx.key);
  g_variant_dict_insert (dict, "video-tx-ssrc", "u", own_ssrc);
  ipd_wipe (&audio_tx, sizeof audio_tx);
  ipd_wipe (&audio_rx, sizeof audio_rx);
  ipd_wipe (&video_rx, sizeof video_rx);
  ipd_wipe (&rtcp_tx, sizeof rtcp_tx);
}

static void
insert_formats (const IpdLeg *self, GVariantDict *dict)
{
  /* Of the answer, which is ours for a ring and the station's for a look-out: one payload type is left in it. */
  const IpdSdpAudio *audio
      = self->call.origin == IPD_VISIT_IN ? &self->own->local.audio[0] : &self->own->remote.audio[0];

  g_variant_dict_insert (dict, "encrypted", "b", TRUE);
  g_variant_dict_insert (dict, "audio-codec", "s", ipd_audio_codec_to_string (audio->codec));
  g_variant_dict_insert (dict, "audio-payload", "y", audio->pt);
  g_variant_dict_insert (dict, "audio-rx-payload", "y", audio->pt);
  g_variant_dict_insert (dict, "dtmf-payload", "y", 0);
  g_variant_dict_insert_value (dict, "video", g_variant_new_parsed ("[(%s, %y)]", "H264", self->own->remote.video_pt));
}

void
ipd_leg_own_add_media (const IpdLeg *leg, GVariantDict *params)
{
  const IpdSdp *remote = &leg->own->remote;

  g_variant_dict_insert (params, "audio-host", "s", remote->host);
  g_variant_dict_insert (params, "audio-port", "q", remote->audio_port);
  g_variant_dict_insert (params, "video-host", "s", remote->host);
  g_variant_dict_insert (params, "video-port", "q", remote->video_port);
  insert_formats (leg, params);
  g_variant_dict_insert (params, "sprop", "s", remote->sprop);
  insert_keys (leg, params);
}
