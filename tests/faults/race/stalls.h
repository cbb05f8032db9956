// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * How long this machine lets a thread wait that is ready to run. A limit in milliseconds is about our programs, not
 * about whatever else runs: what a thread that does nothing but wake up had to wait in the same time is added to it.
 */

/* Starts to watch, until the process ends. */
void stalls_watch (void);
/* The longest wait between two moments of g_get_monotonic_time(), microseconds. Only the last minute is known. */
gint64 stalls_longest (gint64 from_us, gint64 to_us);
