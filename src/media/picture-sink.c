// SPDX-License-Identifier: Apache-2.0
/* Hands decoded pictures over without copying them. Used by whatever shows a picture, in its streaming threads. */
#include "media/picture-sink.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

typedef struct {
  IpdPictureFunc func;
  gpointer data;
} Taker;

static void
mapped_free (gpointer data)
{
  GstVideoFrame *mapped = data;
  gst_video_frame_unmap (mapped);
  g_free (mapped);
}

/* The decoder's buffer stays mapped as long as somebody keeps the pixels: nothing is copied. */
static GstFlowReturn
on_picture (GstAppSink *sink, gpointer data)
{
  const Taker *taker = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstVideoInfo info;
  if (sample == NULL || !gst_video_info_from_caps (&info, gst_sample_get_caps (sample)))
    return GST_FLOW_OK;
  GstVideoFrame *mapped = g_new0 (GstVideoFrame, 1);
  if (!gst_video_frame_map (mapped, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    {
      g_free (mapped);
      return GST_FLOW_OK;
    }
  int stride = GST_VIDEO_FRAME_PLANE_STRIDE (mapped, 0);
  g_autoptr (GBytes) pixels = g_bytes_new_with_free_func (GST_VIDEO_FRAME_PLANE_DATA (mapped, 0),
                                                          (gsize) stride * (gsize) info.height, mapped_free, mapped);
  const IpdVideoFrame frame = { pixels, info.width, info.height, stride };
  taker->func (&frame, taker->data);
  return GST_FLOW_OK;
}

void
ipd_picture_sink_attach (IpdPipeline *pipeline, IpdPictureFunc func, gpointer data)
{
  Taker *taker = g_new (Taker, 1);
  *taker = (Taker){ func, data };
  GstAppSinkCallbacks callbacks = { .new_sample = on_picture };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (pipeline, "pictures")), &callbacks, taker, g_free);
}
