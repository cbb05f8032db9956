// SPDX-License-Identifier: Apache-2.0
/*
 * The strict reader of SDP. Called with bodies whose signature verified, and by the fuzzer with anything. Any thread.
 *
 * Leniencies, all of them: a line may end in LF alone (RFC 8866 §5); attributes and optional lines that mean nothing to
 * us are skipped; blanks after the ";" of fmtp.
 */

#include "wire/error-private.h"
#include "wire/number-private.h"
#include "wire/sdp-private.h"
#include "wire/sdp.h"

#include <string.h>

#define PORT_MIN 1024

/* A piece of the body; borrows. */
typedef struct {
  const char *text;
  size_t length;
} Span;

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
  unsigned seen;
  unsigned media;
  Section section;
} Parser;

static gboolean
span_is (Span span, const char *word)
{
  return span.length == strlen (word) && memcmp (span.text, word, span.length) == 0;
}

/* Cuts off what stands before @separator; everything when there is none. */
static Span
next_part (Span *rest, char separator)
{
  const char *found = rest->length == 0 ? NULL : memchr (rest->text, separator, rest->length);
  Span part = { rest->text, found == NULL ? rest->length : (size_t) (found - rest->text) };
  size_t used = part.length + (found != NULL);
  rest->text += used;
  rest->length -= used;
  return part;
}

static gboolean
span_uint (Span span, uint64_t min, uint64_t max, uint64_t *ret_number)
{
  return ipd_parse_uint (span.text, span.length, min, max, ret_number);
}

static IpdWireCode
once (Parser *parser, unsigned what)
{
  if ((parser->seen & what) != 0)
    return IPD_WIRE_SYNTAX;
  parser->seen |= what;
  return IPD_WIRE_OK;
}

/* A dotted address that one can send to: not "this network" (0/8), not multicast, reserved or broadcast (224/3). */
static IpdWireCode
read_address (Span span, char *ret_host, size_t size)
{
  Span rest = span;
  uint64_t octet, first = 0;

  if (span.length >= size)
    return IPD_WIRE_SYNTAX;
  for (unsigned i = 0; i < 4; i++)
    {
      if (!span_uint (next_part (&rest, '.'), 0, 255, &octet))
        return IPD_WIRE_SYNTAX;
      if (i == 0)
        first = octet;
    }
  if (rest.length > 0 || span.text[span.length - 1] == '.')
    return IPD_WIRE_SYNTAX;
  if (first == 0 || first >= 224)
    return IPD_WIRE_RANGE;
  memcpy (ret_host, span.text, span.length);
  ret_host[span.length] = '\0';
  return IPD_WIRE_OK;
}

static IpdWireCode
read_net_type (Span *rest)
{
  if (!span_is (next_part (rest, ' '), "IN"))
    return IPD_WIRE_SYNTAX;
  Span family = next_part (rest, ' ');
  if (span_is (family, "IP6"))
    return IPD_WIRE_UNSUPPORTED;
  return span_is (family, "IP4") ? IPD_WIRE_OK : IPD_WIRE_SYNTAX;
}

static IpdWireCode
read_origin (Parser *parser, Span line)
{
  uint64_t version;
  char address[16];

  if (next_part (&line, ' ').length == 0 || !span_uint (next_part (&line, ' '), 0, G_MAXUINT64, &parser->sdp.session)
      || !span_uint (next_part (&line, ' '), 0, G_MAXUINT64, &version))
    return IPD_WIRE_SYNTAX;
  IpdWireCode code = read_net_type (&line);
  return code != IPD_WIRE_OK ? code : read_address (line, address, sizeof address);
}

static IpdWireCode
read_connection (Parser *parser, Span line)
{
  if (parser->section != IN_SESSION)
    return IPD_WIRE_UNSUPPORTED; /* an address for each stream is not our profile */
  IpdWireCode code = once (parser, SEEN_CONNECTION);
  if (code == IPD_WIRE_OK)
    code = read_net_type (&line);
  return code != IPD_WIRE_OK ? code : read_address (line, parser->sdp.host, sizeof parser->sdp.host);
}

/* RTP lives on even ports and its RTCP one above (RFC 3550 §11), so 65535 is odd and 65534 the last. */
static IpdWireCode
read_port (Span span, gboolean zero_allowed, uint16_t *ret_port)
{
  uint64_t port;
  if (!span_uint (span, 0, G_MAXUINT64, &port))
    return IPD_WIRE_SYNTAX;
  if (port > G_MAXUINT16 || port % 2 != 0 || (port < PORT_MIN && !(port == 0 && zero_allowed)))
    return IPD_WIRE_RANGE;
  *ret_port = (uint16_t) port;
  return IPD_WIRE_OK;
}

static IpdWireCode
read_audio (Parser *parser, Span line)
{
  IpdSdp *sdp = &parser->sdp;
  uint64_t pt;

  IpdWireCode code = once (parser, SEEN_AUDIO);
  if (code == IPD_WIRE_OK)
    code = read_port (next_part (&line, ' '), FALSE, &sdp->audio_port);
  if (code != IPD_WIRE_OK)
    return code;
  if (!span_is (next_part (&line, ' '), "RTP/SAVP"))
    return IPD_WIRE_UNSUPPORTED;
  do
    {
      if (sdp->n_audio_pts == IPD_SDP_PTS_MAX)
        return IPD_WIRE_LONG;
      if (!span_uint (next_part (&line, ' '), 0, 127, &pt))
        return IPD_WIRE_SYNTAX;
      sdp->audio_pts[sdp->n_audio_pts++] = (uint8_t) pt;
  } while (line.length > 0);
  parser->section = IN_AUDIO;
  return IPD_WIRE_OK;
}

static IpdWireCode
read_video (Parser *parser, Span line)
{
  uint64_t pt;

  if ((parser->seen & SEEN_AUDIO) == 0)
    return IPD_WIRE_UNSUPPORTED;
  IpdWireCode code = once (parser, SEEN_VIDEO);
  if (code == IPD_WIRE_OK)
    code = read_port (next_part (&line, ' '), TRUE, &parser->sdp.video_port);
  if (code != IPD_WIRE_OK)
    return code;
  if (!span_is (next_part (&line, ' '), "RTP/SAVPF") || !span_uint (line, 96, 127, &pt))
    return IPD_WIRE_UNSUPPORTED;
  parser->sdp.video_pt = (uint8_t) pt;
  parser->section = IN_VIDEO;
  return IPD_WIRE_OK;
}

static IpdWireCode
read_media (Parser *parser, Span line)
{
  if (++parser->media > IPD_SDP_MEDIA_MAX)
    return IPD_WIRE_LONG;
  Span kind = next_part (&line, ' ');
  if (span_is (kind, "audio"))
    return read_audio (parser, line);
  return span_is (kind, "video") ? read_video (parser, line) : IPD_WIRE_UNSUPPORTED;
}

static IpdWireCode
copy_text (Span span, const char *alphabet, char *ret_text, size_t size)
{
  if (span.length == 0)
    return IPD_WIRE_SYNTAX;
  if (span.length >= size)
    return IPD_WIRE_LONG;
  for (size_t i = 0; i < span.length; i++)
    if (!g_ascii_isalnum (span.text[i]) && strchr (alphabet, span.text[i]) == NULL)
      return IPD_WIRE_SYNTAX;
  memcpy (ret_text, span.text, span.length);
  ret_text[span.length] = '\0';
  return IPD_WIRE_OK;
}

static IpdWireCode
read_profile (Span value, uint32_t *ret_profile)
{
  uint32_t profile = 0;
  if (value.length != 6)
    return IPD_WIRE_SYNTAX;
  for (unsigned i = 0; i < 6; i++)
    {
      if (!g_ascii_isxdigit (value.text[i]))
        return IPD_WIRE_SYNTAX;
      profile = profile << 4 | (uint32_t) g_ascii_xdigit_value (value.text[i]);
    }
  *ret_profile = profile;
  return IPD_WIRE_OK;
}

static IpdWireCode
read_parameter (Parser *parser, Span parameter)
{
  while (parameter.length > 0 && parameter.text[0] == ' ')
    next_part (&parameter, ' ');
  Span name = next_part (&parameter, '=');
  if (span_is (name, "profile-level-id"))
    return read_profile (parameter, &parser->sdp.profile_level_id);
  if (span_is (name, "packetization-mode"))
    return span_is (parameter, "1") ? IPD_WIRE_OK : IPD_WIRE_UNSUPPORTED;
  if (span_is (name, "sprop-parameter-sets"))
    return copy_text (parameter, "+/=,", parser->sdp.sprop, sizeof parser->sdp.sprop);
  return IPD_WIRE_OK;
}

static IpdWireCode
read_fmtp (Parser *parser, Span value)
{
  IpdWireCode code = once (parser, SEEN_FMTP);
  while (code == IPD_WIRE_OK && value.length > 0)
    code = read_parameter (parser, next_part (&value, ';'));
  return code;
}

/* rtpmap, fmtp and rtcp-fb start with the payload type they are about; "*" is all of them (RFC 4585 §4.2). */
static IpdWireCode
read_video_attribute (Parser *parser, Span name, Span value)
{
  gboolean feedback = span_is (name, "rtcp-fb");
  uint64_t pt;

  if (!feedback && !span_is (name, "rtpmap") && !span_is (name, "fmtp"))
    return IPD_WIRE_OK;
  Span about = next_part (&value, ' ');
  if (!(feedback && span_is (about, "*")))
    {
      if (!span_uint (about, 0, 127, &pt))
        return IPD_WIRE_SYNTAX;
      if (pt != parser->sdp.video_pt)
        return IPD_WIRE_OK;
    }
  if (span_is (name, "fmtp"))
    return read_fmtp (parser, value);
  if (!feedback)
    return span_is (value, "H264/90000") ? once (parser, SEEN_RTPMAP) : IPD_WIRE_UNSUPPORTED;
  parser->sdp.nack_pli |= span_is (value, "nack pli");
  parser->sdp.ccm_fir |= span_is (value, "ccm fir");
  return IPD_WIRE_OK;
}

static gboolean
find_direction (Span name, IpdSdpDirection *ret_direction)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (ipd_sdp_direction_words); i++)
    if (span_is (name, ipd_sdp_direction_words[i]))
      {
        *ret_direction = (IpdSdpDirection) i;
        return TRUE;
      }
  return FALSE;
}

static IpdWireCode
read_attribute (Parser *parser, Span line)
{
  IpdSdpDirection direction;
  Span value = line;
  Span name = next_part (&value, ':');

  if (find_direction (line, &direction))
    {
      if (parser->section == IN_SESSION)
        return IPD_WIRE_UNSUPPORTED; /* a default for both streams cannot be right for both */
      if (parser->section == IN_AUDIO)
        parser->sdp.audio_direction = direction;
      else
        parser->sdp.video_direction = direction;
      return once (parser, parser->section == IN_AUDIO ? SEEN_AUDIO_DIRECTION : SEEN_VIDEO_DIRECTION);
    }
  if (span_is (name, "ipdoor-keys"))
    {
      IpdWireCode code = parser->section == IN_SESSION ? once (parser, SEEN_KEYS) : IPD_WIRE_SYNTAX;
      return code != IPD_WIRE_OK ? code : copy_text (value, "-_", parser->sdp.keys, sizeof parser->sdp.keys);
    }
  if (parser->section == IN_SESSION && span_is (line, "ipdoor-no-camera"))
    {
      parser->sdp.no_camera = TRUE;
      return IPD_WIRE_OK;
    }
  return parser->section == IN_VIDEO ? read_video_attribute (parser, name, value) : IPD_WIRE_OK;
}

static IpdWireCode
read_version (Parser *parser, Span line)
{
  return span_is (line, "0") ? once (parser, SEEN_VERSION) : IPD_WIRE_UNSUPPORTED;
}

/* v=, o= and s= are the first three lines, in this order (RFC 8866 §5). */
static IpdWireCode
read_head (Parser *parser, char type, Span line)
{
  if (type == 'v' && parser->seen == 0)
    return read_version (parser, line);
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
read_line (Parser *parser, Span line)
{
  if (line.length < 2 || line.text[1] != '=')
    return IPD_WIRE_SYNTAX;
  char type = line.text[0];
  Span value = { line.text + 2, line.length - 2 };
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
  return strchr ("iuepbrzk", type) != NULL ? IPD_WIRE_OK : IPD_WIRE_SYNTAX;
}

static gboolean
has_control (Span line)
{
  for (size_t i = 0; i < line.length; i++)
    if ((unsigned char) line.text[i] < 0x20 || line.text[i] == 0x7f)
      return TRUE;
  return FALSE;
}

static IpdWireCode
check_complete (const Parser *parser)
{
  if ((parser->seen & SEEN_ALL) != SEEN_ALL)
    return IPD_WIRE_MISSING;
  unsigned picture = SEEN_RTPMAP | SEEN_FMTP;
  return parser->sdp.video_port != 0 && (parser->seen & picture) != picture ? IPD_WIRE_MISSING : IPD_WIRE_OK;
}

gboolean
ipd_sdp_parse (const char *body, size_t length, IpdSdp *ret_sdp, IpdWireError *reterr)
{
  Parser parser = { .section = IN_SESSION };
  unsigned lines = 0;

  if (length > IPD_SDP_MAX)
    return ipd_wire_fail (reterr, IPD_WIRE_LONG, IPD_SDP_MAX);
  for (size_t at = 0; at < length; lines++)
    {
      const char *end = memchr (body + at, '\n', length - at);
      if (end == NULL)
        return ipd_wire_fail (reterr, IPD_WIRE_SHORT, length);
      Span line = { body + at, (size_t) (end - body) - at };
      if (line.length > 0 && line.text[line.length - 1] == '\r')
        line.length--;
      IpdWireCode code = lines == IPD_SDP_LINES_MAX ? IPD_WIRE_LONG
                         : has_control (line)       ? IPD_WIRE_SYNTAX
                                                    : read_line (&parser, line);
      if (code != IPD_WIRE_OK)
        return ipd_wire_fail (reterr, code, at);
      at = (size_t) (end - body) + 1;
    }
  IpdWireCode code = check_complete (&parser);
  if (code != IPD_WIRE_OK)
    return ipd_wire_fail (reterr, code, length);
  *ret_sdp = parser.sdp;
  return TRUE;
}
