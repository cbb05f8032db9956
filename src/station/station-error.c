// SPDX-License-Identifier: Apache-2.0
/* The error domain of this program and its D-Bus names. Owns nothing; any thread. */
#include "station/station-error.h"

static const GDBusErrorEntry error_names[] = {
  { IPD_STATION_ERROR_BUSY, "io.ipdoor.Error.Busy" },
  { IPD_STATION_ERROR_NO_BUTTON, "io.ipdoor.Error.NoSuchButton" },
  { IPD_STATION_ERROR_NO_CLIENT, "io.ipdoor.Error.NoSuchClient" },
  { IPD_STATION_ERROR_NO_PROFILE, "io.ipdoor.Error.NoSuchProfile" },
  { IPD_STATION_ERROR_NO_PORTS, "io.ipdoor.Error.NoPorts" },
  { IPD_STATION_ERROR_TOO_MANY, "io.ipdoor.Error.TooMany" },
  { IPD_STATION_ERROR_STATE, "io.ipdoor.Error.State" },
  { IPD_STATION_ERROR_RUNNING, "io.ipdoor.Error.Running" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (error_names) == IPD_STATION_ERRORS);

GQuark
ipd_station_error_quark (void)
{
  static gsize quark;
  g_dbus_error_register_error_domain ("ipd-station-error-quark", &quark, error_names, G_N_ELEMENTS (error_names));
  return (GQuark) quark;
}
