// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** More missing at a time are not worth asking for one by one: a key frame is. */
#define IPD_MISSING_MAX 128

/** One packet that did not come. Times are g_get_monotonic_time(). */
typedef struct {
  uint16_t seq;
  uint8_t asked; /* times */
  int64_t first_us;
  int64_t asked_us;
} IpdMissingPacket;

/**
 * IpdMissing: which packets of a stream are missing, and when to ask the sender for them (RFC 4585 section 6.2.1;
 * docs/protocol.md §9). Pure value: zero it, then feed it. In the order of their numbers; the oldest is the first.
 */
typedef struct {
  IpdMissingPacket packets[IPD_MISSING_MAX];
  unsigned n;
  bool started;
  uint16_t newest;
  int64_t round_trip_us; /* 0: not known yet */
} IpdMissing;

/** ipd_missing_packet: one packet came, for the first time or again. Returns: whether something new is missing now */
bool ipd_missing_packet (IpdMissing *missing, uint16_t seq, int64_t now_us);

/**
 * ipd_missing_ask: the packets to ask for now, and forgets those that nobody waits for any more.
 * @ret_wait_us: how long until it should be called again, -1 = not before the next packet is missing
 *
 * Returns: how many of @ret_seqs were set
 */
unsigned ipd_missing_ask (IpdMissing *missing, int64_t now_us, uint16_t ret_seqs[static IPD_MISSING_MAX],
                          int64_t *ret_wait_us);

/** ipd_missing_patience_ms: how long a missing packet is worth waiting for: some round trips, in a second or two. */
int ipd_missing_patience_ms (const IpdMissing *missing);
