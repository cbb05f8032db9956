// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/dtmf.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * IpdDigitSend: digits that wait to be sent as telephone events (RFC 4733) in a stream of sound. It makes no packets
 * and keeps no time: whoever sends sound asks it, packet by packet, whether an event takes this one's place. So events
 * have the stream's own SSRC, sequence numbers, clock and pace. Pure, no lock. Zero it, set @clock, clear it at the
 * end.
 */
typedef struct {
  uint32_t clock;       /* Hz, of the stream's timestamps */
  uint32_t event_clock; /* Hz, in which an event says how long it lasts; 0: @clock */
  GQueue presses;       /* that wait; the first one may be under way */
  bool under_way;
  uint32_t started;  /* timestamp of the event or its segment */
  uint32_t segments; /* ticks of segments that went before */
  unsigned ends;     /* end packets sent */
  uint32_t resting;  /* ticks of the gap that are left */
} IpdDigitSend;

/** What takes the place of a packet of sound. */
typedef struct {
  bool marker;
  uint32_t timestamp;
  uint8_t payload[IPD_DTMF_EVENT_OCTETS];
} IpdDigitPacket;

/** ipd_digit_send_takes: whether @digits are 1 to 32 of `0-9*#A-D` (a-d as well). */
bool ipd_digit_send_takes (const char *digits);

/**
 * ipd_digit_send_push: @duration_ms and @gap_ms are cut to 40 to 6,000
 * and 40 to 1,000. False, and nothing is queued, for what is no digit, or when 128 wait already.
 */
bool ipd_digit_send_push (IpdDigitSend *send, const char *digits, unsigned duration_ms, unsigned gap_ms);

/** ipd_digit_send_is_busy: something is under way or waits. */
bool ipd_digit_send_is_busy (const IpdDigitSend *send);

/**
 * ipd_digit_send_take:
 * @timestamp, @ticks: of the packet of sound whose turn it is, and how much sound it holds
 * @ret_done: (out): with this packet the last end of a pushed text of digits went
 *
 * True: @ret_packet is sent in its place. The end of an event is sent three times, a packet apart.
 */
bool ipd_digit_send_take (IpdDigitSend *send, uint32_t timestamp, uint32_t ticks, IpdDigitPacket *ret_packet,
                          bool *ret_done);

void ipd_digit_send_clear (IpdDigitSend *send);
