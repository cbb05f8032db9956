// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/params.h"
#include "media/picture-sink.h"
#include "media/worker.h"

/**
 * IpdPreviewFault: why a picture cannot be fetched.
 * @IPD_PREVIEW_BAD_ADDRESS: not an address of this kind of picture
 * @IPD_PREVIEW_UNREACHABLE: nobody there, or broken off
 * @IPD_PREVIEW_REFUSED: user or password are wrong or missing
 * @IPD_PREVIEW_NOT_THERE: the station knows no picture by this address
 * @IPD_PREVIEW_ELSEWHERE: the station points to another host
 * @IPD_PREVIEW_UNREADABLE: what came is no picture, or one too large
 * @IPD_PREVIEW_LATE: nothing came in time
 * @IPD_PREVIEW_NOT_INSTALLED: an element is missing
 */
typedef enum {
  IPD_PREVIEW_BAD_ADDRESS,
  IPD_PREVIEW_UNREACHABLE,
  IPD_PREVIEW_REFUSED,
  IPD_PREVIEW_NOT_THERE,
  IPD_PREVIEW_ELSEWHERE,
  IPD_PREVIEW_UNREADABLE,
  IPD_PREVIEW_LATE,
  IPD_PREVIEW_NOT_INSTALLED,
} IpdPreviewFault;

/** @frame: in a streaming thread. @failed: in the worker; the source is dead and may be freed in there. */
typedef struct {
  IpdPictureFunc frame;
  void (*failed) (IpdPreviewFault fault, gpointer data);
} IpdPreviewSourceHandlers;

/** ipd_preview_fault_of: what an error of GStreamer means here. */
IpdPreviewFault ipd_preview_fault_of (const GError *cause, const GstStructure *details);

/** IpdPreviewRtsp: RFC 2326, over TCP, and over UDP where a station does not do that. Thread: the worker's. */
typedef struct _IpdPreviewRtsp IpdPreviewRtsp;

/** ipd_preview_rtsp_new: (nullable): %NULL if elements are not installed. @params: borrowed; its address was checked.
 */
IpdPreviewRtsp *ipd_preview_rtsp_new (IpdWorker *worker, const IpdMediaParams *params,
                                      const IpdPreviewSourceHandlers *handlers, gpointer data);
void ipd_preview_rtsp_free (IpdPreviewRtsp *rtsp);

/** IpdPreviewHttp: JPEG pictures by HTTP, one or a stream of them. Thread: the worker's. */
typedef struct _IpdPreviewHttp IpdPreviewHttp;

/** ipd_preview_http_new: like ipd_preview_rtsp_new(). */
IpdPreviewHttp *ipd_preview_http_new (IpdWorker *worker, const IpdMediaParams *params,
                                      const IpdPreviewSourceHandlers *handlers, gpointer data);
void ipd_preview_http_free (IpdPreviewHttp *http);
