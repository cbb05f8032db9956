// SPDX-License-Identifier: Apache-2.0
/* Reads what OpenMedia says into plain values. Called by the desktop and by ipdoor-media, on their own thread. */
#include "media/params.h"

#include "media/error.h"

#include <gio/gio.h>
#include <string.h>

typedef struct {
  GVariant *dict;
  const char *missing; /* the first member that is absent, mistyped or out of range */
} Reader;

static uint32_t
read_u32 (Reader *reader, const char *name)
{
  uint32_t value = 0;
  if (!g_variant_lookup (reader->dict, name, "u", &value) && reader->missing == NULL)
    reader->missing = name;
  return value;
}

static uint16_t
read_port (Reader *reader, const char *name)
{
  uint16_t value = 0;
  bool ok = g_variant_lookup (reader->dict, name, "q", &value) && value > 0 && value < UINT16_MAX;
  if (!ok && reader->missing == NULL)
    reader->missing = name;
  return value;
}

static uint8_t
read_payload (Reader *reader, const char *name)
{
  uint8_t value = 0;
  bool ok = g_variant_lookup (reader->dict, name, "y", &value) && value < 128;
  if (!ok && reader->missing == NULL)
    reader->missing = name;
  return value;
}

static void
read_audio (Reader *reader, IpdMediaAudio *ret_audio)
{
  const char *codec = NULL;

  if ((!g_variant_lookup (reader->dict, "audio-codec", "&s", &codec)
       || !ipd_audio_codec_from_string (codec, &ret_audio->codec))
      && reader->missing == NULL)
    reader->missing = "audio-codec";
  ret_audio->tx_payload = read_payload (reader, "audio-payload");
  ret_audio->rx_payload = read_payload (reader, "audio-rx-payload");
  ret_audio->dtmf_payload = read_payload (reader, "dtmf-payload");
}

static void
read_video (Reader *reader, IpdMediaParams *params)
{
  g_autoptr (GVariantIter) iter = NULL;
  const char *codec;
  uint8_t payload;
  bool ok = g_variant_lookup (reader->dict, "video", "a(sy)", &iter);

  while (ok && params->n_video < IPD_MEDIA_VIDEO_MAX && g_variant_iter_next (iter, "(&sy)", &codec, &payload))
    {
      IpdMediaVideo *video = &params->video[params->n_video++];

      video->payload = payload;
      ok = payload < 128 && ipd_video_codec_from_string (codec, &video->codec);
    }
  if (!ok && reader->missing == NULL)
    reader->missing = "video";
}

static char *
read_host (Reader *reader, const char *name)
{
  g_autofree char *value = NULL;
  bool ok = g_variant_lookup (reader->dict, name, "s", &value) && g_hostname_is_ip_address (value);
  if (!ok && reader->missing == NULL)
    reader->missing = name;
  return g_steal_pointer (&value);
}

static void
read_key (Reader *reader, const char *name, uint8_t key[static IPD_MEDIA_KEY_LEN])
{
  g_autoptr (GVariant) value = g_variant_lookup_value (reader->dict, name, G_VARIANT_TYPE_BYTESTRING);
  size_t len = 0;
  const uint8_t *octets = value ? g_variant_get_fixed_array (value, &len, 1) : NULL;
  if (len == IPD_MEDIA_KEY_LEN)
    memcpy (key, octets, len);
  else if (reader->missing == NULL)
    reader->missing = name;
}

bool
ipd_media_params_read (GVariant *params, const int fds[static IPD_MEDIA_N_FDS], IpdMediaParams *ret_params,
                       GError **error)
{
  Reader reader = { .dict = params };
  gboolean encrypted = FALSE;
  g_auto (IpdMediaParams) read = { 0 };
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    read.fds[i] = fds[i];
  read.encrypted = g_variant_lookup (params, "encrypted", "b", &encrypted) && encrypted;
  read.audio_host = read_host (&reader, "audio-host");
  read.audio_port = read_port (&reader, "audio-port");
  read.video_host = read_host (&reader, "video-host");
  read.video_port = read_port (&reader, "video-port");
  read_audio (&reader, &read.audio);
  read_video (&reader, &read);
  read_key (&reader, "audio-tx-key", read.audio_tx.key);
  read.audio_tx.ssrc = read_u32 (&reader, "audio-tx-ssrc");
  read_key (&reader, "audio-rx-key", read.audio_rx.key);
  read.audio_rx.ssrc = read_u32 (&reader, "audio-rx-ssrc");
  read_key (&reader, "video-rx-key", read.video_rx.key);
  read.video_rx.ssrc = read_u32 (&reader, "video-rx-ssrc");
  read_key (&reader, "video-rtcp-tx-key", read.video_rtcp_tx.key);
  read.video_rtcp_tx.ssrc = read_u32 (&reader, "video-tx-ssrc");
  g_variant_lookup (params, "sprop", "s", &read.sprop);
  if (reader.missing != NULL)
    {
      g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_PARAMS, "The media parameter %s is missing or wrong.",
                   reader.missing);
      return false;
    }
  *ret_params = read;
  read = (IpdMediaParams){ 0 };
  return true;
}

void
ipd_media_params_clear (IpdMediaParams *params)
{
  g_free (params->audio_host);
  g_free (params->video_host);
  g_free (params->sprop);
  g_free (params->preview_uri);
  g_free (params->preview_user);
  g_free (params->preview_password);
  explicit_bzero (params, sizeof *params);
}
