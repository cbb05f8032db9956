// SPDX-License-Identifier: Apache-2.0
/*
 * One command from its verdict to its last result: runs the machine of core/opening.h, records, moves the relay, awaits
 * the contact, answers. Made by commands.c; main thread.
 */
#include "station/opening-run.h"

void
ipd_opening_run_free (IpdOpeningRun *self)
{
  g_clear_handle_id (&self->contact_timer, g_source_remove);
  g_free (self->host);
  g_free (self);
}

IpdOpeningRun *
ipd_opening_run_new (IpdCommands *owner, const IpdActor *by, const IpdCommandToken *command, const IpdRelay *relay,
                     const IpdMessageSource *source)
{
  IpdOutput output = { .id = command->output, .has_contact = relay != NULL && ipd_relay_has_contact (relay) };
  IpdShortId current = owner->ports.current_visit (owner->ports.data);
  IpdOpeningRun *run = g_new0 (IpdOpeningRun, 1);
  run->owner = owner;
  run->host = source != NULL ? g_strdup (source->host) : NULL;
  run->port = source != NULL ? source->port : 0;
  run->of_visit = !ipd_short_id_is_none (&current) && ipd_short_id_equal (&current, &command->visit);
  ipd_opening_init (&run->opening, &command->id, &command->device, &output, &command->visit);
  run->access = (IpdAccess){ .id = command->id,
                             .time_us = ipd_clock_wall_us (owner->parts.clock),
                             .device = owner->parts.identity->device.id,
                             .output = command->output,
                             .client = by->id,
                             .client_name = by->name,
                             .visit = command->visit };
  ipd_name_set (&run->access.device_name, owner->parts.config->name);
  g_ptr_array_add (owner->running, run);
  return run;
}

static void
publish (IpdOpeningRun *run)
{
  IpdMessage message = { .type = IPD_TOKEN_RESULT };
  message.result.re = run->opening.id;
  message.result.audience = run->access.client;
  message.result.output = run->opening.output;
  message.result.seq = ++run->seq;
  message.result.state = run->opening.state;
  message.result.reason = run->opening.refusal;
  IpdMessageSource source = { run->host, run->port };
  if (run->host != NULL)
    ipd_commands_send (run->owner, &run->access.client, &source, &message, &run->opening.id);
  g_message ("command %s: %s %s%s%s, %s %s", run->opening.id.s, run->opening.output.s,
             ipd_opening_state_to_string (run->opening.state), run->opening.refusal != IPD_REFUSAL_NONE ? " " : "",
             ipd_refusal_to_string (run->opening.refusal), run->host != NULL ? "client" : "phone",
             run->host != NULL ? run->access.client.s : run->access.client_name.s);
}

static void
record (IpdOpeningRun *run)
{
  if (run->access.state == run->opening.state && run->access.refusal == run->opening.refusal)
    return; /* written before the relay moved */
  if (run->opening.refusal == IPD_REFUSAL_RATE)
    return; /* a client that floods must not fill the disk */
  run->access.state = run->opening.state;
  run->access.refusal = run->opening.refusal;
  ipd_recorder_access (run->owner->parts.recorder, &run->access);
}

static void
step (IpdOpeningRun *run, IpdOpeningEventType type, IpdRefusal refusal)
{
  IpdOpeningEvent event = { type, refusal };
  IpdOpeningEffects effects;
  if (ipd_opening_step (&run->opening, &event, &run->opening, &effects) == IPD_STEP_ILLEGAL)
    g_warning ("command %s: step %d is not possible", run->opening.id.s, type);
  for (size_t i = 0; i < effects.n; i++)
    switch (effects.list[i])
      {
      case IPD_OPENING_DO_PUBLISH:
        publish (run);
        break;
      case IPD_OPENING_DO_RECORD:
        record (run);
        break;
      case IPD_OPENING_DO_RESTART_TIMER: /* a client waits for our word; we wait for the contact, see await_contact() */
      case IPD_OPENING_DO_STOP_TIMER:
        g_clear_handle_id (&run->contact_timer, g_source_remove);
        break;
      }
}

void
ipd_opening_run_contact (IpdOpeningRun *run, gboolean open)
{
  IpdCommands *self = run->owner;
  step (run, open ? IPD_OPENING_EV_CONTACT_OPEN : IPD_OPENING_EV_CONTACT_TIMEOUT, IPD_REFUSAL_NONE);
  if (run->of_visit)
    self->ports.contact (run->opening.output.s, open, self->ports.data);
  g_ptr_array_remove_fast (self->running, run);
}

static gboolean
on_contact_timeout (gpointer data)
{
  IpdOpeningRun *run = data;
  run->contact_timer = 0;
  ipd_opening_run_contact (run, FALSE);
  return G_SOURCE_REMOVE;
}

static void
await_contact (IpdOpeningRun *run, const IpdRelay *relay)
{
  if (ipd_relay_contact_is_open (relay))
    {
      ipd_opening_run_contact (run, TRUE);
      return;
    }
  run->contact_timer = g_timeout_add (ipd_relay_get_config (relay)->contact_timeout_ms, on_contact_timeout, run);
  g_source_set_name_by_id (run->contact_timer, "contact time");
}

void
ipd_opening_run_refuse (IpdOpeningRun *run, IpdRefusal refusal)
{
  step (run, IPD_OPENING_EV_REFUSED, refusal);
  g_ptr_array_remove_fast (run->owner->running, run);
}

/* Everything was verified: on disk first, then the relay, then the answers. */
void
ipd_opening_run_actuate (IpdOpeningRun *run, IpdRelay *relay, const IpdActor *by)
{
  IpdCommands *self = run->owner;
  g_autoptr (GError) error = NULL;
  run->access.state = IPD_OPENING_ACCEPTED;
  if (!ipd_recorder_access (self->parts.recorder, &run->access))
    g_warning ("command %s: the door opens although its record is only in memory", run->opening.id.s);
  gboolean moved = ipd_relay_pulse (relay, run->opening.id.s, &error);
  step (run, IPD_OPENING_EV_ACCEPTED, IPD_REFUSAL_NONE);
  if (!moved)
    {
      g_warning ("command %s: %s", run->opening.id.s, error->message);
      ipd_opening_run_refuse (run, IPD_REFUSAL_DRIVER);
      return;
    }
  step (run, IPD_OPENING_EV_ACTUATED, IPD_REFUSAL_NONE);
  if (run->of_visit)
    self->ports.opened (by, ipd_relay_get_config (relay), self->ports.data);
  if (run->opening.has_contact)
    await_contact (run, relay);
  else
    g_ptr_array_remove_fast (self->running, run);
}
