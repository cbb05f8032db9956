// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

#include "core/call.h"
#include "core/opening.h"
#include "store/store.h"

/*
 * What this client saw and did, on disk. A disk that fails never stops a visit or an opening: every function takes a
 * store of %NULL and a store that errs, says so once in the log, and goes on.
 *
 * Thread: main context.
 */

/* Key of ipd_history_get_number(): the highest directory version ever verified. */
#define IPD_HISTORY_DIRECTORY_VERSION "directory.version"

/* @path: its folder exists. Returns: (transfer full) (nullable) */
IpdStore *ipd_history_open (const char *path);

gint64 ipd_history_get_number (IpdStore *store, const char *key);
void ipd_history_put_number (IpdStore *store, const char *key, gint64 value);

void ipd_history_put_call (IpdStore *store, const IpdCall *call);
/* @client_name: of this computer. The first state is inserted, later ones update it. */
void ipd_history_put_opening (IpdStore *store, const IpdOpening *opening, const IpdName *device_name,
                              const IpdId *client, const IpdName *client_name);

/* aa{sv} of the contract, newest first, floating. */
GVariant *ipd_history_to_variant (IpdStore *store, guint limit);

void ipd_history_wipe (IpdStore *store);
