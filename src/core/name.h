// SPDX-License-Identifier: Apache-2.0
/*
 * Names people gave to things: at most 64 octets of UTF-8 without control characters.
 * Source: docs/protocol.md §1 (cut on a character by the writer, refused by the reader).  Thread: any.
 */
#pragma once

#include <stdbool.h>

#define IPD_NAME_OCTETS 64

typedef struct {
  char s[IPD_NAME_OCTETS + 1];
} IpdName;

/* For readers: valid UTF-8, 1 to 64 octets, no control characters (U+0000-U+001F, U+007F-U+009F). NULL is not valid. */
bool ipd_name_valid (const char *text);

/* For writers: copies as much of @text as fits, cut before the character that does not; control characters become
 * spaces, what is not UTF-8 becomes U+FFFD. NULL or "" gives the empty name. */
void ipd_name_set (IpdName *ret_name, const char *text);
