// SPDX-License-Identifier: Apache-2.0
/*
 * Form of ids (docs/protocol.md §1). Used by every folder; pure, any thread.
 */

#include "core/ids.h"

#include <stddef.h>

/* The last character carries the bits that are left over: 128 = 25 * 5 + 3 and 21 * 6 + 2, so only some are canonical.
 */
static bool
form_fits (const char *text, size_t length, const char *alphabet, const char *last)
{
  if (text == NULL || strnlen (text, length + 1) != length)
    return false;
  return strspn (text, alphabet) == length && strchr (last, text[length - 1]) != NULL;
}

bool
ipd_id_valid (const char *text)
{
  return form_fits (text, IPD_ID_LENGTH, "abcdefghijklmnopqrstuvwxyz234567", "aeimquy4");
}

bool
ipd_short_id_valid (const char *text)
{
  return form_fits (text, IPD_SHORT_ID_LENGTH, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                    "AQgw");
}

bool
ipd_id_from_text (const char *text, IpdId *ret_id)
{
  if (!ipd_id_valid (text))
    return false;
  memcpy (ret_id->s, text, sizeof ret_id->s);
  return true;
}

bool
ipd_short_id_from_text (const char *text, IpdShortId *ret_id)
{
  if (!ipd_short_id_valid (text))
    return false;
  memcpy (ret_id->s, text, sizeof ret_id->s);
  return true;
}
