// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/error.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * b64u: base64url without padding (RFC 4648 §5, docs/protocol.md §1), in constant time with regard to the octets.
 * The decoders refuse padding, white space, the other alphabet, a length of 1 modulo 4 and non-zero trailing bits, so
 * every value has exactly one text. Texts need not end in NUL. Thread: any.
 */

/** IPD_B64U_LENGTH: characters for @n octets, without NUL. */
#define IPD_B64U_LENGTH(n) (((size_t) (n) *4 + 2) / 3)

/** ipd_b64u_encode: Returns: (transfer full): text; ipd_wipe_string() it when the octets are secret. */
char *ipd_b64u_encode (const void *octets, size_t length);
/** ipd_b64u_encode_to: into @ret_text, which holds IPD_B64U_LENGTH (@length) + 1 characters. */
void ipd_b64u_encode_to (const void *octets, size_t length, char *ret_text);

/**
 * ipd_b64u_decode:
 * @ret_length: (out): octets written to @ret_octets, at most @size
 *
 * Errors: SYNTAX (not canonical b64u), LONG (more than @size octets). @ret_octets may be scribbled on by a failure.
 */
gboolean ipd_b64u_decode (const char *text, size_t text_length, uint8_t *ret_octets, size_t size, size_t *ret_length,
                          IpdWireError *reterr);
/** ipd_b64u_decode_exact: as above, for exactly @length octets; the text must have the one length that fits. */
gboolean ipd_b64u_decode_exact (const char *text, size_t text_length, uint8_t *ret_octets, size_t length);
/** ipd_b64u_decode_new: Returns: (transfer full) (nullable): the octets, at most @limit of them. */
GBytes *ipd_b64u_decode_new (const char *text, size_t text_length, size_t limit, IpdWireError *reterr);

G_END_DECLS
