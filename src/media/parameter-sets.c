// SPDX-License-Identifier: Apache-2.0
/* Remembers parameter sets of a plain stream. Owned by the picture half of a client; fed in streaming threads. */
#include "media/parameter-sets.h"

#include <glib.h>

enum {
  NAL_SPS = 7,
  NAL_PPS = 8,
  NAL_STAP_A = 24,
  MAX_LEN = 1024, /* of one set: real ones have some dozens of octets */
};

static void
look_at_nal (IpdParameterSets *sets, const uint8_t *nal, size_t len)
{
  int type = nal[0] & 0x1f;
  char **set = type == NAL_SPS ? &sets->sps : type == NAL_PPS ? &sets->pps : NULL;
  if (set == NULL || len > MAX_LEN)
    return;
  g_free (*set);
  *set = g_base64_encode (nal, len);
}

void
ipd_parameter_sets_look (IpdParameterSets *sets, const uint8_t *payload, size_t len)
{
  if ((payload[0] & 0x1f) != NAL_STAP_A)
    {
      look_at_nal (sets, payload, len);
      return;
    }
  for (size_t at = 1; at + 2 < len;)
    {
      size_t size = (size_t) payload[at] << 8 | payload[at + 1];
      look_at_nal (sets, payload + at + 2, size);
      at += 2 + size;
    }
}

char *
ipd_parameter_sets_get_sprop (const IpdParameterSets *sets)
{
  return sets->sps && sets->pps ? g_strconcat (sets->sps, ",", sets->pps, NULL) : NULL;
}

void
ipd_parameter_sets_clear (IpdParameterSets *sets)
{
  g_clear_pointer (&sets->sps, g_free);
  g_clear_pointer (&sets->pps, g_free);
}
