// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/stations.h"
#include "wire/driver.h"

/*
 * What is known of a third-party station besides its place in the directory: its driver, and what the enrolment package
 * says of it (docs/protocol.md §14). Thread: main context.
 */

/* Fills in driver and credentials of @station, whose device is set. Without a usable driver its driver stays NULL. */
void ipd_vendor_station_init (IpdStation *station);
void ipd_vendor_station_clear (IpdStation *station);

/* Whether @host, numeric, is where @station lives. */
bool ipd_vendor_station_is_at (const IpdStation *station, const char *host);

guint16 ipd_vendor_station_sip_port (const IpdStation *station);
guint16 ipd_vendor_station_http_port (const IpdStation *station);

/*
 * The digits or the password of @output, and its number at the maker; "" and 1 where nothing was configured. Secret.
 * Returns: (nullable): %NULL when the enrolment did not give it, so that this client may not open it
 */
const char *ipd_vendor_station_code (const IpdStation *station, const IpdOutputId *output, guint *ret_number);

/*
 * A template of the driver with the values of this station. @output: (nullable). @taken: (nullable): of char *, by
 * name: values that an answer gave. Returns: (transfer full) (nullable): wipe it with ipd_wipe_string()
 */
char *ipd_vendor_station_expand (const IpdStation *station, const IpdOutputId *output, GHashTable *taken,
                                 const char *text, IpdDriverPlace place, GError **error);

/*
 * Takes the next moment at which the driver allows a SIP request of ours. Returns: milliseconds to wait until then; the
 * moment after that is later by the driver's interval.
 */
guint ipd_vendor_station_pace (IpdStation *station);
