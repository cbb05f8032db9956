// SPDX-License-Identifier: Apache-2.0
/*
 * A test picture whose bottom tenth is the strip that tests/observe/observe-screen reads: 74 cells of equal width,
 * magenta, 32 bits frame number, 32 bits CLOCK_MONOTONIC ms, 8 bits XOR of the octets before, cyan. Drawn anew here,
 * from that description. Thread: any.
 */
#pragma once

#include <stdint.h>

enum { QUIRK_WIDTH = 640, QUIRK_HEIGHT = 480, QUIRK_I420_OCTETS = QUIRK_WIDTH * QUIRK_HEIGHT * 3 / 2 };

/* ret_i420: QUIRK_I420_OCTETS, Y, U and V without padding. */
void quirk_strip_draw (uint32_t number, uint32_t monotonic_ms, uint8_t *ret_i420);
