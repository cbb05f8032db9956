// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/camera-spec.h"
#include "media/worker.h"

#include <gst/gst.h>

/** IpdVideoSource: one camera (or the picture that says there is none) with one encoder behind it. Thread: the
 * worker's. */
typedef struct _IpdVideoSource IpdVideoSource;

/**
 * @unit: in a streaming thread: one H.264 access unit, byte stream, parameter sets before every key frame; borrowed
 * @picture: (nullable): in a streaming thread: a raw picture before the encoder, while open; borrowed. For another
 * encoder
 * @failed: in the worker: it is dead; may be freed in there
 */
typedef struct {
  void (*unit) (GstBuffer *unit, bool is_key, gpointer data);
  void (*picture) (GstBuffer *picture, GstCaps *caps, gpointer data);
  void (*failed) (const char *why, gpointer data);
} IpdVideoSourceHandlers;

/** ipd_video_source_new: shut: a camera runs but nothing is encoded. Errors: %IPD_MEDIA_ERROR_CODEC. */
IpdVideoSource *ipd_video_source_new (IpdWorker *worker, const IpdCameraSpec *spec,
                                      const IpdVideoSourceHandlers *handlers, gpointer data, GError **error);
void ipd_video_source_free (IpdVideoSource *source);

/** ipd_video_source_set_open: Thread: any. */
void ipd_video_source_set_open (IpdVideoSource *source, bool open);

/** ipd_video_source_force_key_frame: the next picture is one. Thread: any. */
void ipd_video_source_force_key_frame (IpdVideoSource *source);
