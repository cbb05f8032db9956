// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/station.h"

/*
 * The installer's door: data/io.ipdoor.Station1.xml, peer-to-peer on the private socket STATE/station.sock. Only the
 * station's own user and root get in. Thread: the main one.
 */

typedef struct _IpdControl IpdControl;

/* STATE/station.sock. Returns: (transfer full) */
char *ipd_control_socket_path (const char *state_dir);

/*
 * Serves @station until freed. A socket that nobody answers on is taken over.
 * Errors: IPD_STATION_ERROR_RUNNING, _STATE.   Returns: (transfer full)
 */
IpdControl *ipd_control_new (IpdStation *station, const char *state_dir, GError **error);

/* Signal Event to whoever is connected. @detail: (transfer floating): a{sv} */
void ipd_control_emit (IpdControl *self, const char *kind, GVariant *detail);

void ipd_control_free (IpdControl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdControl, ipd_control_free)
