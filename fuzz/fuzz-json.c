// SPDX-License-Identifier: Apache-2.0
/* Whatever our recogniser accepts, json-glib must take and write again. */

#include "fuzz.h"

#include "wire/json-check.h"
#include "wire/json-private.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (JsonObject) object = ipd_json_parse ((const char *) data, size, IPD_JSON_MAX, NULL);
  if (object != NULL)
    {
      g_autofree char *again = ipd_json_write (object);
      g_assert_true (ipd_json_check (again, strlen (again), NULL));
    }
  return 0;
}
