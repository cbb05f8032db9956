// SPDX-License-Identifier: Apache-2.0
/* When the history hears of a visit: called by leg.c after each step, main context only. */
#include "agent/leg-record.h"

#include "agent/history.h"
#include "agent/leg.h"

#define LATEST_MS 3000

void
ipd_leg_record_clear (IpdLegRecord *record)
{
  g_clear_handle_id (&record->timer, g_source_remove);
}

void
ipd_leg_record_write (IpdLeg *self)
{
  ipd_leg_record_clear (&self->record);
  self->record.call = self->call;
  ipd_history_put_call (self->agent->history, &self->call);
}

static gboolean
on_latest (gpointer user_data)
{
  IpdLeg *self = user_data;

  self->record.timer = 0;
  ipd_leg_record_write (self);
  return G_SOURCE_REMOVE;
}

/* Nothing that a person waits for is behind the disk any more. */
static bool
is_shown (const IpdCall *call)
{
  return call->state == IPD_CALL_PREVIEWING || call->state == IPD_CALL_TALKING || call->output.s[0] != '\0';
}

void
ipd_leg_record_follow (IpdLeg *self)
{
  const bool has_row = self->record.call.state != IPD_CALL_IDLE;

  if (ipd_leg_is_over (self))
    ipd_leg_record_clear (&self->record); /* how it ended was recorded in the step, where there is something to tell */
  else if (ipd_short_id_is_none (&self->call.visit))
    return;
  else if (has_row ? ipd_history_call_is_news (&self->record.call, &self->call) : is_shown (&self->call))
    ipd_leg_record_write (self);
  else if (!has_row && self->record.timer == 0)
    self->record.timer = g_timeout_add (LATEST_MS, on_latest, self);
}
