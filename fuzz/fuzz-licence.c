// SPDX-License-Identifier: Apache-2.0
/* Members of a licence; the input is its JSON, signed here. */

#include "fuzz.h"

#include "wire/licence-token.h"
#include "wire/paseto.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdKeyPair authority = FUZZ_STATION;
  IpdLicence licence;
  g_autofree char *token
      = ipd_paseto_sign (&authority, (IpdOctets){ data, size }, (IpdOctets){ authority.id.s, IPD_ID_LENGTH },
                         (IpdOctets){ "ipdoor 1 licence", 16 });

  if (ipd_licence_token_verify (token, authority.pk, &licence, NULL))
    {
      g_autofree char *again = ipd_licence_token_make (&authority, &licence);
      g_assert_true (ipd_licence_token_verify (again, authority.pk, &licence, NULL));
    }
  return 0;
}
