// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

/**
 * The test picture: a drawn street seen from the door, a visitor who moves, and along the bottom a strip that a program
 * can read back from the pixels of a screen.
 *
 * The strip is the lowest tenth of the frame (height / 10 rows, cut down to whole even rows), cut into 74 cells of
 * equal width; cell i covers the columns from i * width / 74 to (i + 1) * width / 74:
 *
 * | cell | content |
 * |---|---|
 * | 0 | magenta, R 255 G 0 B 255 |
 * | 1-32 | frame number, most significant bit first; black 0, white 1 |
 * | 33-64 | CLOCK_MONOTONIC of the moment of drawing in ms, low 32 bits, most significant bit first |
 * | 65-72 | XOR of the 8 octets before, most significant bit first |
 * | 73 | cyan, R 0 G 255 B 255 |
 *
 * After coding and scaling, read the middle of each cell and compare with half brightness.
 */
#define IPD_TEST_PICTURE_CELLS 74

typedef struct _IpdTestPicture IpdTestPicture;

/**
 * ipd_test_picture_new:
 * @width, @height: even, at least 160 x 120
 *
 * Draws what stands still once. Thread: any, one at a time.
 */
IpdTestPicture *ipd_test_picture_new (int width, int height);

void ipd_test_picture_free (IpdTestPicture *picture);

/** ipd_test_picture_size: octets of one I420 frame without padding: width * height * 3 / 2. */
uint64_t ipd_test_picture_size (const IpdTestPicture *picture);

/**
 * ipd_test_picture_draw:
 * @number: frame number for the strip
 * @monotonic_ms: time for the strip; also moves the visitor
 * @ret_i420: (out): ipd_test_picture_size() octets: Y, U, V planes without padding, BT.601 limited range
 */
void ipd_test_picture_draw (IpdTestPicture *picture, uint32_t number, uint32_t monotonic_ms, uint8_t *ret_i420);
