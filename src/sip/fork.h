// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/call.h"

/*
 * The early dialogs of an INVITE of ours. Behind a proxy each phone that rings makes one, and more than one may answer:
 * the first 2xx is the call, every other one is acknowledged and ended. Thread: the SIP thread.
 */

GPtrArray *ipd_sip_forks_new (void);

/** ipd_sip_fork_of: the dialog that @answer belongs to, made if it is new. Returns: (nullable): there are too many */
IpdSipFork *ipd_sip_fork_of (IpdSipCall *call, const sip_t *answer);

/** ipd_sip_fork_progress: PRACKs a reliable @answer. Returns: %FALSE if it came before, or out of turn: drop it */
gboolean ipd_sip_fork_progress (IpdSipCall *call, IpdSipFork *fork, const sip_t *answer);

/** ipd_sip_fork_lost: a 2xx of @fork came, but the call is another's: ACK, and BYE once. */
void ipd_sip_fork_lost (IpdSipCall *call, IpdSipFork *fork);
