// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * IpdSecret:
 *
 * Octets that must not outlive their use: reference counted (atomic), zeroed when the last reference goes, locked in
 * RAM where the kernel lets us. There is no conversion to printable text on purpose. Immutable after creation. Thread:
 * any.
 */
typedef struct _IpdSecret IpdSecret;

/** ipd_secret_new: copies @length octets (0 is allowed); the caller wipes its own copy. Returns: (transfer full) */
IpdSecret *ipd_secret_new (const void *octets, size_t length);
/** ipd_secret_new_random: @length octets of the system's generator. Returns: (transfer full) */
IpdSecret *ipd_secret_new_random (size_t length);
IpdSecret *ipd_secret_ref (IpdSecret *secret);
void ipd_secret_unref (IpdSecret *secret);

/** ipd_secret_octets: borrowed until the reference goes; one NUL follows the last octet, so text can be read in place.
 */
const uint8_t *ipd_secret_octets (const IpdSecret *secret);
size_t ipd_secret_length (const IpdSecret *secret);
/** ipd_secret_equal: constant time for equal lengths. */
gboolean ipd_secret_equal (const IpdSecret *a, const IpdSecret *b);

/** ipd_wipe: zeroes memory in a way the compiler keeps. */
void ipd_wipe (void *memory, size_t length);
/** ipd_wipe_string: zeroes and frees a text that held a secret; %NULL is fine. */
void ipd_wipe_string (char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdSecret, ipd_secret_unref)

G_END_DECLS
