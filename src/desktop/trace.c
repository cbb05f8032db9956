// SPDX-License-Identifier: Apache-2.0
/*
 * Times of the cold start, for people who measure. Called from all threads of the desktop; keeps one flag that is set
 * before the second thread starts.
 */
#include "desktop/trace.h"

#include <glib.h>
#include <unistd.h>

static gboolean trace_on;

void
ipd_trace_init (void)
{
  trace_on = g_strcmp0 (g_getenv ("IPDOOR_TRACE"), "1") == 0;
}

void
ipd_trace (const char *step)
{
  char line[80];
  int length;

  if (!trace_on)
    return;
  length = g_snprintf (line, sizeof line, "trace %" G_GINT64_FORMAT " %s\n", g_get_monotonic_time (), step);
  /* One write, so that lines of two threads never mix. */
  if (write (STDERR_FILENO, line, (size_t) length) < 0)
    trace_on = FALSE;
}
