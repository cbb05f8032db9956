// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * IPDOOR_TRACE=1: one line on stderr for each step from exec to pixels, so that bench and tests can see where a cold
 * start spends its time: `trace <CLOCK_MONOTONIC microseconds> <step>`. Without the variable it costs one load.
 *
 * Steps: main, linked, rehearsed, told (of one that stands by), visit, media-opened, media-started, display, toolkit,
 * mapped, first-frame, painted, answered, closed. Thread: any.
 */
void ipd_trace_init (void);
void ipd_trace (const char *step);
