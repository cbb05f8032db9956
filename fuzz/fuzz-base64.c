// SPDX-License-Identifier: Apache-2.0
/* Whatever is accepted has no second text. */

#include "fuzz.h"

#include "wire/base64.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) octets = ipd_b64u_decode_new ((const char *) data, size, 4096, NULL);
  if (octets != NULL)
    {
      g_autofree char *again = ipd_b64u_encode (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
      g_assert_cmpmem (again, strlen (again), data, size);
    }
  return 0;
}
