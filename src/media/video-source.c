// SPDX-License-Identifier: Apache-2.0
/* Camera and encoder in one pipeline. Owned by a camera object; built in its worker. Camera and encoder stay ready
 * between visits: shut, pictures are dropped before the encoder (a drawn picture is not even drawn), so the first one
 * of a visit costs one picture's time and no start-up. */
#include "media/video-source.h"

#include "media/codec.h"
#include "media/error.h"
#include "media/painter.h"
#include "media/pipeline.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

/* A still picture needs no more; key frames come when asked for. */
#define STILL_FPS 5

struct _IpdVideoSource {
  IpdPipeline *pipeline;
  IpdPainter *painter;
  IpdVideoSourceHandlers handlers;
  gpointer data;
  GstPad *encoder_src;
  int open; /* atomic */
};

static GstFlowReturn
on_unit (GstAppSink *sink, gpointer data)
{
  IpdVideoSource *source = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  if (sample == NULL)
    return GST_FLOW_OK;
  GstBuffer *unit = gst_sample_get_buffer (sample);
  source->handlers.unit (unit, !GST_BUFFER_FLAG_IS_SET (unit, GST_BUFFER_FLAG_DELTA_UNIT), source->data);
  return GST_FLOW_OK;
}

static GstPadProbeReturn
on_raw_picture (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoSource *source = data;
  return g_atomic_int_get (&source->open) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
on_error (const char *why, gpointer data)
{
  IpdVideoSource *source = data;
  source->handlers.failed (why, source->data);
}

static void
on_eos (gpointer data)
{
  IpdVideoSource *source = data;
  ipd_pipeline_rewind (source->pipeline);
}

static char *
describe_front (const IpdCameraSpec *spec)
{
  switch (spec->kind)
    {
    case IPD_CAMERA_NONE:
    case IPD_CAMERA_TEST:
      return g_strdup_printf ("appsrc name=src format=time is-live=true do-timestamp=true "
                              "caps=video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 ! ",
                              spec->width, spec->height, spec->kind == IPD_CAMERA_NONE ? STILL_FPS : spec->fps);
    case IPD_CAMERA_V4L2:
      /* Many cameras give this size only as JPEG: decodebin takes what comes. */
      return g_strdup_printf ("v4l2src name=src ! capsfilter caps=\"video/x-raw,width=%1$d,height=%2$d;"
                              "image/jpeg,width=%1$d,height=%2$d\" ! decodebin ! ",
                              spec->width, spec->height);
    case IPD_CAMERA_FILE:
      return g_strdup ("filesrc name=src ! decodebin ! identity sync=true ! ");
    case IPD_CAMERA_RTSP:
      return g_strdup (
          "rtspsrc name=src latency=60 drop-on-latency=true ! application/x-rtp,media=video ! decodebin ! ");
    }
  g_return_val_if_reached (NULL);
}

static char *
describe (const IpdCameraSpec *spec, GError **error)
{
  int fps = spec->kind == IPD_CAMERA_NONE ? STILL_FPS : spec->fps;
  g_autofree char *encoder = ipd_codec_encoder (spec->bitrate_kbps, 2 * fps);
  if (encoder == NULL)
    {
      g_set_error_literal (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_CODEC, "H.264 encoder");
      return NULL;
    }
  g_autofree char *front = describe_front (spec);
  return g_strconcat (front, "videoconvert ! video/x-raw,format=I420 ! ", encoder, " ! appsink name=units sync=false",
                      NULL);
}

static void
set_origin (IpdVideoSource *source, const IpdCameraSpec *spec)
{
  GstElement *src = ipd_pipeline_get (source->pipeline, "src");
  switch (spec->kind)
    {
    case IPD_CAMERA_NONE:
    case IPD_CAMERA_TEST:
      source->painter
          = ipd_painter_new (GST_APP_SRC (src), spec->width, spec->height,
                             spec->kind == IPD_CAMERA_NONE ? STILL_FPS : spec->fps, spec->kind == IPD_CAMERA_NONE);
      break;
    case IPD_CAMERA_V4L2:
      g_object_set (src, "device", spec->text, NULL);
      break;
    case IPD_CAMERA_FILE:
    case IPD_CAMERA_RTSP:
      g_object_set (src, "location", spec->text, NULL);
      break;
    }
}

static void
configure (IpdVideoSource *source, const IpdCameraSpec *spec)
{
  GstElement *encoder = ipd_pipeline_get (source->pipeline, "encoder");
  g_autoptr (GstPad) raw = gst_element_get_static_pad (encoder, "sink");
  gst_pad_add_probe (raw, GST_PAD_PROBE_TYPE_BUFFER, on_raw_picture, source, NULL);
  source->encoder_src = gst_element_get_static_pad (encoder, "src");
  GstAppSinkCallbacks callbacks = { .new_sample = on_unit };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (source->pipeline, "units")), &callbacks, source, NULL);
  set_origin (source, spec);
}

IpdVideoSource *
ipd_video_source_new (IpdWorker *worker, const IpdCameraSpec *spec, const IpdVideoSourceHandlers *handlers,
                      gpointer data, GError **error)
{
  g_autofree char *description = describe (spec, error);
  if (description == NULL)
    return NULL;
  IpdVideoSource *source = g_new0 (IpdVideoSource, 1);
  source->handlers = *handlers;
  source->data = data;
  const IpdPipelineHandlers pipeline_handlers = { on_error, on_eos };
  source->pipeline = ipd_pipeline_new (worker, "camera", description, &pipeline_handlers, source, error);
  if (source->pipeline == NULL)
    {
      ipd_video_source_free (source);
      return NULL;
    }
  configure (source, spec);
  ipd_pipeline_play (source->pipeline);
  return source;
}

void
ipd_video_source_free (IpdVideoSource *source)
{
  if (source == NULL)
    return;
  ipd_painter_free (source->painter);
  ipd_pipeline_free (source->pipeline);
  g_clear_object (&source->encoder_src);
  g_free (source);
}

void
ipd_video_source_set_open (IpdVideoSource *source, bool open)
{
  g_atomic_int_set (&source->open, open);
  if (source->painter != NULL)
    ipd_painter_set_awake (source->painter, open);
}

void
ipd_video_source_force_key_frame (IpdVideoSource *source)
{
  gst_pad_send_event (source->encoder_src, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}
