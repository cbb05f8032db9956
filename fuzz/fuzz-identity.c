// SPDX-License-Identifier: Apache-2.0
/* The HTTP body with the identity: as it is, and as the payload of a rightly signed token. */

#include "fuzz.h"

#include "wire/identity.h"
#include "wire/paseto.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdKeyPair signer = FUZZ_STATION;
  IpdShortId nonce = { "AAAAAAAAAAAAAAAAAAAAAA" };
  IpdIdentity identity;

  ipd_identity_read ((const char *) data, size, &nonce, &identity, NULL);
  g_autofree char *token
      = ipd_paseto_sign (&signer, (IpdOctets){ data, size }, (IpdOctets){ signer.id.s, IPD_ID_LENGTH },
                         (IpdOctets){ "ipdoor 1 identity", 17 });
  g_autofree char *body = g_strdup_printf ("{\"identity\":\"%s\"}", token);
  if (ipd_identity_read (body, strlen (body), &nonce, &identity, NULL))
    g_assert_cmpstr (identity.id.s, ==, signer.id.s);
  return 0;
}
