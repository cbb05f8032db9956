// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/**
 * IpdVideoFrame:
 * @pixels: rows of @stride octets, blue green red alpha, premultiplied (alpha is always 255): what
 *   GDK_MEMORY_B8G8R8A8_PREMULTIPLIED and CAIRO_FORMAT_ARGB32 on little endian read
 * @width: pixels
 * @height: pixels
 * @stride: octets from one row to the next, at least 4 * @width
 *
 * A decoded picture. It is the decoder's own memory, not a copy: g_bytes_ref() keeps it, and a few may be kept at a
 * time. Thread: any, once received.
 */
typedef struct {
  GBytes *pixels;
  int width;
  int height;
  int stride;
} IpdVideoFrame;
