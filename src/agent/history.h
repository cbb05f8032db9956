// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

#include "core/call.h"
#include "core/opening.h"
#include "store/store.h"

/*
 * What this client saw and did, on disk. A disk that fails never stops a visit or an opening: what it does not take
 * waits in memory and is written with whatever comes next, or a little later; meanwhile ipd_history_problem() says so
 * to the person, and the log once.
 *
 * The file is opened at the first use, which must be after this agent is known to be the only one: rows that still go
 * on are then of an agent that died, and are ended as interrupted.
 *
 * Thread: main context.
 */
typedef struct _IpdHistory IpdHistory;

/* Key of ipd_history_get_number(): the highest directory version ever verified. */
#define IPD_HISTORY_DIRECTORY_VERSION "directory.version"

/* Records that wait for the disk; the oldest go first. */
#define IPD_HISTORY_WAITING_MAX 256

/* @path: its folder exists. @changed: ipd_history_problem() says something else now; from the main loop or from inside
 * any function here. */
IpdHistory *ipd_history_new (const char *path, void (*changed) (gpointer user_data), gpointer user_data);
/* Tries once more to write what waits. */
void ipd_history_free (IpdHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdHistory, ipd_history_free)

/* A sentence for people about why visits and openings are not recorded now. "" = they are. Static. */
const char *ipd_history_problem (const IpdHistory *self);

/* 0 if there is none, or it cannot be read. */
gint64 ipd_history_get_number (IpdHistory *self, const char *key);
void ipd_history_put_number (IpdHistory *self, const char *key, gint64 value);

/* The row of a visit as it is now; of one that goes on, too. */
void ipd_history_put_call (IpdHistory *self, const IpdCall *call);
/* Whether @now has something that the row of @then lacks and a person would be sorry to lose. */
bool ipd_history_call_is_news (const IpdCall *then, const IpdCall *now);
/* @client_name: of this computer. The first state is inserted, later ones update it. */
void ipd_history_put_opening (IpdHistory *self, const IpdOpening *opening, const IpdName *device_name,
                              const IpdId *client, const IpdName *client_name);

/* aa{sv} of the contract, newest first, floating. What waits is not in it. */
GVariant *ipd_history_to_variant (IpdHistory *self, guint limit);

void ipd_history_wipe (IpdHistory *self);
