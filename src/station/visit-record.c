// SPDX-License-Identifier: Apache-2.0
/*
 * The row of a visit, from its beginning on, so that a station that dies in the middle of it does not lose it. Called
 * by visit-run.c after each step; main thread. A disk may take long: the first row waits until everybody who is rung
 * sees the picture, but not longer than three seconds.
 */
#include "station/visit-run.h"

#include <string.h>

#define LATEST_MS 3000

static IpdVisitRecord
describe (const IpdVisitRun *run)
{
  const IpdVisit *visit = &run->visit;
  const IpdVisitParts *parts = &run->engine->parts;
  const IpdVisitLeg *winner = ipd_visit_winner (visit);
  IpdVisitRecord record = { .id = visit->id,
                            .device = parts->identity->device.id,
                            .started_us = visit->started_us,
                            .opened_by = visit->opened_by_name,
                            .output = visit->output,
                            .contact = visit->contact };

  ipd_name_set (&record.device_name, parts->config->name);
  g_strlcpy (record.outcome, ipd_visit_reason_to_string (visit->reason), sizeof record.outcome);
  if (winner != NULL)
    record.answered_by = winner->name;
  return record;
}

void
ipd_visit_run_record (IpdVisitRun *run)
{
  IpdVisitRecord record = describe (run);

  g_clear_handle_id (&run->record_timer, g_source_remove);
  record.known_us = ipd_clock_wall_us (run->engine->parts.clock);
  if (run->visit.state == IPD_VISIT_ENDED)
    record.ended_us = record.known_us;
  run->recorded = record;
  ipd_recorder_visit (run->engine->parts.recorder, &record);
}

static gboolean
on_latest (gpointer data)
{
  IpdVisitRun *run = data;

  run->record_timer = 0;
  ipd_visit_run_record (run);
  return G_SOURCE_REMOVE;
}

static gboolean
somebody_is_awaited (const IpdVisit *visit)
{
  if (visit->state == IPD_VISIT_TALKING)
    return visit->origin == IPD_VISIT_OUT; /* its picture is only being sent for */
  for (size_t i = 0; i < visit->n_legs; i++)
    if (visit->state == IPD_VISIT_RINGING && visit->legs[i].state == IPD_LEG_INVITING)
      return TRUE;
  return FALSE;
}

/* Whether something happened that the row lacks. */
static gboolean
is_news (const IpdVisitRun *run)
{
  const IpdVisitRecord now = describe (run);
  const IpdVisitRecord *then = &run->recorded;

  return now.contact != then->contact || strcmp (now.outcome, then->outcome) != 0
         || strcmp (now.answered_by.s, then->answered_by.s) != 0 || strcmp (now.opened_by.s, then->opened_by.s) != 0
         || !ipd_output_id_equal (&now.output, &then->output);
}

void
ipd_visit_run_follow (IpdVisitRun *run)
{
  const IpdVisit *visit = &run->visit;
  const gboolean has_row = !ipd_short_id_is_none (&run->recorded.id);

  if (visit->state == IPD_VISIT_ENDED)
    g_clear_handle_id (&run->record_timer, g_source_remove);
  else if (visit->state == IPD_VISIT_IDLE)
    return; /* a look-out that was refused */
  else if (has_row ? is_news (run) : !somebody_is_awaited (visit))
    ipd_visit_run_record (run);
  else if (!has_row && run->record_timer == 0)
    {
      run->record_timer = g_timeout_add (LATEST_MS, on_latest, run);
      g_source_set_name_by_id (run->record_timer, "first record of a visit");
    }
}
