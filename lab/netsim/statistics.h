// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

/** NetsimStatistics: what was done to the packets of one direction. Zeroed, then fed; netsim_statistics_clear(). */
typedef struct {
  guint64 seen;
  guint64 dropped;
  guint64 overflowed; /* of @dropped: there was no room to hold them */
  guint64 duplicated;
  guint64 reordered;
  guint64 late;   /* what was held and went on; @delays is a fair sample of it */
  GArray *delays; /* guint32, microseconds; NULL before the first */
} NetsimStatistics;

/** netsim_statistics_late: a packet went on @delay_us after it came. */
void netsim_statistics_late (NetsimStatistics *statistics, gint64 delay_us);

/** netsim_statistics_to_json: (transfer full): `{"seen":…,"dropped":…,…,"delay_ms":{"min":…,"median":…,"max":…}}`. */
char *netsim_statistics_to_json (NetsimStatistics *statistics);
void netsim_statistics_clear (NetsimStatistics *statistics);
