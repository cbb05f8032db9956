// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <string.h>

/*
 * The two kinds of names everything has (docs/protocol.md §1). Plain values, copied by assignment, always ending in
 * NUL; all zero means "none". Being well formed says nothing about being known. Thread: any.
 */

#define IPD_ID_LENGTH       26
#define IPD_SHORT_ID_LENGTH 22

/** IpdId: of a device, a client or a plant: 26 characters of lower-case b32, hash of its public key. */
typedef struct {
  char s[IPD_ID_LENGTH + 1];
} IpdId;

/** IpdShortId: of a visit, a command, a nonce, a boot, a call: 22 characters of b64u, 16 random octets. */
typedef struct {
  char s[IPD_SHORT_ID_LENGTH + 1];
} IpdShortId;

/** ipd_id_valid: whether @text (%NULL is fine) has the form of an id, canonical last character included. */
bool ipd_id_valid (const char *text);
bool ipd_short_id_valid (const char *text);

/** ipd_id_from_text: Returns: %false, and @ret_id untouched, when @text is not valid */
bool ipd_id_from_text (const char *text, IpdId *ret_id);
bool ipd_short_id_from_text (const char *text, IpdShortId *ret_id);

static inline bool
ipd_id_equal (const IpdId *a, const IpdId *b)
{
  return memcmp (a->s, b->s, sizeof a->s) == 0;
}

static inline bool
ipd_short_id_equal (const IpdShortId *a, const IpdShortId *b)
{
  return memcmp (a->s, b->s, sizeof a->s) == 0;
}

static inline bool
ipd_id_is_none (const IpdId *id)
{
  return id->s[0] == '\0';
}

static inline bool
ipd_short_id_is_none (const IpdShortId *id)
{
  return id->s[0] == '\0';
}
