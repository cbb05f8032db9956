// SPDX-License-Identifier: Apache-2.0
/*
 * What a client's message is worth: verified in the order of docs/protocol.md §10, judged, answered. What a command
 * then does is in opening-run.c. Owned by IpdStation, main thread. The results of a command are kept as the tokens that
 * were sent, so a duplicate gets the very same ones.
 */
#include "station/opening-run.h"

#include "wire/random.h"

#include <string.h>

#define RATE_WINDOW_US   (10 * G_USEC_PER_SEC)
#define RATE_IN_A_WINDOW 100

typedef struct {
  gint64 window_us;
  guint n;
} Rate;

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

void
ipd_commands_send (IpdCommands *self, const IpdId *client, const IpdMessageSource *source, const IpdMessage *message,
                   const IpdShortId *remember_for)
{
  g_autofree char *token = ipd_message_make (&self->parts.identity->device, message);
  if (remember_for != NULL)
    ipd_command_table_add_result (self->seen, client, remember_for, token);
  self->ports.send (client, source, token, self->ports.data);
}

static void
on_contact (IpdRelay *relay, gboolean open, gpointer data)
{
  IpdCommands *self = data;
  for (guint i = self->running->len; open && i > 0; i--)
    {
      IpdOpeningRun *run = self->running->pdata[i - 1];
      if (g_str_equal (run->opening.output.s, ipd_relay_get_config (relay)->id))
        ipd_opening_run_contact (run, TRUE);
    }
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

static void
send_nonce (IpdCommands *self, const IpdId *client, const IpdMessageSource *source, const IpdShortId *re,
            const IpdShortId *nonce, guint32 ms)
{
  IpdMessage message = { .type = IPD_TOKEN_NONCE };
  message.nonce = (IpdNonceToken){ .re = *re, .audience = *client, .nonce = *nonce, .ms = ms };
  ipd_commands_send (self, client, source, &message, NULL);
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
  ipd_commands_send (self, &client->licence.client, source, &message, &command->id);
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
  IpdRelay *relay = find_relay (self, command->output.s);
  IpdActor by = { client->licence.client, client->licence.name };
  IpdOpeningRun *run = ipd_opening_run_new (self, &by, command, relay, source);
  IpdShortId visit = command->visit, fresh = ipd_random_short_id ();
  gboolean of_visit = run->of_visit;
  if (refusal == IPD_REFUSAL_NONE)
    ipd_opening_run_actuate (run, relay, &by);
  else
    ipd_opening_run_refuse (run, refusal);
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

void
ipd_commands_take_code (IpdCommands *self, const IpdActor *by, const IpdOutputConfig *output)
{
  IpdCommandToken command = { .id = ipd_random_short_id (),
                              .device = self->parts.identity->device.id,
                              .visit = self->ports.current_visit (self->ports.data) };
  IpdRelay *relay = output != NULL ? find_relay (self, output->id) : NULL;
  if (relay != NULL)
    ipd_output_id_from_text (output->id, &command.output);
  IpdOpeningRun *run = ipd_opening_run_new (self, by, &command, relay, NULL);
  if (relay != NULL)
    ipd_opening_run_actuate (run, relay, by);
  else
    ipd_opening_run_refuse (run, IPD_REFUSAL_OUTPUT);
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
  self->running = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_opening_run_free);
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
