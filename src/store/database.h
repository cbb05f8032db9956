// SPDX-License-Identifier: Apache-2.0
/*
 * The open file and its prepared statements. Private to this folder.  Thread: the store's.
 */
#pragma once

#include "store/statements.h"
#include "store/store.h"

#include <sqlite3.h>

/* How the file is open. Where nothing can be written, reading has to do. */
typedef enum {
  IPD_STORE_WHOLE,
  IPD_STORE_ALONE, /* without the file of shared memory, for which there is no space */
  IPD_STORE_READ,  /* on a disk that takes nothing */
} IpdStoreMode;

struct _IpdStore {
  sqlite3 *db;                         /* NULL: nothing of the file could be opened again */
  sqlite3_stmt *statements[IPD_SQL_N]; /* NULL: not used yet */
  char *path;
  IpdStoreMode mode;
};

/* Sets @error from what SQLite returned, and from the errno below it. Returns: false */
bool ipd_store_fail (const IpdStore *store, int rc, GError **error);

/* A prepared statement, reset and without bindings. Prepared at its first use and kept. NULL with @error set. (transfer
 * none) */
sqlite3_stmt *ipd_store_statement (IpdStore *store, IpdSql sql, GError **error);

/* Binds a text that lives until the statement is reset. */
void ipd_store_bind_text (sqlite3_stmt *stmt, int index, const char *text);

/* Runs a writing statement to its end and resets it. On disk when true (outside a transaction). */
bool ipd_store_run (IpdStore *store, sqlite3_stmt *stmt, GError **error);

/* One row of a reading statement: true with @ret_row false at the end. Resets at the end and on failure. */
bool ipd_store_next_row (IpdStore *store, sqlite3_stmt *stmt, bool *ret_row, GError **error);

/* Rows that the last writing statement changed. */
unsigned ipd_store_changes (IpdStore *store);

/* BEGIN IMMEDIATE, COMMIT; end with @good false rolls back (and leaves @error alone). */
bool ipd_store_begin (IpdStore *store, GError **error);
bool ipd_store_end (IpdStore *store, bool good, GError **error);

/* SQL without parameters or rows, for what runs once. */
bool ipd_store_execute (IpdStore *store, const char *sql, GError **error);

/* A text column; "" for NULL. Borrowed until the statement moves on. */
const char *ipd_store_text (sqlite3_stmt *stmt, int column);

/* Copies a text column into a fixed array, cut if a strange hand made it longer. */
void ipd_store_copy_text (sqlite3_stmt *stmt, int column, char *ret_text, size_t size);
