// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/tone.h"

#include <glib.h>

/**
 * IpdMixer: what is heard: the far end's sound and a chime of ours, added. 48,000 Hz, 16 bit, mono. Thread: any.
 * The far end's sound waits in a short line that evens out the network: 60 ms at start, 240 ms at most.
 */
typedef struct _IpdMixer IpdMixer;

IpdMixer *ipd_mixer_new (void);
void ipd_mixer_free (IpdMixer *mixer);

/** ipd_mixer_push: sound of the far end; the oldest goes when the line is full. */
void ipd_mixer_push (IpdMixer *mixer, const int16_t *samples, gsize n);

/** ipd_mixer_flush: forgets what the far end sent. */
void ipd_mixer_flush (IpdMixer *mixer);

/** ipd_mixer_pull: the next @n samples; silence where there is nothing. */
void ipd_mixer_pull (IpdMixer *mixer, int16_t *ret_samples, gsize n);

void ipd_mixer_set_chime (IpdMixer *mixer, IpdChime chime);
void ipd_mixer_set_volume (IpdMixer *mixer, double volume);

/** ipd_mixer_on_chime_over: @func runs in the pulling thread when a chime came to its own end. Set before pulling. */
void ipd_mixer_on_chime_over (IpdMixer *mixer, void (*func) (gpointer data), gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdMixer, ipd_mixer_free)
