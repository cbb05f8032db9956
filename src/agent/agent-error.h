// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * What can go wrong when a person asks the agent for something: the errors of data/io.ipdoor.Agent1.xml, one value per
 * reaction a caller can have. On the bus they are io.ipdoor.Error.NotEnrolled and so on; messages are whole sentences
 * in the agent's language. Linked by the agent and by the command line, so that both ends know the same names.
 *
 * Thread: any.
 */

#define IPD_AGENT_ERROR (ipd_agent_error_quark ())
GQuark ipd_agent_error_quark (void);

typedef enum {
  IPD_AGENT_ERROR_NOT_ENROLLED,
  IPD_AGENT_ERROR_NO_SUCH_DEVICE,
  IPD_AGENT_ERROR_NO_SUCH_VISIT,
  IPD_AGENT_ERROR_NO_SUCH_OUTPUT,
  IPD_AGENT_ERROR_WRONG_STATE,
  IPD_AGENT_ERROR_NOT_REACHABLE,
  IPD_AGENT_ERROR_BAD_CODE, /* wrong, unknown, expired or used up: never told apart */
  IPD_AGENT_ERROR_NOT_FOUND,
  IPD_AGENT_ERROR_NOT_ALLOWED,
  IPD_AGENT_ERROR_FAILED,
  /* Never on the bus: reasons for the program itself not to start. */
  IPD_AGENT_ERROR_ALREADY_RUNNING,
  IPD_AGENT_ERROR_CONFIG
} IpdAgentError;
