// SPDX-License-Identifier: Apache-2.0
/*
 * Accesses: one row per command id, written before the relay moves. Called by station and agent, on the store's thread.
 */
#include "store/database.h"

#include <string.h>

bool
ipd_store_put_access (IpdStore *store, const IpdAccess *access, bool *ret_new, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_ACCESS_INSERT, error);

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, access->id.s);
  sqlite3_bind_int64 (stmt, 2, access->time_us);
  ipd_store_bind_text (stmt, 3, access->device.s);
  ipd_store_bind_text (stmt, 4, access->device_name.s);
  ipd_store_bind_text (stmt, 5, access->output.s);
  ipd_store_bind_text (stmt, 6, access->client.s);
  ipd_store_bind_text (stmt, 7, access->client_name.s);
  ipd_store_bind_text (stmt, 8, access->visit.s);
  ipd_store_bind_text (stmt, 9, ipd_opening_state_to_string (access->state));
  ipd_store_bind_text (stmt, 10, ipd_refusal_to_string (access->refusal));
  if (!ipd_store_run (store, stmt, error))
    return false;
  *ret_new = ipd_store_changes (store) == 1;
  return true;
}

bool
ipd_store_update_access (IpdStore *store, const IpdShortId *id, IpdOpeningState state, IpdRefusal refusal,
                         GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_ACCESS_UPDATE, error);

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, id->s);
  ipd_store_bind_text (stmt, 2, ipd_opening_state_to_string (state));
  ipd_store_bind_text (stmt, 3, ipd_refusal_to_string (refusal));
  return ipd_store_run (store, stmt, error);
}

/* A word that no version of ours wrote reads as interrupted: nothing is claimed about the door. */
static void
read_access (sqlite3_stmt *stmt, IpdAccess *ret_access)
{
  memset (ret_access, 0, sizeof *ret_access);
  ipd_short_id_from_text (ipd_store_text (stmt, 0), &ret_access->id);
  ret_access->time_us = sqlite3_column_int64 (stmt, 1);
  ipd_id_from_text (ipd_store_text (stmt, 2), &ret_access->device);
  ipd_name_set (&ret_access->device_name, ipd_store_text (stmt, 3));
  ipd_output_id_from_text (ipd_store_text (stmt, 4), &ret_access->output);
  ipd_id_from_text (ipd_store_text (stmt, 5), &ret_access->client);
  ipd_name_set (&ret_access->client_name, ipd_store_text (stmt, 6));
  ipd_short_id_from_text (ipd_store_text (stmt, 7), &ret_access->visit);
  if (!ipd_opening_state_from_string (ipd_store_text (stmt, 8), &ret_access->state))
    ret_access->state = IPD_OPENING_INTERRUPTED;
  ipd_refusal_from_string (ipd_store_text (stmt, 9), &ret_access->refusal);
}

bool
ipd_store_find_access (IpdStore *store, const IpdShortId *id, IpdAccess *ret_access, bool *ret_found, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_ACCESS_FIND, error);
  bool row;

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, id->s);
  if (!ipd_store_next_row (store, stmt, &row, error))
    return false;
  if (row)
    {
      read_access (stmt, ret_access);
      sqlite3_reset (stmt);
    }
  *ret_found = row;
  return true;
}

bool
ipd_store_interrupt_accesses (IpdStore *store, unsigned *ret_n, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_ACCESS_INTERRUPT, error);

  if (stmt == NULL || !ipd_store_run (store, stmt, error))
    return false;
  if (ret_n != NULL)
    *ret_n = ipd_store_changes (store);
  return true;
}
