// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"
#include "core/licence.h"
#include "wire/error.h"
#include "wire/keys.h"
#include "wire/token.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * Licence tokens of the authority (docs/protocol.md §6). Referred to by ipd_token_hash(). Thread: any.
 */

/** ipd_licence_token_make: Returns: (transfer full): the token. */
char *ipd_licence_token_make (const IpdKeyPair *authority, const IpdLicence *licence);

/**
 * ipd_licence_token_verify:
 * @ret_licence: (out): a plain value
 *
 * Signature, members, and that the client's id fits its key. Validity in time is ipd_licence_check().
 * Errors: IPD_WIRE_ERROR_FORM, TOO_LONG, SIGNER, SIGNATURE, VERSION, MEMBER, MISMATCH.
 */
gboolean ipd_licence_token_verify (const char *token, const uint8_t authority_pk[static IPD_PK_OCTETS],
                                   IpdLicence *ret_licence, GError **error);

G_END_DECLS
