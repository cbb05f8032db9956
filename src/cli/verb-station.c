// SPDX-License-Identifier: Apache-2.0
/* `ipdoor station …` is `ipdoor-station …`, as git does with its own programs. */
#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "cli/verbs.h"
#include "platform/paths.h"

int
cli_station (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = ipd_paths_find_program ("ipdoor-station", &error);

  if (program == NULL)
    {
      g_printerr ("%s\n", error->message);
      return CLI_NO_PROGRAM;
    }
  (void) execv (program, argv);
  g_printerr ("%s: %s\n", program, g_strerror (errno));
  return CLI_NO_PROGRAM;
}
