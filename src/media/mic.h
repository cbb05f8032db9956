// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/speaker.h"
#include "media/worker.h"

/**
 * IpdMic: records %IPD_LINE_CAPS (media/audio-codec.h), 20 ms or less at a time; a device's sound with echo
 * cancellation against a speaker. Thread: the worker's. What cannot be recorded is replaced by silence, so that the far
 * end goes on hearing from us.
 */
typedef struct _IpdMic IpdMic;

/**
 * @samples: in a streaming thread; digital silence while muted
 * @lost: in the worker: no microphone, @why in one sentence; silence goes on
 */
typedef struct {
  void (*samples) (const int16_t *samples, gsize n, gpointer data);
  void (*lost) (const char *why, gpointer data);
} IpdMicHandlers;

IpdMic *ipd_mic_new (IpdWorker *worker, const IpdMicHandlers *handlers, gpointer data);
void ipd_mic_free (IpdMic *mic);

/** ipd_mic_set_spec: see media/sound-spec.h. Closes it. Errors: %IPD_MEDIA_ERROR_SPEC; it is "none" then. */
gboolean ipd_mic_set_spec (IpdMic *mic, const char *words, GError **error);

/** ipd_mic_open: @speaker: (nullable): whose sound is taken out again. Nothing happens if it is open already. */
void ipd_mic_open (IpdMic *mic, IpdSpeaker *speaker);
void ipd_mic_close (IpdMic *mic);

/** ipd_mic_set_muted: Thread: any. */
void ipd_mic_set_muted (IpdMic *mic, gboolean muted);
