// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/error.h"

#include <glib.h>
#include <stddef.h>

#define IPD_JSON_DEPTH_MAX  8
#define IPD_JSON_DIGITS_MAX 18 /* characters of a number: all of ours fit, none overflows */

/**
 * ipd_json_check: whether @text is one JSON value of RFC 8259, and nothing else.
 *
 * Stands in front of json-glib, which also takes comments, assignments and any depth (it recurses without a limit, so a
 * kilobyte of brackets would be a crash). Refused besides: more than IPD_JSON_DEPTH_MAX levels, longer numbers, U+0000.
 * Thread: any. Cost: O(length), no allocation.  Errors: SYNTAX, SHORT, LONG (depth, digits).
 */
gboolean ipd_json_check (const char *text, size_t length, IpdWireError *reterr);
