// SPDX-License-Identifier: Apache-2.0
/*
 * Rate limit of log lines by source address. Owned by IpdStation. Bounded: with more than 256 sources at the same time
 * the table starts again, and whoever comes then is logged once more.
 */
#include "station/refusals.h"

#define MINUTE_US   (60 * G_USEC_PER_SEC)
#define SOURCES_MAX 256

typedef struct {
  gint64 logged_us;
  guint silent; /* refused since that line */
} Source;

struct _IpdRefusals {
  const IpdClock *clock;
  GHashTable *sources; /* address to Source */
};

IpdRefusals *
ipd_refusals_new (const IpdClock *clock)
{
  IpdRefusals *self = g_new0 (IpdRefusals, 1);
  self->clock = clock;
  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
ipd_refusals_free (IpdRefusals *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->sources);
  g_free (self);
}

gboolean
ipd_refusals_log (IpdRefusals *self, const char *source, const char *what, const char *why)
{
  gint64 now_us = ipd_clock_monotonic_us (self->clock);
  Source *known = g_hash_table_lookup (self->sources, source);
  if (known != NULL && now_us - known->logged_us < MINUTE_US)
    {
      known->silent++;
      return FALSE;
    }
  if (known == NULL)
    {
      if (g_hash_table_size (self->sources) >= SOURCES_MAX)
        g_hash_table_remove_all (self->sources);
      known = g_new0 (Source, 1);
      g_hash_table_insert (self->sources, g_strdup (source), known);
    }
  g_message ("%s from %s refused: %s (%u more in the minute before)", what, source, why, known->silent);
  known->logged_us = now_us;
  known->silent = 0;
  return TRUE;
}
