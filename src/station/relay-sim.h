// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/relay.h"

/*
 * The simulated output. STATE/sim/<id>.relay gets one line for each movement, appended in one write:
 *   <CLOCK_MONOTONIC microseconds> on|off <command id, or "-">
 * and STATE/sim/<id>.contact likewise with open|closed. The contact follows the plan of the configuration:
 * it opens delay_ms after the relay and falls shut by itself 1.5 s later.
 *
 * Errors: IPD_RELAY_ERROR_DRIVER.   Returns: (transfer full); @config must outlive it.
 */
IpdRelayDriver *ipd_relay_sim_new (const IpdOutputConfig *config, const char *state_dir, GError **error);
