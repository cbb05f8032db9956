// SPDX-License-Identifier: Apache-2.0
/*
 * Digits of a call as octets: bodies of INFO, payloads of RTP. Used by agent and station for INFO, by the media process
 * for RFC 4733. Any thread.
 */

#include "wire/dtmf.h"

#include "wire/error-private.h"
#include "wire/number-private.h"
#include "wire/sdp-private.h"

#include <string.h>

static const struct {
  const char *word;
  const char *content_type;
} dialects[] = {
  [IPD_DTMF_RFC4733] = { "rfc4733", NULL },
  [IPD_DTMF_INFO_RELAY] = { "info-relay", "application/dtmf-relay" },
  [IPD_DTMF_INFO_PLAIN] = { "info-plain", "application/dtmf" },
  [IPD_DTMF_INFO_EVENT] = { "info-event", "audio/telephone-event" },
  [IPD_DTMF_MESSAGE] = { "message", "text/plain" },
};

const char *
ipd_dtmf_dialect_to_string (IpdDtmfDialect dialect)
{
  return dialects[dialect].word;
}

gboolean
ipd_dtmf_dialect_from_string (const char *text, IpdDtmfDialect *ret_dialect)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (dialects); i++)
    if (g_strcmp0 (dialects[i].word, text) == 0)
      {
        *ret_dialect = (IpdDtmfDialect) i;
        return TRUE;
      }
  return FALSE;
}

const char *
ipd_dtmf_content_type (IpdDtmfDialect dialect)
{
  return dialects[dialect].content_type;
}

/* --- digits --- */

int
ipd_dtmf_digit_to_event (char digit)
{
  const char *found = digit == '\0' ? NULL : strchr (IPD_DTMF_DIGITS, g_ascii_toupper (digit));
  return found == NULL ? -1 : (int) (found - IPD_DTMF_DIGITS);
}

char
ipd_dtmf_digit_from_event (unsigned event)
{
  return event < strlen (IPD_DTMF_DIGITS) ? IPD_DTMF_DIGITS[event] : '\0';
}

gboolean
ipd_dtmf_digit_valid (char digit)
{
  return ipd_dtmf_digit_to_event (digit) >= 0;
}

gboolean
ipd_dtmf_digits_valid (const char *digits, size_t max)
{
  size_t length = digits == NULL ? 0 : strnlen (digits, max + 1);

  for (size_t i = 0; i < length; i++)
    if (!ipd_dtmf_digit_valid (digits[i]))
      return FALSE;
  return length >= 1 && length <= max;
}

/* --- INFO --- */

typedef struct {
  IpdDtmfDialect dialect;
  char digit; /* '\0' until it was said */
  guint ms;
} Reading;

static gboolean
find_dialect (const char *content_type, IpdDtmfDialect *ret_dialect)
{
  if (content_type == NULL)
    return FALSE;
  IpdSpan rest = { content_type, strlen (content_type) };
  IpdSpan type = ipd_span_trim (ipd_span_next (&rest, ';'));
  for (unsigned i = IPD_DTMF_INFO_RELAY; i <= IPD_DTMF_INFO_EVENT; i++)
    if (ipd_span_is_word (type, dialects[i].content_type))
      {
        *ret_dialect = (IpdDtmfDialect) i;
        return TRUE;
      }
  return FALSE;
}

/* A digit as itself, or as its event code where the type says codes or the text is too long for a digit ("11"). */
static IpdWireCode
read_signal (Reading *reading, IpdSpan value, gboolean code)
{
  uint64_t event;

  if (reading->digit != '\0') /* one press a body: a second one is not a longer code */
    return IPD_WIRE_SYNTAX;
  if (value.length == 1 && !(code && g_ascii_isdigit (value.text[0])))
    {
      if (!ipd_dtmf_digit_valid (value.text[0]))
        return IPD_WIRE_SYNTAX;
      reading->digit = g_ascii_toupper (value.text[0]);
      return IPD_WIRE_OK;
    }
  if (!ipd_span_uint (value, 0, G_MAXUINT64, &event))
    return IPD_WIRE_SYNTAX;
  if (event > 15)
    return IPD_WIRE_RANGE;
  reading->digit = ipd_dtmf_digit_from_event ((unsigned) event);
  return IPD_WIRE_OK;
}

/* Nothing hangs on the length, so one that cannot be read is none. */
static void
read_duration (Reading *reading, IpdSpan value)
{
  uint64_t ms;
  if (ipd_span_uint (value, 1, G_MAXUINT32, &ms))
    reading->ms = (guint) MIN (ms, IPD_DTMF_MS_MAX);
}

static IpdWireCode
read_line (Reading *reading, IpdSpan line)
{
  gboolean code = reading->dialect == IPD_DTMF_INFO_EVENT;

  if (memchr (line.text, '=', line.length) == NULL)
    return read_signal (reading, line, code);
  IpdSpan name = ipd_span_trim (ipd_span_next (&line, '='));
  line = ipd_span_trim (line);
  if (ipd_span_is_word (name, "signal") || ipd_span_is_word (name, "d"))
    return read_signal (reading, line, FALSE);
  if (ipd_span_is_word (name, "duration"))
    read_duration (reading, line);
  return IPD_WIRE_OK; /* names we do not know */
}

gboolean
ipd_dtmf_parse_info (const char *content_type, const char *body, size_t length, IpdDtmf *ret_dtmf, IpdWireError *reterr)
{
  Reading reading = { .ms = IPD_DTMF_MS_DEFAULT };
  IpdSpan rest = { body, length };

  if (!find_dialect (content_type, &reading.dialect))
    return ipd_wire_fail (reterr, IPD_WIRE_UNSUPPORTED, 0);
  if (length > IPD_DTMF_BODY_MAX)
    return ipd_wire_fail (reterr, IPD_WIRE_LONG, IPD_DTMF_BODY_MAX);
  while (rest.length > 0)
    {
      size_t offset = length - rest.length;
      IpdSpan line = ipd_span_next (&rest, '\n');
      if (line.length > 0 && line.text[line.length - 1] == '\r')
        line.length--;
      line = ipd_span_trim (line);
      IpdWireCode code = line.length == 0 ? IPD_WIRE_OK : read_line (&reading, line);
      if (code != IPD_WIRE_OK)
        return ipd_wire_fail (reterr, code, offset);
    }
  if (reading.digit == '\0')
    return ipd_wire_fail (reterr, IPD_WIRE_SHORT, length);
  *ret_dtmf = (IpdDtmf){ .digit = reading.digit, .ms = reading.ms };
  return TRUE;
}

char *
ipd_dtmf_write (IpdDtmfDialect dialect, char digit, guint ms)
{
  int event = ipd_dtmf_digit_to_event (digit);

  if (event < 0)
    return NULL;
  char shown = ipd_dtmf_digit_from_event ((unsigned) event);
  switch (dialect)
    {
    case IPD_DTMF_INFO_RELAY:
      return g_strdup_printf ("Signal=%c\r\nDuration=%u\r\n", shown, ms);
    case IPD_DTMF_INFO_PLAIN:
    case IPD_DTMF_MESSAGE:
      return g_strdup_printf ("%c", shown);
    case IPD_DTMF_INFO_EVENT:
      return g_strdup_printf ("%d", event);
    case IPD_DTMF_RFC4733:
      break;
    }
  return NULL;
}

/* --- RTP --- */

gboolean
ipd_dtmf_event_read (const uint8_t *payload, size_t length, IpdDtmfEvent *ret_event)
{
  if (length < IPD_DTMF_EVENT_OCTETS)
    return FALSE;
  *ret_event = (IpdDtmfEvent){ .event = payload[0],
                               .end = (payload[1] & 0x80) != 0,
                               .volume = payload[1] & 0x3f,
                               .duration = (uint16_t) (payload[2] << 8 | payload[3]) };
  return TRUE;
}

void
ipd_dtmf_event_write (const IpdDtmfEvent *event, uint8_t ret_payload[static IPD_DTMF_EVENT_OCTETS])
{
  ret_payload[0] = event->event;
  ret_payload[1] = (uint8_t) ((event->end ? 0x80 : 0) | (event->volume & 0x3f));
  ret_payload[2] = (uint8_t) (event->duration >> 8);
  ret_payload[3] = (uint8_t) event->duration;
}
