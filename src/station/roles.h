// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device.h"
#include "station/config.h"

/*
 * The configuration as values of core/. Thread: any.
 */

IpdRoles ipd_station_roles (const IpdStationConfig *config);

/* Appends the outputs of @config, in its order. @device: initialised */
void ipd_station_add_outputs (const IpdStationConfig *config, IpdDevice *device);
