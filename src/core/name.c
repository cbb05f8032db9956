// SPDX-License-Identifier: Apache-2.0
/*
 * Names of people, doors and stations. Strict when read, forgiving when written: what a person typed is cut and
 * cleaned, what came over the wire is refused. Pure, any thread.
 */
#include "core/name.h"

#include <glib.h>
#include <string.h>

static bool
is_control (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

bool
ipd_name_valid (const char *text)
{
  if (text == NULL)
    return false;
  size_t length = strnlen (text, IPD_NAME_OCTETS + 1);
  if (length == 0 || length > IPD_NAME_OCTETS || !g_utf8_validate (text, (gssize) length, NULL))
    return false;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (is_control (g_utf8_get_char (p)))
        return false;
    }
  return true;
}

void
ipd_name_set (IpdName *ret_name, const char *text)
{
  g_autofree char *clean = g_utf8_make_valid (text != NULL ? text : "", -1);
  size_t used = 0;

  memset (ret_name, 0, sizeof *ret_name); /* all of it, so that equal names are equal octets */
  for (const char *p = clean; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      char octets[6];
      size_t n = (size_t) g_unichar_to_utf8 (is_control (c) ? ' ' : c, octets);
      if (used + n > IPD_NAME_OCTETS)
        break;
      memcpy (ret_name->s + used, octets, n);
      used += n;
    }
}
