// SPDX-License-Identifier: Apache-2.0
/*
 * Offers and answers of our profile, written. Used by agent and station for each leg; sdp-parse.c reads them. Any
 * thread.
 */

#include "wire/sdp-private.h"

#include <string.h>

static gboolean
has_audio (const IpdCodecs *codecs, IpdAudioCodec codec)
{
  return (codecs->audio & 1u << codec) != 0;
}

static gboolean
has_h264 (const IpdCodecs *codecs)
{
  return (codecs->video & 1u << IPD_VIDEO_H264) != 0;
}

static uint8_t
our_payload (IpdAudioCodec codec)
{
  int pt = ipd_audio_codec_static_payload (codec);
  return pt < 0 ? IPD_SDP_OPUS_PT : (uint8_t) pt;
}

void
ipd_sdp_init_offer (IpdSdp *ret_sdp, const char *host, uint16_t audio_port, uint16_t video_port,
                    const IpdCodecs *codecs, gboolean look_out)
{
  IpdSdp sdp = { .session = 1, .version = 1 };
  g_strlcpy (sdp.host, host, sizeof sdp.host);
  sdp.audio_port = audio_port;
  /* In the order of the enum, which is the one of our preference. */
  for (int codec = 0; codec < IPD_AUDIO_N_CODECS; codec++)
    if (has_audio (codecs, (IpdAudioCodec) codec))
      sdp.audio[sdp.n_audio++]
          = (IpdSdpAudio){ .codec = (IpdAudioCodec) codec, .pt = our_payload ((IpdAudioCodec) codec) };
  sdp.audio_direction = IPD_SDP_SENDRECV;
  sdp.video_port = has_h264 (codecs) ? video_port : 0;
  sdp.video_pt = IPD_SDP_VIDEO_PT;
  sdp.video_direction = look_out ? IPD_SDP_RECVONLY : IPD_SDP_SENDONLY;
  sdp.profile_level_id = IPD_SDP_PROFILE_OURS;
  sdp.nack_pli = TRUE;
  sdp.ccm_fir = TRUE;
  *ret_sdp = sdp;
}

gboolean
ipd_sdp_init_answer (IpdSdp *ret_sdp, const IpdSdp *offer, const char *host, uint16_t audio_port, uint16_t video_port,
                     const IpdCodecs *codecs)
{
  IpdSdp sdp = { .session = 1, .version = 1 };

  for (unsigned i = 0; i < offer->n_audio && sdp.n_audio == 0; i++)
    if (has_audio (codecs, offer->audio[i].codec))
      sdp.audio[sdp.n_audio++] = offer->audio[i];
  if (sdp.n_audio == 0)
    return FALSE;
  g_strlcpy (sdp.host, host, sizeof sdp.host);
  sdp.audio_port = audio_port;
  sdp.audio_direction = ipd_sdp_mirrored (offer->audio_direction);
  sdp.video_port = offer->video_port != 0 && has_h264 (codecs) ? video_port : 0;
  sdp.video_pt = offer->video_pt;
  sdp.video_direction = ipd_sdp_mirrored (offer->video_direction);
  sdp.profile_level_id = offer->profile_level_id;
  sdp.nack_pli = offer->nack_pli;
  sdp.ccm_fir = offer->ccm_fir;
  *ret_sdp = sdp;
  return TRUE;
}

static gboolean
offers (const IpdSdp *offer, const IpdSdpAudio *audio)
{
  for (unsigned i = 0; i < offer->n_audio; i++)
    if (offer->audio[i].pt == audio->pt && offer->audio[i].codec == audio->codec)
      return TRUE;
  return FALSE;
}

gboolean
ipd_sdp_answer_fits (const IpdSdp *offer, const IpdSdp *answer)
{
  if (answer->n_audio != 1 || !offers (offer, &answer->audio[0])
      || answer->audio_direction != ipd_sdp_mirrored (offer->audio_direction))
    return FALSE;
  if (answer->video_port == 0)
    return TRUE;
  return offer->video_port != 0 && answer->video_pt == offer->video_pt
         && answer->video_direction == ipd_sdp_mirrored (offer->video_direction);
}

void
ipd_sdp_init_hold (IpdSdp *ret_sdp, const IpdSdp *first, gboolean held, uint64_t version)
{
  *ret_sdp = *first;
  ret_sdp->version = version;
  if (!held)
    return;
  ret_sdp->audio_direction = IPD_SDP_INACTIVE;
  ret_sdp->video_direction = IPD_SDP_INACTIVE;
}

static gboolean
same_audio (const IpdSdp *a, const IpdSdp *b)
{
  if (a->audio_port != b->audio_port || a->n_audio != b->n_audio)
    return FALSE;
  for (unsigned i = 0; i < a->n_audio; i++)
    if (a->audio[i].pt != b->audio[i].pt || a->audio[i].codec != b->audio[i].codec)
      return FALSE;
  return TRUE;
}

static gboolean
same_video (const IpdSdp *a, const IpdSdp *b)
{
  return a->video_port == b->video_port
         && (a->video_port == 0
             || (a->video_pt == b->video_pt && a->profile_level_id == b->profile_level_id
                 && strcmp (a->sprop, b->sprop) == 0));
}

gboolean
ipd_sdp_hold_fits (const IpdSdp *first, const IpdSdp *again, gboolean *ret_held)
{
  gboolean picture = first->video_port != 0;

  if (strcmp (first->host, again->host) != 0 || strcmp (first->keys, again->keys) != 0
      || first->session != again->session || !same_audio (first, again) || !same_video (first, again))
    return FALSE;
  if (again->audio_direction == IPD_SDP_INACTIVE && (!picture || again->video_direction == IPD_SDP_INACTIVE))
    *ret_held = TRUE;
  else if (again->audio_direction == first->audio_direction
           && (!picture || again->video_direction == first->video_direction))
    *ret_held = FALSE;
  else
    return FALSE;
  return TRUE;
}

static void
write_audio (GString *body, const IpdSdp *sdp)
{
  g_string_append_printf (body, "m=audio %u RTP/SAVP", sdp->audio_port);
  for (unsigned i = 0; i < sdp->n_audio; i++)
    g_string_append_printf (body, " %u", sdp->audio[i].pt);
  g_string_append_printf (body, "\r\na=%s\r\n", ipd_sdp_direction_words[sdp->audio_direction]);
  for (unsigned i = 0; i < sdp->n_audio; i++)
    {
      const IpdSdpAudio *audio = &sdp->audio[i];
      if (ipd_audio_codec_static_payload (audio->codec) != audio->pt)
        g_string_append_printf (body, "a=rtpmap:%u %s/%u%s\r\n", audio->pt, ipd_audio_codec_to_string (audio->codec),
                                ipd_audio_codec_clock (audio->codec), audio->codec == IPD_AUDIO_OPUS ? "/2" : "");
    }
}

static void
write_video (GString *body, const IpdSdp *sdp)
{
  unsigned pt = sdp->video_pt;

  g_string_append_printf (body, "m=video %u RTP/SAVPF %u\r\n", sdp->video_port, pt);
  if (sdp->video_port == 0) /* refused (RFC 3264 §6): what follows would be about nothing */
    return;
  g_string_append_printf (body, "a=%s\r\na=rtpmap:%u H264/90000\r\n", ipd_sdp_direction_words[sdp->video_direction],
                          pt);
  g_string_append_printf (body, "a=fmtp:%u profile-level-id=%06x;packetization-mode=1", pt, sdp->profile_level_id);
  if (sdp->sprop[0] != '\0')
    g_string_append_printf (body, ";sprop-parameter-sets=%s", sdp->sprop);
  g_string_append (body, "\r\n");
  if (sdp->nack_pli)
    g_string_append_printf (body, "a=rtcp-fb:%u nack pli\r\n", pt);
  if (sdp->ccm_fir)
    g_string_append_printf (body, "a=rtcp-fb:%u ccm fir\r\n", pt);
}

char *
ipd_sdp_write (const IpdSdp *sdp)
{
  const char *family = ipd_sdp_host_is_ip6 (sdp->host) ? "IP6" : "IP4";
  GString *body = g_string_sized_new (700);

  g_string_append_printf (body, "v=0\r\no=- %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " IN %s %s\r\n", sdp->session,
                          sdp->version, family, sdp->host);
  g_string_append_printf (body, "s=-\r\nc=IN %s %s\r\nt=0 0\r\n", family, sdp->host);
  if (sdp->keys[0] != '\0')
    g_string_append_printf (body, "a=ipdoor-keys:%s\r\n", sdp->keys);
  if (sdp->no_camera)
    g_string_append (body, "a=ipdoor-no-camera\r\n");
  write_audio (body, sdp);
  if (sdp->video_pt != 0)
    write_video (body, sdp);
  return g_string_free (body, FALSE);
}
