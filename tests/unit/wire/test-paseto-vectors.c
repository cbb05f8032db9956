// SPDX-License-Identifier: Apache-2.0
/*
 * The official PASETO v4 vectors, read in place from IPDOOR_VECTORS; skipped where the folder is absent. We speak
 * v4.public only: of the v4.local ones we check that they are refused.
 */

#include "wire/paseto.h"
#include "wire/random.h"

#include "wire-test.h"

#include <json-glib/json-glib.h>

static GBytes *
from_hex (const char *hex)
{
  size_t n = strlen (hex) / 2;
  uint8_t *octets = g_malloc0 (n + 1);
  for (size_t i = 0; i < n; i++)
    octets[i] = (uint8_t) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (octets, n);
}

static IpdOctets
member (JsonObject *test, const char *name)
{
  const char *value = json_object_get_string_member_with_default (test, name, "");
  return (IpdOctets){ value, strlen (value) };
}

static void
check_accepted (JsonObject *test, const uint8_t *pk, GBytes *payload)
{
  IpdKeyPair signer;
  const char *token = json_object_get_string_member (test, "token");
  IpdOctets wanted = member (test, "payload");
  g_autoptr (GBytes) seed = from_hex (json_object_get_string_member (test, "secret-key-seed"));

  g_assert_nonnull (payload);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), wanted.octets, wanted.length);
  ipd_key_pair_from_seed (g_bytes_get_data (seed, NULL), &signer);
  g_assert_cmpmem (signer.pk, IPD_PK_OCTETS, pk, IPD_PK_OCTETS);
  g_autofree char *ours
      = ipd_paseto_sign (&signer, wanted, member (test, "footer"), member (test, "implicit-assertion"));
  g_assert_cmpstr (ours, ==, token);
}

static void
check_vector (JsonObject *test)
{
  const char *token = json_object_get_string_member (test, "token");
  const char *pk_hex = json_object_get_string_member_with_default (test, "public-key", "");
  gboolean local = pk_hex[0] == '\0';
  g_autoptr (GBytes) pk = from_hex (local ? "00000000000000000000000000000000"
                                            "00000000000000000000000000000000"
                                          : pk_hex);
  const uint8_t *key = g_bytes_get_data (pk, NULL);

  g_test_message ("%s", json_object_get_string_member (test, "name"));
  g_autoptr (GBytes) payload = ipd_paseto_verify (key, token, strlen (token), member (test, "footer"),
                                                  member (test, "implicit-assertion"), NULL);
  if (local || json_object_get_boolean_member (test, "expect-fail"))
    g_assert_null (payload);
  else
    check_accepted (test, key, payload);
}

static void
test_official (void)
{
  const char *folder = g_getenv ("IPDOOR_VECTORS");
  g_autofree char *path = g_build_filename (folder == NULL ? "" : folder, "paseto-v4.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (folder == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the folder of official vectors is not there (option vectors)");
      return;
    }
  g_assert_true (json_parser_load_from_file (parser, path, &error));
  g_assert_no_error (error);
  JsonArray *tests = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "tests");
  unsigned accepted = 0;
  for (guint i = 0; i < json_array_get_length (tests); i++)
    {
      JsonObject *test = json_array_get_object_element (tests, i);
      check_vector (test);
      accepted += json_object_has_member (test, "public-key") && !json_object_get_boolean_member (test, "expect-fail");
    }
  g_assert_cmpuint (accepted, >=, 3); /* 4-S-1 to 4-S-3 */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/paseto-vectors/official", test_official);
  return g_test_run ();
}
