// SPDX-License-Identifier: Apache-2.0
/* See store-state.h. */
#include "store-state.h"

#include <sqlite3.h>

const char *const store_state_files[] = { "identity.key", "enrolment.json", "addresses.conf", "station.key", NULL };

static void
add_rows (sqlite3 *db, const char *sql, GString *text)
{
  sqlite3_stmt *stmt;
  int rc;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  while ((rc = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      for (int i = 0; i < sqlite3_column_count (stmt); i++)
        g_string_append_printf (text, "%s|", (const char *) sqlite3_column_text (stmt, i));
      g_string_append_c (text, '\n');
    }
  g_assert_cmpint (rc, ==, SQLITE_DONE);
  sqlite3_finalize (stmt);
}

char *
store_state_database (const char *folder)
{
  static const char *const queries[] = {
    "PRAGMA integrity_check",
    "SELECT * FROM accesses ORDER BY id",
    "SELECT * FROM visits ORDER BY id",
    "SELECT * FROM bindings ORDER BY client",
    "SELECT * FROM licences ORDER BY hash",
    "SELECT * FROM numbers ORDER BY key",
  };
  g_autofree char *path = g_build_filename (folder, STORE_STATE_DATABASE, NULL);
  GString *text = g_string_new (NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      add_rows (db, queries[i], text);
      if (i == 0)
        g_assert_cmpstr (text->str, ==, "ok|\n");
    }
  sqlite3_close (db);
  return g_string_free (text, FALSE);
}

char *
store_state_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *octets = NULL;
  GString *text;
  gsize length;

  if (!g_file_get_contents (path, &octets, &length, NULL))
    return g_strdup ("absent");
  text = g_string_new (NULL);
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", (guint8) octets[i]);
  return g_string_free (text, FALSE);
}

char *
store_state (const char *folder)
{
  g_autofree char *database = store_state_database (folder);
  GString *text = g_string_new (database);

  for (gsize i = 0; store_state_files[i] != NULL; i++)
    {
      g_autofree char *file = store_state_file (folder, store_state_files[i]);
      g_string_append_printf (text, STORE_STATE_MARK "%s", file);
    }
  return g_string_free (text, FALSE);
}
