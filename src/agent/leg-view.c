// SPDX-License-Identifier: Apache-2.0
/* What a leg looks like through the contract: the Visit dictionary and the parameters of OpenMedia. */
#include <glib/gi18n-lib.h>

#include "agent/agent-error.h"
#include "agent/leg.h"
#include "core/codec.h"
#include "wire/secret.h"

GVariant *
ipd_leg_to_variant (const IpdLeg *self)
{
  const IpdCall *call = &self->call;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", call->visit.s);
  g_variant_dict_insert (&dict, "device", "s", call->device.s);
  g_variant_dict_insert (&dict, "device-name", "s", call->device_name.s);
  g_variant_dict_insert (&dict, "direction", "s", call->origin == IPD_VISIT_IN ? "in" : "out");
  g_variant_dict_insert (&dict, "state", "s", ipd_call_state_to_string (call->state));
  g_variant_dict_insert (&dict, "started", "x", (gint64) call->started_us);
  g_variant_dict_insert (&dict, "by", "s", ipd_call_by (call));
  g_variant_dict_insert (&dict, "output", "s", call->output.s);
  g_variant_dict_insert (&dict, "contact", "s", ipd_contact_to_string (call->contact));
  if (ipd_leg_is_over (self))
    g_variant_dict_insert (&dict, "reason", "s", ipd_call_reason_to_string (call->reason));
  if (self->notice != NULL)
    g_variant_dict_insert (&dict, "notice", "s", self->notice);
  g_variant_dict_insert_value (&dict, "outputs", ipd_stations_outputs_to_variant (self->station->device));
  g_variant_dict_insert (&dict, "encrypted", "b", TRUE);
  return g_variant_dict_end (&dict);
}

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
  guint32 own_ssrc = ipd_client_ssrc (self->station_keys.leg_tag, (uint16_t) self->generation);
  IpdStreamKey audio_tx, audio_rx, video_rx, rtcp_tx;

  ipd_stream_key_expand (self->client_keys.secret, IPD_STREAM_AUDIO_CLIENT, &audio_tx);
  ipd_stream_key_expand (self->station_keys.leg_secret, IPD_STREAM_AUDIO_STATION, &audio_rx);
  ipd_stream_key_expand (self->station_keys.visit_secret, IPD_STREAM_VIDEO, &video_rx);
  ipd_stream_key_expand (self->client_keys.secret, IPD_STREAM_VIDEO_CLIENT, &rtcp_tx);
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
  const IpdSdpAudio *audio = self->call.origin == IPD_VISIT_IN ? &self->local.audio[0] : &self->remote.audio[0];

  g_variant_dict_insert (dict, "encrypted", "b", TRUE);
  g_variant_dict_insert (dict, "audio-codec", "s", ipd_audio_codec_to_string (audio->codec));
  g_variant_dict_insert (dict, "audio-payload", "y", audio->pt);
  g_variant_dict_insert (dict, "audio-rx-payload", "y", audio->pt);
  g_variant_dict_insert (dict, "dtmf-payload", "y", 0);
  g_variant_dict_insert_value (dict, "video", g_variant_new_parsed ("[(%s, %y)]", "H264", self->remote.video_pt));
}

static GVariant *
media_to_variant (const IpdLeg *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "local-generation", "u", self->generation);
  g_variant_dict_insert (&dict, "audio-host", "s", self->remote.host);
  g_variant_dict_insert (&dict, "audio-port", "q", self->remote.audio_port);
  g_variant_dict_insert (&dict, "video-host", "s", self->remote.host);
  g_variant_dict_insert (&dict, "video-port", "q", self->remote.video_port);
  insert_formats (self, &dict);
  g_variant_dict_insert (&dict, "sprop", "s", self->remote.sprop);
  insert_keys (self, &dict);
  return g_variant_dict_end (&dict);
}

GVariant *
ipd_leg_open_media (IpdLeg *self, IpdContractMedia *ret_media, GError **error)
{
  GVariant *params;

  if (ipd_leg_is_over (self) || !self->have_keys || self->local_sdp == NULL || !ipd_leg_media_is_bound (&self->media))
    {
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE, _ ("This visit has no sound and picture now."));
      return NULL;
    }
  if (self->generation >= IPD_GENERATIONS_MAX || !ipd_leg_media_dup (&self->media, ret_media->fd))
    {
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_FAILED, _ ("Sound and picture cannot be handed over."));
      return NULL;
    }
  if (self->generation > 0)
    ipd_leg_media_flush (&self->media);
  params = media_to_variant (self);
  self->generation++;
  return params;
}
