// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/agent.h"

/*
 * The contract's Enrol: finds the authority, or goes where a person says, proves the code, saves what comes back and
 * joins. One at a time.
 *
 * @address: "" or HOST[:PORT]; @name: "" = the host's name
 * @task: (transfer full): gets the status (GVariant *) or an error of IPD_AGENT_ERROR
 * Thread: main context.
 */
void ipd_enrolment_run (IpdAgent *agent, const char *code, const char *address, const char *name, GTask *task);
