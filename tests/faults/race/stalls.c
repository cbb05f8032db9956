// SPDX-License-Identifier: Apache-2.0
/* See stalls.h: a thread of its own that wakes every two milliseconds and notes by how much it was late. */
#include "stalls.h"

#define TICK_US 2000
#define KEPT    32768 /* more than a minute */

typedef struct {
  gint64 due_us;
  gint64 late_us;
} Tick;

static GMutex lock;
static Tick ticks[KEPT];
static guint64 n_ticks;

static gpointer
watch (gpointer unused)
{
  for (;;)
    {
      Tick tick = { .due_us = g_get_monotonic_time () + TICK_US };
      g_usleep (TICK_US);
      tick.late_us = g_get_monotonic_time () - tick.due_us;
      g_mutex_lock (&lock);
      ticks[n_ticks++ % KEPT] = tick;
      g_mutex_unlock (&lock);
    }
  return NULL;
}

void
stalls_watch (void)
{
  g_thread_unref (g_thread_new ("stalls", watch, NULL));
}

gint64
stalls_longest (gint64 from_us, gint64 to_us)
{
  gint64 longest_us = 0;
  g_mutex_lock (&lock);
  for (guint64 i = n_ticks; i > 0 && n_ticks - i < KEPT; i--)
    {
      const Tick *tick = &ticks[(i - 1) % KEPT];
      if (tick->due_us + tick->late_us < from_us)
        break;
      if (tick->due_us <= to_us)
        longest_us = MAX (longest_us, tick->late_us);
    }
  g_mutex_unlock (&lock);
  return longest_us;
}
