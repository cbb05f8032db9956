// SPDX-License-Identifier: Apache-2.0
/* Finds the parameter sets in what an encoder made. Called by the camera in a streaming thread. */
#include "media/h264.h"

#include <glib.h>
#include <stdbool.h>

enum {
  NAL_SPS = 7,
  NAL_PPS = 8,
};

/* Offset of the first octet behind the next start code, len if there is none. */
static size_t
next_nal (const uint8_t *unit, size_t len, size_t from)
{
  for (size_t i = from; i + 3 < len; i++)
    if (unit[i] == 0 && unit[i + 1] == 0 && unit[i + 2] == 1)
      return i + 3;
  return len;
}

/* A NAL unit ends before the zeros of the next start code. */
static size_t
nal_end (const uint8_t *unit, size_t len, size_t next)
{
  size_t end = next < len ? next - 3 : len;
  while (end > 0 && unit[end - 1] == 0)
    end--;
  return end;
}

char *
ipd_h264_sprop (const uint8_t *unit, size_t len)
{
  g_autofree char *sps = NULL;
  g_autofree char *pps = NULL;
  for (size_t at = next_nal (unit, len, 0); at < len;)
    {
      size_t next = next_nal (unit, len, at);
      size_t end = nal_end (unit, len, next);
      int type = unit[at] & 0x1f;
      if (type == NAL_SPS && sps == NULL && end > at)
        sps = g_base64_encode (unit + at, end - at);
      else if (type == NAL_PPS && pps == NULL && end > at)
        pps = g_base64_encode (unit + at, end - at);
      at = next;
    }
  return sps && pps ? g_strconcat (sps, ",", pps, NULL) : NULL;
}
