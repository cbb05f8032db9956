// SPDX-License-Identifier: Apache-2.0
/* Remembers when each source was last spoken of. Pure but for its table. */
#include "agent/rate-limit.h"

#define PERIOD_US   (60 * G_USEC_PER_SEC)
#define SOURCES_MAX 256

typedef struct {
  gint64 logged_us;
  guint held;
} Source;

struct _IpdRateLimit {
  GHashTable *sources;
};

IpdRateLimit *
ipd_rate_limit_new (void)
{
  IpdRateLimit *self = g_new0 (IpdRateLimit, 1);

  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
ipd_rate_limit_free (IpdRateLimit *self)
{
  g_hash_table_unref (self->sources);
  g_free (self);
}

static gboolean
is_old (gpointer address, gpointer source, gpointer now_us)
{
  return *(gint64 *) now_us - ((Source *) source)->logged_us >= PERIOD_US;
}

bool
ipd_rate_limit_pass (IpdRateLimit *self, const char *source, gint64 now_us, guint *ret_held)
{
  if (g_hash_table_size (self->sources) >= SOURCES_MAX && !g_hash_table_contains (self->sources, source))
    g_hash_table_foreach_remove (self->sources, is_old, &now_us);
  /* The sender of a datagram is easily made up: whoever there is no room for counts as one source, "". */
  if (g_hash_table_size (self->sources) >= SOURCES_MAX && !g_hash_table_contains (self->sources, source))
    source = "";
  Source *known = g_hash_table_lookup (self->sources, source);

  if (known != NULL && now_us - known->logged_us < PERIOD_US)
    {
      known->held++;
      return false;
    }
  *ret_held = known != NULL ? known->held : 0;
  known = g_new0 (Source, 1);
  known->logged_us = now_us;
  g_hash_table_replace (self->sources, g_strdup (source), known);
  return true;
}
