// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/error.h"
#include "wire/keys.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * PASETO version 4, purpose public (paseto-standard/paseto-spec, docs 01-Protocol-Versions/Version4.md), over
 * libsodium: v4.public. ‖ b64u (payload ‖ signature) [ ‖ . ‖ b64u (footer) ] signature = Ed25519 over PAE
 * ("v4.public.", payload, footer, implicit assertion). Payload octets are not looked at. Nothing but wire/ and its
 * tests should need this page: see token.h. Thread: any.
 */

#define IPD_PASETO_HEADER     "v4.public."
#define IPD_PASETO_FOOTER_MAX 256
#define IPD_PASETO_MAX        131072 /* characters of a token; each type has its own, smaller limit */

/** IpdOctets: octets with a length, borrowed from the caller. */
typedef struct {
  const void *octets;
  size_t length;
} IpdOctets;

/** ipd_paseto_pae: pre-authentication encoding: le64 (count) then le64 (length) ‖ piece for each. Returns: (transfer
 * full) */
GByteArray *ipd_paseto_pae (const IpdOctets *pieces, size_t count);

/** ipd_paseto_sign: Returns: (transfer full): the token. An empty @footer leaves the last part away. */
char *ipd_paseto_sign (const IpdKeyPair *signer, IpdOctets payload, IpdOctets footer, IpdOctets implicit);

/**
 * ipd_paseto_split:
 * @ret_body: (out) (transfer full): payload ‖ signature, at least 64 octets, not verified
 * @ret_footer: (out) (transfer full): the footer, empty if there is none, not verified
 *
 * Errors: SHORT, LONG, SYNTAX, UNSUPPORTED (another version or purpose).
 */
gboolean ipd_paseto_split (const char *token, size_t length, GBytes **ret_body, GBytes **ret_footer,
                           IpdWireError *reterr);

/**
 * ipd_paseto_verify:
 * @footer: what the footer must be; compared in constant time before the signature
 *
 * Returns: (transfer full) (nullable): the payload. Errors: those of ipd_paseto_split(), FORGED.
 */
GBytes *ipd_paseto_verify (const uint8_t pk[static IPD_PK_OCTETS], const char *token, size_t length, IpdOctets footer,
                           IpdOctets implicit, IpdWireError *reterr);

G_END_DECLS
