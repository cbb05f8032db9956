// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device.h" /* IPD_PK_OCTETS */
#include "core/ids.h"
#include "wire/secret.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * Ed25519 pairs and what is done with them (docs/protocol.md §2): id, sign, seal. Thread: any; no I/O (see key-file.h).
 */

#define IPD_SEED_OCTETS      32
#define IPD_SIGNATURE_OCTETS 64
#define IPD_SEAL_OCTETS      48 /* what sealing adds: crypto_box_SEALBYTES */

/** IpdKeyPair: a plain value; wipe it with ipd_key_pair_clear() (g_auto works). */
typedef struct {
  uint8_t pk[IPD_PK_OCTETS];
  uint8_t sk[64]; /* libsodium's form: seed ‖ pk */
  IpdId id;       /* of pk */
} IpdKeyPair;

void ipd_key_pair_generate (IpdKeyPair *ret_pair);
void ipd_key_pair_from_seed (const uint8_t seed[static IPD_SEED_OCTETS], IpdKeyPair *ret_pair);
void ipd_key_pair_clear (IpdKeyPair *pair);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdKeyPair, ipd_key_pair_clear)

/** ipd_key_pair_write: Returns: (transfer full): the seed in b64u, 43 characters; wipe it with ipd_wipe_string(). */
char *ipd_key_pair_write (const IpdKeyPair *pair);
/** ipd_key_pair_read: the 43 characters, one newline after them allowed. Errors: IPD_WIRE_ERROR_KEY */
gboolean ipd_key_pair_read (const char *text, size_t length, IpdKeyPair *ret_pair, GError **error);

/** ipd_id_from_pk: 26 characters, lower-case b32 of BLAKE2b-128 ("ipdoor id 1" ‖ pk). */
IpdId ipd_id_from_pk (const uint8_t pk[static IPD_PK_OCTETS]);
/** ipd_id_fits_pk: whether @id is the id of @pk. */
gboolean ipd_id_fits_pk (const IpdId *id, const uint8_t pk[static IPD_PK_OCTETS]);
/** ipd_pk_write / ipd_pk_read: public key in b64u, 43 characters. */
char *ipd_pk_write (const uint8_t pk[static IPD_PK_OCTETS]);
gboolean ipd_pk_read (const char *text, uint8_t ret_pk[static IPD_PK_OCTETS]);

/** ipd_sign / ipd_verify: detached Ed25519 (RFC 8032). ipd_verify refuses keys of small order. */
void ipd_sign (const IpdKeyPair *pair, const void *octets, size_t length,
               uint8_t ret_signature[static IPD_SIGNATURE_OCTETS]);
gboolean ipd_verify (const uint8_t pk[static IPD_PK_OCTETS], const void *octets, size_t length,
                     const uint8_t signature[static IPD_SIGNATURE_OCTETS]);

/** ipd_seal: crypto_box_seal to the X25519 form of @pk. Returns: (transfer full) (nullable): %NULL for a bad @pk. */
GBytes *ipd_seal (const uint8_t pk[static IPD_PK_OCTETS], const void *octets, size_t length);
/** ipd_unseal: Returns: (transfer full) (nullable): the plain octets, %NULL when it was not sealed to @pair. */
IpdSecret *ipd_unseal (const IpdKeyPair *pair, const void *octets, size_t length);

G_END_DECLS
