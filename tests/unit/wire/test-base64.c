// SPDX-License-Identifier: Apache-2.0
/*
 * b64u: one text for every value, and no other text accepted.
 */

#include "wire/base64.h"
#include "wire/random.h"

#include "wire-test.h"

/* RFC 4648 §10, without the padding, and two with the characters that only base64url has. */
static const struct {
  const char *octets, *text;
} known[] = {
  { "", "" },           { "f", "Zg" },          { "fo", "Zm8" },          { "foo", "Zm9v" },
  { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xbe", "-_--" },
};

static const struct {
  const char *text;
  IpdWireCode code;
} refused[] = {
  { "Z", IPD_WIRE_SYNTAX },
  { "Zg==", IPD_WIRE_SYNTAX },
  { "Zg=", IPD_WIRE_SYNTAX },
  { "Zh", IPD_WIRE_SYNTAX },
  { "Zm9", IPD_WIRE_SYNTAX },
  { "Zm9v ", IPD_WIRE_SYNTAX },
  { " Zm9v", IPD_WIRE_SYNTAX },
  { "Zm\n9v", IPD_WIRE_SYNTAX },
  { "+/++", IPD_WIRE_SYNTAX },
  { "Zm9v.", IPD_WIRE_SYNTAX },
  { "Zm9vZm9vZm9vZm9vZm9vZm9v", IPD_WIRE_LONG },
  { "Zm\xc3\xa9", IPD_WIRE_SYNTAX },
};

static void
test_known (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
    {
      uint8_t octets[16];
      size_t length = 99;
      g_autofree char *text = ipd_b64u_encode (known[i].octets, strlen (known[i].octets));
      g_assert_cmpstr (text, ==, known[i].text);
      g_autofree char *input = test_unterminated (text);
      g_assert_true (ipd_b64u_decode (input, strlen (text), octets, sizeof octets, &length, NULL));
      g_assert_cmpmem (octets, length, known[i].octets, strlen (known[i].octets));
    }
}

static void
test_refused (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      uint8_t octets[16];
      size_t length = 99;
      IpdWireError error = { 0 };
      g_autofree char *input = test_unterminated (refused[i].text);
      g_test_message ("%s", refused[i].text);
      g_assert_false (ipd_b64u_decode (input, strlen (refused[i].text), octets, sizeof octets, &length, &error));
      g_assert_cmpint (error.code, ==, refused[i].code);
      g_assert_cmpint (length, ==, 99);
    }
}

/* Of all two-character texts exactly the 256 canonical ones are taken. */
static void
test_canonical (void)
{
  unsigned accepted = 0;
  for (unsigned a = 0; a < 256; a++)
    for (unsigned b = 0; b < 256; b++)
      {
        const char text[2] = { (char) a, (char) b };
        uint8_t octet;
        if (!ipd_b64u_decode_exact (text, 2, &octet, 1))
          continue;
        g_autofree char *again = ipd_b64u_encode (&octet, 1);
        g_assert_cmpmem (again, 2, text, 2);
        accepted++;
      }
  g_assert_cmpuint (accepted, ==, 256);
}

static void
test_round_trips (void)
{
  for (size_t length = 0; length < 200; length++)
    {
      uint8_t octets[200];
      ipd_random_octets (octets, length);
      g_autofree char *text = ipd_b64u_encode (octets, length);
      g_assert_cmpuint (strlen (text), ==, IPD_B64U_LENGTH (length));
      g_autoptr (GBytes) back = ipd_b64u_decode_new (text, strlen (text), length, NULL);
      g_assert_nonnull (back);
      g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), octets, length);
    }
  IpdWireError error;
  g_assert_null (ipd_b64u_decode_new ("Zm9v", 4, 2, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);
}

static void
test_short_ids (void)
{
  for (unsigned i = 0; i < 100; i++)
    {
      uint8_t octets[IPD_SHORT_ID_OCTETS];
      IpdShortId id = ipd_random_short_id ();
      g_assert_true (ipd_short_id_valid (id.s));
      g_assert_true (ipd_short_id_to_octets (id.s, octets));
      IpdShortId again = ipd_short_id_from_octets (octets);
      g_assert_true (ipd_short_id_equal (&id, &again));
    }
  uint8_t octets[IPD_SHORT_ID_OCTETS];
  g_assert_false (ipd_short_id_to_octets (NULL, octets));
  g_assert_false (ipd_short_id_to_octets ("AAAAAAAAAAAAAAAAAAAAAB", octets)); /* trailing bits */
  g_assert_false (ipd_short_id_valid ("AAAAAAAAAAAAAAAAAAAAAB"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/base64/known", test_known);
  g_test_add_func ("/wire/base64/refused", test_refused);
  g_test_add_func ("/wire/base64/canonical", test_canonical);
  g_test_add_func ("/wire/base64/round-trips", test_round_trips);
  g_test_add_func ("/wire/base64/short-ids", test_short_ids);
  return g_test_run ();
}
