// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/worker.h"

#include <gst/gst.h>
#include <stdbool.h>

/** IpdVp8Encoder: the second encoder of a station, for phones that take nothing else. Thread: the worker's. */
typedef struct _IpdVp8Encoder IpdVp8Encoder;

/** @unit: in a streaming thread: one VP8 frame; borrowed. @failed: in the worker: it is dead; may be freed in there. */
typedef struct {
  void (*unit) (GstBuffer *unit, bool is_key, gpointer data);
  void (*failed) (const char *why, gpointer data);
} IpdVp8EncoderHandlers;

/** ipd_vp8_encoder_new: @key_frame_every: pictures. Errors: %IPD_MEDIA_ERROR_CODEC. */
IpdVp8Encoder *ipd_vp8_encoder_new (IpdWorker *worker, int bitrate_kbps, int key_frame_every,
                                    const IpdVp8EncoderHandlers *handlers, gpointer data, GError **error);
void ipd_vp8_encoder_free (IpdVp8Encoder *encoder);

/** ipd_vp8_encoder_push: @picture: raw, borrowed; dropped if the encoder is not done with those before. Thread: any. */
void ipd_vp8_encoder_push (IpdVp8Encoder *encoder, GstBuffer *picture, GstCaps *caps);

/** ipd_vp8_encoder_force_key_frame: the next picture is one. Thread: any. */
void ipd_vp8_encoder_force_key_frame (IpdVp8Encoder *encoder);
