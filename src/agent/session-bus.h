// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/contract.h"

/*
 * The contract on the session bus, name io.ipdoor.Agent1, where there is one: state only, nothing that acts. Never
 * required; without a session bus this does nothing, and it never starts one.
 *
 * Thread: main context.
 */
typedef struct _IpdSessionBus IpdSessionBus;

IpdSessionBus *ipd_session_bus_new (IpdContract *contract);

void ipd_session_bus_free (IpdSessionBus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdSessionBus, ipd_session_bus_free)
