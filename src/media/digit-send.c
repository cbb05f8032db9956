// SPDX-License-Identifier: Apache-2.0
/* Digits as telephone events in a stream of sound. Owned by a sender of sound, asked in its streaming thread. */
#include "media/digit-send.h"

#include "wire/dtmf.h"

#include <string.h>

#define MAX_TEXT     32
#define MAX_WAITING  128
#define N_ENDS       3
#define MAX_DURATION 0xffff
/* Power level, -dBm0: as loud as a telephone makes them. */
#define VOLUME 10

typedef struct {
  uint8_t code;
  uint32_t duration; /* ticks */
  uint32_t gap;
  bool last; /* of its text */
} Press;

/* What is pressed may be a code. */
static void
press_free (gpointer data)
{
  explicit_bzero (data, sizeof (Press));
  g_free (data);
}

bool
ipd_digit_send_takes (const char *digits)
{
  return ipd_dtmf_digits_valid (digits, MAX_TEXT);
}

static uint32_t
ticks_of (const IpdDigitSend *send, unsigned ms)
{
  return (uint32_t) ((uint64_t) ms * send->clock / 1000);
}

bool
ipd_digit_send_push (IpdDigitSend *send, const char *digits, unsigned duration_ms, unsigned gap_ms)
{
  if (!ipd_digit_send_takes (digits) || g_queue_get_length (&send->presses) >= MAX_WAITING)
    return false;
  for (; *digits != '\0'; digits++)
    {
      Press *press = g_new (Press, 1);
      *press = (Press){ .code = (uint8_t) ipd_dtmf_digit_to_event (*digits),
                        .duration = ticks_of (send, CLAMP (duration_ms, 40, 6000)),
                        .gap = ticks_of (send, CLAMP (gap_ms, 40, 1000)),
                        .last = digits[1] == '\0' };
      g_queue_push_tail (&send->presses, press);
    }
  return true;
}

bool
ipd_digit_send_is_busy (const IpdDigitSend *send)
{
  return send->presses.length > 0;
}

static uint32_t
event_clock (const IpdDigitSend *send)
{
  return send->event_clock != 0 ? send->event_clock : send->clock;
}

/* Ticks of the stream that 16 bits of the event can say. */
static uint32_t
longest (const IpdDigitSend *send)
{
  return (uint32_t) ((uint64_t) MAX_DURATION * send->clock / event_clock (send));
}

static void
fill (const IpdDigitSend *send, IpdDigitPacket *packet, const Press *press, bool end, uint32_t ticks)
{
  uint64_t duration = (uint64_t) ticks * event_clock (send) / send->clock;
  const IpdDtmfEvent event
      = { .event = press->code, .end = end, .volume = VOLUME, .duration = (uint16_t) MIN (duration, MAX_DURATION) };
  ipd_dtmf_event_write (&event, packet->payload);
}

/* It lasts beyond what 16 bits can say: it goes on as another segment, which begins where this one ends. */
static void
begin_segment (IpdDigitSend *send)
{
  send->started += longest (send);
  send->segments += longest (send);
}

/* True with the last packet of the event. */
static bool
send_end (IpdDigitSend *send, const Press *press, uint32_t ticks, IpdDigitPacket *packet)
{
  fill (send, packet, press, true, press->duration - send->segments);
  if (++send->ends < N_ENDS)
    return false;
  uint32_t repeats = (N_ENDS - 1) * ticks;
  send->resting = press->gap > repeats ? press->gap - repeats : 0;
  send->under_way = false;
  return true;
}

static void
begin (IpdDigitSend *send, uint32_t timestamp)
{
  send->under_way = true;
  send->started = timestamp;
  send->segments = 0;
  send->ends = 0;
}

bool
ipd_digit_send_take (IpdDigitSend *send, uint32_t timestamp, uint32_t ticks, IpdDigitPacket *ret_packet, bool *ret_done)
{
  *ret_done = false;
  Press *press = g_queue_peek_head (&send->presses);
  if (send->resting > 0 || press == NULL)
    {
      send->resting -= MIN (send->resting, ticks);
      return false;
    }
  bool first = !send->under_way;
  if (first)
    begin (send, timestamp);
  /* Sound that jumps in time makes this huge, which only ends the event. */
  uint32_t elapsed = timestamp - send->started + ticks;
  *ret_packet = (IpdDigitPacket){ .marker = first, .timestamp = send->started };
  if (send->ends == 0 && elapsed < press->duration - send->segments)
    {
      fill (send, ret_packet, press, false, elapsed);
      if (elapsed >= longest (send))
        begin_segment (send);
    }
  else if (send_end (send, press, ticks, ret_packet))
    {
      *ret_done = press->last;
      press_free (g_queue_pop_head (&send->presses));
    }
  return true;
}

void
ipd_digit_send_clear (IpdDigitSend *send)
{
  g_queue_clear_full (&send->presses, press_free);
}
