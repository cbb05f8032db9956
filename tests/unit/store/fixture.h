// SPDX-License-Identifier: Apache-2.0
/*
 * A store in a folder of its own, and rows to put into it. For the tests of this folder.
 */
#pragma once

#include "store/store.h"

/* A fresh folder; remove it with fixture_remove(). (transfer full) */
char *fixture_folder (void);
void fixture_remove (const char *folder);

/* Opens, or ends the test. @ret_flags: (optional) */
IpdStore *fixture_open (const char *path, IpdStoreFlags *ret_flags);

/* The nth short id and id: distinct, valid. */
IpdShortId fixture_short_id (unsigned n);
IpdId fixture_id (unsigned n);

IpdAccess fixture_access (unsigned n, int64_t time_us);
IpdVisitRecord fixture_visit (unsigned n, int64_t started_us);

/* Puts, or ends the test. Returns: whether it was new */
bool fixture_put_access (IpdStore *store, const IpdAccess *access);

/* A file as version 0.1 made it: one visit, and the number 7 as "kept". Its visits had no row before they were over. */
extern const char fixture_schema_1[];
