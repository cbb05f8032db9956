// SPDX-License-Identifier: Apache-2.0
/*
 * Pairs, ids, signatures, sealed boxes, secrets and the key file. Ids and public keys were computed with Python and
 * OpenSSL.
 */

#include "wire/error.h"
#include "wire/key-file.h"
#include "wire/random.h"

#include "wire-test.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static void
test_known_ids (void)
{
  static const struct {
    uint8_t seed;
    const char *pk, *id;
  } known[] = {
    { 1, "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w", STATION_ID },
    { 2, "gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q", CLIENT_ID },
    { 3, "7UkoxijRwsbq6QM4kFmVYSlZJzpcY_k2NsFGFKyHN9E", OTHER_ID },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
    {
      IpdKeyPair pair = test_pair (known[i].seed);
      g_autofree char *pk = ipd_pk_write (pair.pk);
      uint8_t again[IPD_PK_OCTETS];
      g_assert_cmpstr (pk, ==, known[i].pk);
      g_assert_cmpstr (pair.id.s, ==, known[i].id);
      g_assert_true (ipd_id_valid (pair.id.s));
      g_assert_true (ipd_pk_read (pk, again));
      g_assert_cmpmem (again, sizeof again, pair.pk, sizeof pair.pk);
      g_assert_true (ipd_id_fits_pk (&pair.id, again));
      again[5] ^= 1;
      g_assert_false (ipd_id_fits_pk (&pair.id, again));
    }
}

static void
test_seed_text (void)
{
  g_auto (IpdKeyPair) pair = STATION, again = { 0 };
  g_autoptr (GError) error = NULL;
  char *text = ipd_key_pair_write (&pair);
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  g_assert_true (ipd_key_pair_read (line, strlen (line), &again, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (&again, sizeof again, &pair, sizeof pair);
  g_assert_false (ipd_key_pair_read (text, strlen (text) - 1, &again, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_KEY);
  g_assert_null (strstr (error->message, "AQEB"));
  ipd_wipe_string (text);
}

static void
test_signatures (void)
{
  g_auto (IpdKeyPair) pair = STATION, other = OTHER;
  uint8_t signature[IPD_SIGNATURE_OCTETS];

  ipd_sign (&pair, "octets", 6, signature);
  g_assert_true (ipd_verify (pair.pk, "octets", 6, signature));
  g_assert_false (ipd_verify (pair.pk, "octett", 6, signature));
  g_assert_false (ipd_verify (other.pk, "octets", 6, signature));
  for (unsigned bit = 0; bit < IPD_SIGNATURE_OCTETS * 8; bit++)
    {
      signature[bit / 8] ^= (uint8_t) (1 << bit % 8);
      g_assert_false (ipd_verify (pair.pk, "octets", 6, signature));
      signature[bit / 8] ^= (uint8_t) (1 << bit % 8);
    }
}

/* A key of small order verifies anything for everybody, so none may ever verify. */
static void
test_small_order (void)
{
  uint8_t pk[IPD_PK_OCTETS] = { 1 }, signature[IPD_SIGNATURE_OCTETS] = { 1 };
  g_assert_false (ipd_verify (pk, "x", 1, signature));
  g_assert_null (ipd_seal (pk, "x", 1));
}

static void
test_sealed_boxes (void)
{
  g_auto (IpdKeyPair) pair = CLIENT, other = OTHER;
  for (size_t length = 0; length < 100; length += 33)
    {
      uint8_t plain[100] = { 7, 8, 9 };
      g_autoptr (GBytes) sealed = ipd_seal (pair.pk, plain, length);
      g_assert_cmpuint (g_bytes_get_size (sealed), ==, length + IPD_SEAL_OCTETS);
      g_autofree uint8_t *octets = g_memdup2 (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
      g_autoptr (IpdSecret) opened = ipd_unseal (&pair, octets, length + IPD_SEAL_OCTETS);
      g_assert_nonnull (opened);
      g_assert_cmpmem (ipd_secret_octets (opened), ipd_secret_length (opened), plain, length);
      g_assert_null (ipd_unseal (&other, octets, length + IPD_SEAL_OCTETS));
      for (size_t cut = 0; cut < length + IPD_SEAL_OCTETS; cut++)
        g_assert_null (ipd_unseal (&pair, octets, cut));
      for (size_t bit = 0; bit < (length + IPD_SEAL_OCTETS) * 8; bit++)
        {
          /* The top bit of the ephemeral key is masked by X25519, but it is hashed into the nonce. */
          octets[bit / 8] ^= (uint8_t) (1 << bit % 8);
          g_assert_null (ipd_unseal (&pair, octets, length + IPD_SEAL_OCTETS));
          octets[bit / 8] ^= (uint8_t) (1 << bit % 8);
        }
    }
}

static void
test_secrets (void)
{
  g_autoptr (IpdSecret) a = ipd_secret_new ("abc", 3), b = ipd_secret_new ("abd", 3), c = ipd_secret_new ("abc", 3);
  g_autoptr (IpdSecret) same = ipd_secret_ref (a), random = ipd_secret_new_random (32),
                        empty = ipd_secret_new (NULL, 0);
  g_assert_true (same == a);
  g_assert_true (ipd_secret_equal (a, c));
  g_assert_false (ipd_secret_equal (a, b));
  g_assert_false (ipd_secret_equal (a, empty));
  g_assert_cmpuint (ipd_secret_length (random), ==, 32);
  g_assert_cmpstr ((const char *) ipd_secret_octets (a), ==, "abc");
}

static void
test_key_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ipdoor-keys-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "identity.key", NULL);
  g_auto (IpdKeyPair) first = { 0 }, second = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean created = FALSE;
  GStatBuf info;

  g_assert_true (ipd_key_file_load_or_create (path, &first, &created, &error));
  g_assert_true (created);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (ipd_key_file_load_or_create (path, &second, &created, &error));
  g_assert_false (created);
  g_assert_cmpmem (&first, sizeof first, &second, sizeof second);

  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_false (ipd_key_file_load_or_create (path, &second, NULL, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_KEY);
  g_clear_error (&error);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_true (g_file_set_contents_full (path, "short\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_false (ipd_key_file_load_or_create (path, &second, NULL, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_KEY);
  g_clear_error (&error);
  g_remove (path);
  g_rmdir (folder);
  g_assert_false (ipd_key_file_load_or_create (path, &second, NULL, &error)); /* no folder */
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/keys/known-ids", test_known_ids);
  g_test_add_func ("/wire/keys/seed-text", test_seed_text);
  g_test_add_func ("/wire/keys/signatures", test_signatures);
  g_test_add_func ("/wire/keys/small-order", test_small_order);
  g_test_add_func ("/wire/keys/sealed-boxes", test_sealed_boxes);
  g_test_add_func ("/wire/keys/secrets", test_secrets);
  g_test_add_func ("/wire/keys/file", test_key_file);
  return g_test_run ();
}
