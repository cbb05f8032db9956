// SPDX-License-Identifier: Apache-2.0
/*
 * The schema and every statement of the store, in one place. Prepared by database.c, run by the other files of this
 * folder. A change of the schema raises IPD_STORE_SCHEMA_VERSION and adds a step here.
 */
#include "store/statements.h"

#include "store/store.h"

#define VISITS_UNFINISHED "CREATE INDEX visits_unfinished ON visits (ended_us) WHERE ended_us = 0;"

/* The order of what is written, over both tables: the clock may be set in between. Once given, a row keeps it. */
#define NEXT_NUMBER                                                                                                    \
  "(SELECT 1 + max(coalesce((SELECT max(number) FROM accesses), 0), coalesce((SELECT max(number) FROM visits), 0)))"
#define BY_NUMBER                                                                                                      \
  "CREATE INDEX accesses_by_number ON accesses (number DESC);CREATE INDEX visits_by_number ON visits (number DESC);"

/* Times are Unix microseconds unless the name ends in _s. Enums are stored as the words of the wire, so that the file
 * can be read without us and survives a reordering of an enum. */
const char *const ipd_store_schema
    = "CREATE TABLE accesses ("
      "  id TEXT PRIMARY KEY NOT NULL, time_us INTEGER NOT NULL, device TEXT NOT NULL, device_name TEXT NOT NULL,"
      "  output TEXT NOT NULL, client TEXT NOT NULL, client_name TEXT NOT NULL, visit TEXT NOT NULL,"
      "  state TEXT NOT NULL, refusal TEXT NOT NULL, number INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
      "CREATE INDEX accesses_unfinished ON accesses (state) WHERE state IN ('requested', 'accepted');"
      "CREATE TABLE visits ("
      "  id TEXT PRIMARY KEY NOT NULL, device TEXT NOT NULL, device_name TEXT NOT NULL, started_us INTEGER NOT NULL,"
      "  ended_us INTEGER NOT NULL, outcome TEXT NOT NULL, answered_by TEXT NOT NULL, opened_by TEXT NOT NULL,"
      "  output TEXT NOT NULL, contact TEXT NOT NULL, known_us INTEGER NOT NULL DEFAULT 0,"
      "  number INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;" BY_NUMBER VISITS_UNFINISHED "CREATE TABLE bindings ("
      "  client TEXT PRIMARY KEY NOT NULL, contact_user TEXT NOT NULL, contact_host TEXT NOT NULL,"
      "  contact_port INTEGER NOT NULL, source_host TEXT NOT NULL, source_port INTEGER NOT NULL,"
      "  licence TEXT NOT NULL, expires_s INTEGER NOT NULL) WITHOUT ROWID;"
      "CREATE TABLE licences ("
      "  hash TEXT PRIMARY KEY NOT NULL, client TEXT NOT NULL, serial INTEGER NOT NULL, removed INTEGER NOT NULL,"
      "  token TEXT NOT NULL) WITHOUT ROWID;"
      "CREATE INDEX licences_by_client ON licences (client);"
      "CREATE TABLE numbers (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;";

const char *const ipd_store_schema_steps[IPD_STORE_SCHEMA_VERSION] = {
  [1] = "ALTER TABLE visits ADD COLUMN known_us INTEGER NOT NULL DEFAULT 0;" VISITS_UNFINISHED,
  /* Of what is older only the time is known, and it is less than any number that follows. */
  [2] = "ALTER TABLE accesses ADD COLUMN number INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE visits ADD COLUMN number INTEGER NOT NULL DEFAULT 0;"
        "UPDATE accesses SET number = time_us; UPDATE visits SET number = started_us;"
        "DROP INDEX accesses_by_time; DROP INDEX visits_by_time;" BY_NUMBER,
};

static const char *const statements[IPD_SQL_N] = {
  [IPD_SQL_BEGIN] = "BEGIN IMMEDIATE",
  [IPD_SQL_COMMIT] = "COMMIT",
  [IPD_SQL_ROLLBACK] = "ROLLBACK",
  [IPD_SQL_ACCESS_INSERT] = "INSERT OR IGNORE INTO accesses"
                            " (id, time_us, device, device_name, output, client, client_name, visit, state, refusal,"
                            "  number)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, " NEXT_NUMBER ")",
  [IPD_SQL_ACCESS_UPDATE] = "UPDATE accesses SET state = ?2, refusal = ?3 WHERE id = ?1",
  [IPD_SQL_ACCESS_FIND] = "SELECT id, time_us, device, device_name, output, client, client_name, visit, state, refusal"
                          " FROM accesses WHERE id = ?1",
  [IPD_SQL_ACCESS_INTERRUPT] = "UPDATE accesses SET state = 'interrupted' WHERE state IN ('requested', 'accepted')",
  [IPD_SQL_VISIT_PUT]
  = "INSERT OR REPLACE INTO visits"
    " (id, device, device_name, started_us, ended_us, outcome, answered_by, opened_by, output, contact, known_us,"
    "  number)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
    "  coalesce((SELECT number FROM visits WHERE id = ?1), " NEXT_NUMBER "))",
  /* A visit that had an outcome already (opened, the contact was still awaited) keeps it. */
  [IPD_SQL_VISIT_INTERRUPT]
  = "UPDATE visits SET ended_us = max(started_us, known_us), contact = replace(contact, 'pending', 'none'),"
    " outcome = CASE outcome WHEN '' THEN '" IPD_STORE_OUTCOME_INTERRUPTED "' ELSE outcome END WHERE ended_us = 0",
  /* Each half stops at the limit by its index, so a page costs the same in a file of a million rows. */
  [IPD_SQL_HISTORY]
  = "SELECT * FROM ("
    " SELECT * FROM (SELECT 0 AS kind, id, device, device_name, started_us, ended_us, outcome,"
    "  CASE opened_by WHEN '' THEN answered_by ELSE opened_by END AS by_name, output, contact, number"
    "  FROM visits WHERE number < ?1 ORDER BY number DESC, id LIMIT ?2)"
    " UNION ALL"
    " SELECT * FROM (SELECT 1 AS kind, id, device, device_name, time_us AS started_us, time_us AS ended_us,"
    "  state AS outcome, client_name AS by_name, output,"
    "  CASE state WHEN 'contact-open' THEN 'open' WHEN 'contact-timeout' THEN 'timeout' ELSE 'none' END AS contact, "
    "number"
    "  FROM accesses WHERE number < ?1 ORDER BY number DESC, id LIMIT ?2))"
    " ORDER BY number DESC, kind, id LIMIT ?2",
  [IPD_SQL_BINDING_PUT]
  = "INSERT OR REPLACE INTO bindings"
    " (client, contact_user, contact_host, contact_port, source_host, source_port, licence, expires_s)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
  [IPD_SQL_BINDING_DELETE] = "DELETE FROM bindings WHERE client = ?1",
  [IPD_SQL_BINDING_LIST]
  = "SELECT client, contact_user, contact_host, contact_port, source_host, source_port, licence, expires_s"
    " FROM bindings WHERE expires_s > ?1 ORDER BY client",
  [IPD_SQL_LICENCE_INSERT]
  = "INSERT OR IGNORE INTO licences (hash, client, serial, removed, token) VALUES (?1, ?2, ?3, ?4, ?5)",
  [IPD_SQL_LICENCE_REMOVE] = "UPDATE licences SET removed = 1 WHERE client = ?1 AND removed = 0",
  [IPD_SQL_LICENCE_LIST] = "SELECT hash, client, serial, removed, token FROM licences ORDER BY serial, hash",
  [IPD_SQL_NUMBER_GET] = "SELECT value FROM numbers WHERE key = ?1",
  [IPD_SQL_NUMBER_PUT] = "INSERT OR REPLACE INTO numbers (key, value) VALUES (?1, ?2)",
  [IPD_SQL_NUMBER_NEXT] = "INSERT INTO numbers (key, value) VALUES (?1, 1)"
                          " ON CONFLICT (key) DO UPDATE SET value = value + 1",
};

const char *
ipd_store_sql (IpdSql sql)
{
  return statements[sql];
}
