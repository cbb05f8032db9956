// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * Randomness and the 22-character short ids made of it (docs/protocol.md §1). The generator is libsodium's, which is
 * the kernel's; it cannot fail after start. Thread: any.
 */

#define IPD_SHORT_ID_OCTETS 16

/** ipd_wire_init: once in every main, before threads. Returns: %FALSE when there is no source of randomness: exit. */
gboolean ipd_wire_init (void);

void ipd_random_octets (void *ret_octets, size_t length);
/** ipd_random_short_id: visits, commands, nonces, boot ids, Contact users, Call-IDs, SIP tags: 128 random bits. */
IpdShortId ipd_random_short_id (void);
/** ipd_random_tag: leg tag of docs/protocol.md §9; any of the 65,536 values. */
uint16_t ipd_random_tag (void);

/** ipd_short_id_from_octets / ipd_short_id_to_octets: the two forms of a short id. to_octets refuses what is not
 * canonical. */
IpdShortId ipd_short_id_from_octets (const uint8_t octets[static IPD_SHORT_ID_OCTETS]);
gboolean ipd_short_id_to_octets (const char *text, uint8_t ret_octets[static IPD_SHORT_ID_OCTETS]);

G_END_DECLS
