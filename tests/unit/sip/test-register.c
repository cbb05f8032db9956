// SPDX-License-Identifier: Apache-2.0
// Registration: a client and a station's registrar, then each of them against a bare socket that misbehaves.
#include "party.h"

#include <string.h>

static const char user[] = "client-known-to-the-station";
static const char licence[] = "licence-hash";

static char *
look_up (const char *asked, gpointer data)
{
  return strcmp (asked, user) == 0 ? g_strdup ("the-secret") : NULL;
}

typedef struct {
  Party *station;
  Party *client;
} Pair;

static void
set_up (Pair *pair, gconstpointer data)
{
  pair->station = party_new ("127.14.0.1", "stationid", look_up);
  pair->client = party_new ("127.14.0.2", user, NULL);
}

static void
tear_down (Pair *pair, gconstpointer data)
{
  party_end (pair->client);
  while (!g_queue_is_empty (&pair->station->events))
    {
      /* the client's farewell */
      g_autoptr (IpdSipEvent) event = g_queue_pop_head (&pair->station->events);
      g_assert_cmpint (event->type, ==, IPD_SIP_REGISTER_REQUEST);
      ipd_sip_register_reply (pair->station->sip, event->request, 200, NULL, 0);
    }
  party_end (pair->station);
}

static guint
start (Party *client, const char *host, guint16 port, const char *name, const char *secret, guint expires)
{
  g_autoptr (GError) error = NULL;
  IpdSipRegistration registration = { host, port, name, secret, "random-contact-user-22", licence, expires };
  guint reg = ipd_sip_register (client->sip, &registration, &error);
  g_assert_no_error (error);
  return reg;
}

static void
grant (Party *station, guint expires)
{
  g_autoptr (IpdSipEvent) request = party_expect (station, IPD_SIP_REGISTER_REQUEST);
  ipd_sip_register_reply (station->sip, request->request, 200, "boot-id", expires);
}

static void
stop (Pair *pair, guint reg)
{
  ipd_sip_unregister (pair->client->sip, reg);
  g_autoptr (IpdSipEvent) request = party_expect (pair->station, IPD_SIP_REGISTER_REQUEST);
  g_assert_cmpuint (request->expires, ==, 0);
  g_assert_cmpstr (request->contact_user, ==, "random-contact-user-22");
  ipd_sip_register_reply (pair->station->sip, request->request, 200, "boot-id", 0);
}

static void
test_register (Pair *pair, gconstpointer data)
{
  guint reg = start (pair->client, "127.14.0.1", pair->station->port, user, "the-secret", 0);
  g_autoptr (IpdSipEvent) request = party_expect (pair->station, IPD_SIP_REGISTER_REQUEST);
  g_assert_cmpstr (request->from_user, ==, user);
  g_assert_cmpstr (request->contact_user, ==, "random-contact-user-22");
  g_assert_cmpstr (request->contact_host, ==, "127.14.0.2");
  g_assert_cmpuint (request->contact_port, ==, pair->client->port);
  g_assert_cmpstr (request->source_host, ==, "127.14.0.2");
  g_assert_cmpuint (request->source_port, ==, pair->client->port);
  g_assert_cmpstr (request->licence, ==, licence);
  g_assert_cmpuint (request->expires, ==, 120);
  ipd_sip_register_reply (pair->station->sip, request->request, 200, "boot-id", 120);

  g_autoptr (IpdSipEvent) registered = party_expect (pair->client, IPD_SIP_REGISTERED);
  g_assert_cmpuint (registered->reg, ==, reg);
  g_assert_cmpstr (registered->boot, ==, "boot-id");
  g_assert_cmpuint (registered->expires, ==, 120);
  stop (pair, reg);
}

/* Granted two seconds, it comes again by itself after one; and at once when asked to. */
static void
test_refresh (Pair *pair, gconstpointer data)
{
  guint reg = start (pair->client, "127.14.0.1", pair->station->port, user, "the-secret", 0);
  grant (pair->station, 2);
  party_skip (pair->client, IPD_SIP_REGISTERED);
  grant (pair->station, 120);
  party_skip (pair->client, IPD_SIP_REGISTERED);
  ipd_sip_refresh (pair->client->sip, reg);
  grant (pair->station, 120);
  party_skip (pair->client, IPD_SIP_REGISTERED);
  stop (pair, reg);
}

/* Program stops while registered: the station is told. */
static void
test_shutdown_unregisters (Pair *pair, gconstpointer data)
{
  start (pair->client, "127.14.0.1", pair->station->port, user, "the-secret", 0);
  grant (pair->station, 120);
  party_skip (pair->client, IPD_SIP_REGISTERED);
  ipd_sip_shutdown (pair->client->sip);
  g_autoptr (IpdSipEvent) request = party_expect (pair->station, IPD_SIP_REGISTER_REQUEST);
  g_assert_cmpuint (request->expires, ==, 0);
  ipd_sip_register_reply (pair->station->sip, request->request, 200, "boot-id", 0);
  party_skip (pair->client, IPD_SIP_STOPPED);
  ipd_sip_free (pair->client->sip);
  g_free (pair->client);
  pair->client = party_new ("127.14.0.2", user, NULL);
}

static void
test_wrong_secret (Pair *pair, gconstpointer data)
{
  guint reg = start (pair->client, "127.14.0.1", pair->station->port, user, "another-secret", 0);
  g_autoptr (IpdSipEvent) failed = party_expect (pair->client, IPD_SIP_REGISTER_FAILED);
  g_assert_cmpuint (failed->reg, ==, reg);
  g_assert_cmpint (failed->status, ==, 401);
  g_assert_true (g_queue_is_empty (&pair->station->events));
}

static void
test_unknown_user (Pair *pair, gconstpointer data)
{
  start (pair->client, "127.14.0.1", pair->station->port, "somebody-else", "the-secret", 0);
  g_autoptr (IpdSipEvent) failed = party_expect (pair->client, IPD_SIP_REGISTER_FAILED);
  g_assert_cmpint (failed->status, ==, 401);
  g_assert_true (g_queue_is_empty (&pair->station->events));
}

static void
test_licence_refused (Pair *pair, gconstpointer data)
{
  start (pair->client, "127.14.0.1", pair->station->port, user, "the-secret", 0);
  g_autoptr (IpdSipEvent) request = party_expect (pair->station, IPD_SIP_REGISTER_REQUEST);
  ipd_sip_register_reply (pair->station->sip, request->request, 403, NULL, 0);
  g_autoptr (IpdSipEvent) failed = party_expect (pair->client, IPD_SIP_REGISTER_FAILED);
  g_assert_cmpint (failed->status, ==, 403);
}

static void
test_ipv6 (void)
{
  if (!party_have_ipv6 ())
    {
      g_test_skip ("this computer has no IPv6");
      return;
    }
  Pair pair = { party_new ("::1", "stationid", look_up), party_new ("::1", user, NULL) };
  guint reg = start (pair.client, "::1", pair.station->port, user, "the-secret", 0);
  g_autoptr (IpdSipEvent) request = party_expect (pair.station, IPD_SIP_REGISTER_REQUEST);
  g_assert_cmpstr (request->contact_host, ==, "::1");
  g_assert_cmpstr (request->source_host, ==, "::1");
  ipd_sip_register_reply (pair.station->sip, request->request, 200, "boot-id", 120);
  party_skip (pair.client, IPD_SIP_REGISTERED);
  guint64 call = party_invite (pair.station, pair.client, "six", "v=0\r\n");
  party_skip (pair.client, IPD_SIP_INVITE);
  ipd_sip_cancel (pair.station->sip, call, 487, NULL);
  party_skip (pair.client, IPD_SIP_CANCELLED);
  party_skip (pair.station, IPD_SIP_FAILED);
  stop (&pair, reg);
  tear_down (&pair, NULL);
}

/* ---- the registrar against a bare socket ---- */

static char *
blank (const char *message, const char *start)
{
  g_autofree char *pattern = g_strdup_printf ("%s[^\";\r\n]*", start);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  return g_regex_replace_literal (regex, message, -1, 0, "", 0, NULL);
}

static char *
ask_with_wrong_digest (Raw *raw, Party *station, const char *name)
{
  g_autofree char *request = g_strdup_printf (
      "REGISTER sip:127.14.0.1:%u SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3:%u;branch=z9hG4bK-fixed\r\n"
      "From: <sip:%s@127.14.0.1>;tag=t\r\nTo: <sip:%s@127.14.0.1>\r\nCall-ID: fixed\r\nCSeq: 1 REGISTER\r\n"
      "Contact: <sip:random-contact-user-22@127.14.0.3:%u>\r\n"
      "Authorization: Digest username=\"%s\", realm=\"ipdoor\", nonce=\"n\", uri=\"sip:127.14.0.1:%u\", "
      "response=\"00000000000000000000000000000000\", algorithm=MD5, cnonce=\"c\", qop=auth, nc=00000001\r\n"
      "Content-Length: 0\r\n\r\n",
      station->port, raw->port, name, name, raw->port, name, station->port);
  raw_send (raw, station, request);
  g_autofree char *answer = raw_receive (raw);
  g_assert_true (g_str_has_prefix (answer, "SIP/2.0 401 "));
  g_autofree char *without_nonce = blank (answer, "nonce=\"");
  g_autofree char *without_tag = blank (without_nonce, "To: <[^>]*>;tag=");
  return blank (without_tag, "From: <[^>]*>");
}

/* user enumeration: word for word the same for a known and an unknown user */
static void
test_same_401_for_all (void)
{
  Party *station = party_new ("127.14.0.1", "stationid", look_up);
  g_autoptr (Raw) raw = raw_new ("127.14.0.3");
  g_autofree char *known = ask_with_wrong_digest (raw, station, user);
  g_autofree char *unknown = ask_with_wrong_digest (raw, station, "somebody-else");
  g_assert_cmpstr (known, ==, unknown);
  g_assert_nonnull (strstr (known, "401"));
  g_assert_null (strstr (known, "stale"));
  party_end (station);
}

static void
forward (Raw *raw, guint16 to_port, const char *to_host, const char *text)
{
  Party there = { .host = to_host, .port = to_port };
  raw_send (raw, &there, text);
}

/* A good REGISTER, heard on the way and sent once more from the same place under another branch: refused, by its nc. */
static void
test_replayed_register (void)
{
  Party *station = party_new ("127.14.0.1", "stationid", look_up);
  Party *client = party_new ("127.14.0.2", user, NULL);
  g_autoptr (Raw) path = raw_new ("127.14.0.3");
  start (client, path->host, path->port, user, "the-secret", 0);
  g_autofree char *first = raw_expect (path, "REGISTER ");
  forward (path, station->port, station->host, first);
  g_autofree char *challenge = raw_expect (path, "SIP/2.0 401 ");
  forward (path, client->port, client->host, challenge);
  g_autofree char *second = raw_expect (path, "REGISTER ");
  g_assert_nonnull (strstr (second, "Authorization: Digest"));
  forward (path, station->port, station->host, second);
  grant (station, 120);
  g_autofree char *ok = raw_expect (path, "SIP/2.0 200 ");
  forward (path, client->port, client->host, ok);
  party_skip (client, IPD_SIP_REGISTERED);

  g_autoptr (GRegex) regex = g_regex_new ("z9hG4bK", 0, 0, NULL);
  g_autofree char *again = g_regex_replace_literal (regex, second, -1, 0, "z9hG4bKother", 0, NULL);
  forward (path, station->port, station->host, again);
  g_autofree char *refused = raw_expect (path, "SIP/2.0 ");
  g_assert_true (g_str_has_prefix (refused, "SIP/2.0 401 "));
  g_assert_nonnull (strstr (refused, "stale=true"));

  /* and from another place, with a nonce that is not its own */
  g_autoptr (Raw) thief = raw_new ("127.14.0.4");
  g_autofree char *stolen = g_regex_replace_literal (regex, second, -1, 0, "z9hG4bKthief", 0, NULL);
  forward (thief, station->port, station->host, stolen);
  g_autofree char *stolen_answer = raw_expect (thief, "SIP/2.0 ");
  g_assert_true (g_str_has_prefix (stolen_answer, "SIP/2.0 401 "));
  ipd_sip_free (client->sip);
  g_free (client);
  party_end (station);
}

/* Registrar floods: what is not authenticated leaves nothing behind. */
static void
test_flood (void)
{
  Party *station = party_new ("127.14.0.1", "stationid", look_up);
  g_autoptr (Raw) raw = raw_new ("127.14.0.3");
  for (int i = 0; i < 500; i++)
    {
      g_autofree char *answer = ask_with_wrong_digest (raw, station, "somebody-else");
      g_assert_nonnull (strstr (answer, "401"));
    }
  party_end (station);
}

/* ---- the client against a bare socket ---- */

#define CHALLENGE(realm, qop)                                                                                          \
  "WWW-Authenticate: Digest realm=\"" realm "\", nonce=\"abcdef\", algorithm=MD5, qop=\"" qop "\"\r\n"

/* Nothing comes back: told after 4 s; still trying, so the next try succeeds. */
static void
test_not_answering (void)
{
  Party *client = party_new ("127.14.0.2", user, NULL);
  g_autoptr (Raw) raw = raw_new ("127.14.0.3");
  gint64 before = g_get_monotonic_time ();
  guint reg = start (client, raw->host, raw->port, user, "the-secret", 0);
  g_autoptr (IpdSipEvent) failed = party_expect (client, IPD_SIP_REGISTER_FAILED);
  g_assert_cmpint (failed->status, ==, 408);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 6 * G_USEC_PER_SEC);
  g_autofree char *request = raw_expect (raw, "REGISTER ");
  g_autofree char *ok = raw_answer (raw, request, "200 OK", "Ipdoor-Boot: b\r\nExpires: 60\r\n", "");
  raw_send (raw, client, ok);
  g_autoptr (IpdSipEvent) registered = party_expect (client, IPD_SIP_REGISTERED);
  g_assert_cmpuint (registered->reg, ==, reg);
  ipd_sip_free (client->sip);
  g_free (client);
}

/* A port nobody listens on says so by ICMP: told at once. */
static void
test_port_closed (void)
{
  Party *client = party_new ("127.14.0.2", user, NULL);
  Raw *raw = raw_new ("127.14.0.3");
  guint16 port = raw->port;
  raw_free (raw);
  gint64 before = g_get_monotonic_time ();
  start (client, "127.14.0.3", port, user, "the-secret", 0);
  g_autoptr (IpdSipEvent) failed = party_expect (client, IPD_SIP_REGISTER_FAILED);
  g_assert_cmpint (failed->status, ==, 503);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 3 * G_USEC_PER_SEC);
  ipd_sip_free (client->sip);
  g_free (client);
}

static void
assert_refused_challenge (const char *challenge, Raw *from)
{
  Party *client = party_new ("127.14.0.2", user, NULL);
  g_autoptr (Raw) registrar = raw_new ("127.14.0.3");
  start (client, registrar->host, registrar->port, user, "the-secret", 0);
  g_autofree char *request = raw_expect (registrar, "REGISTER ");
  g_autofree char *answer = raw_answer (registrar, request, "401 Unauthorized", challenge, "");
  raw_send (from ? from : registrar, client, answer);
  g_autoptr (IpdSipEvent) failed = party_expect (client, IPD_SIP_REGISTER_FAILED);
  g_assert_cmpint (failed->status, ==, 401);
  /* the next try, a second later, comes without credentials */
  g_autofree char *next = raw_expect (registrar, "REGISTER ");
  g_assert_null (strstr (next, "uthorization"));
  ipd_sip_free (client->sip);
  g_free (client);
}

static void
test_foreign_realm (void)
{
  assert_refused_challenge (CHALLENGE ("elsewhere", "auth"), NULL);
}

static void
test_no_qop (void)
{
  assert_refused_challenge (CHALLENGE ("ipdoor", "auth-int"), NULL);
}

/* digest leak: the right words from the wrong address */
static void
test_challenge_from_elsewhere (void)
{
  g_autoptr (Raw) stranger = raw_new ("127.14.0.4");
  assert_refused_challenge (CHALLENGE ("ipdoor", "auth"), stranger);
}

/* digest leak: a client that is registered, and so has credentials, is challenged for MESSAGE, INVITE and BYE. */
static void
test_challenge_for_other_methods (void)
{
  Party *client = party_new ("127.14.0.2", user, NULL);
  g_autoptr (Raw) raw = raw_new ("127.14.0.3");
  Party there = { .host = raw->host, .port = raw->port };
  g_autoptr (GError) error = NULL;
  start (client, raw->host, raw->port, user, "the-secret", 0);
  g_autofree char *first = raw_expect (raw, "REGISTER ");
  g_autofree char *first_answer = raw_answer (raw, first, "401 No", CHALLENGE ("ipdoor", "auth"), "");
  raw_send (raw, client, first_answer);
  g_autofree char *second = raw_expect (raw, "REGISTER ");
  g_assert_nonnull (strstr (second, "Authorization: Digest"));
  g_autofree char *second_answer = raw_answer (raw, second, "200 OK", "Expires: 60\r\n", "");
  raw_send (raw, client, second_answer);
  party_skip (client, IPD_SIP_REGISTERED);

  IpdSipTarget target = { .user = "stationid", .host = raw->host, .port = raw->port };
  ipd_sip_message (client->sip, &target, user, "v4.public.AAAA.BBBB", &error);
  g_assert_no_error (error);
  g_autofree char *message = raw_expect (raw, "MESSAGE ");
  g_autofree char *message_answer = raw_answer (raw, message, "401 No", CHALLENGE ("ipdoor", "auth"), "");
  raw_send (raw, client, message_answer);
  g_autoptr (IpdSipEvent) done = party_expect (client, IPD_SIP_MESSAGE_DONE);
  g_assert_cmpint (done->status, ==, 401);

  party_invite (client, &there, "challenged", "v=0\r\n");
  g_autofree char *invite = raw_expect (raw, "INVITE ");
  g_autofree char *invite_answer = raw_answer (raw, invite, "407 No", CHALLENGE ("ipdoor", "auth"), "");
  raw_send (raw, client, invite_answer);
  g_autoptr (IpdSipEvent) failed = party_expect (client, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, 407);
  g_autofree char *ack = raw_expect (raw, "ACK ");
  g_assert_null (strstr (ack, "uthorization"));

  guint64 call = party_invite (client, &there, "challenged-bye", "v=0\r\n");
  g_autofree char *invite2 = raw_expect (raw, "INVITE ");
  g_autofree char *ok = raw_answer (raw, invite2, "200 OK", "", "");
  raw_send (raw, client, ok);
  party_skip (client, IPD_SIP_ANSWERED);
  ipd_sip_bye (client->sip, call);
  g_autofree char *bye = raw_expect (raw, "BYE ");
  g_autofree char *bye_answer = raw_answer (raw, bye, "401 No", CHALLENGE ("ipdoor", "auth"), "");
  raw_send (raw, client, bye_answer);
  g_autoptr (IpdSipEvent) ended = party_expect (client, IPD_SIP_BYE);
  g_assert_cmpint (ended->status, ==, 401);

  /* all that was still to come is here before the answer to this */
  g_autofree char *probe = g_strdup_printf ("OPTIONS sip:x@127.14.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3:%u;"
                                            "branch=z9hG4bKprobe\r\nFrom: <sip:a@b>;tag=t\r\nTo: <sip:x@c>\r\n"
                                            "Call-ID: probe\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
                                            raw->port);
  raw_send (raw, client, probe);
  for (gboolean answered = FALSE; !answered;)
    {
      g_autofree char *text = raw_receive (raw);
      g_assert_null (strstr (text, "uthorization"));
      answered = g_str_has_prefix (text, "SIP/2.0 200 ");
    }
  ipd_sip_free (client->sip);
  g_free (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/register/" name, Pair, NULL, set_up, test, tear_down)
  ADD ("register", test_register);
  ADD ("refresh", test_refresh);
  ADD ("shutdown-unregisters", test_shutdown_unregisters);
  ADD ("wrong-secret", test_wrong_secret);
  ADD ("unknown-user", test_unknown_user);
  ADD ("licence-refused", test_licence_refused);
  g_test_add_func ("/sip/register/ipv6", test_ipv6);
  g_test_add_func ("/sip/register/same-401-for-all", test_same_401_for_all);
  g_test_add_func ("/sip/register/replayed-register", test_replayed_register);
  g_test_add_func ("/sip/register/flood", test_flood);
  g_test_add_func ("/sip/register/not-answering", test_not_answering);
  g_test_add_func ("/sip/register/port-closed", test_port_closed);
  g_test_add_func ("/sip/register/foreign-realm", test_foreign_realm);
  g_test_add_func ("/sip/register/no-qop", test_no_qop);
  g_test_add_func ("/sip/register/challenge-from-elsewhere", test_challenge_from_elsewhere);
  g_test_add_func ("/sip/register/challenge-for-other-methods", test_challenge_for_other_methods);
  return g_test_run ();
}
