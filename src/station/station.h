// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/config.h"

/*
 * The station as a whole: what main.c may ask of it. How it is wired together is in station-private.h. Thread: the main
 * one, whose default context drives everything.
 */

typedef struct _IpdStation IpdStation;

/*
 * ipd_station_new:
 * @config: (transfer full)
 * @state_dir: private directory of the station, made if absent
 *
 * Relays are off, sockets bound and clients served when this returns. A missing camera or sound device is no error: the
 * station rings all the same, and ipd_station_get_status() says what is degraded.
 * Errors: IPD_STATION_ERROR, IPD_HTTP_ERROR, IPD_RELAY_ERROR and those of keys, store and SIP.
 * Returns: (transfer full)
 */
IpdStation *ipd_station_new (IpdStationConfig *config, const char *state_dir, GError **error);

/* Switches relays off, says goodbye by DNS-SD. */
void ipd_station_free (IpdStation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdStation, ipd_station_free)

/*
 * Ends what goes on and tells the others, at most 2 s; then calls @stopped once. Free it afterwards.
 */
void ipd_station_stop (IpdStation *self, void (*stopped) (gpointer data), gpointer data);
