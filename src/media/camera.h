// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/codec.h"
#include "media/camera-spec.h"
#include "media/worker.h"

#include <gst/gst.h>
#include <stdint.h>

/**
 * IpdCamera: pictures whatever happens: those of the camera while it works, a still one that says so while it does not;
 * tried again by and by. Thread: the worker's, where nothing else is said.
 */
typedef struct _IpdCamera IpdCamera;

/**
 * @unit: in a streaming thread, see media/video-source.h; VP8 only while it is wanted, and then maybe in another thread
 *   than H.264
 * @ready: in a streaming thread: the camera's parameter sets are known
 * @lost: in the worker: @why in one sentence
 */
typedef struct {
  void (*unit) (IpdVideoCodec codec, GstBuffer *unit, gpointer data);
  void (*ready) (gpointer data);
  void (*lost) (const char *why, gpointer data);
} IpdCameraHandlers;

/** Of all encoders together. @forced: key frames that somebody asked for. @encoders: that run now. */
typedef struct {
  uint64_t frames;
  uint64_t key_frames;
  uint64_t forced;
  uint32_t encoders;
} IpdCameraCount;

/** Forced key frames of an encoder are never closer than this within a visit, whoever asks. */
#define IPD_KEY_FRAME_GAP_MS 500

/** ipd_camera_new: @spec: copied. Encodes until the parameter sets are known, then waits for ipd_camera_set_active().
 */
IpdCamera *ipd_camera_new (IpdWorker *worker, const IpdCameraSpec *spec, const IpdCameraHandlers *handlers,
                           gpointer data);
void ipd_camera_free (IpdCamera *camera);

/** ipd_camera_set_active: a visit needs pictures; the first one is a key frame. */
void ipd_camera_set_active (IpdCamera *camera, bool active);

/** ipd_camera_set_vp8: somebody needs pictures as VP8 too; false ends its encoder. */
void ipd_camera_set_vp8 (IpdCamera *camera, bool wanted);

/** ipd_camera_ask_key_frame: now, or as soon as the gap allows. Thread: any. */
void ipd_camera_ask_key_frame (IpdCamera *camera, IpdVideoCodec codec);

/** ipd_camera_get_sprop: (transfer full) (nullable). Thread: any. */
char *ipd_camera_get_sprop (IpdCamera *camera);

/** ipd_camera_get_count: Thread: any. */
IpdCameraCount ipd_camera_get_count (IpdCamera *camera);
