// SPDX-License-Identifier: Apache-2.0
/* The header of RTP packets that nobody vouches for: plain ones of third-party devices, before any element of a
 * pipeline sees them. Called in streaming threads. */
#include "media/rtp-header.h"

#define FIXED_LEN     12
#define EXTENSION_LEN 4

static uint16_t
get_u16 (const uint8_t *at)
{
  return (uint16_t) (at[0] << 8 | at[1]);
}

static uint32_t
get_u32 (const uint8_t *at)
{
  return (uint32_t) get_u16 (at) << 16 | get_u16 (at + 2);
}

bool
ipd_rtp_header_read (const uint8_t *packet, size_t len, IpdRtpHeader *ret_header)
{
  if (len < FIXED_LEN || packet[0] >> 6 != 2)
    return false;
  bool has_padding = packet[0] & 0x20;
  bool has_extension = packet[0] & 0x10;
  size_t offset = FIXED_LEN + 4u * (packet[0] & 0x0f);

  if (has_extension && offset + EXTENSION_LEN <= len)
    offset += EXTENSION_LEN + 4u * get_u16 (packet + offset + 2);
  else if (has_extension)
    return false;
  if (offset > len)
    return false;
  size_t padding = has_padding ? packet[len - 1] : 0;
  /* The count counts itself. */
  if (padding > len - offset || (has_padding && padding == 0))
    return false;
  *ret_header = (IpdRtpHeader){ .payload = packet[1] & 0x7f,
                                .marker = packet[1] >> 7,
                                .seq = get_u16 (packet + 2),
                                .timestamp = get_u32 (packet + 4),
                                .ssrc = get_u32 (packet + 8),
                                .offset = offset,
                                .len = len - offset - padding };
  return true;
}
