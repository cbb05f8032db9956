// SPDX-License-Identifier: Apache-2.0
/*
 * What must hold for every transition table, whatever it says, and that docs/ shows the tables as they are.
 */
#include "core/call.h"
#include "core/opening.h"
#include "core/visit.h"

#include <glib.h>
#include <string.h>

typedef struct {
  const IpdTable *(*table) (void);
  const char *finals[6]; /* states without any exit */
} Case;

static const Case cases[] = {
  { ipd_visit_table, { "ended" } },
  { ipd_call_table, { "ended" } },
  { ipd_opening_table, { "contact-open", "contact-timeout", "refused", "interrupted", "unconfirmed" } },
};

static void
check_row (const IpdTable *table, const IpdRow *row)
{
  size_t n = 0;

  g_assert_cmpuint (row->from, <, table->n_states);
  g_assert_cmpuint (row->to, <, table->n_states);
  g_assert_cmpuint (row->event, <, table->n_events);
  g_assert_cmpuint (row->guard, <, table->n_guards);
  while (n < IPD_ROW_ACTIONS && row->actions[n] != 0)
    g_assert_cmpuint (row->actions[n++], <, table->n_actions);
  for (size_t i = n; i < IPD_ROW_ACTIONS; i++)
    g_assert_cmpuint (row->actions[i], ==, 0);
  if (row->step != IPD_STEP_OK)
    {
      g_assert_cmpuint (row->to, ==, row->from);
      g_assert_cmpuint (n, ==, 0);
    }
}

static void
test_rows (gconstpointer data)
{
  const IpdTable *table = ((const Case *) data)->table ();
  for (size_t i = 0; i < table->n_rows; i++)
    check_row (table, &table->rows[i]);
}

/* Every (state, event) has an answer for every value, and no row is dead because one before it always holds. */
static void
test_every_pair (gconstpointer data)
{
  const IpdTable *table = ((const Case *) data)->table ();

  for (unsigned s = 0; s < table->n_states; s++)
    {
      for (unsigned e = 0; e < table->n_events; e++)
        {
          const IpdRow *last = NULL;
          for (size_t i = 0; i < table->n_rows; i++)
            {
              const IpdRow *row = &table->rows[i];
              if (row->from != s || row->event != e)
                continue;
              if (last != NULL && last->guard == 0)
                g_error ("%s: a row for (%s, %s) can never be taken", table->name, table->states[s], table->events[e]);
              last = row;
            }
          if (last == NULL || last->guard != 0)
            g_error ("%s: (%s, %s) is open", table->name, table->states[s], table->events[e]);
        }
    }
}

static void
test_reachable (gconstpointer data)
{
  const IpdTable *table = ((const Case *) data)->table ();
  g_autofree bool *seen = g_new0 (bool, table->n_states);
  bool grew = true;

  seen[table->first_state] = true;
  while (grew) /* at most once per state */
    {
      grew = false;
      for (size_t i = 0; i < table->n_rows; i++)
        {
          const IpdRow *row = &table->rows[i];
          if (row->step == IPD_STEP_OK && seen[row->from] && !seen[row->to])
            grew = seen[row->to] = true;
        }
    }
  for (unsigned s = 0; s < table->n_states; s++)
    {
      if (!seen[s])
        g_error ("%s: nothing leads to %s", table->name, table->states[s]);
    }
}

static bool
is_final (const Case *c, const char *state)
{
  for (size_t i = 0; i < G_N_ELEMENTS (c->finals); i++)
    {
      if (g_strcmp0 (c->finals[i], state) == 0)
        return true;
    }
  return false;
}

static void
test_finals (gconstpointer data)
{
  const Case *c = data;
  const IpdTable *table = c->table ();

  for (unsigned s = 0; s < table->n_states; s++)
    {
      unsigned exits = 0;
      for (size_t i = 0; i < table->n_rows; i++)
        exits += table->rows[i].from == s && table->rows[i].to != s ? 1 : 0;
      if (is_final (c, table->states[s]))
        g_assert_cmpuint (exits, ==, 0);
      else
        g_assert_cmpuint (exits, >, 0);
    }
}

/* A guard or an action that no row names is dead code. */
static void
test_all_used (gconstpointer data)
{
  const IpdTable *table = ((const Case *) data)->table ();
  g_autofree bool *guards = g_new0 (bool, table->n_guards);
  g_autofree bool *actions = g_new0 (bool, table->n_actions);

  guards[0] = actions[0] = true;
  for (size_t i = 0; i < table->n_rows; i++)
    {
      guards[table->rows[i].guard] = true;
      for (size_t a = 0; a < IPD_ROW_ACTIONS; a++)
        actions[table->rows[i].actions[a]] = true;
    }
  for (size_t i = 0; i < table->n_guards; i++)
    g_assert_true (guards[i]);
  for (size_t i = 0; i < table->n_actions; i++)
    g_assert_true (actions[i]);
}

static void
test_names (gconstpointer data)
{
  const IpdTable *table = ((const Case *) data)->table ();

  for (size_t i = 0; i < table->n_states; i++)
    g_assert_cmpstr (table->states[i], !=, NULL);
  for (size_t i = 0; i < table->n_events; i++)
    g_assert_cmpstr (table->events[i], !=, NULL);
  for (size_t i = 0; i < table->n_guards; i++)
    g_assert_cmpstr (table->guards[i], !=, NULL);
  for (size_t i = 0; i < table->n_actions; i++)
    g_assert_cmpstr (table->actions[i], !=, NULL);
}

static void
test_diagram (gconstpointer data)
{
  const IpdTable *table = ((const Case *) data)->table ();
  const char *docs = g_getenv ("IPDOOR_DOCS");
  g_autofree char *name = g_strdup_printf ("%s-states.dot", table->name);
  g_autofree char *path = g_build_filename (docs != NULL ? docs : "docs", name, NULL);
  g_autofree char *dot = ipd_table_to_dot (table);
  g_autofree char *committed = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &committed, NULL, &error);
  g_assert_no_error (error);
  if (strcmp (committed, dot) != 0)
    g_error ("docs/%s is not what the table says: run `ninja state-diagrams`", name);
}

static bool
refuse (unsigned guard, const void *value, const void *event)
{
  return false;
}

/* A number that is no state or event gets no row instead of a read beyond the table. */
static void
test_out_of_range (gconstpointer data)
{
  const IpdTable *table = ((const Case *) data)->table ();

  g_assert_null (ipd_table_pick (table, (unsigned) table->n_states, 0, refuse, NULL, NULL));
  g_assert_null (ipd_table_pick (table, 0, (unsigned) table->n_events, refuse, NULL, NULL));
  g_assert_nonnull (ipd_table_pick (table, 0, 0, refuse, NULL, NULL));
}

static const struct {
  const char *name;
  GTestDataFunc func;
} checks[] = {
  { "rows", test_rows },       { "every-pair", test_every_pair },     { "reachable", test_reachable },
  { "finals", test_finals },   { "all-used", test_all_used },         { "names", test_names },
  { "diagram", test_diagram }, { "out-of-range", test_out_of_range },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      for (size_t k = 0; k < G_N_ELEMENTS (checks); k++)
        {
          g_autofree char *path = g_strdup_printf ("/tables/%s/%s", cases[i].table ()->name, checks[k].name);
          g_test_add_data_func (path, &cases[i], checks[k].func);
        }
    }
  return g_test_run ();
}
