// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the commands of this client, from the click to what the contact says. The machine of core/opening.h decides what
 * a result means; this file carries tokens to the station and back. Main context only.
 */
#include "agent/commands.h"

#include <glib/gi18n-lib.h>

#include "agent/agent-error.h"
#include "agent/command.h"
#include "agent/history.h"
#include "agent/registration.h"
#include "agent/sleep-watch.h"
#include "agent/visits.h"
#include "wire/random.h"

/* A station that is there answers in milliseconds; a person at a door does not wait longer than this for a word. */
#define ANSWER_MS 3000
/* Several ways one after the other, one of them a call and its digits: each has an end of its own before this one. */
#define VENDOR_MS 60000
/* From "actuated" to what the contact says: a slow gate has 30 s. */
#define CONTACT_MS 33000
/* Late results correct what was shown; older commands than these are only in the history. */
#define COMMANDS_MAX 32

struct _IpdCommands {
  IpdAgent *agent;
  GPtrArray *list; /* of IpdCommand, oldest first */
};

static void
command_free (gpointer data)
{
  IpdCommand *command = data;

  g_clear_handle_id (&command->timer, g_source_remove);
  g_clear_pointer (&command->vendor, ipd_vendor_opening_free);
  g_free (command);
}

IpdCommands *
ipd_commands_new (IpdAgent *agent)
{
  IpdCommands *self = g_new0 (IpdCommands, 1);

  self->agent = agent;
  self->list = g_ptr_array_new_with_free_func (command_free);
  return self;
}

void
ipd_commands_clear (IpdCommands *self)
{
  g_ptr_array_set_size (self->list, 0);
}

void
ipd_commands_free (IpdCommands *self)
{
  g_ptr_array_unref (self->list);
  g_free (self);
}

/* ---- the machine's effects ---- */

static GVariant *
to_variant (const IpdOpening *opening)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", opening->id.s);
  g_variant_dict_insert (&dict, "device", "s", opening->device.s);
  g_variant_dict_insert (&dict, "output", "s", opening->output.s);
  g_variant_dict_insert (&dict, "visit", "s", opening->visit.s);
  g_variant_dict_insert (&dict, "state", "s", ipd_opening_state_to_string (opening->state));
  if (opening->state == IPD_OPENING_REFUSED)
    g_variant_dict_insert (&dict, "reason", "s", ipd_refusal_to_string (opening->refusal));
  return g_variant_dict_end (&dict);
}

static void
publish (IpdCommand *command)
{
  const IpdOpening *opening = &command->opening;
  const char *why = ipd_refusal_to_string (opening->refusal);

  g_message ("command %s: %s, %s%s%s", opening->id.s, opening->output.s, ipd_opening_state_to_string (opening->state),
             *why != '\0' ? ", " : "", why);
  ipd_contract_emit_command (command->agent->contract, to_variant (&command->opening));
}

static void
record (IpdCommand *command)
{
  const IpdAgent *agent = command->agent;

  ipd_history_put_opening (agent->history, &command->opening, &command->station->device->name,
                           &agent->membership->key.id, &agent->membership->licence.name);
}

static void happens (IpdCommand *command, IpdOpeningEventType type, IpdRefusal refusal);

/*
 * What was called unanswered is not pursued: a nonce that comes now opens nothing. Only a command with the nonce of its
 * visit, which needs no other, may still reach the station, within 8 s of the click and while the visit lasts.
 */
static void
give_up_sending (IpdCommand *command)
{
  IpdSip *sip = ipd_stations_sip (command->agent->stations);

  if (sip != NULL && command->sip_request != 0)
    ipd_sip_message_give_up (sip, command->sip_request);
  command->sip_request = 0;
  command->nonce_request = (IpdShortId){ 0 };
}

static gboolean
on_timer (gpointer user_data)
{
  IpdCommand *command = user_data;

  command->timer = 0;
  give_up_sending (command);
  /* First the status, then the command: who reads both finds that they agree. */
  if (command->opening.state == IPD_OPENING_REQUESTED)
    ipd_registration_doubt (command->station, ipd_stations_sip (command->agent->stations), 408);
  happens (command, IPD_OPENING_EV_TIMEOUT, IPD_REFUSAL_NONE);
  return G_SOURCE_REMOVE;
}

static void
stop_timer (IpdCommand *command)
{
  if (command->timer != 0)
    g_source_remove (command->timer);
  command->timer = 0;
}

static void
restart_timer (IpdCommand *command)
{
  guint first_ms = command->station->third_party ? VENDOR_MS : ANSWER_MS;
  guint ms = command->opening.state == IPD_OPENING_ACTUATED ? CONTACT_MS : first_ms;

  stop_timer (command);
  command->timer = g_timeout_add (ms, on_timer, command);
}

static void
carry_out (IpdCommand *command, IpdOpeningEffect effect)
{
  switch (effect)
    {
    case IPD_OPENING_DO_PUBLISH:
      publish (command);
      break;
    case IPD_OPENING_DO_RECORD:
      record (command);
      break;
    case IPD_OPENING_DO_RESTART_TIMER:
      restart_timer (command);
      break;
    case IPD_OPENING_DO_STOP_TIMER:
      stop_timer (command);
      break;
    }
}

static void
happens (IpdCommand *command, IpdOpeningEventType type, IpdRefusal refusal)
{
  const IpdOpeningEvent event = { .type = type, .refusal = refusal };
  IpdOpeningEffects effects;

  if (ipd_opening_step (&command->opening, &event, &command->opening, &effects) != IPD_STEP_OK)
    return;
  for (size_t i = 0; i < effects.n; i++)
    carry_out (command, effects.list[i]);
}

static void
on_vendor_done (IpdOpeningEventType type, IpdRefusal refusal, gpointer user_data)
{
  IpdCommand *command = user_data;

  g_clear_pointer (&command->vendor, ipd_vendor_opening_free);
  happens (command, type, refusal);
  /* Nobody signs that for a station of another maker; that its visitor was let in is known here alone. */
  if (type == IPD_OPENING_EV_ACTUATED && !ipd_short_id_is_none (&command->opening.visit))
    ipd_visits_opened_here (command->agent->visits, &command->opening.visit, &command->opening.output);
}

static void
begin (IpdCommand *command, IpdLeg *leg)
{
  bool sent = true;

  publish (command);
  if (command->station->third_party)
    command->vendor = ipd_vendor_opening_new (command->station, leg, &command->opening.output, on_vendor_done, command);
  else
    sent = ipd_command_begin_signed (command, leg);
  if (sent)
    restart_timer (command);
  else
    happens (command, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
  record (command); /* it is on its way: a slow disk does not stand before the door */
}

/* ---- from the user ---- */

static IpdStation *
find_station (IpdCommands *self, const char *device, const IpdLeg *leg, GError **error)
{
  IpdStation *station
      = *device == '\0' && leg != NULL ? leg->station : ipd_stations_from_word (self->agent->stations, device);

  if (station == NULL || (leg != NULL && station != leg->station))
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_DEVICE, _ ("There is no such station."));
  else if (station->sip_port == 0 || station->host[0] == '\0')
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_REACHABLE, _ ("The station has not been found yet."));
  else
    return station;
  return NULL;
}

static const IpdOutput *
find_output (const IpdStation *station, const char *output, GError **error)
{
  const IpdOutput *found
      = *output == '\0' ? ipd_device_first_lock (station->device) : ipd_device_find_output (station->device, output);

  if (found == NULL)
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_OUTPUT, _ ("The station has no such output."));
  return found;
}

static IpdCommand *
add_command (IpdCommands *self, IpdStation *station, const IpdOutput *output, const IpdLeg *leg)
{
  IpdCommand *command = g_new0 (IpdCommand, 1);
  const IpdShortId id = ipd_random_short_id ();

  command->agent = self->agent;
  command->station = station;
  ipd_opening_init (&command->opening, &id, &station->device->id, output, leg != NULL ? &leg->call.visit : NULL);
  if (self->list->len >= COMMANDS_MAX)
    g_ptr_array_remove_index (self->list, 0);
  g_ptr_array_add (self->list, command);
  return command;
}

char *
ipd_commands_open (IpdCommands *self, const char *device, const char *output, const char *visit, GError **error)
{
  IpdLeg *leg = NULL;
  IpdStation *station;
  const IpdOutput *found;
  IpdCommand *command;
  char *id;

  if (ipd_sleep_watch_just_woke (self->agent->sleep))
    {
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE,
                   _ ("This computer has just woken up: nothing was opened. Press again."));
      return NULL;
    }
  if (*visit != '\0')
    {
      leg = ipd_visits_find (self->agent->visits, visit, error);
      if (leg == NULL)
        return NULL;
    }
  station = find_station (self, device, leg, error);
  found = station != NULL ? find_output (station, output, error) : NULL;
  if (found == NULL)
    return NULL;
  command = add_command (self, station, found, leg);
  id = g_strdup (command->opening.id.s);
  begin (command, leg);
  return id;
}

/* ---- from the station ---- */

static IpdCommand *
find_command (IpdCommands *self, const IpdShortId *id, const IpdId *signer)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdCommand *command = g_ptr_array_index (self->list, i);

      if (ipd_short_id_equal (&command->opening.id, id) && ipd_id_equal (&command->opening.device, signer))
        return command;
    }
  return NULL;
}

static IpdCommand *
find_nonce_request (IpdCommands *self, const IpdShortId *id, const IpdId *signer)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdCommand *command = g_ptr_array_index (self->list, i);

      if (ipd_short_id_equal (&command->nonce_request, id) && ipd_id_equal (&command->opening.device, signer))
        return command;
    }
  return NULL;
}

void
ipd_commands_on_nonce (IpdCommands *self, const IpdId *signer, const IpdNonceToken *token)
{
  IpdCommand *command = find_nonce_request (self, &token->re, signer);
  IpdLeg *leg;

  if (command != NULL)
    {
      command->nonce_request = (IpdShortId){ 0 };
      if (command->opening.state == IPD_OPENING_REQUESTED && !ipd_command_send_signed (command, &token->nonce))
        happens (command, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
      return;
    }
  /* The fresh nonce that follows a command of a visit. */
  command = find_command (self, &token->re, signer);
  if (command == NULL || ipd_short_id_is_none (&command->opening.visit))
    return;
  leg = ipd_visits_find (self->agent->visits, command->opening.visit.s, NULL);
  if (leg != NULL)
    leg->nonce = token->nonce;
}

void
ipd_commands_on_result (IpdCommands *self, const IpdId *signer, const IpdResultToken *token)
{
  IpdCommand *command = find_command (self, &token->re, signer);
  IpdOpeningEventType type;

  if (command == NULL || token->seq <= command->seq || !ipd_output_id_equal (&token->output, &command->opening.output)
      || !ipd_opening_event_from_state (token->state, &type))
    return;
  command->seq = token->seq;
  /* First the status, then the refusal: who reads both finds that they agree. */
  if (type == IPD_OPENING_EV_REFUSED && token->reason == IPD_REFUSAL_LICENCE)
    ipd_registration_doubt (command->station, ipd_stations_sip (self->agent->stations), 403);
  happens (command, type, token->reason);
}

void
ipd_commands_on_sent (IpdCommands *self, const IpdSipEvent *event)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdCommand *command = g_ptr_array_index (self->list, i);

      if (event->request == 0 || command->sip_request != event->request)
        continue;
      command->sip_request = 0;
      /* 408 is what the timer says, too, and the station may still have got it: only a plain no ends it here. */
      if (event->status >= 300 && event->status != 408)
        happens (command, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
      return;
    }
}

void
ipd_commands_on_call (IpdCommands *self, const IpdSipEvent *event)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdCommand *command = g_ptr_array_index (self->list, i);

      if (command->vendor != NULL && ipd_vendor_opening_take_sip (command->vendor, event))
        return;
    }
}

void
ipd_commands_give_up (IpdCommands *self)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdCommand *command = g_ptr_array_index (self->list, i);

      if (command->opening.state != IPD_OPENING_REQUESTED)
        continue;
      give_up_sending (command);
      g_clear_pointer (&command->vendor, ipd_vendor_opening_free);
      happens (command, IPD_OPENING_EV_TIMEOUT, IPD_REFUSAL_NONE);
    }
}

void
ipd_commands_lose_sip (IpdCommands *self)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdCommand *command = g_ptr_array_index (self->list, i);

      if (command->vendor != NULL)
        ipd_vendor_opening_lose_sip (command->vendor);
    }
}
