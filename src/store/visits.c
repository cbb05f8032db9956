// SPDX-License-Identifier: Apache-2.0
/*
 * Visits, one row each. Called by station and agent, on the store's thread.
 */
#include "store/database.h"

bool
ipd_store_put_visit (IpdStore *store, const IpdVisitRecord *visit, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_VISIT_PUT, error);

  if (stmt == NULL)
    return false;
  ipd_store_bind_text (stmt, 1, visit->id.s);
  ipd_store_bind_text (stmt, 2, visit->device.s);
  ipd_store_bind_text (stmt, 3, visit->device_name.s);
  sqlite3_bind_int64 (stmt, 4, visit->started_us);
  sqlite3_bind_int64 (stmt, 5, visit->ended_us);
  ipd_store_bind_text (stmt, 6, visit->outcome);
  ipd_store_bind_text (stmt, 7, visit->answered_by.s);
  ipd_store_bind_text (stmt, 8, visit->opened_by.s);
  ipd_store_bind_text (stmt, 9, visit->output.s);
  ipd_store_bind_text (stmt, 10, ipd_contact_to_string (visit->contact));
  sqlite3_bind_int64 (stmt, 11, visit->known_us);
  return ipd_store_run (store, stmt, error);
}

bool
ipd_store_interrupt_visits (IpdStore *store, unsigned *ret_n, GError **error)
{
  sqlite3_stmt *stmt = ipd_store_statement (store, IPD_SQL_VISIT_INTERRUPT, error);

  if (stmt == NULL || !ipd_store_run (store, stmt, error))
    return false;
  if (ret_n != NULL)
    *ret_n = ipd_store_changes (store);
  return true;
}
