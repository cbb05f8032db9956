// SPDX-License-Identifier: Apache-2.0
/*
 * Microphone and loudspeaker of one call: says a tone of 440 Hz, and names in the journal the pitch of what it hears
 * and the telephone-events (RFC 4733) that come. G.711, and 16-bit samples at 16 kHz. Thread: main.
 */
#pragma once

#include "dialect.h"
#include "sdp.h"

typedef struct _QuirkSound QuirkSound;
typedef void (*QuirkSoundDigit) (char digit, int length_ms, int gap_ms, gpointer data);

enum { QUIRK_TONE_HZ = 440 };

/* Binds port and listens at once. digit: called when an event ended. */
QuirkSound *quirk_sound_new (const QuirkDialect *dialect, const char *address, guint16 port, QuirkSoundDigit digit,
                             gpointer data);
void quirk_sound_free (QuirkSound *sound);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuirkSound, quirk_sound_free)

/* line: what the other side said; speaks to it as its direction allows. May come again. */
void quirk_sound_agree (QuirkSound *sound, const QuirkLine *line, bool speak);
