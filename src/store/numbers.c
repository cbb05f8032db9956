// SPDX-License-Identifier: Apache-2.0
/*
 * Small numbers that must not be forgotten or given twice. Called by station and agent, on the store's thread.
 */
#include "store/database.h"

bool
ipd_store_get_number (IpdStore *store, const char *key, int64_t fallback, int64_t *ret_value, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_NUMBER_GET, error);
  bool row;

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, key);
  if (!ipd_store_next_row (store, stmt, &row, error))
    return false;
  *ret_value = row ? sqlite3_column_int64 (stmt, 0) : fallback;
  sqlite3_reset (stmt);
  return true;
}

bool
ipd_store_put_number (IpdStore *store, const char *key, int64_t value, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_NUMBER_PUT, error);

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, key);
  sqlite3_bind_int64 (stmt, 2, value);
  return ipd_store_run (store, stmt, error);
}

static bool
add_one (IpdStore *store, const char *key, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_NUMBER_NEXT, error);

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, key);
  return ipd_store_run (store, stmt, error);
}

bool
ipd_store_next_number (IpdStore *store, const char *key, int64_t *ret_value, GError **error)
{
  int64_t value = 0;

  if (!ipd_store_begin (store, error))
    return false;
  bool good = add_one (store, key, error) && ipd_store_get_number (store, key, 0, &value, error);
  if (!ipd_store_end (store, good, error))
    return false;
  *ret_value = value;
  return true;
}
