// SPDX-License-Identifier: Apache-2.0
/*
 * Registrations of a station, so that a restart rings everybody at once. Called by the station, on the store's thread.
 */
#include "store/database.h"

#include <string.h>

bool
ipd_store_put_binding (IpdStore *store, const IpdBinding *binding, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_BINDING_PUT, error);

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, binding->client.s);
  ipd_store_bind_text (stmt, 2, binding->contact_user.s);
  ipd_store_bind_text (stmt, 3, binding->contact_host);
  sqlite3_bind_int (stmt, 4, binding->contact_port);
  ipd_store_bind_text (stmt, 5, binding->source_host);
  sqlite3_bind_int (stmt, 6, binding->source_port);
  ipd_store_bind_text (stmt, 7, binding->licence.s);
  sqlite3_bind_int64 (stmt, 8, binding->expires_s);
  return ipd_store_run (store, stmt, error);
}

bool
ipd_store_delete_binding (IpdStore *store, const IpdId *client, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_BINDING_DELETE, error);

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, client->s);
  return ipd_store_run (store, stmt, error);
}

static void
read_binding (sqlite3_stmt *stmt, IpdBinding *ret_binding)
{
  memset (ret_binding, 0, sizeof *ret_binding);
  ipd_id_from_text (ipd_store_text (stmt, 0), &ret_binding->client);
  ipd_short_id_from_text (ipd_store_text (stmt, 1), &ret_binding->contact_user);
  ipd_store_copy_text (stmt, 2, ret_binding->contact_host, sizeof ret_binding->contact_host);
  ret_binding->contact_port = (uint16_t) sqlite3_column_int (stmt, 3);
  ipd_store_copy_text (stmt, 4, ret_binding->source_host, sizeof ret_binding->source_host);
  ret_binding->source_port = (uint16_t) sqlite3_column_int (stmt, 5);
  ipd_short_id_from_text (ipd_store_text (stmt, 6), &ret_binding->licence);
  ret_binding->expires_s = sqlite3_column_int64 (stmt, 7);
}

GArray *
ipd_store_bindings (IpdStore *store, int64_t now_s, GError **error)
{
  g_autoptr (GArray) bindings = g_array_new (FALSE, FALSE, sizeof (IpdBinding));
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_BINDING_LIST, error);
  bool row = true;

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, now_s);
  while (row)
    {
      IpdBinding binding;
      if (!ipd_store_next_row (store, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      read_binding (stmt, &binding);
      g_array_append_val (bindings, binding);
    }
  return g_steal_pointer (&bindings);
}
