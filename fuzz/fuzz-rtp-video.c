// SPDX-License-Identifier: Apache-2.0
/* Payloads of pictures from plain peers: what is called sound can be looked into. */

#include "fuzz.h"

#include "media/parameter-sets.h"
#include "media/payload-check.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdParameterSets sets = { 0 };
  if (ipd_payload_is_sound (IPD_VIDEO_VP8, data, size))
    g_assert_true (size > 1);
  if (ipd_payload_is_sound (IPD_VIDEO_H264, data, size))
    ipd_parameter_sets_look (&sets, data, size);
  g_autofree char *sprop = ipd_parameter_sets_get_sprop (&sets);
  g_assert_true (sprop == NULL || strchr (sprop, ',') != NULL);
  ipd_parameter_sets_clear (&sets);
  return 0;
}
