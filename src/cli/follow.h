// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verbs.h"

/*
 * How a verb waits for what becomes of what it asked for: the agent's signals call cli_follow_end(). Main thread only.
 */
typedef struct {
  bool done;
  int code;
} CliFollow;

/* To be called once; what comes after the first call is not heard. */
void cli_follow_end (CliFollow *follow, int code);

/*
 * Lets the main context run until the end. An agent that goes away, or says nothing for longer than everything it does
 * may take, is an end as well, and said on standard error.
 * Returns: the exit code
 */
int cli_follow_run (CliFollow *follow, IpdBusAgent1 *agent);
