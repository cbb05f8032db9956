// SPDX-License-Identifier: Apache-2.0
/*
 * The strict reader of SDP. Called with bodies whose signature verified, and by the fuzzer with anything. Any thread.
 *
 * Leniencies, all of them: a line may end in LF alone (RFC 8866 §5); attributes and optional lines that mean nothing to
 * us are skipped; so are payload types of codecs that we do not know; blanks after the ";" of fmtp.
 */

#include "wire/error-private.h"
#include "wire/sdp-private.h"

#include <string.h>

#define PORT_MIN 1024

typedef enum { IN_SESSION, IN_AUDIO, IN_VIDEO } Section;

/* Which parts were seen: each may come once. */
enum {
  SEEN_VERSION = 1 << 0,
  SEEN_ORIGIN = 1 << 1,
  SEEN_SUBJECT = 1 << 2,
  SEEN_CONNECTION = 1 << 3,
  SEEN_TIME = 1 << 4,
  SEEN_AUDIO = 1 << 5,
  SEEN_VIDEO = 1 << 6,
  SEEN_KEYS = 1 << 7,
  SEEN_RTPMAP = 1 << 8,
  SEEN_FMTP = 1 << 9,
  SEEN_AUDIO_DIRECTION = 1 << 10,
  SEEN_VIDEO_DIRECTION = 1 << 11,
};
#define SEEN_HEAD (SEEN_VERSION | SEEN_ORIGIN | SEEN_SUBJECT)
#define SEEN_ALL  (SEEN_HEAD | SEEN_CONNECTION | SEEN_TIME | SEEN_AUDIO)

typedef struct {
  IpdSdp sdp;
  uint8_t pts[IPD_SDP_AUDIO_MAX]; /* of the audio line, in its order */
  int codecs[IPD_SDP_AUDIO_MAX];  /* what rtpmap says each is, -1 = nothing yet, -2 = one that we do not know */
  unsigned n_pts;
  unsigned seen;
  unsigned media;
  Section section;
} Parser;

#define CODEC_UNSAID  -1
#define CODEC_UNKNOWN -2

static IpdWireCode
once (Parser *parser, unsigned what)
{
  if ((parser->seen & what) != 0)
    return IPD_WIRE_SYNTAX;
  parser->seen |= what;
  return IPD_WIRE_OK;
}

static IpdWireCode
read_origin (Parser *parser, IpdSpan line)
{
  char address[IPD_SDP_HOST_MAX + 1];
  gboolean ip6;

  if (ipd_span_next (&line, ' ').length == 0
      || !ipd_span_uint (ipd_span_next (&line, ' '), 0, G_MAXUINT64, &parser->sdp.session)
      || !ipd_span_uint (ipd_span_next (&line, ' '), 0, G_MAXUINT64, &parser->sdp.version))
    return IPD_WIRE_SYNTAX;
  IpdWireCode code = ipd_sdp_read_net_type (&line, &ip6);
  return code != IPD_WIRE_OK ? code : ipd_sdp_read_host (line, ip6, address);
}

static IpdWireCode
read_connection (Parser *parser, IpdSpan line)
{
  gboolean ip6 = FALSE;

  if (parser->section != IN_SESSION)
    return IPD_WIRE_UNSUPPORTED; /* an address for each stream is not our profile */
  IpdWireCode code = once (parser, SEEN_CONNECTION);
  if (code == IPD_WIRE_OK)
    code = ipd_sdp_read_net_type (&line, &ip6);
  return code != IPD_WIRE_OK ? code : ipd_sdp_read_host (line, ip6, parser->sdp.host);
}

/* RTP lives on even ports and its RTCP one above (RFC 3550 §11), so 65535 is odd and 65534 the last. */
static IpdWireCode
read_port (IpdSpan span, gboolean zero_allowed, uint16_t *ret_port)
{
  uint64_t port;
  if (!ipd_span_uint (span, 0, G_MAXUINT64, &port))
    return IPD_WIRE_SYNTAX;
  if (port > G_MAXUINT16 || port % 2 != 0 || (port < PORT_MIN && !(port == 0 && zero_allowed)))
    return IPD_WIRE_RANGE;
  *ret_port = (uint16_t) port;
  return IPD_WIRE_OK;
}

static IpdWireCode
read_audio_payload (Parser *parser, IpdSpan word)
{
  uint64_t pt;

  if (parser->n_pts == IPD_SDP_AUDIO_MAX)
    return IPD_WIRE_LONG;
  if (!ipd_span_uint (word, 0, 127, &pt)
      || (parser->n_pts > 0 && memchr (parser->pts, (int) pt, parser->n_pts) != NULL))
    return IPD_WIRE_SYNTAX;
  parser->pts[parser->n_pts] = (uint8_t) pt;
  parser->codecs[parser->n_pts++] = CODEC_UNSAID;
  return IPD_WIRE_OK;
}

static IpdWireCode
read_audio (Parser *parser, IpdSpan line)
{
  IpdWireCode code = once (parser, SEEN_AUDIO);
  if (code == IPD_WIRE_OK)
    code = read_port (ipd_span_next (&line, ' '), FALSE, &parser->sdp.audio_port);
  if (code != IPD_WIRE_OK)
    return code;
  if (!ipd_span_is (ipd_span_next (&line, ' '), "RTP/SAVP"))
    return IPD_WIRE_UNSUPPORTED;
  do
    code = read_audio_payload (parser, ipd_span_next (&line, ' '));
  while (code == IPD_WIRE_OK && line.length > 0);
  parser->section = IN_AUDIO;
  return code;
}

static IpdWireCode
read_video (Parser *parser, IpdSpan line)
{
  uint64_t pt;

  if ((parser->seen & SEEN_AUDIO) == 0)
    return IPD_WIRE_UNSUPPORTED;
  IpdWireCode code = once (parser, SEEN_VIDEO);
  if (code == IPD_WIRE_OK)
    code = read_port (ipd_span_next (&line, ' '), TRUE, &parser->sdp.video_port);
  if (code != IPD_WIRE_OK)
    return code;
  if (!ipd_span_is (ipd_span_next (&line, ' '), "RTP/SAVPF") || !ipd_span_uint (line, 96, 127, &pt))
    return IPD_WIRE_UNSUPPORTED;
  parser->sdp.video_pt = (uint8_t) pt;
  parser->section = IN_VIDEO;
  return IPD_WIRE_OK;
}

static IpdWireCode
read_media (Parser *parser, IpdSpan line)
{
  if (++parser->media > IPD_SDP_MEDIA_MAX)
    return IPD_WIRE_LONG;
  IpdSpan kind = ipd_span_next (&line, ' ');
  if (ipd_span_is (kind, "audio"))
    return read_audio (parser, line);
  return ipd_span_is (kind, "video") ? read_video (parser, line) : IPD_WIRE_UNSUPPORTED;
}

static IpdWireCode
read_parameter (Parser *parser, IpdSpan parameter)
{
  while (parameter.length > 0 && parameter.text[0] == ' ')
    ipd_span_next (&parameter, ' ');
  IpdSpan name = ipd_span_next (&parameter, '=');
  if (ipd_span_is (name, "profile-level-id"))
    return ipd_sdp_read_profile (parameter, &parser->sdp.profile_level_id);
  if (ipd_span_is (name, "packetization-mode"))
    return ipd_span_is (parameter, "1") ? IPD_WIRE_OK : IPD_WIRE_UNSUPPORTED;
  if (ipd_span_is (name, "sprop-parameter-sets"))
    return ipd_span_copy (parameter, "+/=,", parser->sdp.sprop, sizeof parser->sdp.sprop);
  return IPD_WIRE_OK;
}

static IpdWireCode
read_fmtp (Parser *parser, IpdSpan value)
{
  IpdWireCode code = once (parser, SEEN_FMTP);
  while (code == IPD_WIRE_OK && value.length > 0)
    code = read_parameter (parser, ipd_span_next (&value, ';'));
  return code;
}

/* rtpmap, fmtp and rtcp-fb start with the payload type they are about; "*" is all of them (RFC 4585 §4.2). */
static IpdWireCode
read_video_attribute (Parser *parser, IpdSpan name, IpdSpan value)
{
  gboolean feedback = ipd_span_is (name, "rtcp-fb");
  uint64_t pt;

  if (!feedback && !ipd_span_is (name, "rtpmap") && !ipd_span_is (name, "fmtp"))
    return IPD_WIRE_OK;
  IpdSpan about = ipd_span_next (&value, ' ');
  if (!(feedback && ipd_span_is (about, "*")))
    {
      if (!ipd_span_uint (about, 0, 127, &pt))
        return IPD_WIRE_SYNTAX;
      if (pt != parser->sdp.video_pt)
        return IPD_WIRE_OK;
    }
  if (ipd_span_is (name, "fmtp"))
    return read_fmtp (parser, value);
  if (!feedback)
    return ipd_span_is (value, "H264/90000") ? once (parser, SEEN_RTPMAP) : IPD_WIRE_UNSUPPORTED;
  parser->sdp.nack_pli |= ipd_span_is (value, "nack pli");
  parser->sdp.ccm_fir |= ipd_span_is (value, "ccm fir");
  return IPD_WIRE_OK;
}

/* "opus/48000/2" (RFC 7587 §7), "PCMA/8000", "PCMA/8000/1". */
static int
codec_of (IpdSpan value)
{
  IpdAudioCodec codec;
  uint64_t clock, channels = 1;
  IpdSpan name = ipd_span_next (&value, '/');
  char text[8];

  if (ipd_span_copy (name, "", text, sizeof text) != IPD_WIRE_OK || !ipd_audio_codec_from_string (text, &codec)
      || !ipd_span_uint (ipd_span_next (&value, '/'), 1, G_MAXUINT32, &clock) || clock != ipd_audio_codec_clock (codec)
      || (value.length > 0 && !ipd_span_uint (value, 1, 2, &channels)) || (channels == 2) != (codec == IPD_AUDIO_OPUS))
    return CODEC_UNKNOWN;
  return (int) codec;
}

static IpdWireCode
read_audio_rtpmap (Parser *parser, IpdSpan value)
{
  uint64_t pt;

  if (!ipd_span_uint (ipd_span_next (&value, ' '), 0, 127, &pt))
    return IPD_WIRE_SYNTAX;
  for (unsigned i = 0; i < parser->n_pts; i++)
    {
      if (parser->pts[i] != pt)
        continue;
      if (parser->codecs[i] != CODEC_UNSAID)
        return IPD_WIRE_SYNTAX;
      parser->codecs[i] = codec_of (value);
    }
  return IPD_WIRE_OK;
}

static IpdWireCode
read_direction (Parser *parser, IpdSdpDirection direction)
{
  if (parser->section == IN_SESSION)
    return IPD_WIRE_UNSUPPORTED; /* a default for both streams cannot be right for both */
  if (parser->section == IN_AUDIO)
    parser->sdp.audio_direction = direction;
  else
    parser->sdp.video_direction = direction;
  return once (parser, parser->section == IN_AUDIO ? SEEN_AUDIO_DIRECTION : SEEN_VIDEO_DIRECTION);
}

static IpdWireCode
read_attribute (Parser *parser, IpdSpan line)
{
  IpdSdpDirection direction;
  IpdSpan value = line;
  IpdSpan name = ipd_span_next (&value, ':');

  if (ipd_sdp_read_direction (line, &direction))
    return read_direction (parser, direction);
  if (ipd_span_is (name, "ipdoor-keys"))
    {
      IpdWireCode code = parser->section == IN_SESSION ? once (parser, SEEN_KEYS) : IPD_WIRE_SYNTAX;
      return code != IPD_WIRE_OK ? code : ipd_span_copy (value, "-_", parser->sdp.keys, sizeof parser->sdp.keys);
    }
  if (parser->section == IN_SESSION && ipd_span_is (line, "ipdoor-no-camera"))
    {
      parser->sdp.no_camera = TRUE;
      return IPD_WIRE_OK;
    }
  if (parser->section == IN_AUDIO && ipd_span_is (name, "rtpmap"))
    return read_audio_rtpmap (parser, value);
  return parser->section == IN_VIDEO ? read_video_attribute (parser, name, value) : IPD_WIRE_OK;
}

/* v=, o= and s= are the first three lines, in this order (RFC 8866 §5). */
static IpdWireCode
read_head (Parser *parser, char type, IpdSpan line)
{
  if (type == 'v' && parser->seen == 0)
    return ipd_span_is (line, "0") ? once (parser, SEEN_VERSION) : IPD_WIRE_UNSUPPORTED;
  if (type == 'o' && parser->seen == SEEN_VERSION)
    {
      parser->seen |= SEEN_ORIGIN;
      return read_origin (parser, line);
    }
  if (type == 's' && parser->seen == (SEEN_VERSION | SEEN_ORIGIN))
    return once (parser, SEEN_SUBJECT);
  return IPD_WIRE_SYNTAX;
}

static IpdWireCode
read_line (Parser *parser, char type, IpdSpan value)
{
  if ((parser->seen & SEEN_HEAD) != SEEN_HEAD)
    return read_head (parser, type, value);
  if (type == 'c')
    return read_connection (parser, value);
  if (type == 'a')
    return read_attribute (parser, value);
  if (type == 'm')
    return read_media (parser, value);
  if (type == 't')
    return parser->section == IN_SESSION ? once (parser, SEEN_TIME) : IPD_WIRE_SYNTAX;
  return type != '\0' && strchr ("iuepbrzk", type) != NULL ? IPD_WIRE_OK : IPD_WIRE_SYNTAX;
}

/* The payload types of the audio line that we know; a static one needs no rtpmap (RFC 3551 §6). */
static void
collect_audio (Parser *parser)
{
  for (unsigned i = 0; i < parser->n_pts; i++)
    {
      int codec = parser->codecs[i];
      for (int known = 0; codec == CODEC_UNSAID && known < IPD_AUDIO_N_CODECS; known++)
        if (ipd_audio_codec_static_payload ((IpdAudioCodec) known) == parser->pts[i])
          codec = known;
      if (codec >= 0)
        parser->sdp.audio[parser->sdp.n_audio++]
            = (IpdSdpAudio){ .codec = (IpdAudioCodec) codec, .pt = parser->pts[i] };
    }
}

static IpdWireCode
check_complete (Parser *parser)
{
  if ((parser->seen & SEEN_ALL) != SEEN_ALL)
    return IPD_WIRE_MISSING;
  unsigned picture = SEEN_RTPMAP | SEEN_FMTP;
  if (parser->sdp.video_port != 0 && (parser->seen & picture) != picture)
    return IPD_WIRE_MISSING;
  collect_audio (parser);
  return parser->sdp.n_audio > 0 ? IPD_WIRE_OK : IPD_WIRE_UNSUPPORTED;
}

gboolean
ipd_sdp_parse (const char *body, size_t length, IpdSdp *ret_sdp, IpdWireError *reterr)
{
  Parser parser = { .section = IN_SESSION };
  IpdSdpReader reader = { .body = body, .length = length };
  IpdSdpLine line;
  gboolean more = TRUE;

  while (more)
    {
      IpdWireCode code = ipd_sdp_reader_next (&reader, &line, &more);
      if (code == IPD_WIRE_OK && more)
        code = read_line (&parser, line.type, line.value);
      if (code != IPD_WIRE_OK)
        return ipd_wire_fail (reterr, code, line.offset);
    }
  IpdWireCode code = check_complete (&parser);
  if (code != IPD_WIRE_OK)
    return ipd_wire_fail (reterr, code, length);
  *ret_sdp = parser.sdp;
  return TRUE;
}
