// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"
#include "wire/error.h"
#include "wire/keys.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * The detached signature of a SIP message (docs/protocol.md §8) and the digest secret (§6). Thread: any.
 */

#define IPD_SIP_AUTH_LENGTH 88 /* "1." ‖ 86 characters */

/**
 * IpdSipAuth: what is signed. All borrowed. A string of %NULL counts as "". Each is at most 65,535 octets.
 * @status: 0 for a request, else 100-699
 * @from_tag, @call_id, @cseq: of the transaction, the same in request and answer
 * @ruri_user: of the request, in its answers too
 */
typedef struct {
  const char *method;
  unsigned status;
  const char *signer;   /* id */
  const char *receiver; /* id */
  const char *from_tag;
  const char *ruri_user;
  const char *call_id;
  uint32_t cseq;
  const char *visit; /* Ipdoor-Visit, %NULL if none */
  const void *body;
  size_t body_length;
} IpdSipAuth;

/**
 * ipd_sip_auth_sign: the header's value into @ret_value. @auth->signer must be the id of @pair.
 * Returns: %FALSE when a field is beyond its limit or the signer is not @pair
 */
gboolean ipd_sip_auth_sign (const IpdSipAuth *auth, const IpdKeyPair *pair,
                            char ret_value[static IPD_SIP_AUTH_LENGTH + 1]);
/** ipd_sip_auth_verify: @value need not end in NUL. Errors: SYNTAX, UNSUPPORTED (not version 1), RANGE, FORGED. */
gboolean ipd_sip_auth_verify (const IpdSipAuth *auth, const char *value, size_t value_length,
                              const uint8_t pk[static IPD_PK_OCTETS], IpdWireError *reterr);
/** ipd_sip_auth_octets: what is signed, for tests and for other implementations. Returns: (transfer full) (nullable) */
GByteArray *ipd_sip_auth_octets (const IpdSipAuth *auth);

/** ipd_sip_secret: digest secret of @client at the station of @k_station (§6); 22 characters. Wipe it after use. */
IpdShortId ipd_sip_secret (const uint8_t k_station[static 32], const IpdId *client);

G_END_DECLS
