// SPDX-License-Identifier: Apache-2.0
/*
 * Driving the open SQLite file: its prepared statements, transactions, failures. Called by the other files of this
 * folder, on the store's thread.
 */
#include "store/database.h"

#include <errno.h>

G_DEFINE_QUARK (ipd - store - error - quark, ipd_store_error)

static IpdStoreError
code_of (int rc)
{
  switch (rc & 0xff) /* the primary result code */
    {
    case SQLITE_FULL:
      return IPD_STORE_ERROR_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return IPD_STORE_ERROR_READONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return IPD_STORE_ERROR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return IPD_STORE_ERROR_BUSY;
    default: /* SQLite's codes are an open set */
      return IPD_STORE_ERROR_FAILED;
    }
}

/* ENOSPC while the log is extended can arrive as an I/O error; the errno below it tells. */
static IpdStoreError
code_of_failure (sqlite3 *db, int rc)
{
  if ((rc & 0xff) == SQLITE_IOERR && db != NULL)
    {
      int system_error = sqlite3_system_errno (db);
      if (system_error == ENOSPC || system_error == EDQUOT)
        return IPD_STORE_ERROR_FULL;
      if (system_error == EROFS || system_error == EACCES)
        return IPD_STORE_ERROR_READONLY;
    }
  return code_of (rc);
}

bool
ipd_store_fail (const IpdStore *store, int rc, GError **error)
{
  g_set_error (error, IPD_STORE_ERROR, (int) code_of_failure (store->db, rc), "%s (%s)", sqlite3_errstr (rc),
               store->db != NULL ? sqlite3_errmsg (store->db) : "no database");
  return false;
}

sqlite3_stmt *
ipd_store_statement (IpdStore *store, IpdSql sql, GError **error)
{
  sqlite3_stmt **stmt = &store->statements[sql];

  if (store->db == NULL)
    {
      ipd_store_fail (store, SQLITE_CANTOPEN, error);
      return NULL;
    }
  if (*stmt == NULL)
    {
      int rc = sqlite3_prepare_v3 (store->db, ipd_store_sql (sql), -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
      if (rc != SQLITE_OK)
        {
          ipd_store_fail (store, rc, error);
          return NULL;
        }
    }
  sqlite3_reset (*stmt);
  sqlite3_clear_bindings (*stmt);
  return *stmt;
}

void
ipd_store_bind_text (sqlite3_stmt *stmt, int index, const char *text)
{
  sqlite3_bind_text (stmt, index, text, -1, SQLITE_STATIC);
}

bool
ipd_store_next_row (IpdStore *store, sqlite3_stmt *stmt, bool *ret_row, GError **error)
{
  int rc = sqlite3_step (stmt);

  if (rc == SQLITE_ROW)
    {
      *ret_row = true;
      return true;
    }
  bool good = rc == SQLITE_DONE || ipd_store_fail (store, rc, error);
  sqlite3_reset (stmt);
  if (good)
    *ret_row = false;
  return good;
}

bool
ipd_store_run (IpdStore *store, sqlite3_stmt *stmt, GError **error)
{
  bool row;
  return ipd_store_next_row (store, stmt, &row, error);
}

unsigned
ipd_store_changes (IpdStore *store)
{
  return (unsigned) sqlite3_changes (store->db);
}

bool
ipd_store_begin (IpdStore *store, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_BEGIN, error);
  return stmt != NULL && ipd_store_run (store, stmt, error);
}

bool
ipd_store_end (IpdStore *store, bool good, GError **error)
{
  sqlite3_stmt *stmt;

  if (good)
    {
      stmt = ipd_store_statement (store, IPD_SQL_COMMIT, error);
      if (stmt != NULL && ipd_store_run (store, stmt, error))
        return true;
    }
  /* A failed commit may or may not have ended the transaction (https://sqlite.org/lang_transaction.html §3). */
  if (!sqlite3_get_autocommit (store->db))
    {
      stmt = ipd_store_statement (store, IPD_SQL_ROLLBACK, NULL);
      if (stmt != NULL)
        ipd_store_run (store, stmt, NULL);
    }
  return false;
}

bool
ipd_store_execute (IpdStore *store, const char *sql, GError **error)
{
  int rc = sqlite3_exec (store->db, sql, NULL, NULL, NULL);
  return rc == SQLITE_OK || ipd_store_fail (store, rc, error);
}

const char *
ipd_store_text (sqlite3_stmt *stmt, int column)
{
  const char *text = (const char *) sqlite3_column_text (stmt, column);
  return text != NULL ? text : "";
}

void
ipd_store_copy_text (sqlite3_stmt *stmt, int column, char *ret_text, size_t size)
{
  g_strlcpy (ret_text, ipd_store_text (stmt, column), size);
}

bool
ipd_store_wipe (IpdStore *store, GError **error)
{
  if (!ipd_store_begin (store, error))
    return false;
  bool good = ipd_store_execute (store,
                                 "DELETE FROM accesses; DELETE FROM visits; DELETE FROM bindings;"
                                 "DELETE FROM licences; DELETE FROM numbers;",
                                 error);
  if (!ipd_store_end (store, good, error))
    return false;
  /* Rows that were deleted must not stay readable in free pages or in the log. */
  return ipd_store_execute (store, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)", error);
}
