// SPDX-License-Identifier: Apache-2.0
/* Counts for the line that netsim prints at its end. */
#include "statistics.h"

/* Delays that are kept: enough for a median, bounded for a run of days. */
#define MAX_DELAYS 65536

void
netsim_statistics_late (NetsimStatistics *statistics, gint64 delay_us)
{
  guint32 delay = (guint32) CLAMP (delay_us, 0, G_MAXUINT32);
  if (statistics->delays == NULL)
    statistics->delays = g_array_new (FALSE, FALSE, sizeof delay);
  /* Full: the newest takes the place of the one of a round before. */
  if (statistics->delays->len < MAX_DELAYS)
    g_array_append_val (statistics->delays, delay);
  else
    g_array_index (statistics->delays, guint32, statistics->late % MAX_DELAYS) = delay;
  statistics->late++;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a;
  guint32 y = *(const guint32 *) b;
  return x < y ? -1 : x > y;
}

static double
delay_ms (const NetsimStatistics *statistics, guint index)
{
  return g_array_index (statistics->delays, guint32, index) / 1000.0;
}

char *
netsim_statistics_to_json (NetsimStatistics *statistics)
{
  double least = 0, median = 0, most = 0;
  if (statistics->delays != NULL)
    {
      g_array_sort (statistics->delays, compare);
      least = delay_ms (statistics, 0);
      median = delay_ms (statistics, statistics->delays->len / 2);
      most = delay_ms (statistics, statistics->delays->len - 1);
    }
  return g_strdup_printf ("{\"seen\":%" G_GUINT64_FORMAT ",\"dropped\":%" G_GUINT64_FORMAT
                          ",\"overflowed\":%" G_GUINT64_FORMAT ",\"duplicated\":%" G_GUINT64_FORMAT
                          ",\"reordered\":%" G_GUINT64_FORMAT
                          ",\"delay_ms\":{\"min\":%.1f,\"median\":%.1f,\"max\":%.1f}}",
                          statistics->seen, statistics->dropped, statistics->overflowed, statistics->duplicated,
                          statistics->reordered, least, median, most);
}

void
netsim_statistics_clear (NetsimStatistics *statistics)
{
  if (statistics->delays != NULL)
    g_array_unref (statistics->delays);
  statistics->delays = NULL;
}
