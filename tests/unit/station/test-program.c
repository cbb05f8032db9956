// SPDX-License-Identifier: Apache-2.0
/*
 * The station program from outside: enrol, register, ring, preview, talk, open, hang up; and what it must not do.
 */
#include "home/home.h"
#include "http-talk.h"
#include "party.h"
#include "station-test.h"
#include "store/store.h"
#include "wire/random.h"

#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const quick[] = { "visit.ring-seconds=8", NULL };

static char *
press (const Program *program, int *ret_code)
{
  const char *const words[] = { "press", "1", NULL };
  return program_verb (program, words, ret_code);
}

static char *
visit_state (const Program *program)
{
  const char *const words[] = { "status", NULL };
  g_autofree char *json = program_verb (program, words, NULL);
  return program_member (json, "visit");
}

static void
assert_no_secrets (const Program *program, const Party *party)
{
  g_assert_null (strstr (program->log->str, "v4.public"));
  g_assert_null (strstr (program->log->str, "ipdoor-keys"));
  g_assert_null (strstr (program->log->str, party->package.sip[0].secret.s));
}

static void
test_main_path (void)
{
  Program program = { 0 };
  Party party;
  program_start (&program, quick);
  party_enrol (&party, &program, "Front desk");
  g_autofree char *pressed = press (&program, NULL);
  g_autofree char *visit = program_member (pressed, "visit");
  party_await_ring (&party);
  g_assert_cmpstr (party.keys.visit.s, ==, visit);
  party_answer (&party, 183, FALSE);
  party_answer (&party, 200, FALSE);
  party_await_news (&party, IPD_VISIT_NEWS_ANSWERED);
  g_autofree char *state = visit_state (&program);
  g_assert_cmpstr (state, ==, "talking");
  IpdCommandToken command = party_command (&party);
  party_send_command (&party, &command);
  party_await_result (&party, IPD_OPENING_ACTUATED);
  g_assert_cmpuint (program_count (&program, "sim/door.relay", command.id.s), >=, 1);
  party_await_result (&party, IPD_OPENING_CONTACT_OPEN);
  party_await_news (&party, IPD_VISIT_NEWS_OPENED);
  ipd_sip_bye (party.sip, party.call);
  party_await_news (&party, IPD_VISIT_NEWS_ENDED);
  g_assert_cmpint (program_end (&program, SIGTERM), ==, 0);
  g_assert_cmpuint (program_count (&program, "sim/door.relay", " on "), ==, 1);
  assert_no_secrets (&program, &party);
  party_clear (&party);
  program_clear (&program);
}

/* The names that the station knows them by are First and Second. */
static void
ring_both (Program *program, Party *first, Party *second)
{
  program_start (program, quick);
  party_enrol (first, program, "First");
  party_enrol (second, program, "Second");
  g_autofree char *pressed = press (program, NULL);
  party_await_ring (first);
  party_await_ring (second);
}

static void
end_both (Program *program, Party *first, Party *second)
{
  program_end (program, SIGTERM);
  party_clear (first);
  party_clear (second);
  program_clear (program);
}

/* Two are rung; one answers, the other is told so by CANCEL; its late answer would find nobody. */
static void
test_answered_elsewhere (void)
{
  Program program = { 0 };
  Party first, second;
  ring_both (&program, &first, &second);
  g_assert_cmpstr (first.invite.call_id, !=, second.invite.call_id);
  g_assert_cmpmem (first.keys.visit_secret, 16, second.keys.visit_secret, 16);
  g_assert_cmpuint (first.keys.leg_tag, !=, second.keys.leg_tag);
  g_assert_cmpstr (first.keys.nonce.s, !=, second.keys.nonce.s);
  party_answer (&second, 183, FALSE);
  party_answer (&first, 200, FALSE);
  party_await_end (&second);
  g_assert_cmpint (second.ended, ==, IPD_SIP_CANCELLED);
  g_assert_cmpint (second.cause, ==, 200);
  party_await_news (&second, IPD_VISIT_NEWS_ANSWERED);
  const IpdMessage *news = &g_array_index (second.messages, IpdMessage, 0);
  g_assert_cmpstr (news->visit.by.s, ==, "First");
  end_both (&program, &first, &second);
}

/* Opening from the popup, nobody talks: the ring ends everywhere, "opened by", and the contact's word follows. */
static void
test_silent_open (void)
{
  Program program = { 0 };
  Party first, second;
  ring_both (&program, &first, &second);
  party_answer (&first, 183, FALSE);
  IpdCommandToken command = party_command (&first);
  party_send_command (&first, &command);
  party_await_end (&first);
  party_await_end (&second);
  g_assert_cmpint (second.cause, ==, 200);
  party_await_news (&second, IPD_VISIT_NEWS_OPENED);
  party_await_news (&second, IPD_VISIT_NEWS_ENDED);
  const IpdMessage *last = &g_array_index (second.messages, IpdMessage, second.messages->len - 1);
  g_assert_cmpint (last->visit.contact, ==, IPD_CONTACT_OPEN);
  g_assert_cmpint (last->visit.reason, ==, IPD_VISIT_REASON_OPENED);
  g_assert_cmpstr (last->visit.by.s, ==, "First");
  g_assert_cmpuint (program_count (&program, "sim/door.relay", " on "), ==, 1);
  end_both (&program, &first, &second);
}

/* A 200 that carries the signature of a 183: the station hangs up and never talks. */
static void
test_forged_answer (void)
{
  Program program = { 0 };
  Party party;
  program_start (&program, quick);
  party_enrol (&party, &program, "First");
  g_autofree char *pressed = press (&program, NULL);
  party_await_ring (&party);
  party_answer (&party, 200, TRUE);
  party_await_end (&party);
  g_assert_cmpint (party.ended, ==, IPD_SIP_BYE);
  g_autofree char *state = visit_state (&program);
  g_assert_cmpstr (state, ==, "idle");
  program_end (&program, SIGTERM);
  g_assert_null (strstr (program.log->str, "talks with"));
  party_clear (&party);
  program_clear (&program);
}

static gboolean
has_status (gpointer data)
{
  return ((Party *) data)->status != 0;
}

static void
assert_refused (Party *party)
{
  party_await_end (party);
  g_assert_cmpint (party->ended, ==, IPD_SIP_FAILED);
  g_assert_cmpint (party->status, ==, 403);
}

/* Unsigned, signed by a stranger, and a true one sent twice; each refusal costs one log line a minute. */
static void
test_look_out (void)
{
  Program program = { 0 };
  Party party;
  IpdKeyPair stranger;
  IpdShortId call_id = ipd_random_short_id ();
  program_start (&program, quick);
  party_enrol (&party, &program, "First");
  ipd_key_pair_generate (&stranger);
  party_look_out (&party, NULL, NULL);
  assert_refused (&party);
  party_look_out (&party, NULL, &stranger);
  assert_refused (&party);
  party_look_out (&party, call_id.s, &party.key);
  station_test_until (has_status, &party);
  g_assert_cmpint (party.status, ==, 200);
  ipd_sip_bye (party.sip, party.call);
  party_await_end (&party);
  party_look_out (&party, call_id.s, &party.key);
  assert_refused (&party);
  program_end (&program, SIGTERM);
  g_auto (GStrv) lines = g_strsplit (program.log->str, "refused:", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  party_clear (&party);
  program_clear (&program);
}

static void
test_licence_removed (void)
{
  Program program = { 0 };
  Party party;
  program_start (&program, quick);
  party_enrol (&party, &program, "First");
  const char *const words[] = { "licence", "remove", party.key.id.s, NULL };
  int code = -1;
  g_autofree char *removed = program_verb (&program, words, &code);
  g_assert_cmpint (code, ==, 0);
  g_autofree char *pressed = press (&program, NULL);
  g_assert_nonnull (strstr (pressed, "visit"));
  g_assert_nonnull (strstr (pressed, "\"rings\":0"));
  g_autofree char *state = visit_state (&program);
  g_assert_cmpstr (state, ==, "idle"); /* nobody to ring */
  party_register (&party);
  g_assert_cmpint (party.registered, ==, 403);
  party_look_out (&party, NULL, &party.key);
  assert_refused (&party);
  IpdCommandToken command = party_command (&party);
  command.nonce = ipd_random_short_id ();
  party_send_command (&party, &command);
  party_await_result (&party, IPD_OPENING_REFUSED);
  g_assert_cmpuint (program_count (&program, "sim/door.relay", " on "), ==, 0);
  program_end (&program, SIGTERM);
  party_clear (&party);
  program_clear (&program);
}

/* Killed with the relay on: off at the next start, registrations known, old commands move nothing. */
static void
test_killed (void)
{
  static const char *const slow[] = { "network.sip-ports=5060-5090", NULL };
  Program program = { 0 };
  Party party;
  program_start (&program, slow);
  party_enrol (&party, &program, "First");
  g_autofree char *old_boot = g_strdup (party.boot);
  g_autofree char *pressed = press (&program, NULL);
  party_await_ring (&party);
  IpdCommandToken command = party_command (&party);
  party_send_command (&party, &command);
  party_await_result (&party, IPD_OPENING_ACTUATED);
  g_assert_cmpint (program_end (&program, SIGKILL), ==, -1);
  g_assert_cmpuint (program_count (&program, "sim/door.relay", " off "), ==, 2); /* only those of its start */
  program_start (&program, slow);
  g_assert_cmpuint (program_count (&program, "sim/door.relay", " off "), >, 2);
  const char *const words[] = { "clients", NULL };
  g_autofree char *clients = program_verb (&program, words, NULL);
  g_assert_nonnull (strstr (clients, "\"registered\":true"));
  g_array_set_size (party.messages, 0);
  party_send_command (&party, &command);
  party_await_result (&party, IPD_OPENING_ACTUATED);
  command.id = ipd_random_short_id ();
  party_send_command (&party, &command);
  party_await_result (&party, IPD_OPENING_REFUSED);
  g_assert_cmpuint (program_count (&program, "sim/door.relay", " on "), ==, 1);
  party_look_out (&party, NULL, &party.key); /* to the boot id of the start before: what a recorded INVITE says */
  assert_refused (&party);
  party_register (&party);
  g_assert_cmpstr (party.boot, !=, old_boot);
  program_end (&program, SIGTERM);
  party_clear (&party);
  program_clear (&program);
}

/* Entry @i of the history, newest first, as a backup would read it while the station runs. */
static IpdHistoryEntry
history_entry (const Program *program, guint i)
{
  g_autofree char *path = g_build_filename (program->dir, "station.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdStore) store = ipd_store_open (path, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) history = ipd_store_history (store, 10, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, >, i);
  return g_array_index (history, IpdHistoryEntry, i);
}

/* Killed in the middle of a visit, and then of one that was answered and opened: neither is lost, neither goes on. */
static void
test_killed_visiting (void)
{
  Program program = { 0 };
  Party party;
  program_start (&program, quick);
  party_enrol (&party, &program, "First");
  g_autofree char *pressed = press (&program, NULL);
  g_autofree char *visit = program_member (pressed, "visit");
  party_await_ring (&party);
  party_answer (&party, 183, FALSE);
  party_answer (&party, 200, FALSE);
  party_await_news (&party, IPD_VISIT_NEWS_ANSWERED);
  IpdCommandToken command = party_command (&party);
  party_send_command (&party, &command);
  party_await_result (&party, IPD_OPENING_CONTACT_OPEN);
  party_await_news (&party, IPD_VISIT_NEWS_OPENED);
  g_autofree char *state = visit_state (&program); /* what came before is done */
  g_assert_cmpstr (state, ==, "talking");
  IpdHistoryEntry entry = history_entry (&program, 1);
  g_assert_cmpstr (entry.id.s, ==, visit);
  g_assert_cmpint (entry.ended_us, ==, 0);
  g_assert_cmpint (program_end (&program, SIGKILL), ==, -1);
  program_start (&program, quick);
  entry = history_entry (&program, 1);
  g_assert_cmpstr (entry.id.s, ==, visit);
  g_assert_cmpstr (entry.outcome, ==, "interrupted");
  g_assert_cmpstr (entry.by.s, ==, "First");
  g_assert_cmpint (entry.contact, ==, IPD_CONTACT_OPEN);
  g_assert_cmpint (entry.ended_us, >=, entry.started_us);
  g_assert_cmpint (entry.ended_us, <=, g_get_real_time ());
  program_end (&program, SIGTERM);
  party_clear (&party);
  program_clear (&program);
}

static int
take_port (guint16 *ret_port)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  address.sin_addr.s_addr = g_htonl (INADDR_LOOPBACK);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  *ret_port = g_ntohs (address.sin_port);
  return fd;
}

/* All audio ports taken: nobody is rung, the person at the verb reads a sentence, health says so. */
static void
test_ports_taken (void)
{
  Program program = { 0 };
  Party party;
  guint16 port;
  int code = 0;
  int fd = take_port (&port);
  guint16 even = (guint16) (port & ~1u);
  g_autofree char *range = g_strdup_printf ("network.audio-ports=%u-%u", even, even + 1u);
  const char *const settings[] = { range, NULL };
  g_autofree char *health = NULL;
  program_start (&program, settings);
  party_enrol (&party, &program, "First");
  g_autofree char *answer = press (&program, &code);
  g_assert_cmpint (code, ==, 1);
  g_assert_nonnull (strstr (answer, "taken"));
  g_assert_cmpuint (http_ask (program.http_port, "GET", "/v1/health", NULL, &health), ==, 503);
  g_assert_nonnull (strstr (health, "ports"));
  g_assert_cmpuint (party.call, ==, 0);
  close (fd);
  g_autofree char *again = press (&program, &code);
  g_assert_cmpint (code, ==, 0);
  party_await_ring (&party);
  program_end (&program, SIGTERM);
  party_clear (&party);
  program_clear (&program);
}

/* A wrong command line is said to be one, whether a station runs or not; the help of a verb is no use of it. */
static void
test_wrong_words (void)
{
  static const char *const wrong[][4]
      = { { "foo" },      { "licence" },      { "press" }, { "press", "x" }, { "press", "1", "2" },
          { "run", "x" }, { "foo", "--help" } };
  Program program = { .dir = g_dir_make_tmp ("ipdoor-st-XXXXXX", NULL), .log = g_string_new (NULL) };
  static const char *const help[] = { "press", "--help", NULL };
  int code = 0;
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *nothing = program_verb (&program, wrong[i], &code);
      g_assert_cmpint (code, ==, 2);
      g_assert_cmpstr (nothing, ==, "");
    }
  g_autofree char *shown = program_verb (&program, help, &code);
  g_assert_cmpint (code, ==, 0);
  g_assert_nonnull (strstr (shown, "press BUTTON"));
  program_clear (&program);
}

static void
test_second_station (void)
{
  Program program = { 0 };
  int code = 0;
  program_start (&program, quick);
  const char *const words[] = { "run", "--bind", "127.0.0.1", NULL };
  g_autofree char *nothing = program_verb (&program, words, &code);
  g_assert_cmpint (code, ==, 1);
  g_assert_cmpuint (program_count (&program, "sim/door.relay", " off "), ==, 2); /* and it kept its hands off */
  g_assert_cmpint (program_end (&program, SIGTERM), ==, 0);
  program_clear (&program);
}

/* Signed offers change directions and nothing else; all others change nothing. */
static void
test_hold (void)
{
  Program program = { 0 };
  Party party;
  program_start (&program, quick);
  party_enrol (&party, &program, "Front desk");
  g_autofree char *pressed = press (&program, NULL);
  party_await_ring (&party);
  party_answer (&party, 200, FALSE);
  party_await_news (&party, IPD_VISIT_NEWS_ANSWERED);
  g_assert_cmpint (party_hold (&party, TRUE, PARTY_OFFER_FORGED), ==, 403);
  g_assert_cmpint (party_hold (&party, TRUE, PARTY_OFFER_MOVED), ==, 488);
  g_assert_null (strstr (program.log->str, ": held"));
  g_assert_cmpint (party_hold (&party, TRUE, PARTY_OFFER_GOOD), ==, 200);
  g_autofree char *state = visit_state (&program);
  g_assert_cmpstr (state, ==, "talking");
  g_assert_nonnull (strstr (program.log->str, ": held"));
  g_assert_null (strstr (program.log->str, "goes on"));
  g_assert_cmpint (party_hold (&party, FALSE, PARTY_OFFER_GOOD), ==, 200);
  g_assert_cmpint (party_hold (&party, TRUE, PARTY_OFFER_GOOD), ==, 200);
  g_assert_nonnull (strstr (program.log->str, "goes on"));
  ipd_sip_bye (party.sip, party.call);
  party_await_news (&party, IPD_VISIT_NEWS_ENDED);
  g_assert_cmpint (program_end (&program, SIGTERM), ==, 0);
  party_clear (&party);
  program_clear (&program);
}

/* As a client does that was killed and started again: the call of before is nothing to it. */
static void
come_back (Party *party)
{
  party_forget_call (party);
  party_register (party);
  g_assert_cmpint (party->registered, ==, 200);
}

/* Who registers anew while it rings is rung again, even if it was the only one; keys of before are used by nobody. */
static void
test_comes_back (void)
{
  Program program = { 0 };
  Party party;
  program_start (&program, quick);
  party_enrol (&party, &program, "First");
  g_autofree char *pressed = press (&program, NULL);
  party_await_ring (&party);
  party_answer (&party, 183, FALSE);
  IpdStationKeys before = party.keys;
  g_autofree char *call_id = g_strdup (party.invite.call_id);
  come_back (&party);
  party_await_ring (&party);
  g_assert_cmpstr (party.invite.call_id, !=, call_id);
  g_assert_cmpstr (party.keys.visit.s, ==, before.visit.s);
  g_assert_cmpmem (party.keys.visit_secret, 16, before.visit_secret, 16);
  g_assert_true (memcmp (party.keys.leg_secret, before.leg_secret, 16) != 0);
  g_assert_cmpuint (party.keys.leg_tag, !=, before.leg_tag);
  g_assert_cmpstr (party.keys.nonce.s, !=, before.nonce.s);
  party_answer (&party, 183, FALSE);
  party_answer (&party, 200, FALSE);
  party_await_news (&party, IPD_VISIT_NEWS_ANSWERED);
  come_back (&party); /* a talk, in contrast, ends */
  party_await_news (&party, IPD_VISIT_NEWS_ENDED);
  g_assert_cmpuint (party.rings, ==, 2);
  g_assert_cmpint (program_end (&program, SIGTERM), ==, 0);
  party_clear (&party);
  program_clear (&program);
}

/* Again and again: four INVITEs a visit; the others ring on, and whoever comes while it rings is rung, too. */
static void
test_comes_back_for_ever (void)
{
  Program program = { 0 };
  Party restless, late;
  program_start (&program, quick);
  party_enrol (&restless, &program, "Restless");
  g_autofree char *pressed = press (&program, NULL);
  party_await_ring (&restless);
  party_enrol (&late, &program, "Late");
  party_await_ring (&late);
  party_answer (&late, 183, FALSE);
  for (guint i = 1; i < IPD_VISIT_LEGS_EACH_MAX; i++)
    {
      come_back (&restless);
      party_await_ring (&restless);
    }
  for (guint i = 0; i < 4; i++)
    come_back (&restless);
  party_answer (&late, 200, FALSE); /* whatever came before this did so on the same wire */
  party_await_news (&late, IPD_VISIT_NEWS_ANSWERED);
  party_await_news (&restless, IPD_VISIT_NEWS_ANSWERED);
  g_assert_cmpuint (restless.rings, ==, IPD_VISIT_LEGS_EACH_MAX);
  g_assert_cmpuint (late.rings, ==, 1);
  program_end (&program, SIGTERM);
  party_clear (&restless);
  party_clear (&late);
  program_clear (&program);
}

/* Who said no and then starts again is left in peace. */
static void
test_comes_back_after_no (void)
{
  Program program = { 0 };
  Party first, second;
  ring_both (&program, &first, &second);
  g_assert_true (ipd_sip_answer (first.sip, first.call, 603, NULL, NULL, NULL, NULL));
  come_back (&first);
  party_answer (&second, 200, FALSE);
  party_await_news (&first, IPD_VISIT_NEWS_ANSWERED);
  g_assert_cmpuint (first.rings, ==, 1);
  end_both (&program, &first, &second);
}

/* Sixty stations of other makers are more than a directory holds: the start says so in a sentence. */
static void
test_plant_too_large (void)
{
  g_autofree char *dir = g_dir_make_tmp ("ipdoor-st-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "station.conf", NULL);
  g_autofree char *said = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  int status = 0;
  for (guint i = 1; i <= 60; i++)
    g_string_append_printf (text, "[device d%u]\nhost=192.0.2.%u\nname=The gate behind the garden number %u\n", i, i,
                            i);
  g_assert_true (g_file_set_contents_full (path, text->str, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  const char *const argv[] = { g_getenv ("IPDOOR_STATION"),
                               "run",
                               "--bind",
                               "127.0.0.1",
                               "--set",
                               "network.publish=false",
                               "--set",
                               "network.http-port=0",
                               "--state",
                               dir,
                               "--config",
                               path,
                               NULL };
  g_auto (GStrv) environment = g_environ_unsetenv (g_get_environ (), "G_DEBUG");
  g_assert_true (
      g_spawn_sync (NULL, (char **) argv, environment, G_SPAWN_DEFAULT, NULL, NULL, NULL, &said, &status, NULL));
  g_assert_false (g_spawn_check_wait_status (status, NULL));
  g_assert_nonnull (strstr (said, "does not fit its directory, which holds 8,192 octets"));
  home_remove (dir);
}

int
main (int argc, char **argv)
{
  g_assert_true (ipd_wire_init ());
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/program/main-path", test_main_path);
  g_test_add_func ("/program/answered-elsewhere", test_answered_elsewhere);
  g_test_add_func ("/program/silent-open", test_silent_open);
  g_test_add_func ("/program/forged-answer", test_forged_answer);
  g_test_add_func ("/program/look-out", test_look_out);
  g_test_add_func ("/program/licence-removed", test_licence_removed);
  g_test_add_func ("/program/killed", test_killed);
  g_test_add_func ("/program/killed-visiting", test_killed_visiting);
  g_test_add_func ("/program/ports-taken", test_ports_taken);
  g_test_add_func ("/program/wrong-words", test_wrong_words);
  g_test_add_func ("/program/second-station", test_second_station);
  g_test_add_func ("/program/hold", test_hold);
  g_test_add_func ("/program/comes-back", test_comes_back);
  g_test_add_func ("/program/comes-back-for-ever", test_comes_back_for_ever);
  g_test_add_func ("/program/comes-back-after-no", test_comes_back_after_no);
  g_test_add_func ("/program/plant-too-large", test_plant_too_large);
  return g_test_run ();
}
