// SPDX-License-Identifier: Apache-2.0
/*
 * A fuzz target's corpus under failing allocations: each input that was ever interesting, at each allocation that it
 * causes. The target's own assertions say what may never be, memory or not.
 *
 *   alloc-corpus-NAME FOLDER
 */
#include "alloc-sweep.h"

#include "fuzz.h"

#include <stdio.h>

/* Places an input, in the sample that every test run plays. */
#define SAMPLE 6

static void
run_input (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  gsize length;
  const uint8_t *octets = g_bytes_get_data ((GBytes *) data, &length);

  LLVMFuzzerTestOneInput (octets, length);
  g_strlcpy (ret_result, "survived", ALLOC_RESULT_SIZE);
}

static bool
sweep_file (const char *path, AllocReport *sum)
{
  g_autofree char *text = NULL;
  gsize length;
  AllocReport report;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return false;
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  const AllocOperation operation = { .name = path, .run = run_input, .data = bytes };
  bool good = alloc_sweep (&operation, SAMPLE, &report);
  sum->allocations += report.allocations;
  sum->plays += report.plays;
  sum->ended += report.ended;
  return good;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GDir) folder = argc == 2 ? g_dir_open (argv[1], 0, NULL) : NULL;
  AllocReport sum = { 0 };
  unsigned files = 0;
  bool good = folder != NULL;
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (argv[1], name, NULL);
      good = sweep_file (path, &sum) && good;
      files++;
    }
  printf ("%u inputs, %u allocations, %u plays, %u ended for want of memory\n", files, sum.allocations, sum.plays,
          sum.ended);
  return good && files > 0 ? 0 : 1;
}
