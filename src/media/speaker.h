// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/mixer.h"
#include "media/worker.h"

/**
 * IpdSpeaker: plays a mixer on a device or into a file. Thread: the worker's.
 */
typedef struct _IpdSpeaker IpdSpeaker;

/** @lost: nothing can be played on, @why in one sentence; the speaker is closed then. */
typedef void (*IpdSpeakerLost) (const char *why, gpointer data);

IpdSpeaker *ipd_speaker_new (IpdWorker *worker, IpdMixer *mixer, IpdSpeakerLost lost, gpointer data);
void ipd_speaker_free (IpdSpeaker *speaker);

/**
 * ipd_speaker_set_spec:
 * @words: see media/sound-spec.h; a file is made anew here and once, and grows by each time the speaker is open
 *
 * Closes the speaker. Errors: %IPD_MEDIA_ERROR_SPEC, %IPD_MEDIA_ERROR_DEVICE (file); it is "none" then.
 */
gboolean ipd_speaker_set_spec (IpdSpeaker *speaker, const char *words, GError **error);

/** ipd_speaker_open: plays from now on, in real time. Nothing happens if it is open already. */
void ipd_speaker_open (IpdSpeaker *speaker);
void ipd_speaker_close (IpdSpeaker *speaker);

/**
 * ipd_speaker_get_probe: (nullable): name of the webrtcechoprobe that hears what is played; %NULL if nothing is played
 * or the element is not installed. @ret_base_time: (out): what a pipeline that listens to it must run on as well.
 * Waits for the speaker to play, half a second at most.
 */
const char *ipd_speaker_get_probe (IpdSpeaker *speaker, guint64 *ret_base_time);
