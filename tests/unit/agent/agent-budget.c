// SPDX-License-Identifier: Apache-2.0
/*
 * Prints what an idle, registered agent costs: proportional set size and wakeups a second over ten seconds, after five
 * in which discovery has asked its first questions. For information; `make bench` has the row that counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw-station.h"
#include "wire/random.h"

#define SETTLE_S  5
#define MEASURE_S 10

static guint64
read_number (const char *path, const char *label)
{
  g_autofree char *text = NULL;
  const char *found;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  found = strstr (text, label);
  return found != NULL ? g_ascii_strtoull (found + strlen (label), NULL, 10) : 0;
}

/* Of all threads: each voluntary switch is one wakeup. */
static guint64
count_wakeups (const char *pid)
{
  g_autofree char *tasks = g_strdup_printf ("/proc/%s/task", pid);
  g_autoptr (GDir) dir = g_dir_open (tasks, 0, NULL);
  guint64 sum = 0;

  g_assert_nonnull (dir);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *status = g_build_filename (tasks, name, "status", NULL);

      sum += read_number (status, "voluntary_ctxt_switches:");
    }
  return sum;
}

static gboolean
on_measured (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (void)
{
  static const char *const no_ui[] = { "--ui", "none", NULL };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *smaps = NULL;
  RawPlant *plant;
  guint64 before;
  const char *pid;

  alarm (60);
  g_assert_true (ipd_wire_init ());
  plant = raw_plant_new (90, no_ui);
  pid = g_subprocess_get_identifier (plant->agent);
  smaps = g_strdup_printf ("/proc/%s/smaps_rollup", pid);
  raw_plant_settle (plant);
  g_timeout_add_seconds (SETTLE_S, on_measured, loop);
  g_main_loop_run (loop);
  before = count_wakeups (pid);
  g_timeout_add_seconds (MEASURE_S, on_measured, loop);
  g_main_loop_run (loop);
  printf ("pss_kb %" G_GUINT64_FORMAT "\nwakeups_per_s %.2f\n", read_number (smaps, "\nPss:"),
          (double) (count_wakeups (pid) - before) / MEASURE_S);
  raw_plant_free (plant);
  return 0;
}
