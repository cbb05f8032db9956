// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

#include "agent/membership.h"

/*
 * The two requests of an enrolment with one authority (docs/protocol.md §5). The code is never sent: both ends prove
 * that they know it. Nothing is written to the disk here.
 *
 * Thread: main context.
 */
typedef struct {
  uint8_t authority_pk[IPD_PK_OCTETS];
  GBytes *sealed;            /* the package, to be saved as it is */
  IpdMembership *membership; /* what was in it, verified */
} IpdEnrolled;

void ipd_enrolled_free (IpdEnrolled *enrolled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdEnrolled, ipd_enrolled_free)

/* @key, @client: copied. @known_version: of a directory, for the rollback check. */
void ipd_enrol_exchange (const char *host, guint16 http_port, const IpdEnrolKey *key, const IpdKeyPair *client,
                         const char *name, guint64 known_version, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);

/* Errors: IPD_AGENT_ERROR: BAD_CODE, NOT_REACHABLE, FAILED; G_IO_ERROR_CANCELLED. */
IpdEnrolled *ipd_enrol_exchange_finish (GAsyncResult *result, GError **error);
