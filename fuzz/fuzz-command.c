// SPDX-License-Identifier: Apache-2.0
/*
 * Members of the message tokens. The input is the JSON: it is signed here as the type it says, so the fuzzer need not
 * forge Ed25519 to get behind the signature.
 */

#include "fuzz.h"

#include "wire/command.h"
#include "wire/paseto.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdKeyPair signer = FUZZ_CLIENT;
  IpdMessage message;

  for (IpdTokenType type = IPD_TOKEN_COMMAND; type <= IPD_TOKEN_UN_ENROL; type++)
    {
      g_autofree char *implicit = g_strconcat ("ipdoor 1 ", ipd_token_type_name (type), NULL);
      g_autofree char *token
          = ipd_paseto_sign (&signer, (IpdOctets){ data, size }, (IpdOctets){ signer.id.s, IPD_ID_LENGTH },
                             (IpdOctets){ implicit, strlen (implicit) });
      if (!ipd_message_verify (token, strlen (token), signer.pk, &message, NULL))
        continue;
      g_autofree char *again = ipd_message_make (&signer, &message);
      g_assert_true (ipd_message_verify (again, strlen (again), signer.pk, &message, NULL));
    }
  return 0;
}
