// SPDX-License-Identifier: Apache-2.0
/* Telephone events of a plain peer made into key presses. Owned by the talk of a station; fed in a streaming thread,
 * expired in the worker, under the talk's lock. */
#include "media/digit-receive.h"

#include "wire/dtmf.h"

#include <glib.h>

#define MAX_DURATION 0xffff
/* Packets that come so late or less are old; a step back by more is a stream that began anew. */
#define LATE_MAX 100

static bool
is_told (const IpdDigitReceive *receive, uint32_t timestamp)
{
  unsigned n = MIN (receive->n_over, G_N_ELEMENTS (receive->over));
  for (unsigned i = 0; i < n; i++)
    if (receive->over[i] == timestamp)
      return true;
  return false;
}

static void
remember (IpdDigitReceive *receive, uint32_t timestamp)
{
  receive->over[receive->n_over++ % G_N_ELEMENTS (receive->over)] = timestamp;
  /* Nobody presses so often; but an index shall not wrap to "never". */
  if (receive->n_over == 2 * G_N_ELEMENTS (receive->over))
    receive->n_over = G_N_ELEMENTS (receive->over);
}

/* False when it is one of a flood. */
static bool
may_tell (IpdDigitReceive *receive, int64_t now_us)
{
  if (receive->in_second == 0 || now_us - receive->second_us >= G_USEC_PER_SEC)
    {
      receive->second_us = now_us;
      receive->in_second = 0;
    }
  return receive->in_second++ < IPD_DIGITS_PER_SECOND;
}

static void
tell (IpdDigitReceive *receive, IpdDigits *digits, int64_t now_us)
{
  receive->open = false;
  remember (receive, receive->timestamp);
  if (may_tell (receive, now_us))
    digits->digits[digits->n++] = receive->digit;
}

static void
begin (IpdDigitReceive *receive, uint32_t timestamp, char digit)
{
  receive->open = true;
  receive->timestamp = timestamp;
  receive->ticks = 0;
  receive->digit = digit;
}

/* Packets of old events must not look like new ones. */
static bool
is_late (IpdDigitReceive *receive, const IpdRtpHeader *header)
{
  uint16_t ahead = (uint16_t) (header->seq - receive->seq);
  if (ahead == 0 || ahead > UINT16_MAX - LATE_MAX)
    return true;
  receive->seq = header->seq;
  return false;
}

/* RFC 4733 section 2.5.1.3: a press too long for 16 bits goes on under another timestamp. */
static bool
is_next_segment (const IpdDigitReceive *receive, const IpdRtpHeader *header, char digit)
{
  uint32_t step = header->timestamp - receive->timestamp;
  return receive->open && digit == receive->digit && !header->marker && step > 0
         && (step == receive->ticks || step == MAX_DURATION);
}

static bool
take_source (IpdDigitReceive *receive, const IpdRtpHeader *header, IpdDigits *digits, int64_t now_us)
{
  if (receive->started && receive->ssrc == header->ssrc)
    return is_late (receive, header);
  if (receive->open)
    tell (receive, digits, now_us);
  receive->started = true;
  receive->ssrc = header->ssrc;
  receive->seq = header->seq;
  receive->n_over = 0;
  return false;
}

IpdDigits
ipd_digit_receive_packet (IpdDigitReceive *receive, const IpdRtpHeader *header, const uint8_t *payload, int64_t now_us)
{
  IpdDigits digits = { 0 };
  IpdDtmfEvent event;
  if (header->len != IPD_DTMF_EVENT_OCTETS || !ipd_dtmf_event_read (payload, header->len, &event))
    return digits;
  char digit = ipd_dtmf_digit_from_event (event.event);
  if (digit == '\0')
    return digits;
  bool late = take_source (receive, header, &digits, now_us);
  bool same = receive->open && header->timestamp == receive->timestamp;

  if (is_told (receive, header->timestamp) || (late && !same))
    return digits;
  if (!same && is_next_segment (receive, header, digit))
    {
      remember (receive, receive->timestamp);
      begin (receive, header->timestamp, digit);
    }
  else if (!same)
    {
      if (receive->open)
        tell (receive, &digits, now_us);
      begin (receive, header->timestamp, digit);
    }
  receive->ticks = MAX (receive->ticks, event.duration);
  receive->newest_us = now_us;
  if (event.end)
    tell (receive, &digits, now_us);
  return digits;
}

int
ipd_digit_receive_wait (const IpdDigitReceive *receive, int64_t now_us)
{
  int64_t since_ms = (now_us - receive->newest_us) / 1000;
  return receive->open ? (int) CLAMP (IPD_DIGIT_LOST_MS - since_ms, 0, IPD_DIGIT_LOST_MS) : -1;
}

char
ipd_digit_receive_expire (IpdDigitReceive *receive, int64_t now_us)
{
  IpdDigits digits = { 0 };
  if (ipd_digit_receive_wait (receive, now_us) == 0)
    tell (receive, &digits, now_us);
  return digits.n > 0 ? digits.digits[0] : '\0';
}
