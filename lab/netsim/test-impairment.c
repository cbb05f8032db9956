// SPDX-License-Identifier: Apache-2.0
/* The model without a network: shares within their binomial bounds, bursts of the length that was asked for, order. */
#include "impairment.h"

#include <glib.h>
#include <math.h>

#define N 20000
/* Standard deviations: one in some ten thousand runs would be outside, and a run is the same each time. */
#define SIGMAS 4.0

typedef struct {
  unsigned lost, bursts, duplicated, held_back, overtaken;
  int64_t least_us, most_us;
} Seen;

static Seen
play (const NetsimSettings *settings, uint64_t seed, int64_t gap_us)
{
  NetsimPath path;
  Seen seen = { .least_us = G_MAXINT64 };
  int64_t now_us = 1000;
  int64_t newest_us = 0;
  bool was_lost = false;
  netsim_path_init (&path, settings, seed, 0);
  for (int i = 0; i < N; i++, now_us += gap_us)
    {
      NetsimFate fate = netsim_path_judge (&path, now_us, 200);
      seen.lost += fate.lost;
      seen.bursts += fate.lost && !was_lost;
      was_lost = fate.lost;
      if (fate.lost)
        continue;
      seen.duplicated += fate.duplicated;
      seen.held_back += fate.held_back;
      seen.overtaken += fate.due_us < newest_us;
      newest_us = MAX (newest_us, fate.due_us);
      seen.least_us = MIN (seen.least_us, fate.due_us - now_us);
      seen.most_us = MAX (seen.most_us, fate.due_us - now_us);
    }
  return seen;
}

/* @spread: 1 for packets on their own, more where they come in bursts */
static void
assert_share (unsigned got, unsigned of, double share, double spread)
{
  double bound = SIGMAS * spread * sqrt (of * share * (1 - share));
  g_assert_cmpfloat (fabs (got - of * share), <=, bound);
}

static void
test_loss (void)
{
  const int percents[] = { 0, 1, 3, 5, 10, 20, 30 };
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    {
      NetsimSettings settings = { .loss = percents[i] / 100.0 };
      Seen seen = play (&settings, 7, 1000);
      assert_share (seen.lost, N, settings.loss, 1);
    }
}

static void
test_bursts (void)
{
  const int percents[] = { 1, 10, 30 };
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    {
      NetsimSettings settings = { .loss = percents[i] / 100.0, .burst = 4 };
      Seen seen = play (&settings, 11, 1000);
      double kept = 1 - 1 / settings.burst / (1 - settings.loss);
      assert_share (seen.lost, N, settings.loss, sqrt ((1 + kept) / (1 - kept)));
      /* geometric: the mean of n lengths is within that of 4 */
      double bound = SIGMAS * sqrt (4 * 3.0 / seen.bursts);
      g_assert_cmpfloat (fabs ((double) seen.lost / seen.bursts - 4), <=, bound);
    }
}

/* A quiet protocol must not sit in one burst for seconds: half a second later it is a new throw. */
static void
test_bursts_end_in_silence (void)
{
  NetsimSettings settings = { .loss = 0.3, .burst = 4 };
  Seen seen = play (&settings, 13, 500 * 1000);
  assert_share (seen.lost, N, settings.loss, 1);
  g_assert_cmpfloat (fabs ((double) seen.lost / seen.bursts - 1 / 0.7), <=, 0.1);
}

static void
test_delay (void)
{
  NetsimSettings settings = { .delay_us = 50000, .jitter_us = 30000 };
  Seen seen = play (&settings, 17, 1000);
  g_assert_cmpint (seen.least_us, >=, 20000);
  g_assert_cmpint (seen.most_us, <=, 80000);
  g_assert_cmpint (seen.most_us - seen.least_us, >, 20000);
  g_assert_cmpuint (seen.overtaken, ==, 0);
}

static void
test_copies_and_order (void)
{
  NetsimSettings settings = { .duplicate = 0.01, .reorder = 0.05, .reorder_us = 40000 };
  Seen seen = play (&settings, 19, 1000);
  assert_share (seen.duplicated, N, 0.01, 1);
  assert_share (seen.held_back, N, 0.05, 1);
  g_assert_cmpuint (seen.overtaken, >, 0);
  g_assert_cmpuint (seen.lost, ==, 0);
}

static void
test_rate (void)
{
  /* 200 octets a ms are 1.6 Mbit/s; half of that passes, and what passes waits */
  NetsimSettings settings = { .rate = 800000 };
  Seen seen = play (&settings, 23, 1000);
  g_assert_cmpfloat (fabs (seen.lost / (double) N - 0.5), <=, 0.05);
  g_assert_cmpint (seen.most_us, <=, NETSIM_QUEUE_US + 2000);
}

static void
test_seed (void)
{
  NetsimSettings settings = { .loss = 0.1, .burst = 4, .duplicate = 0.1, .reorder = 0.1, .reorder_us = 1000 };
  Seen a = play (&settings, 29, 1000);
  Seen b = play (&settings, 29, 1000);
  Seen c = play (&settings, 30, 1000);
  g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
  g_assert_false (memcmp (&a, &c, sizeof a) == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/netsim/loss", test_loss);
  g_test_add_func ("/netsim/bursts", test_bursts);
  g_test_add_func ("/netsim/bursts-end-in-silence", test_bursts_end_in_silence);
  g_test_add_func ("/netsim/delay", test_delay);
  g_test_add_func ("/netsim/copies-and-order", test_copies_and_order);
  g_test_add_func ("/netsim/rate", test_rate);
  g_test_add_func ("/netsim/seed", test_seed);
  return g_test_run ();
}
