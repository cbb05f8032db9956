// SPDX-License-Identifier: Apache-2.0
/*
 * Our offers and answers for stations and phones of others, as text. peer-sdp.c makes the values. Any thread.
 */

#include "wire/peer-sdp.h"
#include "wire/sdp-private.h"

#include <string.h>

static const char *
shown_host (const char *host)
{
  return host[0] != '\0' ? host : "0.0.0.0";
}

static void
write_connection (GString *body, const char *host)
{
  const char *shown = shown_host (host);
  g_string_append_printf (body, "c=IN %s %s\r\n", ipd_sdp_host_is_ip6 (shown) ? "IP6" : "IP4", shown);
}

static void
write_stream (GString *body, const IpdPeerMedia *media, const char *session_host)
{
  g_string_append (body, "\r\n");
  if (strcmp (media->host, session_host) != 0)
    write_connection (body, media->host);
  g_string_append_printf (body, "a=%s\r\n", ipd_sdp_direction_words[media->direction]);
  if (media->rtcp_port != 0 && media->rtcp_port != media->port + 1)
    g_string_append_printf (body, "a=rtcp:%u\r\n", media->rtcp_port);
}

static void
write_audio (GString *body, const IpdPeerSdp *sdp, const IpdPeerLine *line, const char *session_host)
{
  g_string_append_printf (body, "m=audio %u %s", sdp->audio.port, line->proto);
  for (unsigned i = 0; i < sdp->n_audio_formats; i++)
    g_string_append_printf (body, " %u", sdp->audio_formats[i].pt);
  for (unsigned i = 0; i < sdp->n_dtmf; i++)
    g_string_append_printf (body, " %u", sdp->dtmf[i].pt);
  write_stream (body, &sdp->audio, session_host);
  for (unsigned i = 0; i < sdp->n_audio_formats; i++)
    {
      IpdAudioCodec codec = sdp->audio_formats[i].codec;
      g_string_append_printf (body, "a=rtpmap:%u %s/%u%s\r\n", sdp->audio_formats[i].pt,
                              ipd_audio_codec_to_string (codec), ipd_audio_codec_clock (codec),
                              codec == IPD_AUDIO_OPUS ? "/2" : "");
    }
  for (unsigned i = 0; i < sdp->n_dtmf; i++)
    g_string_append_printf (body, "a=rtpmap:%u telephone-event/%u\r\na=fmtp:%u 0-15\r\n", sdp->dtmf[i].pt,
                            sdp->dtmf[i].clock, sdp->dtmf[i].pt);
}

/* Who only sends has one level, so there is nothing to be asymmetric with (RFC 6184 §8.1). */
static void
write_video_format (GString *body, const IpdPeerVideo *format, gboolean feedback, gboolean both_ways)
{
  g_string_append_printf (body, "a=rtpmap:%u %s/90000\r\n", format->pt, ipd_video_codec_to_string (format->codec));
  if (format->codec == IPD_VIDEO_H264)
    {
      g_string_append_printf (body, "a=fmtp:%u profile-level-id=%06x;packetization-mode=%u%s", format->pt,
                              format->profile_level_id, format->packetization_mode,
                              both_ways ? ";level-asymmetry-allowed=1" : "");
      if (format->sprop[0] != '\0')
        g_string_append_printf (body, ";sprop-parameter-sets=%s", format->sprop);
      g_string_append (body, "\r\n");
    }
  if (feedback && format->nack_pli)
    g_string_append_printf (body, "a=rtcp-fb:%u nack pli\r\n", format->pt);
  if (feedback && format->ccm_fir)
    g_string_append_printf (body, "a=rtcp-fb:%u ccm fir\r\n", format->pt);
}

/* One line for all formats where each would say the same: an INVITE has to fit a datagram. */
static void
write_video (GString *body, const IpdPeerSdp *sdp, const IpdPeerLine *line, const char *session_host)
{
  gboolean all_pli = TRUE, all_fir = TRUE;

  g_string_append_printf (body, "m=video %u %s", sdp->video.port, line->proto);
  for (unsigned i = 0; i < sdp->n_video_formats; i++)
    {
      g_string_append_printf (body, " %u", sdp->video_formats[i].pt);
      all_pli = all_pli && sdp->video_formats[i].nack_pli;
      all_fir = all_fir && sdp->video_formats[i].ccm_fir;
    }
  gboolean together = sdp->n_video_formats > 1 && all_pli && all_fir;
  write_stream (body, &sdp->video, session_host);
  for (unsigned i = 0; i < sdp->n_video_formats; i++)
    write_video_format (body, &sdp->video_formats[i], !together, sdp->video.direction != IPD_SDP_SENDONLY);
  if (together)
    g_string_append (body, "a=rtcp-fb:* nack pli\r\na=rtcp-fb:* ccm fir\r\n");
}

char *
ipd_peer_sdp_write (const IpdPeerSdp *sdp)
{
  const char *session_host = sdp->audio.port != 0 ? sdp->audio.host : sdp->video.host;
  const char *origin = shown_host (session_host);
  GString *body = g_string_sized_new (900);

  g_string_append_printf (body, "v=0\r\no=- %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " IN %s %s\r\ns=-\r\n",
                          sdp->session, sdp->version, ipd_sdp_host_is_ip6 (origin) ? "IP6" : "IP4", origin);
  write_connection (body, session_host);
  g_string_append (body, "t=0 0\r\n");
  for (unsigned i = 0; i < sdp->n_lines; i++)
    {
      const IpdPeerLine *line = &sdp->lines[i];
      if (line->kind == IPD_PEER_LINE_AUDIO)
        write_audio (body, sdp, line, session_host);
      else if (line->kind == IPD_PEER_LINE_VIDEO)
        write_video (body, sdp, line, session_host);
      else
        g_string_append_printf (body, "m=%s 0 %s %s\r\n", line->media, line->proto, line->format);
    }
  return g_string_free (body, FALSE);
}
