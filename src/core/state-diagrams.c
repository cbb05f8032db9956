// SPDX-License-Identifier: Apache-2.0
/*
 * Build tool: writes docs/<machine>-states.dot from the tables the machines run, and the .svg beside it when Graphviz
 * is there. Run by `ninja state-diagrams`; not installed, and no part of the library.
 */
#include "core/call.h"
#include "core/opening.h"
#include "core/visit.h"

#include <glib.h>

static bool
write_dot (const IpdTable *table, const char *path, GError **error)
{
  g_autofree char *dot = ipd_table_to_dot (table);
  return g_file_set_contents (path, dot, -1, error);
}

static bool
draw (const char *dot_path, const char *svg_path, GError **error)
{
  g_autofree char *program = g_find_program_in_path ("dot");
  const char *const argv[] = { program, "-Tsvg", "-o", svg_path, dot_path, NULL };
  int status;

  if (program == NULL)
    {
      g_print ("Graphviz is not installed: %s was not drawn.\n", svg_path);
      return true;
    }
  return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, error)
         && g_spawn_check_wait_status (status, error);
}

int
main (int argc, char **argv)
{
  const IpdTable *tables[] = { ipd_visit_table (), ipd_call_table (), ipd_opening_table () };

  if (argc != 2)
    {
      g_printerr ("Usage: %s FOLDER\n", argv[0]);
      return 2;
    }
  for (size_t i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *dot = g_strdup_printf ("%s/%s-states.dot", argv[1], tables[i]->name);
      g_autofree char *svg = g_strdup_printf ("%s/%s-states.svg", argv[1], tables[i]->name);
      if (!write_dot (tables[i], dot, &error) || !draw (dot, svg, &error))
        {
          g_printerr ("%s\n", error->message);
          return 1;
        }
    }
  return 0;
}
