// SPDX-License-Identifier: Apache-2.0
/*
 * The detached SIP signature: two vectors made with Python and OpenSSL, and every field that is bound. Attacks of
 * docs/protocol.md §8: forged-invite, an answer's status changed, an INVITE given to another client.
 */

#include "wire/random.h"
#include "wire/sip-auth.h"

#include "wire-test.h"

#define INVITE_VALUE "1.4PmGjd2ZF90iwb8MOyp6YFE31bFEa4ZNilEz16HboQc45FVACd8UScLnYYK6JdhTXqVXRd31GL8T1FwWP35zBw"
#define ANSWER_VALUE "1.ZPdaVuO8TjMkA1ekfFJ0RKZW31Lsc4_Yq06gHd3h1QSulYzlQXrj4ZJj3ZM2ftfkEPBhrIJVGv-0eUBtboSHDw"

static const IpdSipAuth invite = {
  .method = "INVITE",
  .signer = STATION_ID,
  .receiver = CLIENT_ID,
  .from_tag = "tagtagtag",
  .ruri_user = "AAAAAAAAAAAAAAAAAAAAAA",
  .call_id = "BAAAAAAAAAAAAAAAAAAAAA",
  .cseq = 1,
  .visit = "CAAAAAAAAAAAAAAAAAAAAA",
  .body = "v=0\r\n",
  .body_length = 5,
};
static const IpdSipAuth answer = {
  .method = "INVITE",
  .status = 200,
  .signer = CLIENT_ID,
  .receiver = STATION_ID,
  .from_tag = "tagtagtag",
  .ruri_user = "AAAAAAAAAAAAAAAAAAAAAA",
  .call_id = "BAAAAAAAAAAAAAAAAAAAAA",
  .cseq = G_MAXUINT32,
};

static gboolean
verifies (const IpdSipAuth *auth, const char *value, IpdWireCode *ret_code)
{
  g_auto (IpdKeyPair) pair = strcmp (auth->signer, CLIENT_ID) == 0 ? CLIENT : STATION;
  g_autofree char *input = test_unterminated (value);
  IpdWireError error = { 0 };
  gboolean good = ipd_sip_auth_verify (auth, input, strlen (value), pair.pk, &error);
  *ret_code = error.code;
  return good;
}

static void
test_vectors (void)
{
  g_auto (IpdKeyPair) station = STATION, client = CLIENT;
  char value[IPD_SIP_AUTH_LENGTH + 1];
  IpdWireCode code;
  g_autoptr (GByteArray) octets = ipd_sip_auth_octets (&invite);
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, octets->data, octets->len);

  g_assert_cmpstr (digest, ==, "615fa0448fc72232001968840eec98e6874d8192788eed906ffe3b98464928ad");
  g_assert_true (ipd_sip_auth_sign (&invite, &station, value));
  g_assert_cmpstr (value, ==, INVITE_VALUE);
  g_assert_true (verifies (&invite, value, &code));
  g_assert_true (ipd_sip_auth_sign (&answer, &client, value));
  g_assert_cmpstr (value, ==, ANSWER_VALUE);
  g_assert_true (verifies (&answer, value, &code));
}

#define CHANGED(base, ...)                                                                                             \
  {                                                                                                                    \
    IpdSipAuth changed = base;                                                                                         \
    changed.__VA_ARGS__;                                                                                               \
    g_assert_false (verifies (&changed, value, &code));                                                                \
    g_assert_cmpint (code, ==, IPD_WIRE_FORGED);                                                                       \
  }

static void
test_every_field (void)
{
  const char *value = INVITE_VALUE;
  IpdWireCode code;
  CHANGED (invite, method = "MESSAGE");
  CHANGED (invite, status = 200);
  CHANGED (invite, receiver = OTHER_ID);
  CHANGED (invite, from_tag = "tagtagtaf");
  CHANGED (invite, ruri_user = "BAAAAAAAAAAAAAAAAAAAAA");
  CHANGED (invite, call_id = "CAAAAAAAAAAAAAAAAAAAAA");
  CHANGED (invite, cseq = 2);
  CHANGED (invite, visit = "AAAAAAAAAAAAAAAAAAAAAA");
  CHANGED (invite, visit = NULL);
  CHANGED (invite, body = "v=1\r\n");
  CHANGED (invite, body_length = 4);
  CHANGED (invite, body_length = 0);
  value = ANSWER_VALUE;
  CHANGED (answer, status = 183); /* and so a 183 never passes for a 200 */
  CHANGED (answer, status = 0);
  CHANGED (answer, receiver = OTHER_ID);
}

/* The octets of one field cannot be read as the next one's. */
static void
test_field_borders (void)
{
  IpdSipAuth a = invite, b = invite;
  a.from_tag = "ab";
  a.ruri_user = "c";
  b.from_tag = "a";
  b.ruri_user = "bc";
  g_autoptr (GByteArray) octets_a = ipd_sip_auth_octets (&a), octets_b = ipd_sip_auth_octets (&b);
  g_assert_cmpuint (octets_a->len, ==, octets_b->len);
  g_assert_cmpint (memcmp (octets_a->data, octets_b->data, octets_a->len), !=, 0);
}

static void
test_signers (void)
{
  g_auto (IpdKeyPair) client = CLIENT, other = OTHER;
  char value[IPD_SIP_AUTH_LENGTH + 1] = "untouched";
  IpdWireError error;

  g_assert_false (ipd_sip_auth_sign (&invite, &client, value)); /* in the name of somebody else */
  g_assert_cmpstr (value, ==, "untouched");
  g_assert_false (ipd_sip_auth_verify (&invite, INVITE_VALUE, IPD_SIP_AUTH_LENGTH, other.pk, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_FORGED);
}

static void
test_forms (void)
{
  static const struct {
    const char *value;
    IpdWireCode code;
  } bad[] = {
    { "", IPD_WIRE_SHORT },
    { "1", IPD_WIRE_SHORT },
    { "1.", IPD_WIRE_SHORT },
    { "2.AAAA", IPD_WIRE_UNSUPPORTED },
    { INVITE_VALUE "A", IPD_WIRE_LONG },
    { INVITE_VALUE "==", IPD_WIRE_LONG },
    { "1.!PmGjd2ZF90iwb8MOyp6YFE31bFEa4ZNilEz16HboQc45FVACd8UScLnYYK6JdhTXqVXRd31GL8T1FwWP35zBw", IPD_WIRE_SYNTAX },
    { "1.4PmGjd2ZF90iwb8MOyp6YFE31bFEa4ZNilEz16HboQc45FVACd8UScLnYYK6JdhTXqVXRd31GL8T1FwWP35zBx", IPD_WIRE_SYNTAX },
  };
  IpdWireCode code;
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (verifies (&invite, bad[i].value, &code));
      g_assert_cmpint (code, ==, bad[i].code);
    }
  for (size_t bit = 0; bit < IPD_SIP_AUTH_LENGTH * 8; bit++)
    {
      char value[] = INVITE_VALUE;
      g_auto (IpdKeyPair) station = STATION;
      value[bit / 8] = (char) (value[bit / 8] ^ 1 << bit % 8);
      g_assert_false (ipd_sip_auth_verify (&invite, value, IPD_SIP_AUTH_LENGTH, station.pk, NULL));
    }
}

static void
test_limits (void)
{
  g_auto (IpdKeyPair) station = STATION;
  char value[IPD_SIP_AUTH_LENGTH + 1];
  IpdSipAuth auth = invite;
  g_autofree char *huge = g_strnfill (65536, 'x');

  auth.call_id = huge;
  g_assert_false (ipd_sip_auth_sign (&auth, &station, value));
  g_assert_null (ipd_sip_auth_octets (&auth));
  huge[65535] = '\0';
  g_assert_true (ipd_sip_auth_sign (&auth, &station, value));
  auth.body = NULL;
  auth.body_length = 0;
  g_assert_true (ipd_sip_auth_sign (&auth, &station, value));
}

static void
test_digest_secret (void)
{
  uint8_t k_station[32];
  IpdId client = { CLIENT_ID }, other = { OTHER_ID };

  for (unsigned i = 0; i < 32; i++)
    k_station[i] = (uint8_t) i;
  IpdShortId secret = ipd_sip_secret (k_station, &client), others = ipd_sip_secret (k_station, &other);
  g_assert_cmpstr (secret.s, ==, "YM__3fS5Ty9-7IQNsvluww");
  g_assert_false (ipd_short_id_equal (&secret, &others));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/sip-auth/vectors", test_vectors);
  g_test_add_func ("/wire/sip-auth/every-field", test_every_field);
  g_test_add_func ("/wire/sip-auth/field-borders", test_field_borders);
  g_test_add_func ("/wire/sip-auth/signers", test_signers);
  g_test_add_func ("/wire/sip-auth/forms", test_forms);
  g_test_add_func ("/wire/sip-auth/limits", test_limits);
  g_test_add_func ("/wire/sip-auth/digest-secret", test_digest_secret);
  return g_test_run ();
}
