// SPDX-License-Identifier: Apache-2.0
/*
 * The command engine with real tokens, store and relay files, and the attacks of docs/protocol.md §10 by their names.
 */
#include "station-test.h"
#include "station/commands.h"
#include "wire/random.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

typedef struct {
  IpdKeyPair key;
  IpdShortId licence;
} Client;

typedef struct {
  StationTest base;
  IpdRecorder *recorder;
  IpdRefusals *refusals;
  IpdCommands *commands;
  Client client;
  GPtrArray *sent;  /* of token text */
  IpdShortId visit; /* that goes on */
  guint opened, contacts, un_enrolled;
} CommandTest;

static void
on_send (const IpdId *client, const IpdMessageSource *source, const char *token, gpointer data)
{
  g_ptr_array_add (((CommandTest *) data)->sent, g_strdup (token));
}

static IpdShortId
on_current_visit (gpointer data)
{
  return ((CommandTest *) data)->visit;
}

static void
on_opened (const IpdActor *by, const IpdOutputConfig *output, gpointer data)
{
  ((CommandTest *) data)->opened++;
}

static void
on_contact (const char *output, gboolean open, gpointer data)
{
  ((CommandTest *) data)->contacts++;
}

static void
on_un_enrol (const IpdId *client, gpointer data)
{
  ((CommandTest *) data)->un_enrolled++;
}

static void
open_commands (CommandTest *self)
{
  IpdCommandParts parts = { .identity = &self->base.identity,
                            .config = self->base.config,
                            .plant = self->base.plant,
                            .clock = &self->base.clock,
                            .state_dir = self->base.dir,
                            .visit_nonce_ms = 60000 };
  IpdCommandPorts ports = { on_send, on_current_visit, on_opened, on_contact, on_un_enrol, self };
  g_autoptr (GError) error = NULL;
  self->recorder = parts.recorder = ipd_recorder_new (self->base.store);
  self->refusals = parts.refusals = ipd_refusals_new (&self->base.clock);
  self->commands = ipd_commands_new (&parts, &ports, &error);
  g_assert_no_error (error);
}

static void
close_commands (CommandTest *self)
{
  ipd_commands_free (self->commands);
  ipd_refusals_free (self->refusals);
  ipd_recorder_free (self->recorder);
}

static void
enrol (CommandTest *self, const char *profile, Client *ret_client)
{
  ipd_key_pair_generate (&ret_client->key);
  const IpdClient *client = ipd_plant_issue (self->base.plant, ret_client->key.pk, "Anna", profile, NULL);
  g_assert_nonnull (client);
  ret_client->licence = client->hash;
}

static void
start (CommandTest *self, const char *contact)
{
  g_autofree char *text
      = g_strdup_printf ("[output door]\npulse-ms=50\ncontact=%s\ncontact-timeout-ms=100\n[output gate]\n", contact);
  *self = (CommandTest){ .sent = g_ptr_array_new_with_free_func (g_free) };
  station_test_set_up (&self->base, text);
  enrol (self, "resident", &self->client);
  open_commands (self);
}

static void
end (CommandTest *self)
{
  close_commands (self);
  g_ptr_array_unref (self->sent);
  station_test_tear_down (&self->base);
}

static void
restart (CommandTest *self)
{
  close_commands (self);
  station_test_restart (&self->base);
  g_ptr_array_set_size (self->sent, 0);
  open_commands (self);
}

static void
receive (CommandTest *self, const char *token)
{
  IpdMessageSource source = { "127.16.0.9", 5060 };
  ipd_commands_receive (self->commands, token, &source);
}

/* The @i-th token the station sent, verified. */
static IpdMessage
sent (const CommandTest *self, guint i)
{
  IpdMessage message;
  g_autoptr (GError) error = NULL;
  g_assert_cmpuint (i, <, self->sent->len);
  const char *token = self->sent->pdata[i];
  g_assert_true (ipd_message_verify (token, strlen (token), self->base.identity.device.pk, &message, &error));
  return message;
}

static void
assert_result (const CommandTest *self, guint i, IpdOpeningState state, IpdRefusal reason)
{
  IpdMessage message = sent (self, i);
  g_assert_cmpint (message.type, ==, IPD_TOKEN_RESULT);
  g_assert_cmpstr (ipd_opening_state_to_string (message.result.state), ==, ipd_opening_state_to_string (state));
  g_assert_cmpstr (ipd_refusal_to_string (message.result.reason), ==, ipd_refusal_to_string (reason));
}

static guint
moves (const CommandTest *self)
{
  return station_test_count (&self->base, "sim/door.relay", " on ")
         + station_test_count (&self->base, "sim/gate.relay", " on ");
}

static IpdShortId
ask_nonce (CommandTest *self, const Client *client)
{
  IpdMessage request = { .type = IPD_TOKEN_NONCE_REQUEST };
  request.nonce_request.id = ipd_random_short_id ();
  request.nonce_request.device = self->base.identity.device.id;
  request.nonce_request.licence = client->licence;
  g_autofree char *token = ipd_message_make (&client->key, &request);
  receive (self, token);
  IpdMessage answer = sent (self, self->sent->len - 1);
  g_assert_cmpint (answer.type, ==, IPD_TOKEN_NONCE);
  g_assert_cmpstr (answer.nonce.re.s, ==, request.nonce_request.id.s);
  g_ptr_array_set_size (self->sent, 0);
  return answer.nonce.nonce;
}

static IpdMessage
command_of (const CommandTest *self, const Client *client, const IpdShortId *nonce)
{
  IpdMessage message = { .type = IPD_TOKEN_COMMAND };
  message.command.id = ipd_random_short_id ();
  message.command.device = self->base.identity.device.id;
  message.command.licence = client->licence;
  message.command.nonce = *nonce;
  g_assert_true (ipd_output_id_from_text ("door", &message.command.output));
  return message;
}

/* A good command with a fresh nonce, ready to be sent. */
static char *
good_command (CommandTest *self)
{
  IpdShortId nonce = ask_nonce (self, &self->client);
  IpdMessage message = command_of (self, &self->client, &nonce);
  return ipd_message_make (&self->client.key, &message);
}

static void
send_command (CommandTest *self, const Client *client, const IpdMessage *message)
{
  g_autofree char *token = ipd_message_make (&client->key, message);
  receive (self, token);
}

static gboolean
has_three (gpointer data)
{
  return ((CommandTest *) data)->sent->len >= 3;
}

static void
test_open (void)
{
  CommandTest self;
  start (&self, "late 10");
  IpdShortId nonce = ask_nonce (&self, &self.client);
  IpdMessage message = command_of (&self, &self.client, &nonce);
  IpdAccess access;
  send_command (&self, &self.client, &message);
  g_assert_cmpuint (moves (&self), ==, 1);
  g_assert_true (ipd_recorder_find_access (self.recorder, &message.command.id, &access));
  g_assert_cmpstr (access.client_name.s, ==, "Anna");
  station_test_until (has_three, &self);
  assert_result (&self, 0, IPD_OPENING_ACCEPTED, IPD_REFUSAL_NONE);
  assert_result (&self, 1, IPD_OPENING_ACTUATED, IPD_REFUSAL_NONE);
  assert_result (&self, 2, IPD_OPENING_CONTACT_OPEN, IPD_REFUSAL_NONE);
  g_assert_cmpuint (sent (&self, 0).result.seq, <, sent (&self, 1).result.seq);
  g_assert_cmpuint (self.opened, ==, 0); /* it belonged to no visit */
  end (&self);
}

static void
test_contact_timeout (void)
{
  CommandTest self;
  start (&self, "never");
  g_autofree char *token = good_command (&self);
  receive (&self, token);
  station_test_until (has_three, &self);
  assert_result (&self, 2, IPD_OPENING_CONTACT_TIMEOUT, IPD_REFUSAL_NONE);
  end (&self);
}

static void
test_no_contact (void)
{
  CommandTest self;
  start (&self, "none");
  g_autofree char *token = good_command (&self);
  receive (&self, token);
  g_assert_cmpuint (self.sent->len, ==, 2); /* ends at actuated, and claims nothing more */
  end (&self);
}

static void
test_visit (void)
{
  CommandTest self;
  IpdShortId nonce;
  start (&self, "none");
  self.visit = ipd_random_short_id ();
  g_assert_true (ipd_commands_visit_nonce (self.commands, &self.client.key.id, &self.visit, &nonce));
  self.base.monotonic_us += 60 * G_USEC_PER_SEC; /* lives as long as the visit */
  IpdMessage message = command_of (&self, &self.client, &nonce);
  message.command.visit = self.visit;
  send_command (&self, &self.client, &message);
  g_assert_cmpuint (moves (&self), ==, 1);
  g_assert_cmpuint (self.opened, ==, 1);
  g_assert_cmpuint (self.sent->len, ==, 3);
  IpdMessage fresh = sent (&self, 2); /* the next command of this visit needs no question */
  g_assert_cmpint (fresh.type, ==, IPD_TOKEN_NONCE);
  g_assert_cmpstr (fresh.nonce.re.s, ==, message.command.id.s);
  message = command_of (&self, &self.client, &fresh.nonce.nonce);
  message.command.visit = self.visit;
  ipd_commands_end_visit (self.commands, &self.visit);
  send_command (&self, &self.client, &message);
  g_assert_cmpuint (moves (&self), ==, 1); /* the nonce went with the visit */
  end (&self);
}

static void
test_duplicate_command (void)
{
  CommandTest self;
  start (&self, "none");
  g_autofree char *token = good_command (&self);
  receive (&self, token);
  receive (&self, token);
  g_assert_cmpuint (moves (&self), ==, 1);
  g_assert_cmpuint (self.sent->len, ==, 4);
  g_assert_cmpstr (self.sent->pdata[0], ==, self.sent->pdata[2]); /* the same, octet for octet */
  g_assert_cmpstr (self.sent->pdata[1], ==, self.sent->pdata[3]);
  end (&self);
}

static void
test_replayed_command (void)
{
  CommandTest self;
  start (&self, "none");
  IpdShortId nonce = ask_nonce (&self, &self.client);
  IpdMessage message = command_of (&self, &self.client, &nonce);
  send_command (&self, &self.client, &message);
  message.command.id = ipd_random_short_id ();
  send_command (&self, &self.client, &message);
  assert_result (&self, 2, IPD_OPENING_REFUSED, IPD_REFUSAL_NONCE);
  g_assert_cmpuint (moves (&self), ==, 1);
  end (&self);
}

static void
test_old_nonce (void)
{
  CommandTest self;
  start (&self, "none");
  g_autofree char *token = good_command (&self);
  self.base.monotonic_us += 6 * G_USEC_PER_SEC;
  receive (&self, token);
  assert_result (&self, 0, IPD_OPENING_REFUSED, IPD_REFUSAL_NONCE);
  g_assert_cmpuint (moves (&self), ==, 0);
  end (&self);
}

/* Three commands, three fates: it had a result, it was cut off in the middle, it never arrived. */
static void
test_replay_after_restart (void)
{
  CommandTest self;
  start (&self, "none");
  g_autofree char *done = good_command (&self);
  receive (&self, done);
  IpdShortId nonce = ask_nonce (&self, &self.client);
  IpdMessage cut = command_of (&self, &self.client, &nonce);
  IpdAccess access = { .id = cut.command.id,
                       .time_us = self.base.wall_us,
                       .device = self.base.identity.device.id,
                       .output = cut.command.output,
                       .client = self.client.key.id,
                       .state = IPD_OPENING_ACCEPTED };
  g_assert_true (ipd_recorder_access (self.recorder, &access)); /* and then the power went */
  g_autofree char *unknown = good_command (&self);
  restart (&self);
  receive (&self, done);
  send_command (&self, &self.client, &cut);
  receive (&self, unknown);
  g_assert_cmpuint (moves (&self), ==, 1);
  assert_result (&self, 0, IPD_OPENING_ACTUATED, IPD_REFUSAL_NONE);
  assert_result (&self, 1, IPD_OPENING_INTERRUPTED, IPD_REFUSAL_NONE);
  assert_result (&self, 2, IPD_OPENING_REFUSED, IPD_REFUSAL_NONCE);
  end (&self);
}

static void
test_licence_removed (void)
{
  CommandTest self;
  start (&self, "none");
  g_autofree char *token = good_command (&self);
  g_assert_true (ipd_plant_remove (self.base.plant, &self.client.key.id, NULL));
  receive (&self, token);
  assert_result (&self, 0, IPD_OPENING_REFUSED, IPD_REFUSAL_LICENCE);
  restart (&self);
  g_autofree char *later = good_command (&self);
  receive (&self, later);
  assert_result (&self, 0, IPD_OPENING_REFUSED, IPD_REFUSAL_LICENCE);
  g_assert_cmpuint (moves (&self), ==, 0);
  end (&self);
}

static void
test_other_clients_nonce (void)
{
  CommandTest self;
  Client other;
  start (&self, "none");
  enrol (&self, "resident", &other);
  IpdShortId nonce = ask_nonce (&self, &other);
  IpdMessage message = command_of (&self, &self.client, &nonce);
  send_command (&self, &self.client, &message);
  assert_result (&self, 0, IPD_OPENING_REFUSED, IPD_REFUSAL_NONCE);
  g_assert_cmpuint (moves (&self), ==, 0);
  end (&self);
}

static void
test_refused (void)
{
  CommandTest self;
  Client viewer;
  start (&self, "none");
  enrol (&self, "viewer", &viewer);
  IpdShortId nonce = ask_nonce (&self, &viewer);
  IpdMessage message = command_of (&self, &viewer, &nonce);
  send_command (&self, &viewer, &message);
  assert_result (&self, 0, IPD_OPENING_REFUSED, IPD_REFUSAL_PROFILE);
  nonce = ask_nonce (&self, &self.client);
  message = command_of (&self, &self.client, &nonce);
  g_assert_true (ipd_output_id_from_text ("cellar", &message.command.output));
  send_command (&self, &self.client, &message);
  assert_result (&self, 0, IPD_OPENING_REFUSED, IPD_REFUSAL_OUTPUT);
  message = command_of (&self, &self.client, &nonce); /* a refusal before the nonce has not used it up */
  message.command.licence = viewer.licence;
  send_command (&self, &self.client, &message);
  assert_result (&self, 1, IPD_OPENING_REFUSED, IPD_REFUSAL_LICENCE);
  message = command_of (&self, &self.client, &nonce);
  message.command.device = viewer.key.id;
  send_command (&self, &self.client, &message);
  assert_result (&self, 2, IPD_OPENING_REFUSED, IPD_REFUSAL_OUTPUT);
  g_assert_cmpuint (moves (&self), ==, 0);
  message = command_of (&self, &self.client, &nonce);
  send_command (&self, &self.client, &message);
  g_assert_cmpuint (moves (&self), ==, 1);
  end (&self);
}

/* Somebody else's signature, every flipped character, every shorter text: silence, and a shut door. */
static void
test_forged_command (void)
{
  CommandTest self;
  IpdKeyPair stranger;
  start (&self, "none");
  g_autofree char *good = good_command (&self);
  ipd_key_pair_generate (&stranger);
  IpdShortId nonce = ask_nonce (&self, &self.client);
  IpdMessage message = command_of (&self, &self.client, &nonce);
  g_autofree char *forged = ipd_message_make (&stranger, &message);
  receive (&self, forged);
  for (gsize i = 0; i < strlen (good); i++)
    {
      g_autofree char *flipped = g_strdup (good);
      g_autofree char *cut = g_strndup (good, i);
      flipped[i] = flipped[i] == 'A' ? 'B' : 'A';
      receive (&self, cut);
      receive (&self, flipped);
    }
  g_assert_cmpuint (moves (&self), ==, 0);
  g_assert_cmpuint (self.sent->len, ==, 0);
  receive (&self, good);
  g_assert_cmpuint (moves (&self), ==, 1);
  end (&self);
}

static void
test_cross_type_token (void)
{
  CommandTest self;
  start (&self, "none");
  IpdMessage result = { .type = IPD_TOKEN_RESULT };
  result.result.re = ipd_random_short_id ();
  result.result.audience = self.base.identity.device.id;
  g_assert_true (ipd_output_id_from_text ("door", &result.result.output));
  result.result.seq = 1;
  result.result.state = IPD_OPENING_ACCEPTED;
  send_command (&self, &self.client, &result);
  receive (&self, ipd_plant_find (self.base.plant, &self.client.key.id)->token);
  receive (&self, ipd_plant_get_directory (self.base.plant));
  g_assert_cmpuint (self.sent->len, ==, 0);
  g_assert_cmpuint (moves (&self), ==, 0);
  end (&self);
}

/* A nonce-request whose id was seen is ignored. */
static void
test_repeated_question (void)
{
  CommandTest self;
  start (&self, "none");
  IpdMessage request = { .type = IPD_TOKEN_NONCE_REQUEST };
  request.nonce_request.id = ipd_random_short_id ();
  request.nonce_request.device = self.base.identity.device.id;
  request.nonce_request.licence = self.client.licence;
  send_command (&self, &self.client, &request);
  send_command (&self, &self.client, &request);
  g_assert_cmpuint (self.sent->len, ==, 1);
  end (&self);
}

/* No file may grow beyond what the database has: as a full disk, for whoever runs the test. */
static void
test_disk_full (void)
{
  CommandTest self;
  struct rlimit limit;
  IpdAccess access;
  start (&self, "none");
  IpdShortId nonce = ask_nonce (&self, &self.client);
  IpdMessage message = command_of (&self, &self.client, &nonce);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  struct rlimit full = { 1024, limit.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &full), ==, 0);
  g_test_expect_message ("ipdoor-station", G_LOG_LEVEL_WARNING, "not recorded: access * waits in memory*");
  g_test_expect_message ("ipdoor-station", G_LOG_LEVEL_WARNING, "*the door opens although*");
  send_command (&self, &self.client, &message);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (moves (&self), ==, 1);
  assert_result (&self, 1, IPD_OPENING_ACTUATED, IPD_REFUSAL_NONE);
  g_assert_true (ipd_recorder_is_waiting (self.recorder));
  g_assert_true (ipd_recorder_find_access (self.recorder, &message.command.id, &access));
  g_autofree char *next = good_command (&self); /* the disk is well again: nothing was lost */
  receive (&self, next);
  g_assert_false (ipd_recorder_is_waiting (self.recorder));
  restart (&self);
  g_assert_true (ipd_recorder_find_access (self.recorder, &message.command.id, &access));
  g_assert_cmpint (access.state, ==, IPD_OPENING_ACTUATED);
  end (&self);
}

static void
test_rate (void)
{
  CommandTest self;
  start (&self, "none");
  IpdShortId nonce = ipd_random_short_id ();
  for (guint i = 0; i < 101; i++)
    {
      IpdMessage message = command_of (&self, &self.client, &nonce);
      send_command (&self, &self.client, &message);
    }
  assert_result (&self, 99, IPD_OPENING_REFUSED, IPD_REFUSAL_NONCE);
  assert_result (&self, 100, IPD_OPENING_REFUSED, IPD_REFUSAL_RATE);
  end (&self);
}

static void
test_un_enrol (void)
{
  CommandTest self;
  start (&self, "none");
  IpdMessage message = { .type = IPD_TOKEN_UN_ENROL };
  message.un_enrol.id = ipd_random_short_id ();
  message.un_enrol.plant = self.base.identity.device.id; /* another plant's */
  send_command (&self, &self.client, &message);
  g_assert_cmpuint (self.un_enrolled, ==, 0);
  message.un_enrol.plant = self.base.identity.authority.id;
  send_command (&self, &self.client, &message);
  g_assert_cmpuint (self.un_enrolled, ==, 1);
  end (&self);
}

int
main (int argc, char **argv)
{
  g_assert_true (ipd_wire_init ());
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/open", test_open);
  g_test_add_func ("/commands/contact-timeout", test_contact_timeout);
  g_test_add_func ("/commands/no-contact", test_no_contact);
  g_test_add_func ("/commands/visit", test_visit);
  g_test_add_func ("/commands/duplicate-command", test_duplicate_command);
  g_test_add_func ("/commands/replayed-command", test_replayed_command);
  g_test_add_func ("/commands/old-nonce", test_old_nonce);
  g_test_add_func ("/commands/replay-after-restart", test_replay_after_restart);
  g_test_add_func ("/commands/licence-removed", test_licence_removed);
  g_test_add_func ("/commands/other-clients-nonce", test_other_clients_nonce);
  g_test_add_func ("/commands/refused", test_refused);
  g_test_add_func ("/commands/forged-command", test_forged_command);
  g_test_add_func ("/commands/cross-type-token", test_cross_type_token);
  g_test_add_func ("/commands/repeated-question", test_repeated_question);
  g_test_add_func ("/commands/disk-full", test_disk_full);
  g_test_add_func ("/commands/rate", test_rate);
  g_test_add_func ("/commands/un-enrol", test_un_enrol);
  return g_test_run ();
}
