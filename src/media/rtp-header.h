// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * IpdRtpHeader: what an RTP packet says about itself. Source: RFC 3550 section 5.1, 5.3.1.
 * @offset, @len: of the payload in the packet, octets: behind CSRCs and header extension, before the padding. @len may
 *   be 0: some keep a NAT open so
 */
typedef struct {
  uint8_t payload;
  bool marker;
  uint16_t seq;
  uint32_t timestamp;
  uint32_t ssrc;
  size_t offset;
  size_t len;
} IpdRtpHeader;

/**
 * ipd_rtp_header_read: pure. False for what is no RTP of version 2, and for CSRC count, extension length or padding
 * that point beyond the packet or say less than they must. Thread: any.
 */
bool ipd_rtp_header_read (const uint8_t *packet, size_t len, IpdRtpHeader *ret_header);
