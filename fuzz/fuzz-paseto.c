// SPDX-License-Identifier: Apache-2.0
/* Taking tokens apart, and peeking into them, without a key. */

#include "fuzz.h"

#include "wire/paseto.h"
#include "wire/token.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  g_autoptr (GBytes) body = NULL, footer = NULL;
  IpdTokenPeek peek;

  if (ipd_token_peek (text, size, &peek))
    g_assert_true (ipd_id_valid (peek.signer.s));
  if (ipd_paseto_split (text, size, &body, &footer, NULL))
    g_assert_cmpuint (g_bytes_get_size (body), >=, IPD_SIGNATURE_OCTETS);
  return 0;
}
