// SPDX-License-Identifier: Apache-2.0
/* VP8 from the camera's raw pictures, beside the H.264 encoder. Owned by the camera, only while somebody watches it. */
#include "media/vp8-encoder.h"

#include "media/codec.h"
#include "media/error.h"
#include "media/pipeline.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

struct _IpdVp8Encoder {
  IpdPipeline *pipeline;
  GstAppSrc *src;
  GstPad *encoder_src;
  IpdVp8EncoderHandlers handlers;
  gpointer data;
};

static GstFlowReturn
on_unit (GstAppSink *sink, gpointer data)
{
  IpdVp8Encoder *encoder = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  if (sample == NULL)
    return GST_FLOW_OK;
  GstBuffer *unit = gst_sample_get_buffer (sample);
  encoder->handlers.unit (unit, !GST_BUFFER_FLAG_IS_SET (unit, GST_BUFFER_FLAG_DELTA_UNIT), encoder->data);
  return GST_FLOW_OK;
}

static void
on_error (const char *why, gpointer data)
{
  IpdVp8Encoder *encoder = data;
  encoder->handlers.failed (why, encoder->data);
}

static IpdPipeline *
pipeline_new (IpdWorker *worker, IpdVp8Encoder *encoder, int bitrate_kbps, int key_frame_every, GError **error)
{
  g_autofree char *element = ipd_codec_encoder (IPD_VIDEO_VP8, bitrate_kbps, key_frame_every);
  if (element == NULL)
    {
      g_set_error_literal (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_CODEC, "VP8 encoder");
      return NULL;
    }
  /* Two pictures at most wait: a slow encoder makes fewer pictures, not later ones. */
  g_autofree char *description
      = g_strconcat ("appsrc name=src format=time is-live=true do-timestamp=true max-buffers=2 leaky-type=downstream"
                     " ! videoconvert ! video/x-raw,format=I420 ! ",
                     element, " ! appsink name=units sync=false", NULL);
  const IpdPipelineHandlers handlers = { .error = on_error };
  return ipd_pipeline_new (worker, "vp8", description, &handlers, encoder, error);
}

IpdVp8Encoder *
ipd_vp8_encoder_new (IpdWorker *worker, int bitrate_kbps, int key_frame_every, const IpdVp8EncoderHandlers *handlers,
                     gpointer data, GError **error)
{
  IpdVp8Encoder *encoder = g_new0 (IpdVp8Encoder, 1);
  encoder->handlers = *handlers;
  encoder->data = data;
  encoder->pipeline = pipeline_new (worker, encoder, bitrate_kbps, key_frame_every, error);
  if (encoder->pipeline == NULL)
    {
      ipd_vp8_encoder_free (encoder);
      return NULL;
    }
  encoder->src = GST_APP_SRC (ipd_pipeline_get (encoder->pipeline, "src"));
  encoder->encoder_src = gst_element_get_static_pad (ipd_pipeline_get (encoder->pipeline, "encoder"), "src");
  GstAppSinkCallbacks callbacks = { .new_sample = on_unit };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (encoder->pipeline, "units")), &callbacks, encoder, NULL);
  ipd_pipeline_play (encoder->pipeline);
  return encoder;
}

void
ipd_vp8_encoder_free (IpdVp8Encoder *encoder)
{
  if (encoder == NULL)
    return;
  ipd_pipeline_free (encoder->pipeline);
  g_clear_object (&encoder->encoder_src);
  g_free (encoder);
}

void
ipd_vp8_encoder_push (IpdVp8Encoder *encoder, GstBuffer *picture, GstCaps *caps)
{
  g_autoptr (GstBuffer) copy = gst_buffer_copy (picture);
  /* Stamped anew: the camera and the picture that stands in for it count from different beginnings. */
  GST_BUFFER_PTS (copy) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DTS (copy) = GST_CLOCK_TIME_NONE;
  g_autoptr (GstSample) sample = gst_sample_new (copy, caps, NULL, NULL);
  gst_app_src_push_sample (encoder->src, sample);
}

void
ipd_vp8_encoder_force_key_frame (IpdVp8Encoder *encoder)
{
  gst_pad_send_event (encoder->encoder_src, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}
