// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * ipd_h264_sprop:
 * @unit: one access unit as a byte stream (ITU-T H.264 annex B)
 *
 * (transfer full) (nullable): its first SPS and PPS as sprop-parameter-sets (RFC 6184 section 8.1), %NULL if one is
 * missing.
 */
char *ipd_h264_sprop (const uint8_t *unit, size_t len);
