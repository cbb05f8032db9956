// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/contract.h"

/*
 * The agent's private socket: peer-to-peer D-Bus, mode 0600 in a folder of mode 0700, the same user only (the kernel's
 * word, not the caller's). Needs no session bus. Holding the lock beside the socket is what makes an agent the only
 * one. At most 64 are connected; whoever comes then, or while the process has no descriptor left, waits.
 *
 * Thread: main context.
 */
typedef struct _IpdPrivateBus IpdPrivateBus;

/* Errors: IPD_AGENT_ERROR_ALREADY_RUNNING; IPD_PLATFORM_ERROR for the folder; those of the system for the socket. */
IpdPrivateBus *ipd_private_bus_new (const char *socket_path, IpdContract *contract, GError **error);

/* How many are connected now. */
guint ipd_private_bus_count (IpdPrivateBus *bus);

void ipd_private_bus_free (IpdPrivateBus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdPrivateBus, ipd_private_bus_free)
