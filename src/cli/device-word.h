// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verbs.h"

/*
 * DEVICE as a person gives it: an id, or a name that only one device has, or "" for the only device there is. Words
 * that fit none, or several, come back as they are: the agent has the sentence for them.
 *
 * Returns: (transfer full) (nullable): %NULL when the agent cannot be asked
 */
char *cli_device_from_word (IpdBusAgent1 *agent, const char *word, GError **error);
