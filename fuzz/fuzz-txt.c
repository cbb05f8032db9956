// SPDX-License-Identifier: Apache-2.0
/* The TXT record as octets; whatever is accepted can be written and says the same. */

#include "fuzz.h"

#include "wire/txt.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdTxt txt, again;

  if (!ipd_txt_parse (data, size, &txt, NULL))
    return 0;
  g_auto (GStrv) strings = ipd_txt_write (&txt);
  g_assert_true (ipd_txt_parse_strings ((const char *const *) strings, &again, NULL));
  g_assert_cmpstr (again.id.s, ==, txt.id.s);
  g_assert_cmpint (again.roles, ==, txt.roles);
  return 0;
}
