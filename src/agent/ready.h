// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * ipd_ready_tell: says READY=1 to whoever started us, by the sd_notify protocol: a datagram to $NOTIFY_SOCKET. Does
 * nothing where that is not set. The variable is unset, so that our children do not speak for us. Thread: main, once.
 */
void ipd_ready_tell (void);
