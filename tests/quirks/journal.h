// SPDX-License-Identifier: Apache-2.0
/*
 * What the simulated station saw and did, one JSON object a line:
 *   {"t_us": CLOCK_MONOTONIC microseconds, "what": "digit", …}
 * Tests read it with grep, so each member is written as `"name": value`. Thread: any.
 */
#pragma once

#include <glib.h>
#include <stdio.h>

/* file: stays the caller's; written line by line. */
void quirk_journal_open (FILE *file);

/*
 * Members follow as "s:name", const char *value or "i:name", int value; NULL ends them.
 *   quirk_journal ("digit", "s:method", "rfc4733", "i:length-ms", 160, NULL);
 */
void quirk_journal (const char *what, ...) G_GNUC_NULL_TERMINATED;

/* A rule of the maker that the other side did not keep. Tests look for the word "violation". */
void quirk_violation (const char *rule);
