// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/config.h"

/*
 * The records of a configuration as they are before a file says otherwise, and what must fit together once it was read.
 * Used by config.c and nobody else. Thread: any.
 */

#define IPD_PHONES_MAX 32

/* Returns: (transfer full), with every default; freed with the list they are put into */
IpdOutputConfig *ipd_output_config_new (const char *id);
IpdPhoneConfig *ipd_phone_config_new (const char *id);
IpdDeviceConfig *ipd_device_config_new (const char *id);
IpdDeviceOutputConfig *ipd_device_output_config_new (const char *id);

/* Returns: (transfer none) (nullable) */
IpdDeviceConfig *ipd_station_config_find_device (const IpdStationConfig *self, const char *id);

/*
 * What no key can be refused for alone: groups that name others, lines of a chip that are used twice, codes that could
 * not be told apart. May complete what the file left out. Errors: IPD_CONFIG_ERROR_VALUE, a whole sentence.
 */
gboolean ipd_station_config_check (IpdStationConfig *self, GError **error);
