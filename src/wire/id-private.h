// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"

#include <stdint.h>

#define IPD_ID_HASH_OCTETS 16

/** ipd_id_from_hash: lower-case b32 without padding (docs/protocol.md §1). */
IpdId ipd_id_from_hash (const uint8_t hash[static IPD_ID_HASH_OCTETS]);
