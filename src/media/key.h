// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

/** SRTP master key (16 octets) followed by the master salt (14). Source: RFC 3711 section 8.2, docs/protocol.md §9. */
#define IPD_MEDIA_KEY_LEN 30

/**
 * IpdMediaKey:
 * @key: AES_CM_128_HMAC_SHA1_80 master key and salt
 * @ssrc: the synchronisation source that sends under this key
 *
 * One direction of one stream. A secret: never printed, wiped by its owner with explicit_bzero().
 */
typedef struct {
  uint8_t key[IPD_MEDIA_KEY_LEN];
  uint32_t ssrc;
} IpdMediaKey;
