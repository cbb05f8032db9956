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

/* Port 0 is for no host, and the other way round. */
static uint16_t
read_port (Reader *reader, const char *name, const char *host)
{
  uint16_t value = 0;
  bool ok = g_variant_lookup (reader->dict, name, "q", &value) && value < UINT16_MAX && (value > 0) == (host != NULL);
  if (!ok && reader->missing == NULL)
    reader->missing = name;
  return value;
}

/* Said only where it is not what follows from the rest. */
static uint16_t
read_rtcp_port (Reader *reader, const char *name)
{
  uint16_t value = 0;
  g_variant_lookup (reader->dict, name, "q", &value);
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
  g_variant_lookup (reader->dict, "dtmf-clock", "u", &ret_audio->dtmf_clock);
}

/* Wherever there is a picture there is a way to read it. */
static void
read_video (Reader *reader, IpdMediaParams *params)
{
  g_autoptr (GVariantIter) iter = NULL;
  const char *codec;
  uint8_t payload;
  bool ok = g_variant_lookup (reader->dict, "video", "a(sy)", &iter) || params->video_host == NULL;

  while (ok && iter != NULL && params->n_video < IPD_MEDIA_VIDEO_MAX
         && g_variant_iter_next (iter, "(&sy)", &codec, &payload))
    {
      IpdMediaVideo *video = &params->video[params->n_video++];

      video->payload = payload;
      ok = payload < 128 && ipd_video_codec_from_string (codec, &video->codec);
    }
  if ((!ok || (params->video_host != NULL && params->n_video == 0)) && reader->missing == NULL)
    reader->missing = "video";
}

static char *
read_host (Reader *reader, const char *name)
{
  g_autofree char *value = NULL;
  bool said = g_variant_lookup (reader->dict, name, "s", &value);
  if (said && *value == '\0')
    return NULL;
  if ((!said || !g_hostname_is_ip_address (value)) && reader->missing == NULL)
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

static void
read_keys (Reader *reader, IpdMediaParams *params)
{
  read_key (reader, "audio-tx-key", params->audio_tx.key);
  params->audio_tx.ssrc = read_u32 (reader, "audio-tx-ssrc");
  read_key (reader, "audio-rx-key", params->audio_rx.key);
  params->audio_rx.ssrc = read_u32 (reader, "audio-rx-ssrc");
  read_key (reader, "video-rx-key", params->video_rx.key);
  params->video_rx.ssrc = read_u32 (reader, "video-rx-ssrc");
  read_key (reader, "video-rtcp-tx-key", params->video_rtcp_tx.key);
  params->video_rtcp_tx.ssrc = read_u32 (reader, "video-tx-ssrc");
}

/* "rtp" and "none" have no address of their own: what comes before the answer, or only after it, comes as RTP. */
static void
read_preview (Reader *reader, IpdMediaParams *params)
{
  static const char *const fetched[]
      = { [IPD_MEDIA_PREVIEW_RTSP] = "rtsp", [IPD_MEDIA_PREVIEW_MJPEG] = "mjpeg", [IPD_MEDIA_PREVIEW_STILL] = "still" };
  const char *word = "";

  g_variant_lookup (reader->dict, "preview", "&s", &word);
  for (unsigned i = 0; i < G_N_ELEMENTS (fetched); i++)
    if (g_strcmp0 (word, fetched[i]) == 0)
      params->preview = (IpdMediaPreview) i;
  g_variant_lookup (reader->dict, "preview-uri", "s", &params->preview_uri);
  g_variant_lookup (reader->dict, "preview-user", "s", &params->preview_user);
  g_variant_lookup (reader->dict, "preview-password", "s", &params->preview_password);
  if (params->preview != IPD_MEDIA_PREVIEW_RTP && params->preview_uri == NULL && reader->missing == NULL)
    reader->missing = "preview-uri";
}

static void
read_all (Reader *reader, IpdMediaParams *params)
{
  params->audio_host = read_host (reader, "audio-host");
  params->audio_port = read_port (reader, "audio-port", params->audio_host);
  params->audio_rtcp_port = read_rtcp_port (reader, "audio-rtcp-port");
  params->video_host = read_host (reader, "video-host");
  params->video_port = read_port (reader, "video-port", params->video_host);
  params->video_rtcp_port = read_rtcp_port (reader, "video-rtcp-port");
  if (params->audio_host != NULL)
    read_audio (reader, &params->audio);
  read_video (reader, params);
  if (params->encrypted)
    read_keys (reader, params);
  g_variant_lookup (reader->dict, "sprop", "s", &params->sprop);
  read_preview (reader, params);
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
  if (!g_variant_lookup (params, "encrypted", "b", &encrypted))
    reader.missing = "encrypted";
  read.encrypted = encrypted;
  read_all (&reader, &read);
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

/* No host is no such media. */
static bool
address_is_usable (const char *host, uint16_t port)
{
  return host == NULL ? port == 0 : g_hostname_is_ip_address (host) && port > 0;
}

bool
ipd_media_params_check (const IpdMediaParams *params, GError **error)
{
  bool hosts = address_is_usable (params->audio_host, params->audio_port)
               && address_is_usable (params->video_host, params->video_port);
  bool payloads = params->audio.tx_payload < 128 && params->audio.rx_payload < 128 && params->audio.dtmf_payload < 128
                  && params->n_video <= IPD_MEDIA_VIDEO_MAX && (params->video_host == NULL || params->n_video > 0);
  if (hosts && payloads)
    return true;
  g_set_error_literal (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_PARAMS, "A media address or payload type is wrong.");
  return false;
}

void
ipd_media_params_copy (const IpdMediaParams *params, IpdMediaParams *ret_params)
{
  *ret_params = *params;
  ret_params->audio_host = g_strdup (params->audio_host);
  ret_params->video_host = g_strdup (params->video_host);
  ret_params->sprop = g_strdup (params->sprop);
  ret_params->preview_uri = g_strdup (params->preview_uri);
  ret_params->preview_user = g_strdup (params->preview_user);
  ret_params->preview_password = g_strdup (params->preview_password);
}

static bool
same_key (const IpdMediaKey *a, const IpdMediaKey *b)
{
  return memcmp (a->key, b->key, IPD_MEDIA_KEY_LEN) == 0 && a->ssrc == b->ssrc;
}

static bool
same_audio (const IpdMediaAudio *a, const IpdMediaAudio *b)
{
  return a->codec == b->codec && a->tx_payload == b->tx_payload && a->rx_payload == b->rx_payload
         && a->dtmf_payload == b->dtmf_payload && a->dtmf_clock == b->dtmf_clock;
}

/* A plain side makes up its own SSRC, which is no reason to begin anew. */
bool
ipd_media_params_same_sound (const IpdMediaParams *a, const IpdMediaParams *b)
{
  bool keys = !a->encrypted || (same_key (&a->audio_tx, &b->audio_tx) && same_key (&a->audio_rx, &b->audio_rx));
  return a->encrypted == b->encrypted && keys && g_strcmp0 (a->audio_host, b->audio_host) == 0
         && a->audio_port == b->audio_port && a->audio_rtcp_port == b->audio_rtcp_port
         && same_audio (&a->audio, &b->audio);
}

static bool
same_video (const IpdMediaParams *a, const IpdMediaParams *b)
{
  bool same = a->n_video == b->n_video;
  for (unsigned i = 0; same && i < a->n_video; i++)
    same = a->video[i].codec == b->video[i].codec && a->video[i].payload == b->video[i].payload;
  return same;
}

bool
ipd_media_params_same_picture (const IpdMediaParams *a, const IpdMediaParams *b)
{
  bool keys
      = !a->encrypted || (same_key (&a->video_rx, &b->video_rx) && same_key (&a->video_rtcp_tx, &b->video_rtcp_tx));
  return a->encrypted == b->encrypted && keys && g_strcmp0 (a->video_host, b->video_host) == 0
         && a->video_port == b->video_port && a->video_rtcp_port == b->video_rtcp_port && same_video (a, b)
         && g_strcmp0 (a->sprop, b->sprop) == 0 && a->preview == b->preview
         && g_strcmp0 (a->preview_uri, b->preview_uri) == 0 && g_strcmp0 (a->preview_user, b->preview_user) == 0
         && g_strcmp0 (a->preview_password, b->preview_password) == 0;
}

static void
take_text (char **to, char **from)
{
  g_free (*to);
  *to = g_steal_pointer (from);
}

void
ipd_media_params_take_sound (IpdMediaParams *to, IpdMediaParams *from)
{
  to->encrypted = from->encrypted;
  take_text (&to->audio_host, &from->audio_host);
  to->audio_port = from->audio_port;
  to->audio_rtcp_port = from->audio_rtcp_port;
  to->audio = from->audio;
  to->audio_tx = from->audio_tx;
  to->audio_rx = from->audio_rx;
}

void
ipd_media_params_take_picture (IpdMediaParams *to, IpdMediaParams *from)
{
  to->encrypted = from->encrypted;
  take_text (&to->video_host, &from->video_host);
  to->video_port = from->video_port;
  to->video_rtcp_port = from->video_rtcp_port;
  memcpy (to->video, from->video, sizeof to->video);
  to->n_video = from->n_video;
  to->video_rx = from->video_rx;
  to->video_rtcp_tx = from->video_rtcp_tx;
  take_text (&to->sprop, &from->sprop);
  to->preview = from->preview;
  take_text (&to->preview_uri, &from->preview_uri);
  take_text (&to->preview_user, &from->preview_user);
  take_text (&to->preview_password, &from->preview_password);
}

static void
wipe (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

void
ipd_media_params_clear (IpdMediaParams *params)
{
  g_free (params->audio_host);
  g_free (params->video_host);
  g_free (params->sprop);
  g_free (params->preview_uri);
  g_free (params->preview_user);
  wipe (params->preview_password);
  explicit_bzero (params, sizeof *params);
}
