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

static bool
is_edge (const IpdRow *row, unsigned from, unsigned to)
{
  return row->from == from && row->to == to && row->step == IPD_STEP_OK;
}

/* One line of an edge: what happens, on which condition, and what is done about it. */
static void
append_row (GString *dot, const IpdTable *table, const IpdRow *row)
{
  g_string_append (dot, table->events[row->event]);
  if (row->guard != 0)
    g_string_append_printf (dot, " [%s]", table->guards[row->guard]);
  for (size_t i = 0; i < IPD_ROW_ACTIONS && row->actions[i] != 0; i++)
    g_string_append_printf (dot, "%s%s",
                            i == 0       ? ": "
                            : i % 5 == 0 ? ",\\l    "
                                         : ", ",
                            table->actions[row->actions[i]]);
  g_string_append (dot, "\\l");
}

static void
append_edge (GString *dot, const IpdTable *table, unsigned from, unsigned to)
{
  bool open = false;

  for (size_t i = 0; i < table->n_rows; i++)
    {
      if (!is_edge (&table->rows[i], from, to))
        continue;
      if (!open)
        g_string_append_printf (dot, "  \"%s\" -> \"%s\" [label=\"", table->states[from], table->states[to]);
      open = true;
      append_row (dot, table, &table->rows[i]);
    }
  if (open)
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
      "// Generated from the %s table of src/core by `ninja state-diagrams`; do not edit.\n"
      "digraph \"%s\" {\n"
      "  rankdir=TB; nodesep=0.4; ranksep=0.7;\n"
      "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#eef3fb\", fontname=\"sans-serif\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=9];\n"
      "  start [shape=circle, style=filled, fillcolor=black, label=\"\", width=0.15];\n"
      "  start -> \"%s\";\n",
      table->name, table->name, table->states[table->first_state]);
  for (unsigned s = 0; s < table->n_states; s++)
    g_string_append_printf (dot, "  \"%s\"%s;\n", table->states[s], has_exit (table, s) ? "" : " [peripheries=2]");
  for (unsigned from = 0; from < table->n_states; from++)
    {
      for (unsigned to = 0; to < table->n_states; to++)
        append_edge (dot, table, from, to);
    }
  g_string_append (dot, "}\n");
  return g_string_free (dot, FALSE);
}
