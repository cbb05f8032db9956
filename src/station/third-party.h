// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device.h"
#include "core/profile.h"
#include "station/config.h"
#include "wire/enrolment.h"

/*
 * The stations of other makers that the configuration names (docs/protocol.md §14): whether their drivers can do what
 * is asked of them, and what clients get to know. Thread: any.
 */

/*
 * Reads the driver of each, and that none has @own, the address of this station: by its address a
 * device is believed.
 * Errors: IPD_CONFIG_ERROR_VALUE, a whole sentence.
 */
gboolean ipd_third_party_check (const IpdStationConfig *config, const char *own, GError **error);

/* As the directory lists them. Returns: (transfer full) (element-type IpdDevice) */
GPtrArray *ipd_third_party_list (const IpdStationConfig *config, const IpdId *plant);

/*
 * What a client of @profile needs to watch and open them, into @package. A client that may open nothing at a device
 * does not get its user and password either: with them it could.
 */
void ipd_third_party_pack (const IpdStationConfig *config, const IpdId *plant, const IpdProfile *profile,
                           IpdEnrolPackage *package);
