// SPDX-License-Identifier: Apache-2.0
/* RTP headers of plain peers. */

#include "fuzz.h"

#include "media/rtp-header.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdRtpHeader header;
  uint8_t sum = 0;

  if (!ipd_rtp_header_read (data, size, &header))
    return 0;
  g_assert_true (header.offset >= 12 && header.offset + header.len <= size);
  g_assert_true (header.payload < 128);
  for (size_t i = 0; i < header.len; i++)
    sum ^= data[header.offset + i];
  return sum & 0;
}
