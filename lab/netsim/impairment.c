// SPDX-License-Identifier: Apache-2.0
/* What a bad network does to a packet. Values only: the program in netsim.c feeds it from its one thread, and so does
 * the unit test. */
#include "impairment.h"

#include <math.h>

/* splitmix64 (public domain, Vigna): any seed will do, 0 too. */
static uint64_t
next_random (uint64_t *state)
{
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* In [0, 1). */
static double
draw (NetsimPath *path)
{
  return (double) (next_random (&path->random) >> 11) * 0x1p-53;
}

void
netsim_path_init (NetsimPath *path, const NetsimSettings *settings, uint64_t seed, unsigned stream)
{
  uint64_t mixed = seed + stream;
  *path = (NetsimPath){ .settings = *settings, .random = next_random (&mixed) };
  path->bad = draw (path) < settings->loss;
}

/* One draw a packet however long the silence was, so that a seed means the same losses on a slow machine. */
static bool
is_lost (NetsimPath *path, int64_t now_us)
{
  const NetsimSettings *settings = &path->settings;
  double drawn = draw (path);
  if (settings->burst <= 1)
    return drawn < settings->loss;
  double leave = 1 / settings->burst;
  double enter = leave * settings->loss / (1 - settings->loss);
  int64_t ticks = path->seen_us == 0 ? 0 : (now_us - path->seen_us) / NETSIM_TICK_US;
  double kept = pow (1 - enter - leave, (double) (1 + ticks));
  path->bad = drawn < settings->loss + ((path->bad ? 1 : 0) - settings->loss) * kept;
  return path->bad;
}

/* The time on the line; negative: the queue before it is full. */
static int64_t
line_us (NetsimPath *path, int64_t now_us, size_t len)
{
  if (path->settings.rate <= 0)
    return 0;
  int64_t begins_us = path->free_us > now_us ? path->free_us : now_us;
  if (begins_us - now_us > NETSIM_QUEUE_US)
    return -1;
  path->free_us = begins_us + (int64_t) len * 8 * 1000000 / path->settings.rate;
  return path->free_us - now_us;
}

NetsimFate
netsim_path_judge (NetsimPath *path, int64_t now_us, size_t len)
{
  const NetsimSettings *settings = &path->settings;
  NetsimFate fate = { .lost = is_lost (path, now_us) };
  /* Drawn whether needed or not: what befalls a packet does not depend on options that are not about it. */
  double jitter = 2 * draw (path) - 1;
  fate.duplicated = draw (path) < settings->duplicate;
  fate.held_back = draw (path) < settings->reorder;
  path->seen_us = now_us;
  int64_t waited_us = fate.lost ? 0 : line_us (path, now_us, len);
  fate.lost |= waited_us < 0;
  if (fate.lost)
    return fate;
  int64_t late_us = settings->delay_us + (int64_t) (jitter * (double) settings->jitter_us);
  fate.due_us = now_us + waited_us + (late_us > 0 ? late_us : 0);
  if (fate.due_us < path->order_us)
    fate.due_us = path->order_us;
  if (fate.held_back)
    fate.due_us += settings->reorder_us;
  else
    path->order_us = fate.due_us;
  return fate;
}
