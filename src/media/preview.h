// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/frame.h"
#include "media/params.h"
#include "media/worker.h"

/**
 * IpdPreview: the picture of a station whose SIP shows none: fetched from it by RTSP or HTTP. Only from the host of its
 * address, to which alone user and password go; redirects are not followed. Thread: the worker's.
 */
typedef struct _IpdPreview IpdPreview;

/** @frame: in a streaming thread. @failed: in the worker, once: no picture will come any more; @why for a person. */
typedef struct {
  void (*frame) (const IpdVideoFrame *frame, gpointer data);
  void (*failed) (const char *why, gpointer data);
} IpdPreviewHandlers;

/** The first picture must come in this time, and each later one of a moving picture in twice as much at most. */
#define IPD_PREVIEW_PATIENCE_S 10

/** ipd_preview_new: @params: borrowed, outlives it; its @preview is not RTP. Starts at once; an address that cannot be
 * used is told by @failed as well, not in here. */
IpdPreview *ipd_preview_new (IpdWorker *worker, const IpdMediaParams *params, const IpdPreviewHandlers *handlers,
                             gpointer data);
void ipd_preview_free (IpdPreview *preview);
