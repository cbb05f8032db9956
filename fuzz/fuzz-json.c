// SPDX-License-Identifier: Apache-2.0
/* Whatever our recogniser accepts, json-glib must take: were they to differ, one of them would be wrong. */

#include "fuzz.h"

#include "wire/json-check.h"
#include "wire/json-private.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  g_autoptr (JsonObject) object = ipd_json_parse (text, size, IPD_JSON_MAX, NULL);
  size_t at = 0;

  while (at < size && strchr (" \t\r\n", text[at]) != NULL && text[at] != '\0')
    at++;
  gboolean wanted = size <= IPD_JSON_MAX && ipd_json_check (text, size, NULL) && text[at] == '{';
  g_assert_cmpint (object != NULL, ==, wanted);
  return 0;
}
