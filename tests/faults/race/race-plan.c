// SPDX-License-Identifier: Apache-2.0
/*
 * Draws a race: who does what within ten milliseconds. Used by race.c; pure.
 */
#include "race.h"

#include <stdlib.h>

typedef struct {
  RaceAct acts[RACE_MOVES];
} Part;

static const Part at_ring[] = {
  { { RACE_ANSWER } },
  { { RACE_ANSWER } },
  { { RACE_ANSWER } },
  { { RACE_OPEN } },
  { { RACE_OPEN } },
  { { RACE_REJECT } },
  { { RACE_NOTHING } },
  { { RACE_ANSWER, RACE_HANG_UP } },
  { { RACE_ANSWER, RACE_OPEN } },
  { { RACE_OPEN, RACE_ANSWER } },
  { { RACE_OPEN, RACE_REJECT } },
  { { RACE_ANSWER, RACE_HOLD } },
};
static const Part of_talker[] = {
  { { RACE_HANG_UP } },
  { { RACE_HOLD, RACE_HANG_UP } },
  { { RACE_HOLD, RACE_RESUME, RACE_HANG_UP } },
  { { RACE_OPEN, RACE_HANG_UP } },
  { { RACE_OPEN } },
  { { RACE_HOLD, RACE_OPEN } },
};
static const Part of_listener[] = {
  { { RACE_OPEN } },
  { { RACE_ANSWER } }, /* too late, if it can at all */
  { { RACE_NOTHING } },
};
static const Part of_looker[] = {
  { { RACE_LOOK_OUT, RACE_STOP_LOOKING } },
  { { RACE_LOOK_OUT } },
  { { RACE_LOOK_OUT, RACE_STOP_LOOKING } },
  { { RACE_PRESS } },
};

static const Part *
draw_part (const RacePlan *plan, guint racer, GRand *rand)
{
#define DRAW(list) &(list)[g_rand_int_range (rand, 0, G_N_ELEMENTS (list))]
  switch (plan->kind)
    {
    case RACE_AT_RING:
    case RACE_AT_RING_TIMEOUT:
      return DRAW (at_ring);
    case RACE_IN_TALK:
    case RACE_AT_TALK_TIMEOUT:
      return racer == plan->talker ? DRAW (of_talker) : DRAW (of_listener);
    case RACE_LOOKING_OUT:
      return racer == 0 ? &of_looker[g_rand_int_range (rand, 0, 3)] : DRAW (of_looker);
    case RACE_KINDS:
      break;
    }
  g_assert_not_reached ();
}

static int
compare_moves (const void *a, const void *b)
{
  const RaceMove *one = a, *two = b;
  return one->at_us != two->at_us ? (one->at_us < two->at_us ? -1 : 1) : (int) one->racer - (int) two->racer;
}

static int
compare_times (const void *a, const void *b)
{
  return *(const guint *) a < *(const guint *) b ? -1 : 1;
}

/* What one client does keeps its order. */
static void
add_part (RacePlan *plan, guint racer, const Part *part, GRand *rand)
{
  guint times[RACE_MOVES];
  for (guint i = 0; i < RACE_MOVES; i++)
    times[i] = (guint) g_rand_int_range (rand, 0, RACE_SPAN_US);
  qsort (times, RACE_MOVES, sizeof *times, compare_times);
  for (guint i = 0; i < RACE_MOVES && part->acts[i] != RACE_NOTHING; i++)
    plan->moves[plan->n_moves++] = (RaceMove){ racer, part->acts[i], times[i] };
}

static RaceKind
draw_kind (GRand *rand)
{
  guint die = (guint) g_rand_int_range (rand, 0, 10);
  return die < 6 ? RACE_AT_RING : die < 9 ? RACE_IN_TALK : RACE_LOOKING_OUT;
}

void
race_plan_draw (RacePlan *ret_plan, guint64 seed, guint number, RaceKind only, guint n_racers)
{
  guint32 words[] = { (guint32) seed, (guint32) (seed >> 32), number };
  GRand *rand = g_rand_new_with_seed_array (words, G_N_ELEMENTS (words));
  *ret_plan = (RacePlan){ .kind = only != RACE_KINDS ? only : draw_kind (rand), .n_racers = n_racers };
  ret_plan->shift_us = g_rand_int_range (rand, -RACE_SPAN_US, RACE_SPAN_US);
  ret_plan->talker = (guint) g_rand_int_range (rand, 0, (gint32) n_racers);
  for (guint i = 0; i < n_racers; i++)
    {
      ret_plan->previews[i] = g_rand_int_range (rand, 0, 4) != 0;
      add_part (ret_plan, i, draw_part (ret_plan, i, rand), rand);
    }
  qsort (ret_plan->moves, ret_plan->n_moves, sizeof *ret_plan->moves, compare_moves);
  g_rand_free (rand);
}

void
race_plan_print (const RacePlan *plan)
{
  static const char *const kinds[]
      = { "at the ring", "in a talk", "when the ring time ends", "when the talk time ends", "looking out" };
  g_printerr ("  %s, %u clients, %u answers first\n", kinds[plan->kind], plan->n_racers, plan->talker);
  for (guint i = 0; i < plan->n_moves; i++)
    g_printerr ("  %5u us: client %u: %s\n", plan->moves[i].at_us, plan->moves[i].racer,
                race_act_name (plan->moves[i].act));
}
