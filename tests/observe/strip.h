// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * Reads the machine-readable strip of the station's test picture out of pixels, at any place and scale.
 *
 * The strip, left to right, cells of equal width: magenta, 32 bits frame number, 32 bits CLOCK_MONOTONIC milliseconds
 * of the capture (most significant bit first, white = 1), 8 bits XOR of the eight bytes before, cyan.
 */

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const uint8_t *pixels; /* 4 octets a pixel: blue, green, red, unused */
  int width;             /* pixels */
  int height;
  int stride; /* octets */
} StripImage;

typedef struct {
  uint32_t frame;
  uint32_t capture_ms;
  int x; /* left end of the strip, pixels */
  int y; /* the row it was read from */
  int width;
} StripReading;

/* Finds and reads the first strip whose check octet fits. */
bool strip_read (const StripImage *image, StripReading *ret_reading);
