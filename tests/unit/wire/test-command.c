// SPDX-License-Identifier: Apache-2.0
/*
 * Tokens that travel as messages. Attacks of docs/protocol.md §10 and §3: forged-command, forged-result,
 * cross-type-token; a second delivery and a replay are the tables' (core/nonces, core/commands).
 */

#include "core/nonces.h"
#include "wire/command.h"
#include "wire/paseto.h"
#include "wire/random.h"

#include "wire-test.h"

#define N_SAMPLES 9

static void
samples (IpdMessage messages[static N_SAMPLES])
{
  IpdId station = { STATION_ID }, client = { CLIENT_ID };
  IpdOutputId door = { "door" }, longest = { "abcdefghijklmn-9" };
  IpdName name;
  /* 64 octets that all need an escape in JSON: the longest a token can become. */
  ipd_name_set (
      &name,
      "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
      "\"\"\"\"\"\"\"\"");
  const IpdMessage all[N_SAMPLES] = {
    { .type = IPD_TOKEN_COMMAND,
      .command
      = { test_short_id ('a'), station, door, test_short_id ('b'), test_short_id ('c'), test_short_id ('d') } },
    { .type = IPD_TOKEN_COMMAND,
      .command = { test_short_id ('a'), station, longest, test_short_id ('b'), test_short_id ('c'), { "" } } },
    { .type = IPD_TOKEN_NONCE_REQUEST, .nonce_request = { test_short_id ('a'), station, test_short_id ('b') } },
    { .type = IPD_TOKEN_NONCE, .nonce = { test_short_id ('a'), client, test_short_id ('b'), IPD_NONCE_LIFETIME_MS } },
    { .type = IPD_TOKEN_RESULT,
      .result = { test_short_id ('a'), client, longest, G_MAXUINT32, IPD_OPENING_REFUSED, IPD_REFUSAL_LICENCE } },
    { .type = IPD_TOKEN_RESULT,
      .result = { test_short_id ('a'), client, door, 1, IPD_OPENING_CONTACT_OPEN, IPD_REFUSAL_NONE } },
    { .type = IPD_TOKEN_VISIT,
      .visit = { test_short_id ('a'), client, G_MAXUINT32, IPD_VISIT_NEWS_ENDED, name, station, longest,
                 IPD_CONTACT_TIMEOUT, IPD_VISIT_REASON_CANCELLED } },
    { .type = IPD_TOKEN_VISIT, .visit = { .visit = test_short_id ('a'), .audience = client, .seq = 1 } },
    { .type = IPD_TOKEN_UN_ENROL, .un_enrol = { test_short_id ('a'), station } },
  };
  memcpy (messages, all, sizeof all);
}

static void
test_round_trips (void)
{
  g_auto (IpdKeyPair) signer = CLIENT;
  IpdMessage messages[N_SAMPLES];

  samples (messages);
  for (unsigned i = 0; i < N_SAMPLES; i++)
    {
      IpdMessage back;
      IpdTokenPeek peek;
      g_autoptr (GError) error = NULL;
      g_autofree char *token = ipd_message_make (&signer, &messages[i]);
      g_autofree char *input = test_unterminated (token);
      size_t length = strlen (token);

      g_test_message ("%s: %" G_GSIZE_FORMAT, ipd_token_type_name (messages[i].type), length);
      g_assert_cmpuint (length, <=, IPD_MESSAGE_TOKEN_MAX);
      g_assert_true (ipd_token_peek (input, length, &peek));
      g_assert_cmpstr (peek.signer.s, ==, CLIENT_ID);
      g_assert_cmpint (peek.type, ==, messages[i].type);
      g_assert_true (ipd_message_verify (input, length, signer.pk, &back, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (back.signer.s, ==, CLIENT_ID);
      messages[i].signer = back.signer;
      g_autofree char *again = ipd_message_make (&signer, &back);
      g_assert_cmpstr (again, ==, token);
    }
}

/* Every bit of every token, and every place to cut it. */
static void
test_bits_and_cuts (void)
{
  g_auto (IpdKeyPair) signer = CLIENT;
  IpdMessage messages[N_SAMPLES], untouched = { .type = IPD_TOKEN_UN_ENROL };

  samples (messages);
  for (unsigned i = 0; i < N_SAMPLES; i++)
    {
      g_autofree char *token = ipd_message_make (&signer, &messages[i]);
      size_t length = strlen (token);
      IpdMessage back = untouched;
      for (size_t bit = 0; bit < length * 8; bit++)
        {
          token[bit / 8] = (char) (token[bit / 8] ^ 1 << bit % 8);
          g_assert_false (ipd_message_verify (token, length, signer.pk, &back, NULL));
          token[bit / 8] = (char) (token[bit / 8] ^ 1 << bit % 8);
        }
      for (size_t cut = 0; cut < length; cut++)
        g_assert_false (ipd_message_verify (token, cut, signer.pk, &back, NULL));
      g_assert_cmpmem (&back, sizeof back, &untouched, sizeof untouched);
    }
}

static char *
sign_json (const IpdKeyPair *signer, const char *json, const char *assertion)
{
  return ipd_paseto_sign (signer, (IpdOctets){ json, strlen (json) }, (IpdOctets){ signer->id.s, IPD_ID_LENGTH },
                          (IpdOctets){ assertion, strlen (assertion) });
}

/* A token signed for one type, dressed as another: neither by its "t" nor by its assertion. */
static void
test_cross_type (void)
{
  static const char *const types[] = { "command", "nonce-request", "nonce", "result", "visit", "un-enrol" };
  g_auto (IpdKeyPair) signer = CLIENT;

  for (size_t says = 0; says < G_N_ELEMENTS (types); says++)
    for (size_t is = 0; is < G_N_ELEMENTS (types); is++)
      {
        g_autofree char *json = g_strdup_printf (
            "{\"v\":1,\"t\":\"%s\",\"id\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"plant\":\"%s\"}", types[says], STATION_ID);
        g_autofree char *assertion = g_strconcat ("ipdoor 1 ", types[is], NULL);
        g_autofree char *token = sign_json (&signer, json, assertion);
        g_autoptr (GError) error = NULL;
        IpdMessage message;
        gboolean good = ipd_message_verify (token, strlen (token), signer.pk, &message, &error);
        g_assert_cmpint (good, ==, says == is && strcmp (types[is], "un-enrol") == 0);
        if (says != is)
          g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_SIGNATURE);
      }
}

static void
test_signers (void)
{
  g_auto (IpdKeyPair) signer = CLIENT, other = OTHER;
  IpdMessage messages[N_SAMPLES], back;
  g_autoptr (GError) error = NULL;

  samples (messages);
  g_autofree char *token = ipd_message_make (&signer, &messages[0]);
  g_assert_false (ipd_message_verify (token, strlen (token), other.pk, &back, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_SIGNER);
  g_clear_error (&error);

  /* The other's signature under this client's name. */
  g_auto (IpdKeyPair) impostor = OTHER;
  impostor.id = signer.id;
  g_autofree char *forged = ipd_message_make (&impostor, &messages[0]);
  g_assert_false (ipd_message_verify (forged, strlen (forged), signer.pk, &back, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_SIGNATURE);
}

#define S "AAAAAAAAAAAAAAAAAAAAAA"
static const struct {
  const char *json, *type;
  int code; /* -1: accepted */
} members[] = {
  { "{\"v\":1,\"t\":\"un-enrol\",\"id\":\"" S "\",\"plant\":\"" STATION_ID "\"}", "un-enrol", -1 },
  { "{\"t\":\"un-enrol\",\"plant\":\"" STATION_ID "\",\"x\":[{}],\"id\":\"" S "\",\"v\":1}", "un-enrol", -1 },
  { "{\"v\":2,\"t\":\"un-enrol\",\"id\":\"" S "\",\"plant\":\"" STATION_ID "\"}", "un-enrol", IPD_WIRE_ERROR_FORM },
  { "{\"v\":\"1\",\"t\":\"un-enrol\",\"id\":\"" S "\",\"plant\":\"" STATION_ID "\"}", "un-enrol", IPD_WIRE_ERROR_FORM },
  { "{\"v\":1,\"id\":\"" S "\",\"plant\":\"" STATION_ID "\"}", "un-enrol", IPD_WIRE_ERROR_FORM },
  { "{\"v\":1,\"t\":\"un-enrol\",\"plant\":\"" STATION_ID "\"}", "un-enrol", IPD_WIRE_ERROR_MEMBER },
  { "{\"v\":1,\"t\":\"un-enrol\",\"id\":7,\"plant\":\"" STATION_ID "\"}", "un-enrol", IPD_WIRE_ERROR_MEMBER },
  { "{\"v\":1,\"t\":\"un-enrol\",\"id\":\"short\",\"plant\":\"" STATION_ID "\"}", "un-enrol", IPD_WIRE_ERROR_MEMBER },
  { "{\"v\":1,\"t\":\"un-enrol\",\"id\":null,\"plant\":\"" STATION_ID "\"}", "un-enrol", IPD_WIRE_ERROR_MEMBER },
  { "{\"v\":1,\"t\":\"identity\"}", "identity", IPD_WIRE_ERROR_FORM },
  { "{\"v\":1,\"t\":\"licence\"}", "licence", IPD_WIRE_ERROR_FORM },
  { "[]", "un-enrol", IPD_WIRE_ERROR_FORM },
  { "", "un-enrol", IPD_WIRE_ERROR_FORM },
#define COMMAND(out, act, extra)                                                                                       \
  "{\"v\":1,\"t\":\"command\",\"id\":\"" S "\",\"dev\":\"" STATION_ID "\",\"out\":\"" out "\",\"act\":\"" act          \
  "\",\"nonce\":\"" S "\",\"lic\":\"" S "\"" extra "}"
  { COMMAND ("door", "open", ""), "command", -1 },
  { COMMAND ("door", "open", ",\"visit\":\"" S "\""), "command", -1 },
  { COMMAND ("door", "open", ",\"visit\":\"x\""), "command", IPD_WIRE_ERROR_MEMBER },
  { COMMAND ("door", "open", ",\"visit\":3"), "command", IPD_WIRE_ERROR_MEMBER },
  { COMMAND ("door", "close", ""), "command", IPD_WIRE_ERROR_MEMBER },
  { COMMAND ("Door", "open", ""), "command", IPD_WIRE_ERROR_MEMBER },
  { COMMAND ("", "open", ""), "command", IPD_WIRE_ERROR_MEMBER },
  { COMMAND ("seventeen-letters", "open", ""), "command", IPD_WIRE_ERROR_MEMBER },
#define RESULT(seq, state)                                                                                             \
  "{\"v\":1,\"t\":\"result\",\"re\":\"" S "\",\"aud\":\"" CLIENT_ID "\",\"out\":\"door\",\"seq\":" seq                 \
  ",\"state\":" state "}"
  { RESULT ("1", "\"accepted\""), "result", -1 },
  { RESULT ("1", "\"requested\""), "result", IPD_WIRE_ERROR_MEMBER },
  { RESULT ("1", "\"no-answer\""), "result", IPD_WIRE_ERROR_MEMBER },
  { RESULT ("1", "\"refused\""), "result", IPD_WIRE_ERROR_MEMBER },
  { RESULT ("1", "\"refused\",\"reason\":\"\""), "result", IPD_WIRE_ERROR_MEMBER },
  { RESULT ("1", "\"refused\",\"reason\":\"mood\""), "result", IPD_WIRE_ERROR_MEMBER },
  { RESULT ("1", "\"refused\",\"reason\":\"nonce\""), "result", -1 },
  { RESULT ("-1", "\"accepted\""), "result", IPD_WIRE_ERROR_MEMBER },
  { RESULT ("4294967296", "\"accepted\""), "result", IPD_WIRE_ERROR_MEMBER },
  { RESULT ("1.0", "\"accepted\""), "result", IPD_WIRE_ERROR_MEMBER },
#define VISIT(rest)                                                                                                    \
  "{\"v\":1,\"t\":\"visit\",\"visit\":\"" S "\",\"aud\":\"" CLIENT_ID "\",\"seq\":1,\"contact\":\"none\"," rest "}"
  { VISIT ("\"state\":\"ringing\""), "visit", -1 },
  { VISIT ("\"state\":\"ended\",\"reason\":\"missed\""), "visit", -1 },
  { VISIT ("\"state\":\"ended\""), "visit", IPD_WIRE_ERROR_MEMBER },
  { VISIT ("\"state\":\"answered\",\"by\":\"\""), "visit", IPD_WIRE_ERROR_MEMBER },
  { VISIT ("\"state\":\"answered\",\"by\":\"a\\nb\""), "visit", IPD_WIRE_ERROR_MEMBER },
  { VISIT ("\"state\":\"answered\",\"byid\":\"me\""), "visit", IPD_WIRE_ERROR_MEMBER },
};

static void
test_members (void)
{
  g_auto (IpdKeyPair) signer = CLIENT;
  for (size_t i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *assertion = g_strconcat ("ipdoor 1 ", members[i].type, NULL);
      g_autofree char *token = sign_json (&signer, members[i].json, assertion);
      g_autoptr (GError) error = NULL;
      IpdMessage message;
      gboolean good = ipd_message_verify (token, strlen (token), signer.pk, &message, &error);
      g_test_message ("%s", members[i].json);
      g_assert_cmpint (good, ==, members[i].code < 0);
      if (!good)
        g_assert_error (error, IPD_WIRE_ERROR, members[i].code);
    }
}

static void
test_too_long (void)
{
  g_auto (IpdKeyPair) signer = CLIENT;
  g_autofree char *fill = g_strnfill (IPD_MESSAGE_TOKEN_MAX, 'x');
  g_autofree char *json = g_strdup_printf (
      "{\"v\":1,\"t\":\"un-enrol\",\"id\":\"" S "\",\"plant\":\"" STATION_ID "\",\"x\":\"%s\"}", fill);
  g_autofree char *token = sign_json (&signer, json, "ipdoor 1 un-enrol");
  IpdTokenPeek peek;
  IpdMessage message;
  g_assert_false (ipd_token_peek (token, strlen (token), &peek));
  g_assert_false (ipd_message_verify (token, strlen (token), signer.pk, &message, NULL));
}

static void
test_hash (void)
{
  IpdShortId hash = ipd_token_hash ("v4.public.example");
  g_assert_cmpstr (hash.s, ==, "fr86X0u7TREW2a8owXDQ9Q"); /* hashlib.blake2b (digest_size=16) */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/command/round-trips", test_round_trips);
  g_test_add_func ("/wire/command/bits-and-cuts", test_bits_and_cuts);
  g_test_add_func ("/wire/command/cross-type-token", test_cross_type);
  g_test_add_func ("/wire/command/forged-command", test_signers);
  g_test_add_func ("/wire/command/members", test_members);
  g_test_add_func ("/wire/command/too-long", test_too_long);
  g_test_add_func ("/wire/command/hash", test_hash);
  return g_test_run ();
}
