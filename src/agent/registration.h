// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/stations.h"

/*
 * What stations.c does with one station and its registrar (docs/protocol.md §7). Thread: main context.
 */

/*
 * Registers under a new Contact user, and gives up the old registration.
 * @sip: (nullable): without it, or without an address, station->reg is 0 afterwards
 */
void ipd_registration_anew (IpdStation *station, IpdSip *sip);
void ipd_registration_forget (IpdStation *station, IpdSip *sip);

/* IPD_SIP_REGISTERED or IPD_SIP_REGISTER_FAILED of @station. */
void ipd_registration_answered (IpdStation *station, IpdSip *sip, const IpdSipEvent *event);

/*
 * The registration cannot be claimed any more; it is asked for again at once, and only the registrar's 200 brings it
 * back. Of a third-party station nothing is claimed.
 * @status: 403: the station said, signed, that it does not take our licence. 408: it did not answer something
 */
void ipd_registration_doubt (IpdStation *station, IpdSip *sip, int status);

/*
 * Takes the boot id that the station says now. Returns: whether it is another start than the one it said before; what
 * was answered there is over then
 */
bool ipd_registration_has_restarted (IpdStation *station, const IpdShortId *boot);

/* Tells the contract's readers: a device, and with it perhaps the status. */
void ipd_station_changed (IpdStation *station);
