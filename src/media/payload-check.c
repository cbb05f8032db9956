// SPDX-License-Identifier: Apache-2.0
/* Looks at payloads that nobody vouches for before a depayloader believes them. Called in streaming threads. */
#include "media/payload-check.h"

enum {
  NAL_LAST_SINGLE = 23,
  NAL_STAP_A = 24,
  NAL_FU_A = 28,
  FU_START = 0x80,
  FU_END = 0x40,
  VP8_EXTENDED = 0x80,
  VP8_HAS_PICTURE_ID = 0x80,
  VP8_HAS_TL0PICIDX = 0x40,
  VP8_HAS_TID = 0x20,
  VP8_HAS_KEYIDX = 0x10,
  VP8_LONG_PICTURE_ID = 0x80,
};

static bool
is_nal (const uint8_t *nal, size_t len)
{
  int type = len > 0 ? nal[0] & 0x1f : 0;
  /* The first bit says that the unit is damaged. */
  return type > 0 && type <= NAL_LAST_SINGLE && (nal[0] & 0x80) == 0 && len > 1;
}

static bool
is_stap_a (const uint8_t *payload, size_t len)
{
  size_t at = 1;
  while (at + 2 < len)
    {
      size_t size = (size_t) payload[at] << 8 | payload[at + 1];
      at += 2;
      if (size > len - at || !is_nal (payload + at, size))
        return false;
      at += size;
    }
  return at == len && at > 1;
}

static bool
is_fu_a (const uint8_t *payload, size_t len)
{
  if (len < 3)
    return false;
  int type = payload[1] & 0x1f;
  bool start = payload[1] & FU_START;
  bool end = payload[1] & FU_END;
  return type > 0 && type <= NAL_LAST_SINGLE && !(start && end);
}

static bool
is_h264 (const uint8_t *payload, size_t len)
{
  int type = payload[0] & 0x1f;
  if (type == NAL_STAP_A)
    return is_stap_a (payload, len);
  return type == NAL_FU_A ? is_fu_a (payload, len) : is_nal (payload, len);
}

/* The descriptor grows by what its flags say. */
static bool
is_vp8 (const uint8_t *payload, size_t len)
{
  size_t at = 1;
  if (payload[0] & VP8_EXTENDED)
    {
      uint8_t flags = len > 1 ? payload[1] : 0;
      at = 2;
      if (flags & VP8_HAS_PICTURE_ID)
        at += at < len && payload[at] & VP8_LONG_PICTURE_ID ? 2 : 1;
      at += flags & VP8_HAS_TL0PICIDX ? 1 : 0;
      at += flags & (VP8_HAS_TID | VP8_HAS_KEYIDX) ? 1 : 0;
    }
  return at < len;
}

bool
ipd_payload_is_sound (IpdVideoCodec codec, const uint8_t *payload, size_t len)
{
  if (len == 0)
    return false;
  return codec == IPD_VIDEO_VP8 ? is_vp8 (payload, len) : is_h264 (payload, len);
}
