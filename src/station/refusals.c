// SPDX-License-Identifier: Apache-2.0
/*
 * Rate limit of log lines by source address. Owned by IpdStation. Bounded: above 256 sources a minute the others share
 * one line a minute, because the sender of a datagram is easily made up.
 */
#include "station/refusals.h"

#define MINUTE_US   (60 * G_USEC_PER_SEC)
#define SOURCES_MAX 256
#define TOLD_MAX    10
#define OTHERS      "other addresses"

typedef struct {
  gint64 logged_us;
  guint silent; /* refused since that line */
} Source;

/* A genuine one. */
typedef struct {
  gint64 begun_us; /* of the minute */
  guint told;
} Teller;

struct _IpdRefusals {
  const IpdClock *clock;
  GHashTable *sources; /* address to Source */
  GHashTable *tellers; /* id to Teller */
};

IpdRefusals *
ipd_refusals_new (const IpdClock *clock)
{
  IpdRefusals *self = g_new0 (IpdRefusals, 1);
  self->clock = clock;
  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->tellers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
ipd_refusals_free (IpdRefusals *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->tellers);
  g_free (self);
}

static gboolean
is_old (gpointer address, gpointer source, gpointer now_us)
{
  return *(gint64 *) now_us - ((Source *) source)->logged_us >= MINUTE_US;
}

/* Returns: @source, or what stands for all whom there is no room for. */
static const char *
name_of (IpdRefusals *self, const char *source, gint64 now_us)
{
  if (g_hash_table_contains (self->sources, source) || g_hash_table_size (self->sources) < SOURCES_MAX)
    return source;
  g_hash_table_foreach_remove (self->sources, is_old, &now_us);
  return g_hash_table_size (self->sources) < SOURCES_MAX ? source : OTHERS;
}

gboolean
ipd_refusals_log (IpdRefusals *self, const char *source, const char *what, const char *why)
{
  gint64 now_us = ipd_clock_monotonic_us (self->clock);
  const char *name = name_of (self, source, now_us);
  Source *known = g_hash_table_lookup (self->sources, name);
  if (known != NULL && now_us - known->logged_us < MINUTE_US)
    {
      known->silent++;
      return FALSE;
    }
  if (known == NULL)
    {
      known = g_new0 (Source, 1);
      g_hash_table_insert (self->sources, g_strdup (name), known);
    }
  g_message ("%s from %s refused: %s (%u more in the minute before)", what, name, why, known->silent);
  known->logged_us = now_us;
  known->silent = 0;
  return TRUE;
}

gboolean
ipd_refusals_may_tell (IpdRefusals *self, const char *who)
{
  gint64 now_us = ipd_clock_monotonic_us (self->clock);
  Teller *teller = g_hash_table_lookup (self->tellers, who);
  if (teller == NULL)
    {
      teller = g_new0 (Teller, 1);
      g_hash_table_insert (self->tellers, g_strdup (who), teller);
    }
  if (teller->told == 0 || now_us - teller->begun_us >= MINUTE_US)
    *teller = (Teller){ .begun_us = now_us };
  return ++teller->told <= TOLD_MAX;
}
