// SPDX-License-Identifier: Apache-2.0
/*
 * Visits and accesses as one list, newest first, a page at a time. Called by agent and command line, on the store's
 * thread.
 */
#include "store/database.h"

#include <string.h>

#define PAGE_MAX 1000

static void
read_entry (sqlite3_stmt *stmt, IpdHistoryEntry *ret_entry)
{
  memset (ret_entry, 0, sizeof *ret_entry);
  ret_entry->kind = sqlite3_column_int (stmt, 0) == 0 ? IPD_HISTORY_VISIT : IPD_HISTORY_ACCESS;
  ipd_short_id_from_text (ipd_store_text (stmt, 1), &ret_entry->id);
  ipd_id_from_text (ipd_store_text (stmt, 2), &ret_entry->device);
  ipd_name_set (&ret_entry->device_name, ipd_store_text (stmt, 3));
  ret_entry->started_us = sqlite3_column_int64 (stmt, 4);
  ret_entry->ended_us = sqlite3_column_int64 (stmt, 5);
  ipd_store_copy_text (stmt, 6, ret_entry->outcome, sizeof ret_entry->outcome);
  ipd_name_set (&ret_entry->by, ipd_store_text (stmt, 7));
  ipd_output_id_from_text (ipd_store_text (stmt, 8), &ret_entry->output);
  ipd_contact_from_string (ipd_store_text (stmt, 9), &ret_entry->contact);
  ret_entry->number = sqlite3_column_int64 (stmt, 10);
}

GArray *
ipd_store_history (IpdStore *store, unsigned limit, int64_t before, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (IpdHistoryEntry));
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_HISTORY, error);
  bool row = true;

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, before > 0 ? before : INT64_MAX);
  sqlite3_bind_int64 (stmt, 2, CLAMP (limit, 1, PAGE_MAX));
  while (row)
    {
      IpdHistoryEntry entry;
      if (!ipd_store_next_row (store, stmt, &row, error))
        return NULL;
      if (!row)
        break;
      read_entry (stmt, &entry);
      g_array_append_val (entries, entry);
    }
  return g_steal_pointer (&entries);
}
