// SPDX-License-Identifier: Apache-2.0
/*
 * Choosing a row and drawing a table. Used by the machines of this folder, their tests and the diagram program; pure,
 * any thread.
 */
#include "core/table.h"

#include <glib.h>

const IpdRow *
ipd_table_pick (const IpdTable *table, unsigned state, unsigned event, IpdGuardFunc holds, const void *value,
                const void *event_value)
{
  for (size_t i = 0; i < table->n_rows; i++)
    {
      const IpdRow *row = &table->rows[i];
      if (row->from == state && row->event == event && (row->guard == 0 || holds (row->guard, value, event_value)))
        return row;
    }
  return NULL;
}

static void
append_edge (GString *dot, const IpdTable *table, const IpdRow *row)
{
  g_string_append_printf (dot, "  \"%s\" -> \"%s\" [label=\"%s", table->states[row->from], table->states[row->to],
                          table->events[row->event]);
  if (row->guard != 0)
    g_string_append_printf (dot, " [%s]", table->guards[row->guard]);
  for (size_t i = 0; i < IPD_ROW_ACTIONS && row->actions[i] != 0; i++)
    g_string_append_printf (dot, "%s%s", i == 0 ? "\\n" : ", ", table->actions[row->actions[i]]);
  g_string_append (dot, "\"];\n");
}

static bool
has_exit (const IpdTable *table, unsigned state)
{
  for (size_t i = 0; i < table->n_rows; i++)
    {
      if (table->rows[i].from == state && table->rows[i].to != state)
        return true;
    }
  return false;
}

char *
ipd_table_to_dot (const IpdTable *table)
{
  GString *dot = g_string_new (NULL);

  g_string_append_printf (
      dot,
      "// Generated from the transition table of src/core/%s.c; do not edit.\n"
      "digraph \"%s\" {\n"
      "  rankdir=TB;\n"
      "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#eef3fb\", fontname=\"sans-serif\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=9];\n"
      "  start [shape=circle, style=filled, fillcolor=black, label=\"\", width=0.15];\n"
      "  start -> \"%s\";\n",
      table->name, table->name, table->states[table->first_state]);
  for (unsigned s = 0; s < table->n_states; s++)
    g_string_append_printf (dot, "  \"%s\"%s;\n", table->states[s], has_exit (table, s) ? "" : " [peripheries=2]");
  for (size_t i = 0; i < table->n_rows; i++)
    {
      if (table->rows[i].step == IPD_STEP_OK)
        append_edge (dot, table, &table->rows[i]);
    }
  g_string_append (dot, "}\n");
  return g_string_free (dot, FALSE);
}
