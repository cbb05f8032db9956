// SPDX-License-Identifier: Apache-2.0
/*
 * Offers, answers, and what two of them come to, with stations and phones of others. Used by the agent for third-party
 * stations and by the station for SIP phones. Any thread.
 */

#include "wire/peer-sdp.h"

#include "wire/sdp-private.h"

#include <string.h>

#define OFFER_DTMF_PT      101
#define OFFER_DTMF_OPUS_PT 102
#define OFFER_H264_1_PT    96
#define OFFER_H264_0_PT    97
#define OFFER_VP8_PT       98

static gboolean
has_audio (const IpdCodecs *codecs, IpdAudioCodec codec)
{
  return (codecs->audio & 1u << codec) != 0;
}

static gboolean
has_video (const IpdCodecs *codecs, IpdVideoCodec codec)
{
  return (codecs->video & 1u << codec) != 0;
}

static void
set_media (IpdPeerMedia *media, const char *host, uint16_t port, IpdSdpDirection direction)
{
  *media = (IpdPeerMedia){ .port = port,
                           .rtcp_port = port < G_MAXUINT16 ? (uint16_t) (port + 1) : 0,
                           .direction = direction };
  g_strlcpy (media->host, host, sizeof media->host);
}

/* --- offer --- */

static void
add_line (IpdPeerSdp *sdp, IpdPeerLineKind kind, const char *media)
{
  IpdPeerLine *line = &sdp->lines[sdp->n_lines++];
  *line = (IpdPeerLine){ .kind = kind, .proto = "RTP/AVP", .format = "0" };
  g_strlcpy (line->media, media, sizeof line->media);
}

static void
offer_audio (IpdPeerSdp *sdp, const IpdCodecs *codecs)
{
  for (int i = 0; i < IPD_AUDIO_N_CODECS; i++)
    {
      IpdAudioCodec codec = (IpdAudioCodec) i;
      int pt = ipd_audio_codec_static_payload (codec);
      if (has_audio (codecs, codec))
        sdp->audio_formats[sdp->n_audio_formats++]
            = (IpdSdpAudio){ .codec = codec, .pt = pt < 0 ? IPD_SDP_OPUS_PT : (uint8_t) pt };
    }
  sdp->dtmf[sdp->n_dtmf++] = (IpdPeerDtmf){ .pt = OFFER_DTMF_PT, .clock = 8000 };
  if (has_audio (codecs, IPD_AUDIO_OPUS))
    sdp->dtmf[sdp->n_dtmf++] = (IpdPeerDtmf){ .pt = OFFER_DTMF_OPUS_PT, .clock = 48000 };
}

static void
offer_video_format (IpdPeerSdp *sdp, IpdVideoCodec codec, uint8_t pt, uint8_t mode)
{
  sdp->video_formats[sdp->n_video_formats++] = (IpdPeerVideo){ .codec = codec,
                                                               .pt = pt,
                                                               .packetization_mode = mode,
                                                               .profile_level_id = IPD_SDP_PROFILE_OURS,
                                                               .nack_pli = TRUE,
                                                               .ccm_fir = TRUE };
}

void
ipd_peer_sdp_init_offer (IpdPeerSdp *ret_sdp, const char *host, uint16_t audio_port, uint16_t video_port,
                         const IpdCodecs *codecs, IpdSdpDirection video)
{
  IpdPeerSdp sdp = { .session = 1, .version = 1 };

  set_media (&sdp.audio, host, audio_port, IPD_SDP_SENDRECV);
  offer_audio (&sdp, codecs);
  add_line (&sdp, IPD_PEER_LINE_AUDIO, "audio");
  if (has_video (codecs, IPD_VIDEO_H264))
    {
      offer_video_format (&sdp, IPD_VIDEO_H264, OFFER_H264_1_PT, 1);
      offer_video_format (&sdp, IPD_VIDEO_H264, OFFER_H264_0_PT, 0);
    }
  if (has_video (codecs, IPD_VIDEO_VP8))
    offer_video_format (&sdp, IPD_VIDEO_VP8, OFFER_VP8_PT, 0);
  if (video_port != 0 && sdp.n_video_formats > 0)
    {
      set_media (&sdp.video, host, video_port, video);
      add_line (&sdp, IPD_PEER_LINE_VIDEO, "video");
    }
  else
    sdp.n_video_formats = 0;
  *ret_sdp = sdp;
}

/* --- answer --- */

/* The telephone-event of that clock; any other one where that is missing, since senders are careless about it. */
static const IpdPeerDtmf *
find_dtmf (const IpdPeerSdp *sdp, unsigned clock)
{
  for (unsigned i = 0; i < sdp->n_dtmf; i++)
    if (sdp->dtmf[i].clock == clock)
      return &sdp->dtmf[i];
  return sdp->n_dtmf > 0 ? &sdp->dtmf[0] : NULL;
}

static gboolean
answer_audio (IpdPeerSdp *sdp, const IpdPeerSdp *offer, const IpdCodecs *codecs)
{
  for (unsigned i = 0; offer->audio.port != 0 && i < offer->n_audio_formats && sdp->n_audio_formats == 0; i++)
    if (has_audio (codecs, offer->audio_formats[i].codec))
      sdp->audio_formats[sdp->n_audio_formats++] = offer->audio_formats[i];
  if (sdp->n_audio_formats == 0)
    return FALSE;
  const IpdPeerDtmf *dtmf = find_dtmf (offer, ipd_audio_codec_clock (sdp->audio_formats[0].codec));
  if (dtmf != NULL)
    sdp->dtmf[sdp->n_dtmf++] = *dtmf;
  return TRUE;
}

static gboolean
answer_video (IpdPeerSdp *sdp, const IpdPeerSdp *offer, const IpdCodecs *codecs)
{
  for (unsigned i = 0; offer->video.port != 0 && i < offer->n_video_formats && sdp->n_video_formats == 0; i++)
    if (has_video (codecs, offer->video_formats[i].codec))
      sdp->video_formats[sdp->n_video_formats++] = offer->video_formats[i];
  if (sdp->n_video_formats == 0)
    return FALSE;
  sdp->video_formats[0].sprop[0] = '\0'; /* of their encoder, not of ours */
  return TRUE;
}

static gboolean
sends (IpdSdpDirection direction)
{
  return direction == IPD_SDP_SENDRECV || direction == IPD_SDP_SENDONLY;
}

static gboolean
receives (IpdSdpDirection direction)
{
  return direction == IPD_SDP_SENDRECV || direction == IPD_SDP_RECVONLY;
}

/* A picture goes one way only: to whoever has no camera here. */
static IpdSdpDirection
answer_video_direction (IpdSdpDirection offered, gboolean video_send)
{
  if (video_send)
    return receives (offered) ? IPD_SDP_SENDONLY : IPD_SDP_INACTIVE;
  return sends (offered) ? IPD_SDP_RECVONLY : IPD_SDP_INACTIVE;
}

static void
answer_lines (IpdPeerSdp *sdp, const IpdPeerSdp *offer)
{
  memcpy (sdp->lines, offer->lines, sizeof sdp->lines);
  sdp->n_lines = offer->n_lines;
  sdp->avpf = offer->avpf;
  for (unsigned i = 0; i < sdp->n_lines; i++)
    if ((sdp->lines[i].kind == IPD_PEER_LINE_AUDIO && sdp->audio.port == 0)
        || (sdp->lines[i].kind == IPD_PEER_LINE_VIDEO && sdp->video.port == 0))
      sdp->lines[i].kind = IPD_PEER_LINE_REFUSED;
}

gboolean
ipd_peer_sdp_init_answer (IpdPeerSdp *ret_sdp, const IpdPeerSdp *offer, const char *host, uint16_t audio_port,
                          uint16_t video_port, const IpdCodecs *codecs, gboolean video_send, IpdPeerAnswerFlags flags)
{
  IpdPeerSdp sdp = { .session = 1, .version = 1 };
  gboolean silent = (flags & IPD_PEER_ANSWER_SILENT) != 0;

  if ((flags & IPD_PEER_ANSWER_NO_AUDIO) == 0 && answer_audio (&sdp, offer, codecs))
    set_media (&sdp.audio, host, audio_port, silent ? IPD_SDP_INACTIVE : ipd_sdp_mirrored (offer->audio.direction));
  if ((flags & IPD_PEER_ANSWER_NO_VIDEO) == 0 && video_port != 0 && answer_video (&sdp, offer, codecs))
    set_media (&sdp.video, host, video_port, answer_video_direction (offer->video.direction, video_send));
  answer_lines (&sdp, offer);
  if (sdp.audio.port == 0 && sdp.video.port == 0)
    return FALSE;
  *ret_sdp = sdp;
  return TRUE;
}

/* --- the answer of the other side --- */

static const IpdSdpAudio *
find_audio (const IpdPeerSdp *sdp, IpdAudioCodec codec)
{
  for (unsigned i = 0; i < sdp->n_audio_formats; i++)
    if (sdp->audio_formats[i].codec == codec)
      return &sdp->audio_formats[i];
  return NULL;
}

static gboolean
knows_video (const IpdPeerSdp *sdp, IpdVideoCodec codec)
{
  for (unsigned i = 0; i < sdp->n_video_formats; i++)
    if (sdp->video_formats[i].codec == codec)
      return TRUE;
  return FALSE;
}

static void
drop_audio_not_offered (const IpdPeerSdp *offer, IpdPeerSdp *answer)
{
  unsigned kept = 0;

  for (unsigned i = 0; i < answer->n_audio_formats; i++)
    if (find_audio (offer, answer->audio_formats[i].codec) != NULL)
      answer->audio_formats[kept++] = answer->audio_formats[i];
  answer->n_audio_formats = kept;
  if (offer->audio.port == 0 || kept == 0)
    {
      answer->audio = (IpdPeerMedia){ 0 };
      answer->n_audio_formats = 0;
    }
  if (offer->n_dtmf == 0 || answer->n_audio_formats == 0)
    answer->n_dtmf = 0;
}

static void
drop_video_not_offered (const IpdPeerSdp *offer, IpdPeerSdp *answer)
{
  unsigned kept = 0;

  for (unsigned i = 0; i < answer->n_video_formats; i++)
    if (knows_video (offer, answer->video_formats[i].codec))
      answer->video_formats[kept++] = answer->video_formats[i];
  answer->n_video_formats = kept;
  if (offer->video.port == 0 || kept == 0)
    {
      answer->video = (IpdPeerMedia){ 0 };
      answer->n_video_formats = 0;
    }
}

gboolean
ipd_peer_sdp_take_answer (const IpdPeerSdp *offer, IpdPeerSdp *answer)
{
  drop_audio_not_offered (offer, answer);
  drop_video_not_offered (offer, answer);
  memcpy (answer->lines, offer->lines, sizeof answer->lines);
  answer->n_lines = offer->n_lines;
  for (unsigned i = 0; i < answer->n_lines; i++)
    if ((answer->lines[i].kind == IPD_PEER_LINE_AUDIO && answer->audio.port == 0)
        || (answer->lines[i].kind == IPD_PEER_LINE_VIDEO && answer->video.port == 0))
      answer->lines[i].kind = IPD_PEER_LINE_REFUSED;
  return answer->audio.port != 0 || answer->video.port != 0;
}

void
ipd_peer_sdp_set_directions (IpdPeerSdp *sdp, IpdSdpDirection audio, IpdSdpDirection video)
{
  sdp->version++;
  if (sdp->audio.port != 0)
    sdp->audio.direction = audio;
  if (sdp->video.port != 0)
    sdp->video.direction = video;
}

gboolean
ipd_peer_sdp_is_held (const IpdPeerSdp *sdp)
{
  return sdp->audio.port != 0 && (sdp->audio.host[0] == '\0' || !receives (sdp->audio.direction));
}

/* --- what the two come to --- */

static gboolean
may_send (const IpdPeerMedia *local, const IpdPeerMedia *remote)
{
  return remote->host[0] != '\0' && sends (local->direction) && receives (remote->direction);
}

gboolean
ipd_peer_sdp_sound (const IpdPeerSdp *local, const IpdPeerSdp *remote, IpdPeerSound *ret_sound)
{
  const IpdSdpAudio *ours = NULL, *theirs = NULL;

  if (local->audio.port == 0 || remote->audio.port == 0)
    return FALSE;
  for (unsigned i = 0; i < remote->n_audio_formats && ours == NULL; i++)
    {
      theirs = &remote->audio_formats[i];
      ours = find_audio (local, theirs->codec);
    }
  if (ours == NULL)
    return FALSE;
  unsigned clock = ipd_audio_codec_clock (ours->codec);
  const IpdPeerDtmf *tx = find_dtmf (remote, clock);
  /* Many know 8,000 only, also beside Opus: their events come as our type of the clock that they took. */
  const IpdPeerDtmf *rx = find_dtmf (local, tx != NULL ? tx->clock : clock);
  gboolean placed = remote->audio.host[0] != '\0';
  *ret_sound = (IpdPeerSound){ .codec = ours->codec,
                               .tx_pt = theirs->pt,
                               .rx_pt = ours->pt,
                               .dtmf_tx_pt = tx != NULL && rx != NULL ? tx->pt : 0,
                               .dtmf_rx_pt = tx != NULL && rx != NULL ? rx->pt : 0,
                               .dtmf_clock = tx != NULL ? tx->clock : clock,
                               .host = remote->audio.host,
                               .port = placed ? remote->audio.port : 0,
                               .rtcp_port = placed ? remote->audio.rtcp_port : 0,
                               .send = may_send (&local->audio, &remote->audio),
                               .receive = receives (local->audio.direction) && sends (remote->audio.direction) };
  return TRUE;
}

static gboolean
has_rx (const IpdPeerPicture *picture, uint8_t pt)
{
  for (unsigned i = 0; i < picture->n_rx; i++)
    if (picture->rx[i].pt == pt)
      return TRUE;
  return FALSE;
}

/* Those of @from whose codec the other side knows as well. */
static void
add_rx (IpdPeerPicture *picture, const IpdPeerSdp *from, const IpdPeerSdp *other)
{
  for (unsigned i = 0; i < from->n_video_formats && picture->n_rx < IPD_PEER_RX_MAX; i++)
    {
      const IpdPeerVideo *format = &from->video_formats[i];
      if (!knows_video (other, format->codec) || has_rx (picture, format->pt))
        continue;
      picture->rx[picture->n_rx].codec = format->codec;
      picture->rx[picture->n_rx++].pt = format->pt;
    }
}

static void
take_remote_formats (IpdPeerPicture *picture, const IpdPeerSdp *local, const IpdPeerSdp *remote)
{
  for (unsigned i = 0; i < remote->n_video_formats; i++)
    {
      const IpdPeerVideo *format = &remote->video_formats[i];
      if (!knows_video (local, format->codec))
        continue;
      if (picture->tx == NULL)
        picture->tx = format;
      if (picture->sprop[0] == '\0')
        picture->sprop = format->sprop;
      picture->nack_pli |= format->nack_pli;
      picture->ccm_fir |= format->ccm_fir;
    }
}

gboolean
ipd_peer_sdp_picture (const IpdPeerSdp *local, const IpdPeerSdp *remote, IpdPeerPicture *ret_picture)
{
  gboolean placed = remote->video.host[0] != '\0';
  IpdPeerPicture picture = { .sprop = "",
                             .host = remote->video.host,
                             .port = placed ? remote->video.port : 0,
                             .rtcp_port = placed ? remote->video.rtcp_port : 0 };

  if (local->video.port == 0 || remote->video.port == 0)
    return FALSE;
  take_remote_formats (&picture, local, remote);
  if (picture.tx == NULL)
    return FALSE;
  add_rx (&picture, local, remote);
  add_rx (&picture, remote, local);
  picture.send = may_send (&local->video, &remote->video);
  picture.receive = receives (local->video.direction) && sends (remote->video.direction);
  *ret_picture = picture;
  return TRUE;
}
