// SPDX-License-Identifier: Apache-2.0
/*
 * Lines and words of SDP, for both of its readers, so that there is one place that takes text apart. Called with
 * whatever strangers send. Any thread.
 */

#include "wire/number-private.h"
#include "wire/sdp-private.h"

#include <arpa/inet.h>
#include <string.h>

const char *const ipd_sdp_direction_words[] = {
  [IPD_SDP_SENDRECV] = "sendrecv",
  [IPD_SDP_SENDONLY] = "sendonly",
  [IPD_SDP_RECVONLY] = "recvonly",
  [IPD_SDP_INACTIVE] = "inactive",
};

IpdSpan
ipd_span_next (IpdSpan *rest, char separator)
{
  const char *found = rest->length == 0 ? NULL : memchr (rest->text, separator, rest->length);
  IpdSpan part = { rest->text, found == NULL ? rest->length : (size_t) (found - rest->text) };
  size_t used = part.length + (found != NULL);
  rest->text += used;
  rest->length -= used;
  return part;
}

static gboolean
is_blank (char character)
{
  return character == ' ' || character == '\t';
}

IpdSpan
ipd_span_trim (IpdSpan span)
{
  while (span.length > 0 && is_blank (span.text[0]))
    {
      span.text++;
      span.length--;
    }
  while (span.length > 0 && is_blank (span.text[span.length - 1]))
    span.length--;
  return span;
}

gboolean
ipd_span_is (IpdSpan span, const char *word)
{
  return span.length == strlen (word) && memcmp (span.text, word, span.length) == 0;
}

gboolean
ipd_span_is_word (IpdSpan span, const char *word)
{
  return span.length == strlen (word) && g_ascii_strncasecmp (span.text, word, span.length) == 0;
}

gboolean
ipd_span_uint (IpdSpan span, uint64_t min, uint64_t max, uint64_t *ret_number)
{
  return ipd_parse_uint (span.text, span.length, min, max, ret_number);
}

IpdWireCode
ipd_span_copy (IpdSpan span, const char *alphabet, char *ret_text, size_t size)
{
  if (span.length == 0)
    return IPD_WIRE_SYNTAX;
  if (span.length >= size)
    return IPD_WIRE_LONG;
  for (size_t i = 0; i < span.length; i++)
    if (!g_ascii_isalnum (span.text[i]) && (span.text[i] == '\0' || strchr (alphabet, span.text[i]) == NULL))
      return IPD_WIRE_SYNTAX;
  memcpy (ret_text, span.text, span.length);
  ret_text[span.length] = '\0';
  return IPD_WIRE_OK;
}

static gboolean
has_control (const IpdSdpReader *reader, IpdSpan line)
{
  for (size_t i = 0; i < line.length; i++)
    if (((unsigned char) line.text[i] < 0x20 && !(reader->lenient && line.text[i] == '\t')) || line.text[i] == 0x7f)
      return TRUE;
  return FALSE;
}

/* The line at reader->at without its end; the reader then stands behind it. */
static IpdWireCode
cut_line (IpdSdpReader *reader, IpdSpan *ret_line)
{
  const char *start = reader->body + reader->at;
  size_t left = reader->length - reader->at;
  const char *end = memchr (start, '\n', left);

  if (end == NULL && !reader->lenient)
    return IPD_WIRE_SHORT;
  IpdSpan line = { start, end != NULL ? (size_t) (end - start) : left };
  reader->at += line.length + (end != NULL);
  if (line.length > 0 && line.text[line.length - 1] == '\r')
    line.length--;
  *ret_line = line;
  return has_control (reader, line) ? IPD_WIRE_SYNTAX : IPD_WIRE_OK;
}

IpdWireCode
ipd_sdp_reader_next (IpdSdpReader *reader, IpdSdpLine *ret_line, gboolean *ret_more)
{
  IpdSdpLine line = { .offset = reader->at };
  IpdSpan text;

  *ret_more = FALSE;
  *ret_line = line;
  if (reader->length > IPD_SDP_MAX)
    return IPD_WIRE_LONG;
  if (reader->at >= reader->length)
    return IPD_WIRE_OK;
  if (reader->lines++ == IPD_SDP_LINES_MAX)
    return IPD_WIRE_LONG;
  IpdWireCode code = cut_line (reader, &text);
  if (code != IPD_WIRE_OK)
    return code;
  *ret_more = TRUE;
  if (reader->lenient && ipd_span_trim (text).length == 0)
    return IPD_WIRE_OK;
  if (text.length < 2 || text.text[1] != '=')
    return IPD_WIRE_SYNTAX;
  line.type = text.text[0];
  line.value = (IpdSpan){ text.text + 2, text.length - 2 };
  if (reader->lenient)
    line.value = ipd_span_trim (line.value);
  *ret_line = line;
  return IPD_WIRE_OK;
}

IpdWireCode
ipd_sdp_read_net_type (IpdSpan *rest, gboolean *ret_ip6)
{
  if (!ipd_span_is (ipd_span_next (rest, ' '), "IN"))
    return IPD_WIRE_SYNTAX;
  IpdSpan family = ipd_span_next (rest, ' ');
  *ret_ip6 = ipd_span_is (family, "IP6");
  return *ret_ip6 || ipd_span_is (family, "IP4") ? IPD_WIRE_OK : IPD_WIRE_SYNTAX;
}

/* Addresses that nothing is sent to, whatever a body says. */
static gboolean
is_forbidden (const uint8_t *octets, gboolean ip6)
{
  static const uint8_t nothing[15] = { 0 }, mapped[12] = { [10] = 0xff, [11] = 0xff };

  if (!ip6)
    return octets[0] == 0 || octets[0] >= 224;
  if (octets[0] == 0xff || memcmp (octets, mapped, sizeof mapped) == 0)
    return TRUE;
  return memcmp (octets, nothing, sizeof nothing) == 0 && octets[15] != 1; /* ::1 is a host */
}

IpdWireCode
ipd_sdp_read_host (IpdSpan span, gboolean ip6, char ret_host[static IPD_SDP_HOST_MAX + 1])
{
  char text[IPD_SDP_HOST_MAX + 1] = "";
  uint8_t octets[16] = { 0 };

  if (span.length == 0 || span.length >= sizeof text || memchr (span.text, '\0', span.length) != NULL)
    return IPD_WIRE_SYNTAX;
  memcpy (text, span.text, span.length);
  if (inet_pton (ip6 ? AF_INET6 : AF_INET, text, octets) != 1)
    return IPD_WIRE_SYNTAX;
  if (is_forbidden (octets, ip6))
    return IPD_WIRE_RANGE;
  memcpy (ret_host, text, sizeof text);
  return IPD_WIRE_OK;
}

gboolean
ipd_sdp_host_is_ip6 (const char *host)
{
  return strchr (host, ':') != NULL;
}

gboolean
ipd_sdp_read_direction (IpdSpan name, IpdSdpDirection *ret_direction)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (ipd_sdp_direction_words); i++)
    if (ipd_span_is (name, ipd_sdp_direction_words[i]))
      {
        *ret_direction = (IpdSdpDirection) i;
        return TRUE;
      }
  return FALSE;
}

IpdWireCode
ipd_sdp_read_profile (IpdSpan value, uint32_t *ret_profile)
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

IpdSdpDirection
ipd_sdp_mirrored (IpdSdpDirection direction)
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
