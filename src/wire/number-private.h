// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/**
 * ipd_parse_uint: decimal digits and nothing else, no sign, no space, no zero in front; @text need not end in NUL.
 * Returns: %FALSE, @ret_number untouched, when it is not a number from @min to @max
 */
static inline gboolean
ipd_parse_uint (const char *text, size_t length, uint64_t min, uint64_t max, uint64_t *ret_number)
{
  uint64_t number = 0;

  if (length == 0 || (length > 1 && text[0] == '0'))
    return FALSE;
  for (size_t i = 0; i < length; i++)
    {
      unsigned digit = (unsigned) text[i] - '0';
      if (!g_ascii_isdigit (text[i]) || number > (UINT64_MAX - digit) / 10)
        return FALSE;
      number = number * 10 + digit;
    }
  if (number < min || number > max)
    return FALSE;
  *ret_number = number;
  return TRUE;
}
