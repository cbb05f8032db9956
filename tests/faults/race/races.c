// SPDX-License-Identifier: Apache-2.0
/*
 * races COUNT SEED [NUMBER]: clients that answer, open, reject, hold and hang up within ten milliseconds of each other
 * and of the end of the ring or talk time, COUNT times at several doors at once (tests/faults/race/races). NUMBER plays
 * that one race alone. Prints what happened; exit 1 at the first thing that does not fit.
 */
#include "race.h"

#include "stalls.h"

#include "wire/random.h"

#include <stdlib.h>

#define DOORS         16
#define DOORS_OF_RING 5
#define DOORS_OF_TALK 3

typedef struct {
  RaceDoor doors[DOORS];
  guint next;
  guint count;
  guint only; /* number, 0: all */
  guint playing;
  GMainLoop *loop;
} Races;

static Races races;

/* What a door plays does not change with the number of others that have played: a race is drawn from its number alone,
 * and the door decides the kind. */
static guint
next_race (gpointer data)
{
  RaceDoor *door = data;
  guint number = races.next * DOORS + door->index + 1;
  if (races.only != 0)
    number = door->number == 0 && (races.only - 1) % DOORS == door->index ? races.only : 0;
  else if (races.next >= races.count)
    return 0;
  races.next += races.only == 0;
  return number;
}

static void
on_done (gpointer data)
{
  if (--races.playing == 0)
    g_main_loop_quit (races.loop);
}

/* The doors of time play one race a second, the others as many as they can. */
static RaceKind
kind_of_door (guint index)
{
  if (index < DOORS_OF_RING)
    return RACE_AT_RING_TIMEOUT;
  return index < DOORS_OF_RING + DOORS_OF_TALK ? RACE_AT_TALK_TIMEOUT : RACE_KINDS;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, two = *(const gint64 *) b;
  return one < two ? -1 : one > two;
}

static void
print_tally (gint64 took_us)
{
  const RaceTally *tally = &race_tally;
  guint n = 0;
  for (guint i = 0; i < RACE_KINDS; i++)
    n += tally->races[i];
  g_array_sort (tally->told_us, compare_times);
  gint64 p99_us
      = tally->told_us->len > 0 ? g_array_index (tally->told_us, gint64, (tally->told_us->len - 1) * 99 / 100) : 0;
  g_print ("%u races in %.1f s: %u at the ring, %u in a talk, %u at the end of the ring time, %u of the talk time, %u "
           "looking out\n",
           n, (double) took_us / 1e6, tally->races[RACE_AT_RING], tally->races[RACE_IN_TALK],
           tally->races[RACE_AT_RING_TIMEOUT], tally->races[RACE_AT_TALK_TIMEOUT], tally->races[RACE_LOOKING_OUT]);
  g_print ("answered %u (%u of them held), answers that came too late %u, opened %u (twice %u), commands refused %u, "
           "rejected %u, missed %u, talk time over %u, look-outs withdrawn within 10 ms %u\n",
           tally->won, tally->held, tally->late, tally->opened, tally->opened_twice, tally->refused, tally->rejected,
           tally->missed, tally->timed_out, tally->glare);
  g_print ("told of it: %u times, p99 %.1f ms, longest %.1f ms\n", tally->told_us->len, (double) p99_us / 1e3,
           (double) tally->told_us_max / 1e3);
}

static gboolean
on_quiet (gpointer data)
{
  g_main_loop_quit (races.loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  if (argc < 3 || !ipd_wire_init ())
    return 2;
  races.count = (guint) atoi (argv[1]);
  races.only = argc > 3 ? (guint) atoi (argv[3]) : 0;
  races.loop = g_main_loop_new (NULL, FALSE);
  stalls_watch ();
  race_tally.told_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < DOORS; i++)
    {
      RaceDoor *door = &races.doors[i];
      door->seed = g_ascii_strtoull (argv[2], NULL, 10);
      door->next = next_race;
      door->done = on_done;
      door->data = door;
      race_door_init (door, i, kind_of_door (i), i % 3 == 0 ? 2 : 3);
    }
  gint64 begun_us = g_get_monotonic_time ();
  races.playing = DOORS;
  for (guint i = 0; i < DOORS; i++)
    race_door_begin (&races.doors[i]);
  if (races.playing > 0)
    g_main_loop_run (races.loop);
  gint64 took_us = g_get_monotonic_time () - begun_us;
  /* Nothing of any of them may be heard any more: that nothing comes can only be waited for. */
  g_timeout_add (2 * RACE_QUIET_US / 1000, on_quiet, NULL);
  g_main_loop_run (races.loop);
  for (guint i = 0; i < DOORS; i++)
    race_door_clear (&races.doors[i]);
  print_tally (took_us);
  g_main_loop_unref (races.loop);
  return 0;
}
