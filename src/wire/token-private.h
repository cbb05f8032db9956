// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/json-private.h"
#include "wire/token.h"

/*
 * Making and opening of tokens, for the .c files of wire/ that know the members of a type.
 */

/** ipd_token_new: Returns: (transfer full): an object that already has v and t. */
JsonObject *ipd_token_new (IpdTokenType type);
/** ipd_token_sign: @object: (transfer full): from ipd_token_new(). Returns: (transfer full): the token. */
char *ipd_token_sign (const IpdKeyPair *signer, IpdTokenType type, JsonObject *object);
/** ipd_token_limit: characters a token of @type may have. */
size_t ipd_token_limit (IpdTokenType type);

/**
 * ipd_token_open: verifies with @pk, whose id must be the footer, for @type alone.
 * Returns: (transfer full) (nullable): the members.
 * Errors: IPD_WIRE_ERROR_FORM, TOO_LONG, SIGNER, SIGNATURE, VERSION.
 */
JsonObject *ipd_token_open (const char *token, size_t length, IpdTokenType type, const uint8_t pk[static IPD_PK_OCTETS],
                            GError **error);

/**
 * ipd_token_claim: the members of a token of @type, NOT verified. Only for the identity document, which brings its key.
 * Returns: (transfer full) (nullable)
 */
JsonObject *ipd_token_claim (const char *token, size_t length, IpdTokenType type);
