// SPDX-License-Identifier: Apache-2.0
/*
 * The commands a station has carried out or refused lately, with the signed results it gave: a second delivery of the
 * same id gets the same results and moves nothing (docs/protocol.md §10). Ids count per client, so nobody can occupy
 * an id of somebody else. Bounded: the oldest go; what is older is found in the store.  Thread: one at a time.
 */
#pragma once

#include "core/ids.h"

#include <glib.h>
#include <stdbool.h>

#define IPD_COMMANDS_REMEMBERED 256
#define IPD_COMMAND_RESULTS_MAX 8 /* of one command; three are the most there are */

typedef struct _IpdCommandTable IpdCommandTable;

IpdCommandTable *ipd_command_table_new (void);
void ipd_command_table_free (IpdCommandTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdCommandTable, ipd_command_table_free)

/* True when @id is new and from now on known; false when it was there: send ipd_command_table_results() again. */
bool ipd_command_table_begin (IpdCommandTable *table, const IpdId *client, const IpdShortId *id);

/* Whether @id is known. */
bool ipd_command_table_has (const IpdCommandTable *table, const IpdId *client, const IpdShortId *id);

/* Remembers a result token in the order given; nothing for an id that is not known (any more). */
void ipd_command_table_add_result (IpdCommandTable *table, const IpdId *client, const IpdShortId *id,
                                   const char *token);

/* NULL-terminated result tokens, oldest first; NULL for an unknown id. Borrowed until the table changes. */
const char *const *ipd_command_table_results (const IpdCommandTable *table, const IpdId *client, const IpdShortId *id);
