// SPDX-License-Identifier: Apache-2.0
/* Members of a directory; the input is its JSON, signed here. */

#include "fuzz.h"

#include "wire/directory.h"
#include "wire/paseto.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdKeyPair authority = FUZZ_STATION;
  g_auto (IpdDirectory) directory = { 0 }, back = { 0 };
  g_autofree char *token
      = ipd_paseto_sign (&authority, (IpdOctets){ data, size }, (IpdOctets){ authority.id.s, IPD_ID_LENGTH },
                         (IpdOctets){ "ipdoor 1 directory", 18 });

  if (ipd_directory_token_verify (token, authority.pk, 0, &directory, NULL))
    {
      g_autofree char *again = ipd_directory_token_make (&authority, &directory, NULL);
      g_assert_true (again == NULL || ipd_directory_token_verify (again, authority.pk, 0, &back, NULL));
    }
  return 0;
}
