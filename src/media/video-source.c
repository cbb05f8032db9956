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
  gint64 start_us;
  GSource *end_signal;
  IpdCameraKind kind;
  int moved; /* atomic: a picture came since the start or the last end */
  int open;  /* atomic */
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
  g_atomic_int_set (&source->moved, 1);
  if (!g_atomic_int_get (&source->open))
    return GST_PAD_PROBE_DROP;
  /* A file that starts again turns its time back, and encoders do not take that. */
  GstBuffer *picture = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_BUFFER_PTS (picture) = (GstClockTime) (g_get_monotonic_time () - source->start_us) * GST_USECOND;
  GST_BUFFER_DTS (picture) = GST_CLOCK_TIME_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = picture;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  if (source->handlers.picture != NULL)
    source->handlers.picture (picture, caps, source->data);
  return GST_PAD_PROBE_OK;
}

/* The end of a file ends before the encoder: it goes on with the next round. */
static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoSource *source = data;
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  ipd_worker_signal_raise (source->end_signal);
  return GST_PAD_PROBE_DROP;
}

static void
on_error (const char *why, gpointer data)
{
  IpdVideoSource *source = data;
  source->handlers.failed (why, source->data);
}

/* A file begins again, unless it had no picture in it; a camera that comes to its end is gone. */
static void
on_end (gpointer data)
{
  IpdVideoSource *source = data;
  bool again = source->kind == IPD_CAMERA_FILE && g_atomic_int_compare_and_exchange (&source->moved, 1, 0);
  if (!again || !ipd_pipeline_rewind (source->pipeline))
    source->handlers.failed ("it came to its end", source->data);
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
  g_autofree char *encoder = ipd_codec_encoder (IPD_VIDEO_H264, spec->bitrate_kbps, 2 * fps);
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
  gst_pad_add_probe (raw, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, source, NULL);
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
  source->kind = spec->kind;
  source->start_us = g_get_monotonic_time ();
  source->end_signal = ipd_worker_signal_new (worker, on_end, source);
  const IpdPipelineHandlers pipeline_handlers = { .error = on_error };
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
  ipd_worker_clear_source (&source->end_signal);
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
