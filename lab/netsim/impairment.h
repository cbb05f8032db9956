// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * NetsimSettings: how bad one direction of a network is.
 * @loss: share of packets that are lost, 0 to 0.99
 * @burst: mean length of a burst of losses in packets (Gilbert-Elliott: in the bad state all are lost, in the good one
 *   none); 1 or less = every packet on its own. A silence counts as a packet every %NETSIM_TICK_US: a burst is a
 * stretch of time, it does not wait for the next packet of a quiet protocol
 * @delay_us, @jitter_us: every packet is late by @delay_us, give or take @jitter_us (uniform, never less than 0).
 * Jitter alone keeps packets in order
 * @duplicate: share that arrives twice
 * @reorder: share that is held back another @reorder_us while others pass
 * @rate: bits of IP a second, 0 = no cap. What would wait longer than %NETSIM_QUEUE_US is lost
 */
typedef struct {
  double loss;
  double burst;
  int64_t delay_us;
  int64_t jitter_us;
  double duplicate;
  double reorder;
  int64_t reorder_us;
  int64_t rate;
} NetsimSettings;

#define NETSIM_TICK_US  20000
#define NETSIM_QUEUE_US 500000

/** NetsimPath: one direction with its memory. Two with the same settings, seed and packets do the same. */
typedef struct {
  NetsimSettings settings;
  uint64_t random;
  bool bad;
  int64_t seen_us;  /* of the packet before; 0 = none yet */
  int64_t order_us; /* nothing in order leaves before */
  int64_t free_us;  /* when the line is free (@rate) */
} NetsimPath;

/** NetsimFate: @due_us is on the clock of @now_us, and not before it. */
typedef struct {
  bool lost;
  bool duplicated;
  bool held_back;
  int64_t due_us;
} NetsimFate;

/** netsim_path_init: @stream tells directions with the same @seed apart. */
void netsim_path_init (NetsimPath *path, const NetsimSettings *settings, uint64_t seed, unsigned stream);

/** netsim_path_judge: Pure but for @path. @now_us: monotonic, above 0; @len: octets of the IP packet. */
NetsimFate netsim_path_judge (NetsimPath *path, int64_t now_us, size_t len);
