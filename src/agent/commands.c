// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the commands of this client, from the click to what the contact says. The machine of core/opening.h decides what
 * a result means; this file carries tokens to the station and back. Main context only.
 */
#include "agent/commands.h"

#include <glib/gi18n-lib.h>

#include "agent/agent-error.h"
#include "agent/history.h"
#include "agent/registration.h"
#include "agent/visits.h"
#include "wire/random.h"

/* A station that is there answers in milliseconds; a person at a door does not wait longer than this for a word. */
#define ANSWER_MS 3000
/* From "actuated" to what the contact says: a slow gate has 30 s. */
#define CONTACT_MS 33000
/* Late results correct what was shown; older commands than these are only in the history. */
#define COMMANDS_MAX 32

typedef struct {
  IpdCommands *owner;
  IpdOpening opening;
  IpdStation *station;      /* borrowed; cleared with all commands */
  IpdShortId nonce_request; /* "" = none is waited for */
  guint64 sip_request;      /* the MESSAGE that is under way, 0 = none */
  guint32 seq;              /* of the last result believed */
  guint timer;
} Command;

struct _IpdCommands {
  IpdAgent *agent;
  GPtrArray *list; /* of Command, oldest first */
};

static void
command_free (gpointer data)
{
  Command *command = data;

  if (command->timer != 0)
    g_source_remove (command->timer);
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
publish (Command *command)
{
  const IpdOpening *opening = &command->opening;
  const char *why = ipd_refusal_to_string (opening->refusal);

  g_message ("command %s: %s, %s%s%s", opening->id.s, opening->output.s, ipd_opening_state_to_string (opening->state),
             *why != '\0' ? ", " : "", why);
  ipd_contract_emit_command (command->owner->agent->contract, to_variant (&command->opening));
}

static void
record (Command *command)
{
  const IpdAgent *agent = command->owner->agent;

  ipd_history_put_opening (agent->store, &command->opening, &command->station->device->name, &agent->membership->key.id,
                           &agent->membership->licence.name);
}

static void happens (Command *command, IpdOpeningEventType type, IpdRefusal refusal);

static gboolean
on_timer (gpointer user_data)
{
  Command *command = user_data;

  command->timer = 0;
  happens (command, IPD_OPENING_EV_TIMEOUT, IPD_REFUSAL_NONE);
  return G_SOURCE_REMOVE;
}

static void
stop_timer (Command *command)
{
  if (command->timer != 0)
    g_source_remove (command->timer);
  command->timer = 0;
}

static void
restart_timer (Command *command)
{
  guint ms = command->opening.state == IPD_OPENING_ACTUATED ? CONTACT_MS : ANSWER_MS;

  stop_timer (command);
  command->timer = g_timeout_add (ms, on_timer, command);
}

static void
carry_out (Command *command, IpdOpeningEffect effect)
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
happens (Command *command, IpdOpeningEventType type, IpdRefusal refusal)
{
  const IpdOpeningEvent event = { .type = type, .refusal = refusal };
  IpdOpeningEffects effects;

  if (ipd_opening_step (&command->opening, &event, &command->opening, &effects) != IPD_STEP_OK)
    return;
  for (size_t i = 0; i < effects.n; i++)
    carry_out (command, effects.list[i]);
}

/* ---- sending ---- */

static bool
send_token (Command *command, const IpdMessage *message)
{
  IpdAgent *agent = command->owner->agent;
  IpdSip *sip = ipd_stations_sip (agent->stations);
  const IpdSipTarget target
      = { .user = command->station->device->id.s, .host = command->station->host, .port = command->station->sip_port };
  g_autofree char *token = ipd_message_make (&agent->membership->key, message);
  g_autoptr (GError) error = NULL;

  command->sip_request = sip != NULL ? ipd_sip_message (sip, &target, agent->membership->key.id.s, token, &error) : 0;
  if (error != NULL)
    g_warning ("command %s: %s", command->opening.id.s, error->message);
  return command->sip_request != 0;
}

static bool
send_command (Command *command, const IpdShortId *nonce)
{
  IpdMessage message = { .type = IPD_TOKEN_COMMAND };

  message.command = (IpdCommandToken){ .id = command->opening.id,
                                       .device = command->opening.device,
                                       .output = command->opening.output,
                                       .nonce = *nonce,
                                       .licence = command->owner->agent->membership->licence_hash,
                                       .visit = command->opening.visit };
  return send_token (command, &message);
}

static bool
ask_for_nonce (Command *command)
{
  IpdMessage message = { .type = IPD_TOKEN_NONCE_REQUEST };

  command->nonce_request = ipd_random_short_id ();
  message.nonce_request = (IpdNonceRequest){ .id = command->nonce_request,
                                             .device = command->opening.device,
                                             .licence = command->owner->agent->membership->licence_hash };
  return send_token (command, &message);
}

/* The nonce that came with the visit, if it was not used yet. */
static bool
take_visit_nonce (IpdLeg *leg, IpdShortId *ret_nonce)
{
  if (leg == NULL || ipd_leg_is_over (leg) || ipd_short_id_is_none (&leg->nonce))
    return false;
  *ret_nonce = leg->nonce;
  leg->nonce = (IpdShortId){ 0 };
  return true;
}

static void
begin (Command *command, IpdLeg *leg)
{
  IpdShortId nonce;
  bool sent;

  publish (command);
  record (command);
  sent = take_visit_nonce (leg, &nonce) ? send_command (command, &nonce) : ask_for_nonce (command);
  if (sent)
    restart_timer (command);
  else
    happens (command, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
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

static Command *
add_command (IpdCommands *self, IpdStation *station, const IpdOutput *output, const IpdLeg *leg)
{
  Command *command = g_new0 (Command, 1);
  const IpdShortId id = ipd_random_short_id ();

  command->owner = self;
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
  Command *command;
  char *id;

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

static Command *
find_command (IpdCommands *self, const IpdShortId *id, const IpdId *signer)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      Command *command = g_ptr_array_index (self->list, i);

      if (ipd_short_id_equal (&command->opening.id, id) && ipd_id_equal (&command->opening.device, signer))
        return command;
    }
  return NULL;
}

static Command *
find_nonce_request (IpdCommands *self, const IpdShortId *id, const IpdId *signer)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      Command *command = g_ptr_array_index (self->list, i);

      if (ipd_short_id_equal (&command->nonce_request, id) && ipd_id_equal (&command->opening.device, signer))
        return command;
    }
  return NULL;
}

void
ipd_commands_on_nonce (IpdCommands *self, const IpdId *signer, const IpdNonceToken *token)
{
  Command *command = find_nonce_request (self, &token->re, signer);
  IpdLeg *leg;

  if (command != NULL)
    {
      command->nonce_request = (IpdShortId){ 0 };
      if (command->opening.state == IPD_OPENING_REQUESTED && !send_command (command, &token->nonce))
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
  Command *command = find_command (self, &token->re, signer);
  IpdOpeningEventType type;

  if (command == NULL || token->seq <= command->seq || !ipd_output_id_equal (&token->output, &command->opening.output)
      || !ipd_opening_event_from_state (token->state, &type))
    return;
  command->seq = token->seq;
  /* First the status, then the refusal: who reads both finds that they agree. */
  if (type == IPD_OPENING_EV_REFUSED && token->reason == IPD_REFUSAL_LICENCE)
    ipd_registration_doubt (command->station, ipd_stations_sip (self->agent->stations));
  happens (command, type, token->reason);
}

void
ipd_commands_on_sent (IpdCommands *self, const IpdSipEvent *event)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      Command *command = g_ptr_array_index (self->list, i);

      if (event->request == 0 || command->sip_request != event->request)
        continue;
      command->sip_request = 0;
      /* 408 is what the timer says, too, and the station may still have got it: only a plain no ends it here. */
      if (event->status >= 300 && event->status != 408)
        happens (command, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
      return;
    }
}
