// SPDX-License-Identifier: Apache-2.0
/*
 * The command engine: verify in the order of docs/protocol.md §10, record, move the relay, answer. Owned by IpdStation.
 * The results of a command are kept as the tokens that were sent, so a duplicate gets the very same ones.
 */
#include "station/commands.h"

#include "core/commands.h"
#include "core/nonces.h"
#include "wire/random.h"

#include <string.h>

#define RATE_WINDOW_US   (10 * G_USEC_PER_SEC)
#define RATE_IN_A_WINDOW 100

struct _IpdCommands {
  IpdCommandParts parts;
  IpdCommandPorts ports;
  GPtrArray *relays;  /* of IpdRelay */
  GPtrArray *running; /* of Running: the contact has not spoken yet */
  IpdNonceTable *nonces;
  IpdCommandTable *seen;
  GHashTable *rates; /* client id to Rate */
};

typedef struct {
  gint64 window_us;
  guint n;
} Rate;

/* One verified command until nothing more is to be said about it. */
typedef struct {
  IpdCommands *owner;
  IpdOpening opening;
  IpdAccess access;
  gboolean of_visit; /* of the visit that went on when it came */
  char *host;        /* of its source */
  guint16 port;
  guint32 seq;
  guint contact_timer;
} Running;

static void
running_free (gpointer data)
{
  Running *self = data;
  g_clear_handle_id (&self->contact_timer, g_source_remove);
  g_free (self->host);
  g_free (self);
}

static gint64
now_ms (const IpdCommands *self)
{
  return ipd_clock_monotonic_us (self->parts.clock) / 1000;
}

static IpdRelay *
find_relay (const IpdCommands *self, const char *output)
{
  for (guint i = 0; i < self->relays->len; i++)
    if (g_str_equal (ipd_relay_get_config (self->relays->pdata[i])->id, output))
      return self->relays->pdata[i];
  return NULL;
}

static void
send_message (IpdCommands *self, const IpdId *client, const IpdMessageSource *source, const IpdMessage *message,
              const IpdShortId *remember_for)
{
  g_autofree char *token = ipd_message_make (&self->parts.identity->device, message);
  if (remember_for != NULL)
    ipd_command_table_add_result (self->seen, client, remember_for, token);
  self->ports.send (client, source, token, self->ports.data);
}

static void
publish (Running *run)
{
  IpdMessage message = { .type = IPD_TOKEN_RESULT };
  message.result.re = run->opening.id;
  message.result.audience = run->access.client;
  message.result.output = run->opening.output;
  message.result.seq = ++run->seq;
  message.result.state = run->opening.state;
  message.result.reason = run->opening.refusal;
  IpdMessageSource source = { run->host, run->port };
  send_message (run->owner, &run->access.client, &source, &message, &run->opening.id);
  g_message ("command %s: %s %s%s%s, client %s", run->opening.id.s, run->opening.output.s,
             ipd_opening_state_to_string (run->opening.state), run->opening.refusal != IPD_REFUSAL_NONE ? " " : "",
             ipd_refusal_to_string (run->opening.refusal), run->access.client.s);
}

static void
record (Running *run)
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
step (Running *run, IpdOpeningEventType type, IpdRefusal refusal)
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
      case IPD_OPENING_DO_RESTART_TIMER: /* a client waits for our word; we wait for the contact, see actuate() */
      case IPD_OPENING_DO_STOP_TIMER:
        g_clear_handle_id (&run->contact_timer, g_source_remove);
        break;
      }
}

static void
contact_spoke (Running *run, gboolean open)
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
  Running *run = data;
  run->contact_timer = 0;
  contact_spoke (run, FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_contact (IpdRelay *relay, gboolean open, gpointer data)
{
  IpdCommands *self = data;
  for (guint i = self->running->len; open && i > 0; i--)
    {
      Running *run = self->running->pdata[i - 1];
      if (g_str_equal (run->opening.output.s, ipd_relay_get_config (relay)->id))
        contact_spoke (run, TRUE);
    }
}

static void
await_contact (Running *run, const IpdRelay *relay)
{
  if (ipd_relay_contact_is_open (relay))
    {
      contact_spoke (run, TRUE);
      return;
    }
  run->contact_timer = g_timeout_add (ipd_relay_get_config (relay)->contact_timeout_ms, on_contact_timeout, run);
  g_source_set_name_by_id (run->contact_timer, "contact time");
}

static void
refuse (Running *run, IpdRefusal refusal)
{
  step (run, IPD_OPENING_EV_REFUSED, refusal);
  g_ptr_array_remove_fast (run->owner->running, run);
}

/* Everything was verified: on disk first, then the relay, then the answers. */
static void
actuate (Running *run, IpdRelay *relay, const IpdClient *client)
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
      refuse (run, IPD_REFUSAL_DRIVER);
      return;
    }
  step (run, IPD_OPENING_EV_ACTUATED, IPD_REFUSAL_NONE);
  if (run->of_visit)
    self->ports.opened (client, ipd_relay_get_config (relay), self->ports.data);
  if (run->opening.has_contact)
    await_contact (run, relay);
  else
    g_ptr_array_remove_fast (self->running, run);
}

static gboolean
is_too_fast (IpdCommands *self, const IpdId *client)
{
  gint64 now_us = ipd_clock_monotonic_us (self->parts.clock);
  Rate *rate = g_hash_table_lookup (self->rates, client->s);
  if (rate == NULL)
    {
      rate = g_new0 (Rate, 1);
      g_hash_table_insert (self->rates, g_strdup (client->s), rate);
    }
  if (rate->n == 0 || now_us - rate->window_us >= RATE_WINDOW_US)
    *rate = (Rate){ .window_us = now_us };
  return ++rate->n > RATE_IN_A_WINDOW;
}

/* The checks behind the signature, in the order of docs/protocol.md §10; before them, how many commands there are. */
static IpdRefusal
judge (IpdCommands *self, const IpdClient *client, const IpdCommandToken *command)
{
  if (is_too_fast (self, &client->licence.client))
    return IPD_REFUSAL_RATE;
  if (!ipd_plant_is_licensed (self->parts.plant, &client->licence.client, &command->licence))
    return IPD_REFUSAL_LICENCE;
  if (!ipd_id_equal (&command->device, &self->parts.identity->device.id))
    return IPD_REFUSAL_OUTPUT;
  if (find_relay (self, command->output.s) == NULL)
    return IPD_REFUSAL_OUTPUT;
  if (!ipd_profile_allows_output (&client->licence.profile, command->output.s))
    return IPD_REFUSAL_PROFILE;
  if (!ipd_nonce_table_consume (self->nonces, &client->licence.client, &command->nonce, now_ms (self), NULL))
    return IPD_REFUSAL_NONCE;
  return IPD_REFUSAL_NONE;
}

static Running *
start_running (IpdCommands *self, const IpdClient *client, const IpdCommandToken *command,
               const IpdMessageSource *source)
{
  const IpdRelay *relay = find_relay (self, command->output.s);
  IpdOutput output = { .id = command->output, .has_contact = relay != NULL && ipd_relay_has_contact (relay) };
  IpdShortId current = self->ports.current_visit (self->ports.data);
  Running *run = g_new0 (Running, 1);
  run->owner = self;
  run->host = g_strdup (source->host);
  run->port = source->port;
  run->of_visit = !ipd_short_id_is_none (&current) && ipd_short_id_equal (&current, &command->visit);
  ipd_opening_init (&run->opening, &command->id, &command->device, &output, &command->visit);
  run->access = (IpdAccess){ .id = command->id,
                             .time_us = ipd_clock_wall_us (self->parts.clock),
                             .device = self->parts.identity->device.id,
                             .output = command->output,
                             .client = client->licence.client,
                             .client_name = client->licence.name,
                             .visit = command->visit };
  ipd_name_set (&run->access.device_name, self->parts.config->name);
  g_ptr_array_add (self->running, run);
  return run;
}

static void
send_nonce (IpdCommands *self, const IpdId *client, const IpdMessageSource *source, const IpdShortId *re,
            const IpdShortId *nonce, guint32 ms)
{
  IpdMessage message = { .type = IPD_TOKEN_NONCE };
  message.nonce = (IpdNonceToken){ .re = *re, .audience = *client, .nonce = *nonce, .ms = ms };
  send_message (self, client, source, &message, NULL);
}

/* A command that came from before the restart, or that has fallen out of the table: the log knows it. */
static gboolean
answer_from_log (IpdCommands *self, const IpdClient *client, const IpdCommandToken *command,
                 const IpdMessageSource *source)
{
  IpdAccess known;
  if (!ipd_recorder_find_access (self->parts.recorder, &command->id, &known))
    return FALSE;
  if (!ipd_id_equal (&known.client, &client->licence.client))
    return TRUE; /* somebody else's id: random ids do not meet, so this one was copied */
  gboolean has_result = known.state != IPD_OPENING_REQUESTED && known.state != IPD_OPENING_ACCEPTED;
  IpdMessage message = { .type = IPD_TOKEN_RESULT };
  message.result.re = command->id;
  message.result.audience = client->licence.client;
  message.result.output = known.output;
  message.result.seq = 1;
  message.result.state = has_result ? known.state : IPD_OPENING_INTERRUPTED;
  message.result.reason = known.refusal;
  g_message ("command %s: known from the log, %s", command->id.s, ipd_opening_state_to_string (message.result.state));
  ipd_command_table_begin (self->seen, &client->licence.client, &command->id);
  send_message (self, &client->licence.client, source, &message, &command->id);
  return TRUE;
}

static gboolean
answer_again (IpdCommands *self, const IpdClient *client, const IpdCommandToken *command,
              const IpdMessageSource *source)
{
  const char *const *results = ipd_command_table_results (self->seen, &client->licence.client, &command->id);
  if (results == NULL)
    return answer_from_log (self, client, command, source);
  for (guint i = 0; results[i] != NULL; i++)
    self->ports.send (&client->licence.client, source, results[i], self->ports.data);
  return TRUE;
}

static void
on_command (IpdCommands *self, const IpdClient *client, const IpdMessage *message, const IpdMessageSource *source)
{
  const IpdCommandToken *command = &message->command;
  if (answer_again (self, client, command, source))
    return;
  ipd_command_table_begin (self->seen, &client->licence.client, &command->id);
  IpdRefusal refusal = judge (self, client, command);
  Running *run = start_running (self, client, command, source);
  IpdShortId visit = command->visit, fresh = ipd_random_short_id ();
  gboolean of_visit = run->of_visit;
  if (refusal == IPD_REFUSAL_NONE)
    actuate (run, find_relay (self, command->output.s), client);
  else
    refuse (run, refusal);
  /* An opening may have ended the visit: then there is none whose life the nonce could share. */
  IpdShortId current = self->ports.current_visit (self->ports.data);
  if (of_visit && refusal != IPD_REFUSAL_LICENCE && ipd_short_id_equal (&current, &visit)
      && ipd_nonce_table_put (self->nonces, &client->licence.client, &visit, &fresh, now_ms (self)))
    send_nonce (self, &client->licence.client, source, &command->id, &fresh, self->parts.visit_nonce_ms);
}

static void
on_nonce_request (IpdCommands *self, const IpdClient *client, const IpdMessage *message, const IpdMessageSource *source)
{
  const IpdNonceRequest *request = &message->nonce_request;
  IpdShortId fresh = ipd_random_short_id ();
  if (!ipd_id_equal (&request->device, &self->parts.identity->device.id))
    return;
  /* Also to a client whose licence is gone: its command is then refused by name instead of meeting silence. */
  if (ipd_nonce_table_ask (self->nonces, &client->licence.client, &request->id, &fresh, now_ms (self))
      == IPD_NONCE_GIVEN)
    send_nonce (self, &client->licence.client, source, &request->id, &fresh, IPD_NONCE_LIFETIME_MS);
}

static void
on_un_enrol (IpdCommands *self, const IpdClient *client, const IpdMessage *message, const IpdMessageSource *source)
{
  if (ipd_id_equal (&message->un_enrol.plant, &self->parts.identity->authority.id) && !client->removed)
    self->ports.un_enrol (&client->licence.client, self->ports.data);
}

typedef void (*MessageFunc) (IpdCommands *self, const IpdClient *client, const IpdMessage *message,
                             const IpdMessageSource *source);

static const MessageFunc message_funcs[IPD_TOKEN_TYPES] = {
  [IPD_TOKEN_COMMAND] = on_command,
  [IPD_TOKEN_NONCE_REQUEST] = on_nonce_request,
  [IPD_TOKEN_UN_ENROL] = on_un_enrol,
};

void
ipd_commands_receive (IpdCommands *self, const char *token, const IpdMessageSource *source)
{
  IpdTokenPeek peek;
  IpdMessage message;
  g_autoptr (GError) error = NULL;
  gsize length = strlen (token);
  const IpdClient *client
      = ipd_token_peek (token, length, &peek) ? ipd_plant_find (self->parts.plant, &peek.signer) : NULL;
  if (client == NULL)
    ipd_refusals_log (self->parts.refusals, source->host, "message", "its signer is not known here");
  else if (!ipd_message_verify (token, length, client->licence.pk, &message, &error))
    ipd_refusals_log (self->parts.refusals, source->host, "message", error->message);
  else if (message_funcs[message.type] == NULL)
    ipd_refusals_log (self->parts.refusals, source->host, "message", "clients do not send this type");
  else
    message_funcs[message.type](self, client, &message, source);
}

gboolean
ipd_commands_visit_nonce (IpdCommands *self, const IpdId *client, const IpdShortId *visit, IpdShortId *ret_nonce)
{
  *ret_nonce = ipd_random_short_id ();
  return ipd_nonce_table_put (self->nonces, client, visit, ret_nonce, now_ms (self));
}

void
ipd_commands_end_visit (IpdCommands *self, const IpdShortId *visit)
{
  ipd_nonce_table_end_visit (self->nonces, visit);
}

void
ipd_commands_forget_client (IpdCommands *self, const IpdId *client)
{
  ipd_nonce_table_remove_client (self->nonces, client);
  g_hash_table_remove (self->rates, client->s);
}

IpdCommands *
ipd_commands_new (const IpdCommandParts *parts, const IpdCommandPorts *ports, GError **error)
{
  g_autoptr (IpdCommands) self = g_new0 (IpdCommands, 1);
  self->parts = *parts;
  self->ports = *ports;
  self->relays = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_relay_free);
  self->running = g_ptr_array_new_with_free_func (running_free);
  self->nonces = ipd_nonce_table_new ();
  self->seen = ipd_command_table_new ();
  self->rates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < parts->config->outputs->len; i++)
    {
      IpdRelay *relay = ipd_relay_new (parts->config->outputs->pdata[i], parts->state_dir, on_contact, self, error);
      if (relay == NULL)
        return NULL;
      g_ptr_array_add (self->relays, relay);
    }
  return g_steal_pointer (&self);
}

void
ipd_commands_free (IpdCommands *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->running);
  g_ptr_array_unref (self->relays);
  ipd_nonce_table_free (self->nonces);
  ipd_command_table_free (self->seen);
  g_hash_table_unref (self->rates);
  g_free (self);
}
