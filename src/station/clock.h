// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * Time as a value that tests can supply. Monotonic for how long, wall for licences and what people read.
 * Thread: the main one.
 */
typedef struct {
  gint64 (*monotonic_us) (gpointer data);
  gint64 (*wall_us) (gpointer data);
  gpointer data;
} IpdClock;

/* The machine's own. */
extern const IpdClock ipd_clock_system;

static inline gint64
ipd_clock_monotonic_us (const IpdClock *clock)
{
  return clock->monotonic_us (clock->data);
}

static inline gint64
ipd_clock_wall_us (const IpdClock *clock)
{
  return clock->wall_us (clock->data);
}
