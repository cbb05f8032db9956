// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/commands.h"
#include "agent/leg.h"
#include "agent/vendor-opening.h"

/*
 * One command of this client. Its list, its machine and its effects are in commands.c; how it reaches a station of ours
 * in command-signed.c, and a third-party one in vendor-opening.c. Thread: main context.
 */
typedef struct {
  IpdAgent *agent;
  IpdOpening opening;
  IpdStation *station; /* borrowed; cleared with all commands */
  guint timer;

  IpdShortId nonce_request; /* "" = none is waited for */
  guint64 sip_request;      /* the MESSAGE that is under way, 0 = none */
  guint32 seq;              /* of the last result believed */

  IpdVendorOpening *vendor; /* (nullable): of a third-party station, as long as it is under way */
} IpdCommand;

/* With a nonce that the visit brought, or else asks for one first. Returns: whether anything could be sent */
bool ipd_command_begin_signed (IpdCommand *command, IpdLeg *leg);
bool ipd_command_send_signed (IpdCommand *command, const IpdShortId *nonce);
