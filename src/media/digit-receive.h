// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/rtp-header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A press whose ends were all lost is over when nothing of it came for so long. */
#define IPD_DIGIT_LOST_MS 200

/**
 * IpdDigitReceive: telephone events (RFC 4733) of one peer, packet by packet, made into key presses: one for each,
 * however often it was sent, with or without marker, in order or not, ended or not. Its key is the timestamp. Pure, no
 * lock, no clock. Zero it.
 */
typedef struct {
  bool open;    /* an event is under way */
  char digit;   /* of it */
  bool started; /* any event came */
  uint32_t ssrc;
  uint16_t seq;       /* newest packet */
  uint32_t timestamp; /* of the event that is under way or was last */
  uint32_t ticks;     /* it lasted so far */
  int64_t newest_us;
  uint32_t over[8];  /* timestamps of events that were told */
  unsigned n_over;   /* ever */
  int64_t second_us; /* when the second began in which @in_second were told */
  unsigned in_second;
} IpdDigitReceive;

/** The most presses in a second that are told; nobody's finger is faster, and a flood ends here. */
#define IPD_DIGITS_PER_SECOND 32

/** At most two: the end of a press that was lost, and a press that ends with this packet. */
typedef struct {
  char digits[2];
  unsigned n;
} IpdDigits;

/**
 * ipd_digit_receive_packet: a packet of the negotiated payload type. @payload: the event, as long as it may be: other
 * lengths than 4 octets mean nothing. @now_us: monotonic
 */
IpdDigits ipd_digit_receive_packet (IpdDigitReceive *receive, const IpdRtpHeader *header, const uint8_t *payload,
                                    int64_t now_us);

/** ipd_digit_receive_wait: how long the open press may still take to end, ms; -1: none is open. */
int ipd_digit_receive_wait (const IpdDigitReceive *receive, int64_t now_us);

/** ipd_digit_receive_expire: the open press if it is over by now, else '\0'. */
char ipd_digit_receive_expire (IpdDigitReceive *receive, int64_t now_us);
