// SPDX-License-Identifier: Apache-2.0
/*
 * Digits as the station's lock hears them, whatever way they came: those that are too short, too close together or of
 * a way that it does not know are not heard. A code opens once when it came whole. Thread: main.
 */
#pragma once

#include "dialect.h"

typedef struct _QuirkDigits QuirkDigits;

QuirkDigits *quirk_digits_new (const QuirkDialect *dialect);
void quirk_digits_free (QuirkDigits *digits);

/* method: "rfc4733", "info-relay", "info-plain", "info-event", "message"; length_ms, gap_ms: -1 if it does not say. */
void quirk_digits_take (QuirkDigits *digits, const char *method, char digit, int length_ms, int gap_ms);

/* An output moved: the one place where it is counted. way: "digits", "http". */
void quirk_open (int output, const char *way);
