// SPDX-License-Identifier: Apache-2.0
/* G.711 (ITU-T G.711, tables written as arithmetic). Thread: any. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

uint8_t quirk_g711_encode (int16_t sample, bool a_law);
int16_t quirk_g711_decode (uint8_t octet, bool a_law);
