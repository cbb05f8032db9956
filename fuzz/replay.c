// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a fuzz target over the files of the folders and files given, so that every input that was ever interesting is
 * tried in each test run. Each input is handed over in a buffer of exactly its size, so that a sanitizer sees whoever
 * reads on. Fails when there was nothing to run.
 */

#include "fuzz.h"

#include <stdio.h>

static unsigned
replay_file (const char *path)
{
  g_autofree char *data = NULL;
  gsize length = 0;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &data, &length, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 0;
    }
  g_autofree uint8_t *exact = g_malloc (length + (length == 0));
  if (length > 0)
    memcpy (exact, data, length);
  LLVMFuzzerTestOneInput (exact, length);
  return 1;
}

static unsigned
replay (const char *path)
{
  GDir *folder = g_dir_open (path, 0, NULL);
  unsigned count = 0;

  if (folder == NULL)
    return replay_file (path);
  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      count += replay_file (file);
    }
  g_dir_close (folder);
  return count;
}

int
main (int argc, char *argv[])
{
  unsigned count = 0;
  for (int i = 1; i < argc; i++)
    count += replay (argv[i]);
  printf ("%u inputs\n", count);
  return count > 0 ? 0 : 1;
}
