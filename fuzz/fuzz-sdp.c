// SPDX-License-Identifier: Apache-2.0
/* Whatever is accepted can be written, read again and answered. */

#include "fuzz.h"

#include "wire/sdp.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const IpdCodecs codecs = { .audio = ~0u, .video = ~0u };
  IpdSdp sdp, again, answer;

  if (!ipd_sdp_parse ((const char *) data, size, &sdp, NULL))
    return 0;
  g_autofree char *text = ipd_sdp_write (&sdp);
  g_assert_true (ipd_sdp_parse (text, strlen (text), &again, NULL));
  g_autofree char *twice = ipd_sdp_write (&again);
  g_assert_cmpstr (text, ==, twice);
  if (ipd_sdp_init_answer (&answer, &sdp, "192.0.2.1", 7078, 9078, &codecs))
    g_assert_true (ipd_sdp_answer_fits (&sdp, &answer));
  return 0;
}
