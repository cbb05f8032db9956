// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/devices.h"

#include <gst/gst.h>

/**
 * ipd_sound_device_open:
 * @name: (nullable): a name of media/devices.h; %NULL or one that is not there any more = the default device
 *
 * An element that plays or records, in state READY, so the device or its server answered; with short buffers, and
 * leaving the clock to the pipeline. Blocks as long as the sound server takes. Thread: a worker.
 *
 * Returns: (transfer full) (nullable): %NULL if there is no device
 */
GstElement *ipd_sound_device_open (IpdSoundKind kind, const char *name);
