// SPDX-License-Identifier: Apache-2.0
/*
 * What the attributes of a format mean, in the dialects of many makers. Used by peer-sdp-parse.c. Any thread.
 */

#include "wire/peer-sdp-private.h"

#define EVENT_CLOCK     8000
#define SPROP_ALPHABET  "+/=,"
#define NAME_CHARACTERS 32

void
ipd_peer_format_name_static (IpdPeerFormat *format)
{
  for (int codec = 0; codec < IPD_AUDIO_N_CODECS; codec++)
    if (ipd_audio_codec_static_payload ((IpdAudioCodec) codec) == format->pt)
      {
        format->kind = IPD_PEER_FORMAT_AUDIO;
        format->audio = (IpdAudioCodec) codec;
      }
}

static void
map_format (IpdPeerFormat *format, const char *name, gboolean has_clock, uint64_t clock)
{
  if (g_ascii_strcasecmp (name, "telephone-event") == 0)
    {
      format->kind = IPD_PEER_FORMAT_DTMF;
      format->clock = has_clock ? (uint32_t) clock : EVENT_CLOCK;
    }
  else if (ipd_audio_codec_from_string (name, &format->audio))
    {
      /* G.722 samples at 16,000 and says 8,000; some believe the first (RFC 3551 §4.5.2). */
      gboolean right = !has_clock || clock == ipd_audio_codec_clock (format->audio)
                       || (format->audio == IPD_AUDIO_G722 && clock == 16000);
      format->kind = right ? IPD_PEER_FORMAT_AUDIO : IPD_PEER_FORMAT_UNKNOWN;
    }
  else
    format->kind = ipd_video_codec_from_string (name, &format->video) ? IPD_PEER_FORMAT_VIDEO : IPD_PEER_FORMAT_UNKNOWN;
}

static void
read_rtpmap (IpdPeerFormat *format, IpdSpan value)
{
  char name[NAME_CHARACTERS];
  uint64_t clock = 0;
  IpdSpan encoding = ipd_span_trim (ipd_span_next (&value, '/'));

  if (format->kind != IPD_PEER_FORMAT_UNSAID)
    return;
  gboolean has_clock = ipd_span_uint (ipd_span_trim (ipd_span_next (&value, '/')), 1, G_MAXUINT32, &clock);
  if (ipd_span_copy (encoding, IPD_PEER_TOKEN_ALPHABET, name, sizeof name) == IPD_WIRE_OK)
    map_format (format, name, has_clock, clock);
  else
    format->kind = IPD_PEER_FORMAT_UNKNOWN;
}

/* What cannot be read is as if it had not been said. */
static void
read_fmtp (IpdPeerFormat *format, IpdSpan value)
{
  while (value.length > 0)
    {
      IpdSpan parameter = ipd_span_next (&value, ';');
      IpdSpan name = ipd_span_trim (ipd_span_next (&parameter, '='));
      parameter = ipd_span_trim (parameter);
      if (ipd_span_is_word (name, "packetization-mode"))
        ipd_span_uint (parameter, 0, 2, &format->mode);
      else if (ipd_span_is_word (name, "profile-level-id"))
        ipd_sdp_read_profile (parameter, &format->profile);
      else if (ipd_span_is_word (name, "sprop-parameter-sets"))
        ipd_span_copy (parameter, SPROP_ALPHABET, format->sprop, sizeof format->sprop);
    }
}

unsigned
ipd_peer_feedback (IpdSpan value)
{
  if (ipd_span_is_word (value, "nack pli"))
    return IPD_PEER_FEEDBACK_PLI;
  return ipd_span_is_word (value, "ccm fir") ? IPD_PEER_FEEDBACK_FIR : 0;
}

void
ipd_peer_format_read (IpdPeerFormat *format, IpdSpan name, IpdSpan value)
{
  if (ipd_span_is_word (name, "rtcp-fb"))
    format->feedback |= ipd_peer_feedback (value);
  else if (ipd_span_is_word (name, "rtpmap"))
    read_rtpmap (format, value);
  else if (ipd_span_is_word (name, "fmtp"))
    read_fmtp (format, value);
}
