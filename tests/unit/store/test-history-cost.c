// SPDX-License-Identifier: Apache-2.0
/*
 * A page of history costs the same however long the history is. Counted in steps of SQLite's machine, not in time.
 */
#include "fixture.h"

#include "store/statements.h"

#include <sqlite3.h>

#define PAGE 50

static sqlite3 *
open_raw (const char *path)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  return db;
}

static void
execute (sqlite3 *db, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

/* Rows made by SQL itself, in one transaction: the store's own writer would sync each. */
static void
add_rows (sqlite3 *db, unsigned from, unsigned to)
{
  g_autofree char *sql
      = g_strdup_printf ("BEGIN;"
                         "WITH RECURSIVE c(n) AS (SELECT %u UNION ALL SELECT n + 1 FROM c WHERE n + 1 < %u)"
                         " INSERT INTO visits SELECT printf('%%021dA', n), 'd', 'Door', n * 20, n * 20 + 5, 'missed', "
                         "'', '', '', 'none', n * 20 + 5, n * 20 FROM c;"
                         "WITH RECURSIVE c(n) AS (SELECT %u UNION ALL SELECT n + 1 FROM c WHERE n + 1 < %u)"
                         " INSERT INTO accesses SELECT printf('%%021dA', n), n * 20 + 10, 'd', 'Door', 'door', 'c', "
                         "'Anna', '', 'actuated', '', n * 20 + 10 FROM c;"
                         "COMMIT;",
                         from, to, from, to);
  execute (db, sql);
}

static int
page_steps (sqlite3 *db, int64_t before)
{
  sqlite3_stmt *stmt;
  int rows = 0;

  g_assert_cmpint (sqlite3_prepare_v2 (db, ipd_store_sql (IPD_SQL_HISTORY), -1, &stmt, NULL), ==, SQLITE_OK);
  sqlite3_bind_int64 (stmt, 1, before);
  sqlite3_bind_int64 (stmt, 2, PAGE);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    rows++;
  g_assert_cmpint (rows, ==, PAGE);
  int steps = sqlite3_stmt_status (stmt, SQLITE_STMTSTATUS_VM_STEP, 0);
  g_assert_cmpint (sqlite3_stmt_status (stmt, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0), <, 4 * PAGE);
  sqlite3_finalize (stmt);
  return steps;
}

static void
test_cost (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "store.db", NULL);
  g_autoptr (IpdStore) store = fixture_open (path, NULL);
  sqlite3 *db = open_raw (path);

  add_rows (db, 0, 100);
  int newest_of_few = page_steps (db, INT64_MAX);
  add_rows (db, 100, 10000);
  g_assert_cmpint (page_steps (db, INT64_MAX), <, 2 * newest_of_few);
  g_assert_cmpint (page_steps (db, 5000 * 20), <, 2 * newest_of_few);

  g_autoptr (GArray) page = ipd_store_history (store, PAGE, 0, NULL);
  g_assert_cmpuint (page->len, ==, PAGE);
  g_assert_cmpint (g_array_index (page, IpdHistoryEntry, 0).started_us, ==, 9999 * 20 + 10);
  sqlite3_close (db);
  g_clear_pointer (&store, ipd_store_close);
  fixture_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history-cost/page", test_cost);
  return g_test_run ();
}
