// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verbs.h"

/*
 * DEVICE as a person gives it: an id, or a name that only one device has, or "" for the only device there is. While the
 * agent knows no device at all the word comes back as it is: the agent has the sentence for that.
 *
 * Returns: (transfer full) (nullable): on %NULL @error names what was asked for and what there is, or says why the
 * agent cannot be asked
 */
char *cli_device_from_word (IpdBusAgent1 *agent, const char *word, GError **error);

/*
 * OUTPUT where DEVICE is expected: where there is one station, its output's id or name says enough.
 *
 * Returns: (transfer full) (nullable): the output's id; %NULL where there is not exactly one station, or none such
 */
char *cli_output_from_word (IpdBusAgent1 *agent, const char *word);
