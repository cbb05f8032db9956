// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "racer.h"

/*
 * A door with its clients, and one race after the other at it. race.c plays, race-plan.c draws what is played,
 * race-judge.c says whether all that was seen fits together. Thread: the main one.
 */

#define RACERS_MAX    3
#define RACE_MOVES    3
#define RACE_SPAN_US  10000
#define RACE_TOLD_MS  300
#define RACE_HANDS    20 /* turns that threads need until a word of one client is an event at another */
#define RACE_WORK     50 /* times that a thread runs to take a pipeline down, on a machine that does other things too */
#define RACE_QUIET_US G_USEC_PER_SEC /* how long a stream may go on when its leg has ended */

typedef enum {
  RACE_AT_RING,         /* all ring, then everybody does something */
  RACE_IN_TALK,         /* one talks, then everybody does something */
  RACE_AT_RING_TIMEOUT, /* everybody does something when the ring time ends */
  RACE_AT_TALK_TIMEOUT,
  RACE_LOOKING_OUT, /* nobody rings: one looks out, others too, somebody presses */
  RACE_KINDS,
} RaceKind;

typedef struct {
  guint racer;
  RaceAct act;
  guint at_us; /* from the start of the race, in order */
} RaceMove;

typedef struct {
  RaceKind kind;
  guint n_racers;
  gint shift_us; /* of the start, against the end of the ring or talk time */
  guint talker;  /* who answers first where one talks */
  gboolean previews[RACERS_MAX];
  RaceMove moves[RACERS_MAX * RACE_MOVES];
  guint n_moves;
} RacePlan;

/* The same plan for the same numbers. */
void race_plan_draw (RacePlan *ret_plan, guint64 seed, guint number, RaceKind only, guint n_racers);
void race_plan_print (const RacePlan *plan);

/* A stream of the station, known by its SSRC. */
typedef struct {
  guint racer; /* whose sound; RACERS_MAX: the picture of all */
  guint visit; /* number of the race */
} RaceStream;

typedef enum {
  RACE_CALLING,  /* pressed, or about to be; not all ring yet */
  RACE_ANSWERED, /* the talker has answered and talks */
  RACE_RUNNING,
  RACE_SETTLING,
} RacePhase;

typedef struct {
  guint64 seed;
  guint index;
  RaceKind only; /* RACE_KINDS: any but those of time */
  Program program;
  GDBusConnection *bus;
  Racer racers[RACERS_MAX];
  guint n_racers;
  GHashTable *streams;           /* SSRC to RaceStream */
  GHashTable *commands;          /* ids of all commands: 1 actuated, else 2 + why it was refused */
  guint (*next) (gpointer data); /* number of the next race, 0: no more */
  void (*done) (gpointer data);  /* after the last */
  gpointer data;
  int timer_fd;
  guint timer_source;

  /* the race that goes on */
  guint number;
  RacePlan plan;
  RacePhase phase;
  guint next_move;
  gint64 begun_us;
  gint64 looked_us; /* when somebody looked out last */
  gint64 pressed_us;
  gint64 talking_us;
  gint64 start_us; /* of the moves */
  gboolean press_failed;
  gboolean press_answered;
  guint n_rings;
  gboolean helped; /* those who still ring were made to reject */
  guint watchdog;
  guint soon; /* idle source */
  gboolean finished;
} RaceDoor;

typedef struct {
  guint races[RACE_KINDS];
  guint won, late, opened, opened_twice, refused, missed, rejected, timed_out, hung_up, glare, held;
  gint64 told_us_max;
  GArray *told_us;
} RaceTally;
extern RaceTally race_tally;

void race_door_init (RaceDoor *self, guint index, RaceKind only, guint n_racers);
/* Plays until @next says 0. */
void race_door_begin (RaceDoor *self);
void race_door_clear (RaceDoor *self);

/* Fails the run with all that is known. */
void race_fail (const RaceDoor *self, const char *format, ...) G_GNUC_PRINTF (2, 3) G_GNUC_NORETURN;

/* Who won the visit that goes on: %NULL nobody. */
const Racer *race_winner (const RaceDoor *self);
gboolean race_is_over (const RaceDoor *self);
void race_judge (RaceDoor *self);
/* After the station has stopped: its history against all that was seen. */
void race_judge_history (RaceDoor *self);
