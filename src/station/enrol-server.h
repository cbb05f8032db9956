// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/config.h"
#include "station/plant.h"
#include "station/refusals.h"

/*
 * The authority's side of enrolment (docs/protocol.md §5): codes that wait, tries, and what a client gets. Codes are
 * kept as keys, in RAM only. Thread: the main one.
 */

#define IPD_ENROL_CODES_MAX 32 /* that wait at the same time */

typedef struct _IpdEnrolServer IpdEnrolServer;

/* All must outlive it. Returns: (transfer full) */
IpdEnrolServer *ipd_enrol_server_new (const IpdStationConfig *config, const IpdStationIdentity *identity,
                                      IpdPlant *plant, IpdRefusals *refusals, const IpdClock *clock);
void ipd_enrol_server_free (IpdEnrolServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdEnrolServer, ipd_enrol_server_free)

/*
 * Makes a code that enables one client key.
 * @name: "" = the client's own name; @profile: must exist
 * @ret_code: (transfer full): as people read it; wipe it
 * Returns: %FALSE when IPD_ENROL_CODES_MAX codes wait already
 */
gboolean ipd_enrol_server_add_code (IpdEnrolServer *self, const char *name, const char *profile, char **ret_code,
                                    gint64 *ret_expires_us);

/* The two requests. @source: (nullable): numeric address of the sender. Returns: HTTP status; @ret_json: (transfer
 * full): the body */
guint ipd_enrol_server_start (IpdEnrolServer *self, const char *body, gsize octets, char **ret_json);
guint ipd_enrol_server_finish (IpdEnrolServer *self, const char *source, const char *body, gsize octets,
                               char **ret_json);
