// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/keys.h"

#include <glib.h>
#include <string.h>

/* Three parties with fixed keys: seeds of 32 equal octets 1, 2, 3. Their ids were computed with Python's hashlib. */
#define STATION_ID "fr7qremfpc2dgzhoa3qjv47zxa"
#define CLIENT_ID  "4imn5zqnjekuiuea3bbp4flewy"
#define OTHER_ID   "ro6q2o2nb3tmhrszbzad4n2lnu"

static inline IpdKeyPair
test_pair (uint8_t number)
{
  uint8_t seed[IPD_SEED_OCTETS];
  IpdKeyPair pair;
  memset (seed, number, sizeof seed);
  ipd_key_pair_from_seed (seed, &pair);
  return pair;
}
#define STATION test_pair (1)
#define CLIENT  test_pair (2)
#define OTHER   test_pair (3)

/* A short id whose text is @c and then only "A". */
static inline IpdShortId
test_short_id (char c)
{
  IpdShortId id;
  memset (id.s, 'A', IPD_SHORT_ID_LENGTH);
  id.s[0] = c;
  id.s[IPD_SHORT_ID_LENGTH] = '\0';
  return id;
}

/* A copy that ends where the text ends, so that a sanitizer sees whoever reads on. */
static inline char *
test_unterminated (const char *text)
{
  size_t length = strlen (text);
  char *copy = g_malloc (length + (length == 0));
  memcpy (copy, text, length);
  return copy;
}
