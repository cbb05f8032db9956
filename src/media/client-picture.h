// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/frame.h"
#include "media/params.h"
#include "media/worker.h"

#include <gio/gio.h>

/**
 * IpdClientPicture: the picture half of a client: receives it, reports on it, asks for key frames. Thread: the
 * worker's.
 */
typedef struct _IpdClientPicture IpdClientPicture;

/** @frame: in a streaming thread. @failed: in the worker: no picture will come any more; @why for a person. */
typedef struct {
  void (*frame) (const IpdVideoFrame *frame, gpointer data);
  void (*failed) (const char *why, gpointer data);
} IpdClientPictureHandlers;

/** ipd_client_picture_new: starts at once. @params and @sockets are borrowed and outlive it. */
IpdClientPicture *ipd_client_picture_new (IpdWorker *worker, const IpdMediaParams *params, GSocket *const *sockets,
                                          const IpdClientPictureHandlers *handlers, gpointer data);
void ipd_client_picture_free (IpdClientPicture *picture);
