// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Samples per second of everything that is mixed here: what webrtcdsp wants on both sides. 16 bit, mono. */
#define IPD_SOUND_RATE 48000

/** Sounds that we make ourselves. */
typedef enum {
  IPD_CHIME_NONE,
  IPD_CHIME_DOOR,    /* at the client: two bells, every 3.5 s */
  IPD_CHIME_RINGING, /* at the station: 425 Hz, 1 s on, 3 s off (ITU-T E.180) */
  IPD_CHIME_BUSY,    /* 425 Hz, 0.5 s on, 0.5 s off */
  IPD_CHIME_OPENED,  /* three rising notes, once */
} IpdChime;

/**
 * ipd_chime_fill:
 * @position: sample since the sound began
 * @ret_samples: (out): @n samples, full scale 32,767
 *
 * Pure: same input, same samples. Returns: false once the sound is over (only %IPD_CHIME_OPENED and %IPD_CHIME_NONE
 * end);
 * @ret_samples is silence then.
 */
bool ipd_chime_fill (IpdChime chime, uint64_t position, int16_t *ret_samples, size_t n);
