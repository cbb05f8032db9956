// SPDX-License-Identifier: Apache-2.0
/*
 * Licences the authority gave, and which of them it took back. Called by the station, on the store's thread.
 */
#include "store/database.h"

void
ipd_licence_row_free (IpdLicenceRow *row)
{
  if (row == NULL)
    return;
  g_free (row->token);
  g_free (row);
}

bool
ipd_store_put_licence (IpdStore *store, const IpdLicenceRow *row, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_LICENCE_INSERT, error);

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, row->hash.s);
  ipd_store_bind_text (stmt, 2, row->client.s);
  sqlite3_bind_int64 (stmt, 3, (sqlite3_int64) row->serial);
  sqlite3_bind_int (stmt, 4, row->removed);
  ipd_store_bind_text (stmt, 5, row->token);
  return ipd_store_run (store, stmt, error);
}

static bool
mark_removed (IpdStore *store, const IpdId *client, unsigned *ret_n, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_LICENCE_REMOVE, error);

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, client->s);
  if (!ipd_store_run (store, stmt, error))
    return false;
  *ret_n = ipd_store_changes (store);
  return true;
}

bool
ipd_store_remove_licences (IpdStore *store, const IpdId *client, unsigned *ret_n, GError **error)
{
  unsigned n = 0;

  if (!ipd_store_begin (store, error))
    return false;
  bool good = mark_removed (store, client, &n, error) && ipd_store_delete_binding (store, client, error);
  if (!ipd_store_end (store, good, error))
    return false;
  if (ret_n != NULL)
    *ret_n = n;
  return true;
}

static IpdLicenceRow *
read_licence (sqlite3_stmt *stmt)
{
  IpdLicenceRow *row = g_new0 (IpdLicenceRow, 1);

  ipd_short_id_from_text (ipd_store_text (stmt, 0), &row->hash);
  ipd_id_from_text (ipd_store_text (stmt, 1), &row->client);
  row->serial = (uint64_t) sqlite3_column_int64 (stmt, 2);
  row->removed = sqlite3_column_int (stmt, 3) != 0;
  row->token = g_strdup (ipd_store_text (stmt, 4));
  return row;
}

GPtrArray *
ipd_store_licences (IpdStore *store, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_licence_row_free);
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_LICENCE_LIST, error);
  bool row = true;

  if (stmt == NULL)
    return NULL;
  while (row)
    {
      if (!ipd_store_next_row (store, stmt, &row, error))
        return NULL;
      if (row)
        g_ptr_array_add (rows, read_licence (stmt));
    }
  return g_steal_pointer (&rows);
}
