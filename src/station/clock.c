// SPDX-License-Identifier: Apache-2.0
/*
 * The machine's clocks behind the value of clock.h. Used by station.c; any thread.
 */
#include "station/clock.h"

static gint64
system_monotonic_us (gpointer data)
{
  return g_get_monotonic_time ();
}

static gint64
system_wall_us (gpointer data)
{
  return g_get_real_time ();
}

const IpdClock ipd_clock_system = { system_monotonic_us, system_wall_us, NULL };
