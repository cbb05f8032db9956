// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/codec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * ipd_payload_is_sound: whether the payload of an RTP packet is what its own headers say: lengths that fit, types that
 * exist. Pure. Sources: H.264: RFC 6184 sections 5.4-5.8, single NAL units, STAP-A and FU-A whatever mode was
 * negotiated; the interleaved ones are nobody's. VP8: RFC 7741 section 4.2. Thread: any.
 */
bool ipd_payload_is_sound (IpdVideoCodec codec, const uint8_t *payload, size_t len);
