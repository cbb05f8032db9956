// SPDX-License-Identifier: Apache-2.0
/* The header: up to the first newline its value, behind it the body. Nothing but the seed may verify. */

#include "fuzz.h"

#include "wire/sip-auth.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdKeyPair station = FUZZ_STATION;
  const uint8_t *newline = size == 0 ? NULL : memchr (data, '\n', size);
  size_t length = newline == NULL ? size : (size_t) (newline - data);
  char own[IPD_SIP_AUTH_LENGTH + 1];
  IpdSipAuth auth = { .method = "INVITE",
                      .signer = station.id.s,
                      .receiver = "4imn5zqnjekuiuea3bbp4flewy",
                      .from_tag = "tag",
                      .ruri_user = "user",
                      .call_id = "call",
                      .cseq = 1 };
  if (newline != NULL)
    {
      auth.body = newline + 1;
      auth.body_length = size - length - 1;
    }
  gboolean good = ipd_sip_auth_verify (&auth, (const char *) data, length, station.pk, NULL);
  g_assert_true (ipd_sip_auth_sign (&auth, &station, own));
  g_assert_true (!good || (length == IPD_SIP_AUTH_LENGTH && memcmp (own, data, length) == 0));
  return 0;
}
