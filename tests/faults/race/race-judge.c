// SPDX-License-Identifier: Apache-2.0
/*
 * Whether all that was seen of a race fits together: what each client did, what its SIP stack saw, what the station
 * signed, what its relay did and what its history says. Used by race.c.
 */
#include "race.h"

#include "stalls.h"

#include <sqlite3.h>
#include <string.h>

static const IpdShortId *
visit_of (const RaceDoor *self)
{
  return &self->racers[0].party.keys.visit;
}

static const Racer *
racer_of_id (const RaceDoor *self, const IpdId *id)
{
  for (guint i = 0; i < self->n_racers; i++)
    if (ipd_id_equal (&self->racers[i].party.key.id, id))
      return &self->racers[i];
  return NULL;
}

static gboolean
has_rung (const RaceDoor *self)
{
  return self->racers[0].rung_us != 0;
}

const Racer *
race_winner (const RaceDoor *self)
{
  const Racer *winner = NULL;
  for (guint i = 0; has_rung (self) && i < self->n_racers; i++)
    {
      const RacerNews *news = racer_news (&self->racers[i], visit_of (self));
      const Racer *named = news->n_answered > 0 ? racer_of_id (self, &news->answered_by) : NULL;
      if (named == NULL)
        continue;
      if (winner != NULL && winner != named)
        race_fail (self, "%s and %s are both said to have answered", winner->name, named->name);
      winner = named;
    }
  return winner;
}

static gboolean
is_done (const Racer *racer, const IpdShortId *visit)
{
  if (racer->look_call != 0 && racer->look_ended == 0)
    return FALSE;
  if (racer->rung_us == 0)
    return TRUE;
  return (racer->ended != 0 || racer->rejected_us != 0) && racer_news (racer, visit)->n_ended > 0
         && racer_knows_results (racer) && !racer->asked;
}

gboolean
race_is_over (const RaceDoor *self)
{
  gboolean pressed = self->pressed_us != 0 && !self->press_failed;
  if (self->pressed_us != 0 && !self->press_answered)
    return FALSE;
  for (guint i = 0; i < self->n_racers; i++)
    if ((pressed && self->racers[i].rung_us == 0) || !is_done (&self->racers[i], visit_of (self)))
      return FALSE;
  return TRUE;
}

/* ---- one race ---- */

static void
note_told (RaceDoor *self, const Racer *racer, gint64 decided_us)
{
  gint64 from_us = MAX (decided_us, racer->answered_us);
  gint64 took_us = racer->ended_us - from_us;
  if (decided_us == 0 || racer->ended_us == 0)
    return;
  g_array_append_val (race_tally.told_us, took_us);
  race_tally.told_us_max = MAX (race_tally.told_us_max, took_us);
  gint64 stall_us = stalls_longest (from_us, racer->ended_us);
  if (took_us > RACE_TOLD_MS * 1000 + RACE_HANDS * stall_us)
    race_fail (self, "%s was told after %d ms; no thread had to wait longer than %d ms in that time", racer->name,
               (int) (took_us / 1000), (int) (stall_us / 1000));
}

/* Somebody else decided: CANCEL with the right cause, or BYE where its 200 crossed it. */
static void
judge_loser (RaceDoor *self, const Racer *racer, int cause, gint64 decided_us)
{
  if (racer->n_sound > 0)
    race_fail (self, "%s lost and got sound", racer->name);
  if (racer->rejected_us != 0 || racer->hung_up_us != 0)
    return; /* it left by itself */
  if (racer->ended == IPD_SIP_CANCELLED && racer->cause != cause)
    race_fail (self, "%s was cancelled with cause %d, not %d", racer->name, racer->cause, cause);
  if (racer->ended != IPD_SIP_CANCELLED && (racer->ended != IPD_SIP_BYE || racer->answered_us == 0))
    race_fail (self, "the leg of %s ended in a way (%d) that fits nothing", racer->name, racer->ended);
  race_tally.late += racer->answered_us != 0;
  note_told (self, racer, decided_us);
}

static void
judge_won (RaceDoor *self, const Racer *winner, IpdVisitReason reason)
{
  if (winner->answered_us == 0)
    race_fail (self, "%s is said to have answered and did not", winner->name);
  if (winner->ended != IPD_SIP_BYE)
    race_fail (self, "the talk of %s ended in a way (%d) that is no BYE", winner->name, winner->ended);
  if (reason != IPD_VISIT_REASON_HANGUP && reason != IPD_VISIT_REASON_TIMEOUT)
    race_fail (self, "a visit that %s answered ended as “%s”", winner->name, ipd_visit_reason_to_string (reason));
  if (winner->hung_up_us == 0 && reason != IPD_VISIT_REASON_TIMEOUT)
    race_fail (self, "%s was hung up, and the reason is “%s”", winner->name, ipd_visit_reason_to_string (reason));
  for (guint i = 0; i < self->n_racers; i++)
    if (&self->racers[i] != winner)
      judge_loser (self, &self->racers[i], 200, winner->answered_us);
  race_tally.won++;
  race_tally.timed_out += reason == IPD_VISIT_REASON_TIMEOUT;
  race_tally.hung_up += reason == IPD_VISIT_REASON_HANGUP;
  race_tally.held += winner->n_holds > 0;
}

static void
judge_unanswered (RaceDoor *self, IpdVisitReason reason)
{
  gint64 opened_us = 0;
  gboolean all_left = TRUE, some_rejected = FALSE;
  if (reason != IPD_VISIT_REASON_OPENED && reason != IPD_VISIT_REASON_REJECTED && reason != IPD_VISIT_REASON_MISSED)
    race_fail (self, "a visit that nobody answered ended as “%s”", ipd_visit_reason_to_string (reason));
  for (guint i = 0; i < self->n_racers; i++)
    {
      const Racer *racer = &self->racers[i];
      all_left &= racer->rejected_us != 0 || racer->hung_up_us != 0;
      some_rejected |= racer->rejected_us != 0;
      for (guint n = 0; n < racer->n_commands; n++)
        if (racer->commands[n].actuated)
          opened_us = MAX (opened_us, racer->decided_us);
    }
  if (reason == IPD_VISIT_REASON_REJECTED && !(all_left && some_rejected))
    race_fail (self, "it ended as rejected although not all have rejected");
  if (reason == IPD_VISIT_REASON_MISSED && self->plan.kind != RACE_AT_RING_TIMEOUT && !all_left)
    race_fail (self, "it ended as missed long before the ring time was over");
  for (guint i = 0; reason != IPD_VISIT_REASON_REJECTED && i < self->n_racers; i++)
    judge_loser (self, &self->racers[i], reason == IPD_VISIT_REASON_OPENED ? 200 : 487, opened_us);
  race_tally.rejected += reason == IPD_VISIT_REASON_REJECTED;
  race_tally.missed += reason == IPD_VISIT_REASON_MISSED;
}

static guint
judge_commands (RaceDoor *self, const Racer *racer)
{
  guint n = 0;
  for (guint i = 0; i < racer->n_commands; i++)
    {
      const RacerCommand *command = &racer->commands[i];
      if (command->actuated == command->refused || command->accepted != command->actuated)
        race_fail (self, "the results of command %s contradict each other", command->id.s);
      if (command->refused && command->reason != IPD_REFUSAL_NONCE && command->reason != IPD_REFUSAL_RATE)
        race_fail (self, "command %s was refused with reason %d", command->id.s, command->reason);
      g_hash_table_insert (self->commands, g_strdup (command->id.s),
                           GINT_TO_POINTER (command->actuated ? 1 : 2 + (int) command->reason));
      n += command->actuated;
      race_tally.refused += command->refused;
    }
  return n;
}

static void
judge_opening (RaceDoor *self, IpdVisitReason reason)
{
  guint n = 0;
  for (guint i = 0; i < self->n_racers; i++)
    n += judge_commands (self, &self->racers[i]);
  if (reason == IPD_VISIT_REASON_OPENED && n == 0)
    race_fail (self, "it ended as opened, and nobody opened");
  for (guint i = 0; i < self->n_racers; i++)
    {
      const Racer *opener = racer_of_id (self, &racer_news (&self->racers[i], visit_of (self))->opened_by);
      guint of_opener = 0;
      for (guint c = 0; opener != NULL && c < opener->n_commands; c++)
        of_opener += opener->commands[c].actuated;
      if ((n > 0) != (opener != NULL) || (opener != NULL && of_opener == 0))
        race_fail (self, "%s was told that %s opened, of %u openings", self->racers[i].name,
                   opener != NULL ? opener->name : "nobody", n);
    }
  race_tally.opened += n > 0;
  race_tally.opened_twice += n > 1;
}

static void
judge_look_outs (RaceDoor *self)
{
  for (guint i = 0; i < self->n_racers; i++)
    {
      const Racer *racer = &self->racers[i];
      if (racer->look_call == 0)
        continue;
      if (racer->look_ended == IPD_SIP_FAILED && racer->look_status != 486 && racer->look_status != 487)
        race_fail (self, "a look-out of %s failed with %d", racer->name, racer->look_status);
      gint64 stall_us = racer->look_stopped_us != 0 ? stalls_longest (racer->look_stopped_us, racer->look_ended_us) : 0;
      if (racer->look_stopped_us != 0
          && racer->look_ended_us - racer->look_stopped_us > RACE_QUIET_US + RACE_HANDS * stall_us)
        race_fail (self, "a look-out of %s went on for %d ms after it was ended", racer->name,
                   (int) ((racer->look_ended_us - racer->look_stopped_us) / 1000));
      race_tally.glare += racer->look_stopped_us != 0 && racer->look_stopped_us - racer->look_us < RACE_SPAN_US;
    }
}

void
race_judge (RaceDoor *self)
{
  const Racer *winner = race_winner (self);
  race_tally.races[self->plan.kind]++;
  judge_look_outs (self);
  if (!has_rung (self))
    return;
  IpdVisitReason reason = racer_news (&self->racers[0], visit_of (self))->reason;
  for (guint i = 0; i < self->n_racers; i++)
    {
      const RacerNews *news = racer_news (&self->racers[i], visit_of (self));
      if (news->n_ended != 1 || news->reason != reason || news->n_answered != (winner != NULL ? 1 : 0))
        race_fail (self, "%s was told otherwise than the others", self->racers[i].name);
    }
  judge_opening (self, reason);
  if (winner != NULL)
    judge_won (self, winner, reason);
  else
    judge_unanswered (self, reason);
}

/* ---- all of them ---- */

static void
judge_row (RaceDoor *self, sqlite3_stmt *row)
{
  const char *id = (const char *) sqlite3_column_text (row, 0);
  const char *outcome = (const char *) sqlite3_column_text (row, 1);
  const RacerNews *told = NULL;
  for (guint i = 0; i < self->n_racers; i++)
    {
      const RacerNews *news = g_hash_table_lookup (self->racers[i].news, id);
      const Racer *winner = news != NULL ? racer_of_id (self, &news->answered_by) : NULL;
      const Racer *opener = news != NULL ? racer_of_id (self, &news->opened_by) : NULL;
      if (news == NULL)
        continue;
      told = news;
      if (!g_str_equal (outcome, ipd_visit_reason_to_string (news->reason)))
        race_fail (self, "history says “%s” of visit %s, %s was told “%s”", outcome, id, self->racers[i].name,
                   ipd_visit_reason_to_string (news->reason));
      if (winner != NULL && !g_str_equal ((const char *) sqlite3_column_text (row, 2), winner->name))
        race_fail (self, "history says that somebody else answered visit %s", id);
      if (opener != NULL && !g_str_equal ((const char *) sqlite3_column_text (row, 3), opener->name))
        race_fail (self, "history says that somebody else opened in visit %s", id);
    }
  if (told == NULL)
    race_fail (self, "nobody was told of visit %s", id);
  if (sqlite3_column_int64 (row, 4) == 0)
    race_fail (self, "visit %s goes on in the history", id);
}

static guint
for_each_row (RaceDoor *self, sqlite3 *db, const char *query, void (*judge) (RaceDoor *self, sqlite3_stmt *row))
{
  sqlite3_stmt *rows = NULL;
  guint n = 0;
  if (sqlite3_prepare_v2 (db, query, -1, &rows, NULL) != SQLITE_OK)
    race_fail (self, "the history cannot be read: %s", sqlite3_errmsg (db));
  for (; sqlite3_step (rows) == SQLITE_ROW; n++)
    judge (self, rows);
  sqlite3_finalize (rows);
  return n;
}

static void
judge_access (RaceDoor *self, sqlite3_stmt *row)
{
  const char *id = (const char *) sqlite3_column_text (row, 0);
  const char *state = (const char *) sqlite3_column_text (row, 1);
  int known = GPOINTER_TO_INT (g_hash_table_lookup (self->commands, id));
  if (known == 0 || (known == 1) == g_str_equal (state, "refused"))
    race_fail (self, "history says “%s” of command %s, its client was told otherwise (%d)", state, id, known);
}

/* One pulse for each command that was accepted, none for any other. */
static void
judge_pulses (RaceDoor *self)
{
  g_autofree char *path = g_build_filename (self->program.dir, "sim", "door.relay", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      char *on = strstr (*line, " on ");
      if (on == NULL)
        continue;
      if (GPOINTER_TO_INT (g_hash_table_lookup (self->commands, on + 4)) != 1 || !g_hash_table_add (seen, on + 4))
        race_fail (self, "a pulse that nobody was told of, or a second one: %s", *line);
    }
  GHashTableIter iter;
  gpointer id, known;
  g_hash_table_iter_init (&iter, self->commands);
  while (g_hash_table_iter_next (&iter, &id, &known))
    if (GPOINTER_TO_INT (known) == 1 && !g_hash_table_contains (seen, id))
      race_fail (self, "command %s was actuated, and the relay did not move", (const char *) id);
}

static void
judge_log (RaceDoor *self)
{
  static const char *const once[] = { ": talks with ", ": ended, " };
  for (guint i = 0; i < G_N_ELEMENTS (once); i++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (const char *at = strstr (self->program.log->str, once[i]); at != NULL; at = strstr (at + 1, once[i]))
        {
          g_autofree char *id = g_strndup (at - 22, 22);
          if (!g_hash_table_add (seen, g_steal_pointer (&id)))
            race_fail (self, "the station said twice “%s” of one visit", once[i]);
        }
    }
}

void
race_judge_history (RaceDoor *self)
{
  g_autofree char *path = g_build_filename (self->program.dir, "station.db", NULL);
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
  sqlite3 *db = NULL;
  GHashTableIter iter;
  gpointer id;
  for (guint i = 0; i < self->n_racers; i++)
    {
      g_hash_table_iter_init (&iter, self->racers[i].news);
      while (g_hash_table_iter_next (&iter, &id, NULL))
        g_hash_table_add (told, id);
    }
  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
    race_fail (self, "there is no history in %s", path);
  guint n = for_each_row (self, db, "SELECT id, outcome, answered_by, opened_by, ended_us FROM visits", judge_row);
  if (n != g_hash_table_size (told))
    race_fail (self, "the history has %u visits, the clients were told of %u", n, g_hash_table_size (told));
  for_each_row (self, db, "SELECT id, state FROM accesses", judge_access);
  sqlite3_close (db);
  judge_pulses (self);
  judge_log (self);
}
