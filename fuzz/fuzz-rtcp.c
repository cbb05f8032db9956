// SPDX-License-Identifier: Apache-2.0
/* RTCP of plain peers. */

#include "fuzz.h"

#include "media/rtcp.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdRtcpMeaning meaning = { 0 }, cut;

  if (!ipd_rtcp_read (data, size, 0x11223344u, &meaning))
    {
      g_assert_false (meaning.has_sr || meaning.wants_key_frame);
      return 0;
    }
  g_assert_true (size > 0 && size % 4 == 0);
  g_assert_false (ipd_rtcp_read (data, size - 1, 0x11223344u, &cut));
  return 0;
}
