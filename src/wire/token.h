// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"
#include "wire/error.h"
#include "wire/keys.h"

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

/*
 * Our tokens (docs/protocol.md §3): PASETO v4.public, footer = id of the signer, implicit assertion = "ipdoor 1 " ‖
 * type, payload = JSON object with v, t and the members of the type. What is in them: identity.h, licence-token.h,
 * directory.h, enrolment.h, command.h. Thread: any.
 */

typedef enum {
  IPD_TOKEN_IDENTITY,
  IPD_TOKEN_LICENCE,
  IPD_TOKEN_DIRECTORY,
  IPD_TOKEN_ENROLMENT,
  IPD_TOKEN_COMMAND,
  IPD_TOKEN_NONCE_REQUEST,
  IPD_TOKEN_NONCE,
  IPD_TOKEN_RESULT,
  IPD_TOKEN_VISIT,
  IPD_TOKEN_UN_ENROL,
} IpdTokenType;
#define IPD_TOKEN_TYPES 10

/** ipd_token_type_name: the word of the protocol, e.g. "nonce-request"; static storage. */
const char *ipd_token_type_name (IpdTokenType type);

/** IpdTokenPeek: what a token says of itself. Good for choosing a key and a reader, proof of nothing. */
typedef struct {
  IpdId signer;
  IpdTokenType type;
} IpdTokenPeek;

/**
 * ipd_token_peek:
 *
 * Whether @text is one token of plausible form (docs/protocol.md §10: SIP answers 200 to it, 400 otherwise), and of
 * whom. Nothing is verified. Returns: %FALSE: drop it.
 */
gboolean ipd_token_peek (const char *text, size_t length, IpdTokenPeek *ret_peek);

/** ipd_token_hash: how a licence is referred to: b64u of BLAKE2b-128 of the token's text, 22 characters. */
IpdShortId ipd_token_hash (const char *text);

G_END_DECLS
