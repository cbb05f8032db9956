// SPDX-License-Identifier: Apache-2.0
/* Hands decoded pictures over without copying them. Used by whatever shows a picture, in its streaming threads. */
#include "media/picture-sink.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

/* No door has a larger camera, and a parameter set that says 16,384 x 16,384 asks for a gigabyte. A filter of caps
 * would do the same, but parsers take its lower bound for the size until they know better. */
#define MAX_SIDE 4096

typedef struct {
  IpdPictureFunc func;
  gpointer data;
} Taker;

/* What stands before the decoder. */
typedef struct {
  bool shut; /* the streaming thread's */
} Guard;

static bool
is_too_large (GstCaps *caps)
{
  const GstStructure *said = gst_caps_get_structure (caps, 0);
  int width = 0, height = 0;
  gst_structure_get_int (said, "width", &width);
  gst_structure_get_int (said, "height", &height);
  return width > MAX_SIDE || height > MAX_SIDE;
}

/* A size that is too large never reaches the decoder, nor what belongs to it. */
static GstPadProbeReturn
on_coded (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Guard *guard = data;
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    return guard->shut ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  GstCaps *caps;
  gst_event_parse_caps (event, &caps);
  guard->shut = is_too_large (caps);
  return guard->shut ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

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
  GstElement *decoder = ipd_pipeline_get (pipeline, "decoder");
  g_autoptr (GstPad) coded = gst_element_get_static_pad (decoder, "sink");
  gst_pad_add_probe (coded, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_coded,
                     g_new0 (Guard, 1), g_free);
  /* A stream that cannot be decoded must not end the pipeline: the next key frame may be fine. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (decoder), "max-errors") != NULL)
    g_object_set (decoder, "max-errors", -1, NULL);
  GstAppSinkCallbacks callbacks = { .new_sample = on_picture };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (pipeline, "pictures")), &callbacks, taker, g_free);
}
