// SPDX-License-Identifier: Apache-2.0
/*
 * PASETO v4.public against a vector of our own, made with Python's struct and OpenSSL's Ed25519, and what must be
 * refused. The official vectors are in test-paseto-vectors.c.
 */

#include "wire/paseto.h"
#include "wire/random.h"

#include "wire-test.h"

#define PAYLOAD   "{\"v\":1,\"t\":\"un-enrol\",\"id\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"plant\":\"" STATION_ID "\"}"
#define ASSERTION "ipdoor 1 un-enrol"
#define TOKEN                                                                                                          \
  "v4.public."                                                                                                         \
  "eyJ2IjoxLCJ0IjoidW4tZW5yb2wiLCJpZCI6IkFBQUFBQUFBQUFBQUFBQUFBQUFBQUEiLCJwbGFudCI6ImZyN3FyZW1mcGMyZGd6aG9hM3FqdjQ3en" \
  "hh"                                                                                                                 \
  "In2c-U7tMNWPGbgFTSBk7PFzpNyg0W3qdKkzSKn4Vrva7N-lDyvd7UqXQCkn-sbML15R2XQmgcb6mLQCXg2NwokM"                           \
  ".NGltbjV6cW5qZWt1aXVlYTNiYnA0Zmxld3k"

static IpdOctets
text (const char *string)
{
  return (IpdOctets){ string, strlen (string) };
}

static void
test_pae (void)
{
  /* From the PASETO specification, "PAE definition". */
  static const struct {
    const char *pieces[2];
    size_t count;
    const char *octets;
    size_t length;
  } known[] = {
    { { NULL }, 0, "\0\0\0\0\0\0\0\0", 8 },
    { { "" }, 1, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16 },
    { { "test" }, 1, "\1\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0test", 20 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
    {
      IpdOctets pieces[2] = { { NULL, 0 } };
      for (size_t j = 0; j < known[i].count; j++)
        pieces[j] = text (known[i].pieces[j]);
      g_autoptr (GByteArray) pae = ipd_paseto_pae (pieces, known[i].count);
      g_assert_cmpmem (pae->data, pae->len, known[i].octets, known[i].length);
    }
}

static void
test_own_vector (void)
{
  g_auto (IpdKeyPair) signer = CLIENT;
  g_autofree char *token = ipd_paseto_sign (&signer, text (PAYLOAD), text (CLIENT_ID), text (ASSERTION));
  g_assert_cmpstr (token, ==, TOKEN);
  g_autofree char *input = test_unterminated (token);
  g_autoptr (GBytes) payload
      = ipd_paseto_verify (signer.pk, input, strlen (token), text (CLIENT_ID), text (ASSERTION), NULL);
  g_assert_nonnull (payload);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), PAYLOAD, strlen (PAYLOAD));
}

static void
refuse (const char *token, size_t length, const char *footer, const char *assertion, int code)
{
  g_auto (IpdKeyPair) signer = CLIENT;
  IpdWireError error = { 0 };
  g_assert_null (ipd_paseto_verify (signer.pk, token, length, text (footer), text (assertion), &error));
  if (code >= 0)
    g_assert_cmpint (error.code, ==, code);
  else
    g_assert_cmpint (error.code, !=, IPD_WIRE_OK);
}

static void
test_bindings (void)
{
  g_auto (IpdKeyPair) other = OTHER;
  refuse (TOKEN, strlen (TOKEN), OTHER_ID, ASSERTION, IPD_WIRE_FORGED);
  refuse (TOKEN, strlen (TOKEN), "", ASSERTION, IPD_WIRE_FORGED);
  refuse (TOKEN, strlen (TOKEN), CLIENT_ID, "ipdoor 1 command", IPD_WIRE_FORGED);
  refuse (TOKEN, strlen (TOKEN), CLIENT_ID, "", IPD_WIRE_FORGED);
  g_assert_null (ipd_paseto_verify (other.pk, TOKEN, strlen (TOKEN), text (CLIENT_ID), text (ASSERTION), NULL));
}

static void
test_every_bit (void)
{
  g_autofree char *token = g_strdup (TOKEN);
  size_t length = strlen (token);
  for (size_t bit = 0; bit < length * 8; bit++)
    {
      token[bit / 8] = (char) (token[bit / 8] ^ 1 << bit % 8);
      refuse (token, length, CLIENT_ID, ASSERTION, -1);
      token[bit / 8] = (char) (token[bit / 8] ^ 1 << bit % 8);
    }
}

static void
test_truncations (void)
{
  for (size_t cut = 0; cut < strlen (TOKEN); cut++)
    {
      g_autofree char *input = g_strndup (TOKEN, cut);
      g_autofree char *bare = test_unterminated (input);
      refuse (bare, cut, CLIENT_ID, ASSERTION, -1);
    }
}

static void
test_forms (void)
{
  static const struct {
    const char *token;
    IpdWireCode code;
  } bad[] = {
    { "", IPD_WIRE_SHORT },
    { "v4.public", IPD_WIRE_SHORT },
    { "v4.public.", IPD_WIRE_SHORT },
    { "v4.public.AAAA", IPD_WIRE_SHORT },
    { "v3.public.AAAA", IPD_WIRE_UNSUPPORTED },
    { "v4.local.AAAAAAAA", IPD_WIRE_UNSUPPORTED },
    { "V4.public.AAAA", IPD_WIRE_UNSUPPORTED },
    { TOKEN ".", IPD_WIRE_SYNTAX },
    { TOKEN ".AAAA", IPD_WIRE_SYNTAX },
    { TOKEN "=", IPD_WIRE_SYNTAX },
    { TOKEN "\n", IPD_WIRE_SYNTAX },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    refuse (bad[i].token, strlen (bad[i].token), CLIENT_ID, ASSERTION, bad[i].code);

  g_auto (IpdKeyPair) signer = CLIENT;
  g_autofree char *bare = ipd_paseto_sign (&signer, text (PAYLOAD), text (""), text (""));
  g_autoptr (GBytes) payload = ipd_paseto_verify (signer.pk, bare, strlen (bare), text (""), text (""), NULL);
  g_assert_nonnull (payload);
  g_autofree char *with_dot = g_strconcat (bare, ".", NULL); /* a second text of the same token */
  refuse (with_dot, strlen (with_dot), "", "", IPD_WIRE_SYNTAX);

  g_autofree char *huge = g_strnfill (IPD_PASETO_MAX + 1, 'A');
  memcpy (huge, "v4.public.", 10);
  refuse (huge, IPD_PASETO_MAX + 1, CLIENT_ID, ASSERTION, IPD_WIRE_LONG);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/paseto/pae", test_pae);
  g_test_add_func ("/wire/paseto/own-vector", test_own_vector);
  g_test_add_func ("/wire/paseto/bindings", test_bindings);
  g_test_add_func ("/wire/paseto/every-bit", test_every_bit);
  g_test_add_func ("/wire/paseto/truncations", test_truncations);
  g_test_add_func ("/wire/paseto/forms", test_forms);
  return g_test_run ();
}
