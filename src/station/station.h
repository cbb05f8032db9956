// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"
#include "station/config.h"

#include <gio/gio.h>

/*
 * The station as a whole: what the installer's verbs (control.c) and main.c may ask of it. How it is wired together is
 * in station-private.h. Thread: the main one, whose default context drives everything.
 */

#define IPD_STATION_ERROR (ipd_station_error_quark ())
GQuark ipd_station_error_quark (void);

/* Each has the D-Bus name io.ipdoor.Error.<Name>; messages are whole sentences. */
typedef enum {
  IPD_STATION_ERROR_BUSY,       /* Busy: a visit is going on */
  IPD_STATION_ERROR_NO_BUTTON,  /* NoSuchButton */
  IPD_STATION_ERROR_NO_CLIENT,  /* NoSuchClient */
  IPD_STATION_ERROR_NO_PROFILE, /* NoSuchProfile */
  IPD_STATION_ERROR_NO_PORTS,   /* NoPorts: no media sockets left in the configured ranges */
  IPD_STATION_ERROR_TOO_MANY,   /* TooMany: enrolment codes that wait, or clients */
  IPD_STATION_ERROR_STATE,      /* State: a file of the state directory cannot be read or written */
  IPD_STATION_ERROR_RUNNING,    /* Running: another station uses this state directory */
} IpdStationError;
#define IPD_STATION_ERRORS 8

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

/* Errors: BUSY, NO_BUTTON, NO_PORTS. */
gboolean ipd_station_press (IpdStation *self, guint button, IpdShortId *ret_visit, GError **error);

/*
 * @name, @profile: "" for "Client" and "resident"
 * @ret_code: (transfer full): ABCDE-FGHIJ-KLMNO-PQRST, never to be logged; wipe it
 * @ret_expires: microseconds since the epoch
 * Errors: NO_PROFILE, TOO_MANY.
 */
gboolean ipd_station_enrol_code (IpdStation *self, const char *name, const char *profile, char **ret_code,
                                 gint64 *ret_expires, GError **error);

/* Errors: NO_CLIENT, STATE. */
gboolean ipd_station_remove_licence (IpdStation *self, const char *client, GError **error);

/* Returns: (transfer floating): a{sv} and aa{sv}, members as in data/io.ipdoor.Station1.xml */
GVariant *ipd_station_get_status (IpdStation *self);
GVariant *ipd_station_get_clients (IpdStation *self);
