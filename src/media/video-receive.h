// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/frame.h"
#include "media/params.h"
#include "media/rtcp.h"
#include "media/worker.h"

#include <gio/gio.h>

/** IpdVideoReceive: SRTP in, pictures out. Thread: the worker's, handlers excepted. */
typedef struct _IpdVideoReceive IpdVideoReceive;

/**
 * @frame: in a streaming thread: a picture; @frame->pixels may be kept
 * @broken: in a streaming thread: packets were lost or cannot be decoded; a key frame would help
 * @failed: in the worker: the pipeline is dead
 */
typedef struct {
  void (*frame) (const IpdVideoFrame *frame, gpointer data);
  void (*broken) (gpointer data);
  void (*failed) (const char *why, gpointer data);
} IpdVideoReceiveHandlers;

/**
 * ipd_video_receive_new: reads @socket from now on.
 * @key: borrowed, outlives it: the station's key and SSRC; nothing else is taken
 * @sprop: (nullable): parameter sets for a stream that carries none
 *
 * Errors: %IPD_MEDIA_ERROR_CODEC.
 */
IpdVideoReceive *ipd_video_receive_new (IpdWorker *worker, GSocket *socket, uint8_t payload, const IpdMediaKey *key,
                                        const char *sprop, const IpdVideoReceiveHandlers *handlers, gpointer data,
                                        GError **error);
void ipd_video_receive_free (IpdVideoReceive *receive);

/** ipd_video_receive_lock: statistics for a report, until ipd_video_receive_unlock(). Thread: any. */
IpdReception *ipd_video_receive_lock (IpdVideoReceive *receive);
void ipd_video_receive_unlock (IpdVideoReceive *receive);
