// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * What a folder of ours holds, as text: said by store-workload.c after each act, and compared by store-check.c after
 * each cut. The database is read by SQL of its own, so that what the store does not show counts too.
 */

#define STORE_STATE_DATABASE "store.db"
/* Between the parts of a state: the database first, then each file of store_state_files. */
#define STORE_STATE_MARK "\x1f"

extern const char *const store_state_files[]; /* NULL-terminated */

/* (transfer full): "" where there is none. Errors end the program, and so does a failed integrity check. */
char *store_state_database (const char *folder);
/* (transfer full): "absent", or what it holds, as hexadecimal digits */
char *store_state_file (const char *folder, const char *name);
/* (transfer full): all parts */
char *store_state (const char *folder);
