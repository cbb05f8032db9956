// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * IpdJpegCutter: cuts whole JPEG pictures (ITU-T T.81 annex B) out of what a station sends: one alone or many with
 * whatever between them, multipart headers (RFC 2046) or nothing. Pure; holds one picture at most. Zero it; clear it.
 */
typedef struct {
  GByteArray *octets;
  size_t begin; /* of a picture in @octets */
  size_t at;    /* looked at so far */
  bool inside;  /* a picture began */
  bool in_scan;
} IpdJpegCutter;

/** The longest and widest picture that is taken. */
#define IPD_JPEG_MAX_OCTETS (4 * 1024 * 1024)
#define IPD_JPEG_MAX_SIDE   4096

/** @jpeg: borrowed. */
typedef void (*IpdJpegFunc) (const uint8_t *jpeg, size_t len, gpointer data);

/** ipd_jpeg_cutter_feed: calls @func for each picture that is whole now. False for one that is too long or too large:
 * nothing more of that stream is worth reading. */
bool ipd_jpeg_cutter_feed (IpdJpegCutter *cutter, const uint8_t *octets, size_t len, IpdJpegFunc func, gpointer data);
void ipd_jpeg_cutter_clear (IpdJpegCutter *cutter);
