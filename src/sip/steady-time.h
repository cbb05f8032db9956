// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * The time that Sofia-SIP's timers are measured in. By itself the library takes CLOCK_REALTIME: set a month back, no
 * request is repeated and no registration refreshed for a month; set forwards, every transaction is over at once.
 */

/**
 * ipd_sip_steady_time: from now on it is CLOCK_BOOTTIME, which nobody can set and which counts the sleep of a computer
 * (what was due meanwhile is overdue afterwards). Once, before Sofia's first thread.
 */
void ipd_sip_steady_time (void);
