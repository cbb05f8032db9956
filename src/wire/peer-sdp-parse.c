// SPDX-License-Identifier: Apache-2.0
/*
 * The tolerant reader of SDP: what stations and phones of others send, each in its dialect. Called with unsigned bodies
 * from a named address, and by the fuzzer with anything. Any thread.
 *
 * An m-line is collected until the next one begins, because its rtpmap and fmtp may come in any order; then it is
 * decided whether it is the sound, the picture, or one to refuse.
 */

#include "wire/error-private.h"
#include "wire/peer-sdp-private.h"

#include <string.h>

#define PORT_MIN       1024
#define LINE_FORMATS   32 /* of one m-line that are looked at */
#define PROFILE_UNSAID 0x42000a
#define MODE_MAX       1 /* interleaved mode (2) cannot be played */

typedef struct {
  IpdPeerLineKind wanted; /* what it may be if one of its formats is known */
  IpdPeerMedia media;
  gboolean has_host;
  gboolean has_direction;
  gboolean avpf;
  unsigned feedback; /* of all formats */
  IpdPeerFormat formats[LINE_FORMATS];
  unsigned n_formats;
} Line;

typedef struct {
  IpdPeerSdp sdp;
  Line line; /* the m-line that is being read */
  gboolean in_line;
  char host[IPD_SDP_HOST_MAX + 1]; /* for all streams */
  gboolean has_host;
  IpdSdpDirection direction;
  size_t first_line; /* where it stands */
} Parser;

static IpdSpan
next_word (IpdSpan *rest)
{
  *rest = ipd_span_trim (*rest);
  IpdSpan word = ipd_span_next (rest, ' ');
  *rest = ipd_span_trim (*rest);
  return word;
}

/* --- the m-line that is over --- */

static void
keep_audio (IpdPeerSdp *sdp, const IpdPeerFormat *format)
{
  if (format->kind == IPD_PEER_FORMAT_AUDIO && sdp->n_audio_formats < IPD_PEER_FORMATS_MAX)
    sdp->audio_formats[sdp->n_audio_formats++] = (IpdSdpAudio){ .codec = format->audio, .pt = format->pt };
  if (format->kind == IPD_PEER_FORMAT_DTMF && sdp->n_dtmf < IPD_PEER_DTMF_MAX)
    sdp->dtmf[sdp->n_dtmf++] = (IpdPeerDtmf){ .pt = format->pt, .clock = format->clock };
}

static void
keep_video (IpdPeerSdp *sdp, const IpdPeerFormat *format, unsigned feedback)
{
  if (format->kind != IPD_PEER_FORMAT_VIDEO || format->mode > MODE_MAX || sdp->n_video_formats == IPD_PEER_FORMATS_MAX)
    return;
  IpdPeerVideo *video = &sdp->video_formats[sdp->n_video_formats++];
  *video = (IpdPeerVideo){ .codec = format->video,
                           .pt = format->pt,
                           .packetization_mode = (uint8_t) format->mode,
                           .profile_level_id = format->profile,
                           .nack_pli = ((format->feedback | feedback) & IPD_PEER_FEEDBACK_PLI) != 0,
                           .ccm_fir = ((format->feedback | feedback) & IPD_PEER_FEEDBACK_FIR) != 0 };
  memcpy (video->sprop, format->sprop, sizeof video->sprop);
}

static void
keep_formats (Parser *parser)
{
  Line *line = &parser->line;

  for (unsigned i = 0; i < line->n_formats; i++)
    {
      if (line->formats[i].kind == IPD_PEER_FORMAT_UNSAID)
        ipd_peer_format_name_static (&line->formats[i]);
      if (line->wanted == IPD_PEER_LINE_AUDIO)
        keep_audio (&parser->sdp, &line->formats[i]);
      else
        keep_video (&parser->sdp, &line->formats[i], line->feedback);
    }
}

static IpdWireCode
keep_media (Parser *parser, IpdPeerMedia *ret_media)
{
  Line *line = &parser->line;

  if (!line->has_host && !parser->has_host)
    return IPD_WIRE_MISSING;
  if (!line->has_host)
    memcpy (line->media.host, parser->host, sizeof parser->host);
  if (!line->has_direction)
    line->media.direction = parser->direction;
  if (line->media.rtcp_port == 0 && line->media.port < G_MAXUINT16)
    line->media.rtcp_port = line->media.port + 1;
  *ret_media = line->media;
  parser->sdp.avpf |= line->avpf;
  return IPD_WIRE_OK;
}

static IpdWireCode
finish_line (Parser *parser)
{
  IpdPeerSdp *sdp = &parser->sdp;
  IpdWireCode code = IPD_WIRE_OK;

  if (!parser->in_line || parser->line.wanted == IPD_PEER_LINE_REFUSED)
    return IPD_WIRE_OK;
  gboolean audio = parser->line.wanted == IPD_PEER_LINE_AUDIO;
  if ((audio ? sdp->audio.port : sdp->video.port) != 0) /* a second one of its kind */
    return IPD_WIRE_OK;
  keep_formats (parser);
  if ((audio ? sdp->n_audio_formats : sdp->n_video_formats) > 0)
    {
      sdp->lines[sdp->n_lines - 1].kind = parser->line.wanted;
      code = keep_media (parser, audio ? &sdp->audio : &sdp->video);
    }
  else if (audio)
    sdp->n_dtmf = 0; /* digits without sound are no stream */
  return code;
}

/* --- c=, o= --- */

static gboolean
is_unspecified (IpdSpan host)
{
  return ipd_span_is (host, "0.0.0.0") || ipd_span_is (host, "::") || ipd_span_is (host, "0:0:0:0:0:0:0:0");
}

static IpdWireCode
read_connection (Parser *parser, IpdSpan value)
{
  char host[IPD_SDP_HOST_MAX + 1] = "";
  gboolean ip6;
  IpdWireCode code = ipd_sdp_read_net_type (&value, &ip6);

  if (code != IPD_WIRE_OK)
    return code;
  IpdSpan rest = ipd_span_trim (value);
  IpdSpan address = ipd_span_next (&rest, '/'); /* behind it a TTL may follow */
  if (!is_unspecified (address))
    code = ipd_sdp_read_host (address, ip6, host);
  if (code != IPD_WIRE_OK)
    return code;
  memcpy (parser->in_line ? parser->line.media.host : parser->host, host, sizeof host);
  if (parser->in_line)
    parser->line.has_host = TRUE;
  else
    parser->has_host = TRUE;
  return IPD_WIRE_OK;
}

/* Numbers that are none count as 0: nothing depends on them but that ours rise. */
static void
read_origin (Parser *parser, IpdSpan value)
{
  next_word (&value);
  if (!ipd_span_uint (next_word (&value), 0, G_MAXUINT64, &parser->sdp.session)
      || !ipd_span_uint (next_word (&value), 0, G_MAXUINT64, &parser->sdp.version))
    parser->sdp.session = parser->sdp.version = 0;
}

/* --- m= --- */

static IpdWireCode
read_port (IpdSpan word, uint16_t *ret_port)
{
  uint64_t port;

  if (!ipd_span_uint (ipd_span_next (&word, '/'), 0, G_MAXUINT64, &port))
    return IPD_WIRE_SYNTAX;
  if (port > G_MAXUINT16 || (port != 0 && port < PORT_MIN))
    return IPD_WIRE_RANGE;
  *ret_port = (uint16_t) port;
  return IPD_WIRE_OK;
}

static IpdPeerFormat *
find_format (Line *line, uint64_t pt)
{
  for (unsigned i = 0; i < line->n_formats; i++)
    if (line->formats[i].pt == pt)
      return &line->formats[i];
  return NULL;
}

static void
read_formats (Line *line, IpdSpan rest)
{
  uint64_t pt;

  while (rest.length > 0 && line->n_formats < LINE_FORMATS)
    if (ipd_span_uint (next_word (&rest), 0, 127, &pt) && find_format (line, pt) == NULL)
      line->formats[line->n_formats++] = (IpdPeerFormat){ .pt = (uint8_t) pt, .profile = PROFILE_UNSAID };
}

/* What the line may be; encrypted profiles and all we never heard of are refused in their place. */
static IpdPeerLineKind
kind_of (const Line *line, IpdSpan media, IpdSpan proto)
{
  if (line->media.port == 0 || !(line->avpf || ipd_span_is_word (proto, "RTP/AVP")))
    return IPD_PEER_LINE_REFUSED;
  if (ipd_span_is_word (media, "audio"))
    return IPD_PEER_LINE_AUDIO;
  return ipd_span_is_word (media, "video") ? IPD_PEER_LINE_VIDEO : IPD_PEER_LINE_REFUSED;
}

static IpdWireCode
read_media (Parser *parser, IpdSpan value, size_t offset)
{
  IpdPeerSdp *sdp = &parser->sdp;
  IpdWireCode code = finish_line (parser);

  if (code != IPD_WIRE_OK)
    return code;
  if (sdp->n_lines == IPD_PEER_MEDIA_MAX)
    return IPD_WIRE_LONG;
  if (sdp->n_lines == 0)
    parser->first_line = offset;
  IpdPeerLine *line = &sdp->lines[sdp->n_lines++];
  parser->in_line = TRUE;
  parser->line = (Line){ 0 };
  IpdSpan media = next_word (&value);
  code = read_port (next_word (&value), &parser->line.media.port);
  IpdSpan proto = next_word (&value), formats = value;
  IpdSpan format = value.length > 0 ? next_word (&value) : (IpdSpan){ "0", 1 };
  if (code == IPD_WIRE_OK)
    code = ipd_span_copy (media, IPD_PEER_TOKEN_ALPHABET, line->media, sizeof line->media);
  if (code == IPD_WIRE_OK)
    code = ipd_span_copy (proto, IPD_PEER_TOKEN_ALPHABET, line->proto, sizeof line->proto);
  if (code == IPD_WIRE_OK)
    code = ipd_span_copy (format, IPD_PEER_TOKEN_ALPHABET, line->format, sizeof line->format);
  parser->line.avpf = ipd_span_is_word (proto, "RTP/AVPF");
  parser->line.wanted = kind_of (&parser->line, media, proto);
  read_formats (&parser->line, formats);
  return code;
}

/* --- a= --- */

static void
read_format_attribute (Line *line, IpdSpan name, IpdSpan value)
{
  uint64_t pt;
  IpdSpan about = next_word (&value);
  IpdPeerFormat *format = ipd_span_uint (about, 0, 127, &pt) ? find_format (line, pt) : NULL;

  if (format != NULL)
    ipd_peer_format_read (format, name, value);
  else if (ipd_span_is (about, "*") && ipd_span_is_word (name, "rtcp-fb"))
    line->feedback |= ipd_peer_feedback (value);
}

static void
read_rtcp (Line *line, IpdSpan value)
{
  uint64_t port;
  if (ipd_span_uint (next_word (&value), PORT_MIN, G_MAXUINT16, &port))
    line->media.rtcp_port = (uint16_t) port;
}

static void
read_attribute (Parser *parser, IpdSpan value)
{
  IpdSdpDirection direction;
  IpdSpan rest = value;
  IpdSpan name = ipd_span_trim (ipd_span_next (&rest, ':'));

  if (ipd_sdp_read_direction (value, &direction))
    {
      if (!parser->in_line)
        parser->direction = direction;
      else
        parser->line.media.direction = direction;
      parser->line.has_direction = parser->in_line;
    }
  else if (parser->in_line && ipd_span_is_word (name, "rtcp"))
    read_rtcp (&parser->line, rest);
  else if (parser->in_line)
    read_format_attribute (&parser->line, name, rest);
}

static IpdWireCode
read_line (Parser *parser, const IpdSdpLine *line)
{
  switch (line->type)
    {
    case 'c':
      return read_connection (parser, line->value);
    case 'm':
      return read_media (parser, line->value, line->offset);
    case 'o':
      read_origin (parser, line->value);
      return IPD_WIRE_OK;
    case 'a':
      read_attribute (parser, line->value);
      return IPD_WIRE_OK;
    default: /* types of lines are an open set here */
      return IPD_WIRE_OK;
    }
}

gboolean
ipd_peer_sdp_parse (const char *body, size_t length, IpdPeerSdp *ret_sdp, IpdWireError *reterr)
{
  Parser parser = { .direction = IPD_SDP_SENDRECV };
  IpdSdpLine line = { 0 };
  gboolean more = TRUE;

  while (length > 0 && body[length - 1] == '\0')
    length--;
  IpdSdpReader reader = { .body = body, .length = length, .lenient = TRUE };
  while (more)
    {
      IpdWireCode code = ipd_sdp_reader_next (&reader, &line, &more);
      if (code == IPD_WIRE_OK)
        code = more ? read_line (&parser, &line) : finish_line (&parser);
      if (code != IPD_WIRE_OK)
        return ipd_wire_fail (reterr, code, line.offset);
    }
  if (parser.sdp.n_lines == 0)
    return ipd_wire_fail (reterr, IPD_WIRE_MISSING, length);
  if (parser.sdp.audio.port == 0 && parser.sdp.video.port == 0)
    return ipd_wire_fail (reterr, IPD_WIRE_UNSUPPORTED, parser.first_line);
  *ret_sdp = parser.sdp;
  return TRUE;
}
