// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/frame.h"
#include "media/pipeline.h"

/** The end of a pipeline that shows pictures: from raw ones on; the newest wins. */
#define IPD_PICTURE_SINK                                                                                               \
  " ! videoconvert ! video/x-raw,format=BGRA ! appsink name=pictures sync=false max-buffers=2 drop=true"

/** In a streaming thread; @frame->pixels may be kept. */
typedef void (*IpdPictureFunc) (const IpdVideoFrame *frame, gpointer data);

/**
 * ipd_picture_sink_attach: @pipeline ends with an element named "decoder" and %IPD_PICTURE_SINK. Pictures of more than
 * 4,096 pixels a side are not decoded, and broken ones are passed over.
 */
void ipd_picture_sink_attach (IpdPipeline *pipeline, IpdPictureFunc func, gpointer data);
