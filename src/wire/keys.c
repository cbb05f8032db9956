// SPDX-License-Identifier: Apache-2.0
/*
 * Ed25519 pairs, ids, signatures and sealed boxes. Used by the programs and by every token of wire/. Any thread.
 */

#include "wire/keys.h"

#include "wire/base64.h"
#include "wire/error.h"
#include "wire/id-private.h"

#include <sodium.h>
#include <string.h>

#define SEED_TEXT IPD_B64U_LENGTH (IPD_SEED_OCTETS)

void
ipd_key_pair_from_seed (const uint8_t seed[static IPD_SEED_OCTETS], IpdKeyPair *ret_pair)
{
  G_STATIC_ASSERT (sizeof ret_pair->sk == crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair (ret_pair->pk, ret_pair->sk, seed);
  ret_pair->id = ipd_id_from_pk (ret_pair->pk);
}

void
ipd_key_pair_generate (IpdKeyPair *ret_pair)
{
  uint8_t seed[IPD_SEED_OCTETS];
  randombytes_buf (seed, sizeof seed);
  ipd_key_pair_from_seed (seed, ret_pair);
  sodium_memzero (seed, sizeof seed);
}

void
ipd_key_pair_clear (IpdKeyPair *pair)
{
  sodium_memzero (pair, sizeof *pair);
}

char *
ipd_key_pair_write (const IpdKeyPair *pair)
{
  return ipd_b64u_encode (pair->sk, IPD_SEED_OCTETS); /* the seed is the first half */
}

gboolean
ipd_key_pair_read (const char *text, size_t length, IpdKeyPair *ret_pair, GError **error)
{
  uint8_t seed[IPD_SEED_OCTETS];

  if (length == SEED_TEXT + 1 && text[SEED_TEXT] == '\n')
    length = SEED_TEXT;
  gboolean good = ipd_b64u_decode_exact (text, length, seed, sizeof seed);
  if (good)
    ipd_key_pair_from_seed (seed, ret_pair);
  else
    g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_KEY, "not a private key: 43 characters of base64url expected");
  sodium_memzero (seed, sizeof seed);
  return good;
}

IpdId
ipd_id_from_hash (const uint8_t hash[static IPD_ID_HASH_OCTETS])
{
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  IpdId id;
  unsigned bits = 0, n_bits = 0;
  size_t used = 0;

  for (size_t i = 0; i < IPD_ID_LENGTH; i++)
    {
      if (n_bits < 5) /* behind the last octet zeroes follow, as RFC 4648 wants */
        {
          bits = (bits << 8 | (used < IPD_ID_HASH_OCTETS ? hash[used] : 0U)) & 0xfff;
          used++;
          n_bits += 8;
        }
      n_bits -= 5;
      id.s[i] = alphabet[bits >> n_bits & 31];
    }
  id.s[IPD_ID_LENGTH] = '\0';
  return id;
}

IpdId
ipd_id_from_pk (const uint8_t pk[static IPD_PK_OCTETS])
{
  static const char domain[] = "ipdoor id 1";
  uint8_t hash[IPD_ID_HASH_OCTETS];
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, sizeof hash);
  crypto_generichash_update (&state, (const uint8_t *) domain, sizeof domain - 1);
  crypto_generichash_update (&state, pk, IPD_PK_OCTETS);
  crypto_generichash_final (&state, hash, sizeof hash);
  return ipd_id_from_hash (hash);
}

gboolean
ipd_id_fits_pk (const IpdId *id, const uint8_t pk[static IPD_PK_OCTETS])
{
  IpdId own = ipd_id_from_pk (pk);
  return ipd_id_equal (id, &own);
}

char *
ipd_pk_write (const uint8_t pk[static IPD_PK_OCTETS])
{
  return ipd_b64u_encode (pk, IPD_PK_OCTETS);
}

gboolean
ipd_pk_read (const char *text, uint8_t ret_pk[static IPD_PK_OCTETS])
{
  uint8_t pk[IPD_PK_OCTETS];
  if (text == NULL || !ipd_b64u_decode_exact (text, strlen (text), pk, sizeof pk))
    return FALSE;
  memcpy (ret_pk, pk, sizeof pk);
  return TRUE;
}

void
ipd_sign (const IpdKeyPair *pair, const void *octets, size_t length, uint8_t ret_signature[static IPD_SIGNATURE_OCTETS])
{
  crypto_sign_detached (ret_signature, NULL, octets, length, pair->sk);
}

gboolean
ipd_verify (const uint8_t pk[static IPD_PK_OCTETS], const void *octets, size_t length,
            const uint8_t signature[static IPD_SIGNATURE_OCTETS])
{
  return crypto_sign_verify_detached (signature, octets, length, pk) == 0;
}

GBytes *
ipd_seal (const uint8_t pk[static IPD_PK_OCTETS], const void *octets, size_t length)
{
  uint8_t box_pk[crypto_box_PUBLICKEYBYTES];

  G_STATIC_ASSERT (IPD_SEAL_OCTETS == crypto_box_SEALBYTES);
  if (crypto_sign_ed25519_pk_to_curve25519 (box_pk, pk) != 0)
    return NULL;
  g_autofree uint8_t *sealed = g_malloc (length + IPD_SEAL_OCTETS);
  if (crypto_box_seal (sealed, octets, length, box_pk) != 0)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&sealed), length + IPD_SEAL_OCTETS);
}

IpdSecret *
ipd_unseal (const IpdKeyPair *pair, const void *octets, size_t length)
{
  uint8_t box_pk[crypto_box_PUBLICKEYBYTES], box_sk[crypto_box_SECRETKEYBYTES];
  IpdSecret *secret = NULL;

  if (length < IPD_SEAL_OCTETS || crypto_sign_ed25519_pk_to_curve25519 (box_pk, pair->pk) != 0)
    return NULL;
  crypto_sign_ed25519_sk_to_curve25519 (box_sk, pair->sk);
  uint8_t *plain = g_malloc (length - IPD_SEAL_OCTETS + 1);
  if (crypto_box_seal_open (plain, octets, length, box_pk, box_sk) == 0)
    secret = ipd_secret_new (plain, length - IPD_SEAL_OCTETS);
  sodium_memzero (plain, length - IPD_SEAL_OCTETS + 1);
  g_free (plain);
  sodium_memzero (box_sk, sizeof box_sk);
  return secret;
}
