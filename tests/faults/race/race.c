// SPDX-License-Identifier: Apache-2.0
/*
 * Plays races at one door. See race.h. Everything moves by events: what the clients are told, and one timer for the
 * moves, fine enough for microseconds.
 */
#include "race.h"

#include "stalls.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define WATCHDOG_S       60
#define AFTER_PREVIEW_US 3000
#define FIRST_PORT       20000
#define PORTS            44 /* of one door: half for sound, half for pictures */
#define RING_SECONDS     1  /* of the doors that race against its end */
#define TALK_SECONDS     2  /* long enough to see that nothing goes to those who lost any more */

RaceTally race_tally;

static void move_on (RaceDoor *self);

static void
print_racer (const RaceDoor *self, const Racer *racer)
{
  const RacerNews *news = racer_news (racer, &racer->party.keys.visit);
#define AT(time) ((time) != 0 ? (int) (((time) -self->start_us) / 1000) : -1)
  g_printerr ("  %s: rung %d answered %d rejected %d hung up %d ended %d (type %d cause %d) ms; talking %d sound %u "
              "held %d offers %u status %d; look %d..%d ended %d status %d\n",
              racer->name, AT (racer->rung_us), AT (racer->answered_us), AT (racer->rejected_us),
              AT (racer->hung_up_us), AT (racer->ended_us), racer->ended, racer->cause, racer->talking, racer->n_sound,
              racer->held, racer->n_holds, racer->party.offer_status, AT (racer->look_us), AT (racer->look_stopped_us),
              racer->look_ended, racer->look_status);
  g_printerr ("    told: answered %u by %.6s, opened by %.6s, ended %u %s\n", news->n_answered, news->answered_by.s,
              news->opened_by.s, news->n_ended, ipd_visit_reason_to_string (news->reason));
  for (guint i = 0; i < racer->n_commands; i++)
    g_printerr ("    command %s: accepted %d actuated %d contact %d refused %d (%d)\n", racer->commands[i].id.s,
                racer->commands[i].accepted, racer->commands[i].actuated, racer->commands[i].contact,
                racer->commands[i].refused, racer->commands[i].reason);
}

void
race_fail (const RaceDoor *self, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *why = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("FAILED: race %u: %s\n", self->number, why);
  race_plan_print (&self->plan);
  for (guint i = 0; i < self->n_racers; i++)
    print_racer (self, &self->racers[i]);
  g_printerr ("--- the end of the station's log\n%s",
              self->program.log->str + (self->program.log->len > 2500 ? self->program.log->len - 2500 : 0));
  g_printerr ("replay: IPDOOR_SEED=%" G_GUINT64_FORMAT " IPDOOR_SWEEP=%u\n", self->seed, self->number);
  exit (1);
}

/* ---- packets ---- */

static void
on_packet (Racer *racer, guint32 ssrc, gpointer data)
{
  RaceDoor *self = data;
  const RaceStream *stream = g_hash_table_lookup (self->streams, GUINT_TO_POINTER (ssrc));
  guint index = (guint) (racer - self->racers);
  gint64 now_us = g_get_monotonic_time ();
  if (stream == NULL && now_us - self->looked_us > RACE_QUIET_US)
    race_fail (self, "%s gets a stream that belongs to nobody", racer->name);
  if (stream == NULL)
    return; /* a look-out's: its keys are not read here */
  if (stream->visit != self->number && now_us - self->begun_us > RACE_QUIET_US
      && now_us - self->begun_us > RACE_QUIET_US + RACE_WORK * stalls_longest (self->begun_us, now_us))
    race_fail (self, "%s still gets a stream of race %u", racer->name, stream->visit);
  if (stream->racer < RACERS_MAX && stream->racer != index)
    race_fail (self, "%s gets the sound of client %u", racer->name, stream->racer);
  if (stream->visit != self->number)
    return;
  if (racer->ended != 0 && now_us - racer->ended_us > RACE_QUIET_US
      && now_us - racer->ended_us > RACE_QUIET_US + RACE_WORK * stalls_longest (racer->ended_us, now_us))
    race_fail (self, "%s gets media %d ms after its leg has ended", racer->name,
               (int) ((now_us - racer->ended_us) / 1000));
  if (stream->racer < RACERS_MAX)
    racer->n_sound++;
  if (racer->n_sound == 1)
    move_on (self);
}

static void
know_streams (RaceDoor *self, guint index)
{
  const Racer *racer = &self->racers[index];
  RaceStream *sound = g_new (RaceStream, 1), *picture = g_new (RaceStream, 1);
  *sound = (RaceStream){ index, self->number };
  *picture = (RaceStream){ RACERS_MAX, self->number };
  g_hash_table_insert (self->streams, GUINT_TO_POINTER (racer_sound_ssrc (racer)), sound);
  g_hash_table_insert (self->streams, GUINT_TO_POINTER (racer_picture_ssrc (racer)), picture);
}

/* ---- the button ---- */

static void
on_pressed (GObject *bus, GAsyncResult *result, gpointer data)
{
  RaceDoor *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  self->press_answered = TRUE;
  self->press_failed = reply == NULL;
  if (reply != NULL)
    g_variant_get (reply, "(&su)", NULL, &self->n_rings);
  if (reply != NULL && self->n_rings != self->n_racers)
    race_fail (self, "%u of %u clients are rung", self->n_rings, self->n_racers);
  if (reply == NULL && self->plan.kind != RACE_LOOKING_OUT)
    race_fail (self, "the button could not be pressed: %s", error->message);
  move_on (self);
}

static void
press (RaceDoor *self)
{
  if (self->pressed_us != 0)
    return;
  self->pressed_us = g_get_monotonic_time ();
  g_dbus_connection_call (self->bus, NULL, "/io/ipdoor/Station1", "io.ipdoor.Station1", "Press",
                          g_variant_new ("(u)", 1u), NULL, G_DBUS_CALL_FLAGS_NONE, WATCHDOG_S * 1000, NULL, on_pressed,
                          self);
}

/* ---- the moves ---- */

static void
arm (RaceDoor *self)
{
  gint64 at_us = self->start_us + self->plan.moves[self->next_move].at_us;
  struct itimerspec when = { .it_value = { at_us / G_USEC_PER_SEC, (at_us % G_USEC_PER_SEC) * 1000 } };
  g_assert_cmpint (timerfd_settime (self->timer_fd, TFD_TIMER_ABSTIME, &when, NULL), ==, 0);
}

static gboolean
on_timer (int fd, GIOCondition condition, gpointer data)
{
  RaceDoor *self = data;
  guint64 times;
  if (read (fd, &times, sizeof times) != sizeof times || self->phase != RACE_RUNNING)
    return G_SOURCE_CONTINUE;
  const RaceMove *move = &self->plan.moves[self->next_move++];
  if (move->act == RACE_PRESS)
    press (self);
  else
    racer_act (&self->racers[move->racer], move->act);
  if (self->next_move < self->plan.n_moves)
    arm (self);
  else
    {
      self->phase = RACE_SETTLING;
      move_on (self);
    }
  return G_SOURCE_CONTINUE;
}

static void
start_at (RaceDoor *self, gint64 start_us)
{
  self->start_us = start_us;
  self->phase = self->plan.n_moves > 0 ? RACE_RUNNING : RACE_SETTLING;
  if (self->plan.n_moves > 0)
    arm (self);
}

/* ---- one race ---- */

static gboolean
on_watchdog (gpointer data)
{
  RaceDoor *self = data;
  self->watchdog = 0;
  race_fail (self, "it did not come to an end within %d s (phase %d)", WATCHDOG_S, self->phase);
}

static gboolean
all_ring (const RaceDoor *self)
{
  for (guint i = 0; i < self->n_racers; i++)
    if (self->racers[i].rung_us == 0)
      return FALSE;
  return self->press_answered;
}

static void
begin_moves (RaceDoor *self)
{
  gint64 now_us = g_get_monotonic_time ();
  for (guint i = 0; i < self->n_racers; i++)
    know_streams (self, i);
  if (self->plan.kind == RACE_IN_TALK || self->plan.kind == RACE_AT_TALK_TIMEOUT)
    {
      self->phase = RACE_ANSWERED;
      self->start_us = now_us;
      racer_act (&self->racers[self->plan.talker], RACE_ANSWER);
      return;
    }
  for (guint i = 0; i < self->n_racers; i++)
    if (self->plan.previews[i])
      racer_preview (&self->racers[i]);
  start_at (self, self->plan.kind == RACE_AT_RING_TIMEOUT
                      ? self->pressed_us + RING_SECONDS * G_USEC_PER_SEC + self->plan.shift_us
                      : now_us + AFTER_PREVIEW_US);
}

static void
begin_in_talk (RaceDoor *self)
{
  const Racer *talker = &self->racers[self->plan.talker];
  gint64 now_us = g_get_monotonic_time ();
  if (talker->ended != 0) /* a machine so busy that the talk was over before anything was heard */
    start_at (self, now_us);
  if (talker->ended != 0 || race_winner (self) == NULL || !talker->talking || talker->n_sound == 0)
    return;
  start_at (self, self->plan.kind == RACE_AT_TALK_TIMEOUT
                      ? talker->answered_us + TALK_SECONDS * G_USEC_PER_SEC + self->plan.shift_us
                      : now_us + 1000);
}

/* Who still rings when all was done says no; who talks hangs up, but first it must hear. */
static void
help_to_the_end (RaceDoor *self)
{
  const Racer *winner = race_winner (self);
  gboolean undecided = FALSE;
  for (guint i = 0; i < self->n_racers; i++)
    {
      Racer *racer = &self->racers[i];
      undecided |= (racer->answered_us != 0 && racer->ended == 0) || !racer_knows_results (racer);
      if (racer == winner && racer->talking && !racer->asked && (racer->n_sound > 0 || racer->held))
        racer_act (racer, RACE_HANG_UP);
      if (self->plan.kind == RACE_LOOKING_OUT)
        racer_act (racer, RACE_STOP_LOOKING);
    }
  if (undecided || winner != NULL || self->helped || (self->pressed_us != 0 && !self->press_failed && !all_ring (self)))
    return;
  for (guint i = 0; i < self->n_racers; i++)
    {
      self->helped |= racer_rings (&self->racers[i]);
      racer_act (&self->racers[i], RACE_REJECT);
    }
}

static void
begin (RaceDoor *self)
{
  self->number = self->next (self->data);
  self->begun_us = g_get_monotonic_time ();
  if (self->plan.kind == RACE_LOOKING_OUT)
    self->looked_us = self->begun_us; /* the race before */
  g_clear_handle_id (&self->watchdog, g_source_remove);
  if (self->number == 0)
    {
      self->finished = TRUE;
      self->done (self->data);
      return;
    }
  self->watchdog = g_timeout_add_seconds (WATCHDOG_S, on_watchdog, self);
  race_plan_draw (&self->plan, self->seed, self->number, self->only, self->n_racers);
  self->phase = RACE_CALLING;
  self->next_move = 0;
  if (self->plan.kind == RACE_LOOKING_OUT)
    self->looked_us = self->begun_us;
  self->pressed_us = self->talking_us = 0;
  self->press_failed = self->press_answered = self->helped = FALSE;
  self->n_rings = 0;
  for (guint i = 0; i < self->n_racers; i++)
    racer_begin (&self->racers[i]);
  if (self->plan.kind == RACE_LOOKING_OUT)
    start_at (self, self->begun_us + 1000);
  else
    press (self);
}

/* Not inside the event that brought us here. */
static gboolean
on_soon (gpointer data)
{
  RaceDoor *self = data;
  self->soon = 0;
  if (self->phase == RACE_CALLING && all_ring (self))
    begin_moves (self);
  else if (self->phase == RACE_ANSWERED)
    begin_in_talk (self);
  else if (self->phase == RACE_SETTLING && race_is_over (self))
    {
      race_judge (self);
      begin (self);
    }
  else if (self->phase == RACE_SETTLING)
    help_to_the_end (self);
  return G_SOURCE_REMOVE;
}

static void
move_on (RaceDoor *self)
{
  if (self->soon == 0 && !self->finished)
    self->soon = g_idle_add_full (G_PRIORITY_DEFAULT, on_soon, self, NULL);
}

static void
on_change (Racer *racer, gpointer data)
{
  move_on (data);
}

/* ---- a door ---- */

static void
connect_bus (RaceDoor *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_strdup_printf ("unix:path=%s/station.sock", self->program.dir);
  self->bus = g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                                      NULL, &error);
  g_assert_no_error (error);
}

void
race_door_init (RaceDoor *self, guint index, RaceKind only, guint n_racers)
{
  static const char config[] = "[output door]\nname=Door\nkind=lock\npulse-ms=50\ncontact=none\n";
  static const char with_contact[] = "[output door]\nname=Door\nkind=lock\npulse-ms=50\ncontact=late 20\n"
                                     "contact-timeout-ms=1000\n";
  static const char *const names[] = { "Anna", "Bruno", "Carla" };
  guint first = FIRST_PORT + index * PORTS;
  g_autofree char *sound = g_strdup_printf ("network.audio-ports=%u-%u", first, first + PORTS / 2 - 1);
  g_autofree char *picture = g_strdup_printf ("network.video-ports=%u-%u", first + PORTS / 2, first + PORTS - 1);
  const char *const settings[]
      = { only == RACE_AT_RING_TIMEOUT ? "visit.ring-seconds=1" : "visit.ring-seconds=60",
          only == RACE_AT_TALK_TIMEOUT ? "visit.talk-seconds=2" : "visit.talk-seconds=60", sound, picture, NULL };
  self->index = index;
  self->only = only;
  self->n_racers = n_racers;
  self->program.config = index % 2 == 0 ? config : with_contact;
  self->streams = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
  self->commands = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  program_start (&self->program, settings);
  connect_bus (self);
  for (guint i = 0; i < n_racers; i++)
    {
      Racer *racer = &self->racers[i];
      racer->on_packet = on_packet;
      racer->on_change = on_change;
      racer->data = self;
      self->finished = TRUE; /* until it begins */
      racer_init (racer, &self->program, names[i]);
    }
  self->timer_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  self->timer_source = g_unix_fd_add_full (G_PRIORITY_HIGH, self->timer_fd, G_IO_IN, on_timer, self, NULL);
}

void
race_door_begin (RaceDoor *self)
{
  self->finished = FALSE;
  begin (self);
}

void
race_door_clear (RaceDoor *self)
{
  g_clear_handle_id (&self->soon, g_source_remove);
  g_clear_handle_id (&self->watchdog, g_source_remove);
  g_source_remove (self->timer_source);
  close (self->timer_fd);
  g_clear_object (&self->bus);
  if (program_end (&self->program, SIGTERM) != 0)
    race_fail (self, "the station did not end cleanly");
  race_judge_history (self);
  for (guint i = 0; i < self->n_racers; i++)
    racer_clear (&self->racers[i]);
  g_hash_table_unref (self->streams);
  g_hash_table_unref (self->commands);
  program_clear (&self->program);
}
