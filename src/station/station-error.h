// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

/* What the station's own parts can fail with, and the name of each on the installer's socket. Thread: any. */

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
