// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * What the observers share. An observer looks at the system from outside (pixels, sound, files) and links none of our
 * libraries, so that it cannot repeat a mistake of the code it watches. Each prints one JSON object a line on stdout:
 *   {"t_us": CLOCK_MONOTONIC microseconds of the sighting, ...}
 * and exits 0 when it saw what it was asked for, 1 when the time was over, 2 on wrong usage.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { OBSERVE_SEEN = 0, OBSERVE_TIMEOUT = 1, OBSERVE_USAGE = 2 };

static inline int64_t
observe_now_us (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Pauses between two looks at something that cannot announce itself (a screen): bounded by the caller's deadline. */
static inline void
observe_pause_us (int64_t us)
{
  struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = (us % 1000000) * 1000 };

  nanosleep (&t, NULL);
}

static inline int64_t
observe_deadline (double seconds)
{
  return observe_now_us () + (int64_t) (seconds * 1e6);
}
