// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

#include "wire/identity.h"

/*
 * Asks whoever answers at an address who it is (docs/protocol.md §4), with a nonce of ours. The answer is signed by the
 * key it names; whether that key belongs to the plant is for the caller to look up in the directory.
 *
 * Thread: main context.
 */
void ipd_identity_ask (const char *host, guint16 http_port, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data);

/* Errors: IPD_AGENT_ERROR_NOT_REACHABLE, IPD_WIRE_ERROR, cancelled. Returns: (transfer full) (nullable): g_free() it */
IpdIdentity *ipd_identity_ask_finish (GAsyncResult *result, GError **error);
