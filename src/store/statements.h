// SPDX-License-Identifier: Apache-2.0
/*
 * Every SQL text of the store, by name. Private to this folder. SQLite types appear only in this folder.
 */
#pragma once

#include <stddef.h>

#define IPD_STORE_SCHEMA_VERSION 3

typedef enum {
  IPD_SQL_BEGIN,
  IPD_SQL_COMMIT,
  IPD_SQL_ROLLBACK,
  IPD_SQL_ACCESS_INSERT,
  IPD_SQL_ACCESS_UPDATE,
  IPD_SQL_ACCESS_FIND,
  IPD_SQL_ACCESS_INTERRUPT,
  IPD_SQL_VISIT_PUT,
  IPD_SQL_VISIT_INTERRUPT,
  IPD_SQL_HISTORY,
  IPD_SQL_BINDING_PUT,
  IPD_SQL_BINDING_DELETE,
  IPD_SQL_BINDING_LIST,
  IPD_SQL_LICENCE_INSERT,
  IPD_SQL_LICENCE_REMOVE,
  IPD_SQL_LICENCE_LIST,
  IPD_SQL_NUMBER_GET,
  IPD_SQL_NUMBER_PUT,
  IPD_SQL_NUMBER_NEXT,
  IPD_SQL_N,
} IpdSql;

/* Makes the tables of the newest schema in an empty file. */
extern const char *const ipd_store_schema;

/* [n] makes schema n + 1 of schema n; [0] is NULL, an empty file gets the newest at once. */
extern const char *const ipd_store_schema_steps[IPD_STORE_SCHEMA_VERSION];

const char *ipd_store_sql (IpdSql sql);
