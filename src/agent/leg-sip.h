// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/leg.h"

/*
 * What a leg says and hears by SIP (docs/protocol.md §8, §9): signatures made and checked, keys sealed and opened.
 *
 * Thread: main context. Functions that send return false when it could not be done; the caller makes that an event.
 */

/*
 * Whether an INVITE may ring, by the checks of §8 in their order; on success everything of it is in the new leg.
 * @ret_why: on refusal, a word for the log
 * Returns: (transfer full) (nullable)
 */
IpdLeg *ipd_leg_from_invite (IpdAgent *agent, const IpdSipEvent *event, const char **ret_why);

bool ipd_leg_send_early (IpdLeg *leg);  /* 183 with our SDP */
bool ipd_leg_send_answer (IpdLeg *leg); /* 200 */
bool ipd_leg_send_final (IpdLeg *leg, int status);
bool ipd_leg_send_invite (IpdLeg *leg); /* look-out */

/* An answer to our INVITE, 1xx or 200. Returns: false when it does not verify */
bool ipd_leg_take_answer (IpdLeg *leg, const IpdSipEvent *event);
