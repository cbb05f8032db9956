// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/options.h"

/*
 * The line to the agent's private socket. Main thread only; connecting blocks for as long as the agent takes to accept.
 */

/* Returns: (transfer full) (nullable): %NULL when no agent runs, said on stderr together with how to start it. */
IpdBusAgent1 *cli_agent_connect (void);

/*
 * How most verbs begin: reads the command line as cli_options_parse() does, then connects.
 * Returns: (transfer full) (nullable): on %NULL everything is said and @ret_exit is the exit code
 */
IpdBusAgent1 *cli_agent_for_verb (CliOptions *ret_options, int argc, char **argv, int least, int most, int *ret_exit);

/* As cli_agent_connect(); starts ipdoor-agent in the background first when none runs, and waits until it says it is
 * ready. */
IpdBusAgent1 *cli_agent_connect_or_start (void);

/* Says @error (an answer of the agent) in words. Returns: the exit code for it */
int cli_agent_failed (GError *error);
