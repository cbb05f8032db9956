// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gst/gst.h>

/** Kinds of sound device: to play on, to record from. */
typedef enum {
  IPD_SOUND_OUTPUT,
  IPD_SOUND_INPUT,
} IpdSoundKind;

/**
 * ipd_sound_device_open:
 * @name: (nullable): the sound server's own name; %NULL or one that is not there any more = the default device
 *
 * An element that plays or records, in state READY, so the device or its server answered; with short buffers, and
 * leaving the clock to the pipeline. Blocks as long as the sound server takes. Thread: a worker.
 *
 * Returns: (transfer full) (nullable): %NULL if there is no device
 */
GstElement *ipd_sound_device_open (IpdSoundKind kind, const char *name);
