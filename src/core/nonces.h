// SPDX-License-Identifier: Apache-2.0
/*
 * The nonces a station has given out, and which commands it has already seen: what makes a command work once
 * (docs/protocol.md §10). In RAM only, on purpose: after a restart every old command is void. No clock: the caller
 * gives monotonic milliseconds. Only ever called for clients whose token verified, so the number of clients is bounded
 * by the licences.  Thread: one at a time.
 */
#pragma once

#include "core/ids.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define IPD_NONCES_MAX          8  /* outstanding, of one client */
#define IPD_NONCE_REQUESTS_SEEN 64 /* request ids remembered, of one client */
#define IPD_NONCE_LIFETIME_MS   5000

typedef struct _IpdNonceTable IpdNonceTable;

IpdNonceTable *ipd_nonce_table_new (void);
void ipd_nonce_table_free (IpdNonceTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdNonceTable, ipd_nonce_table_free)

typedef enum {
  IPD_NONCE_GIVEN, /* @fresh is outstanding now: send it */
  IPD_NONCE_SEEN,  /* this request was answered before: stay silent */
  IPD_NONCE_FULL,  /* eight nonces of visits are outstanding: stay silent */
} IpdNonceVerdict;

/*
 * A verified nonce-request. @fresh lives 5 s from @now_ms; when eight are outstanding the oldest asked-for one goes, a
 * nonce of a visit never does.
 */
IpdNonceVerdict ipd_nonce_table_ask (IpdNonceTable *table, const IpdId *client, const IpdShortId *request,
                                     const IpdShortId *fresh, int64_t now_ms);

/*
 * A nonce that lives as long as @visit: given sealed in a leg, or after a command of that visit. When eight are
 * outstanding the oldest asked-for one goes. False when all eight are of visits.
 */
bool ipd_nonce_table_put (IpdNonceTable *table, const IpdId *client, const IpdShortId *visit, const IpdShortId *fresh,
                          int64_t now_ms);

/*
 * The last check of a command. True once for each nonce; @ret_visit (may be NULL) is the visit it was given for, none
 * if it was asked for. Compares in constant time.
 */
bool ipd_nonce_table_consume (IpdNonceTable *table, const IpdId *client, const IpdShortId *nonce, int64_t now_ms,
                              IpdShortId *ret_visit);

void ipd_nonce_table_end_visit (IpdNonceTable *table, const IpdShortId *visit);
void ipd_nonce_table_remove_client (IpdNonceTable *table, const IpdId *client); /* its licence is gone */

/* How many are outstanding, for tests and metrics. */
unsigned ipd_nonce_table_count (const IpdNonceTable *table, const IpdId *client, int64_t now_ms);
