// SPDX-License-Identifier: Apache-2.0
/*
 * Offers and answers of our profile, written. Used by agent and station for each leg; sdp-parse.c reads them. Any
 * thread.
 */

#include "wire/sdp.h"

#include "wire/sdp-private.h"

#include <string.h>

/* PCMA first: it is what the stations of the field have, and a tie must be broken the same way on both sides. */
static const uint8_t our_audio_pts[] = { 8, 0 };
#define OUR_PROFILE_LEVEL 0x42e01f /* constrained baseline, level 3.1 */

const char *const ipd_sdp_direction_words[] = {
  [IPD_SDP_SENDRECV] = "sendrecv",
  [IPD_SDP_SENDONLY] = "sendonly",
  [IPD_SDP_RECVONLY] = "recvonly",
  [IPD_SDP_INACTIVE] = "inactive",
};

void
ipd_sdp_init_offer (IpdSdp *ret_sdp, const char *host, uint16_t audio_port, uint16_t video_port, gboolean look_out)
{
  IpdSdp sdp = { 0 };
  g_strlcpy (sdp.host, host, sizeof sdp.host);
  sdp.session = 1;
  sdp.audio_port = audio_port;
  memcpy (sdp.audio_pts, our_audio_pts, sizeof our_audio_pts);
  sdp.n_audio_pts = G_N_ELEMENTS (our_audio_pts);
  sdp.audio_direction = IPD_SDP_SENDRECV;
  sdp.video_port = video_port;
  sdp.video_pt = IPD_SDP_VIDEO_PT;
  sdp.video_direction = look_out ? IPD_SDP_RECVONLY : IPD_SDP_SENDONLY;
  sdp.profile_level_id = OUR_PROFILE_LEVEL;
  sdp.nack_pli = TRUE;
  sdp.ccm_fir = TRUE;
  *ret_sdp = sdp;
}

/* RFC 3264 §6.1. */
static IpdSdpDirection
mirrored (IpdSdpDirection direction)
{
  switch (direction)
    {
    case IPD_SDP_SENDONLY:
      return IPD_SDP_RECVONLY;
    case IPD_SDP_RECVONLY:
      return IPD_SDP_SENDONLY;
    case IPD_SDP_SENDRECV:
    case IPD_SDP_INACTIVE:
      return direction;
    }
  return IPD_SDP_INACTIVE;
}

static gboolean
has_pt (const uint8_t *pts, size_t n_pts, uint8_t pt)
{
  return n_pts > 0 && memchr (pts, pt, n_pts) != NULL;
}

gboolean
ipd_sdp_init_answer (IpdSdp *ret_sdp, const IpdSdp *offer, const char *host, uint16_t audio_port, uint16_t video_port)
{
  IpdSdp sdp = { 0 };

  for (unsigned i = 0; i < offer->n_audio_pts && sdp.n_audio_pts == 0; i++)
    if (has_pt (our_audio_pts, G_N_ELEMENTS (our_audio_pts), offer->audio_pts[i]))
      sdp.audio_pts[sdp.n_audio_pts++] = offer->audio_pts[i];
  if (sdp.n_audio_pts == 0)
    return FALSE;
  g_strlcpy (sdp.host, host, sizeof sdp.host);
  sdp.session = 1;
  sdp.audio_port = audio_port;
  sdp.audio_direction = mirrored (offer->audio_direction);
  sdp.video_port = offer->video_port == 0 ? 0 : video_port;
  sdp.video_pt = offer->video_pt;
  sdp.video_direction = mirrored (offer->video_direction);
  sdp.profile_level_id = offer->profile_level_id;
  sdp.nack_pli = offer->nack_pli;
  sdp.ccm_fir = offer->ccm_fir;
  *ret_sdp = sdp;
  return TRUE;
}

gboolean
ipd_sdp_answer_fits (const IpdSdp *offer, const IpdSdp *answer)
{
  if (answer->n_audio_pts != 1 || !has_pt (offer->audio_pts, offer->n_audio_pts, answer->audio_pts[0])
      || answer->audio_direction != mirrored (offer->audio_direction))
    return FALSE;
  if (answer->video_port == 0)
    return TRUE;
  return offer->video_port != 0 && answer->video_pt == offer->video_pt
         && answer->video_direction == mirrored (offer->video_direction);
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
  GString *body = g_string_sized_new (700);

  g_string_append_printf (body, "v=0\r\no=- %" G_GUINT64_FORMAT " 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n",
                          sdp->session, sdp->host, sdp->host);
  if (sdp->keys[0] != '\0')
    g_string_append_printf (body, "a=ipdoor-keys:%s\r\n", sdp->keys);
  if (sdp->no_camera)
    g_string_append (body, "a=ipdoor-no-camera\r\n");
  g_string_append_printf (body, "m=audio %u RTP/SAVP", sdp->audio_port);
  for (unsigned i = 0; i < sdp->n_audio_pts; i++)
    g_string_append_printf (body, " %u", sdp->audio_pts[i]);
  g_string_append_printf (body, "\r\na=%s\r\n", ipd_sdp_direction_words[sdp->audio_direction]);
  if (sdp->video_pt != 0)
    write_video (body, sdp);
  return g_string_free (body, FALSE);
}
