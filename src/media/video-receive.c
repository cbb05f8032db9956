// SPDX-License-Identifier: Apache-2.0
/* From SRTP packets to pictures. Owned by a client; built in its worker, runs in two streaming threads. */
#include "media/video-receive.h"

#include "media/codec.h"
#include "media/error.h"
#include "media/pipeline.h"
#include "media/srtp.h"

#include <gst/app/gstappsink.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

/* How long a missing packet is waited for; packets in order never wait. The first one would, for something older that
 * may still come, unless the patience begins behind it (faststart-min-packets does not help when an event is queued
 * before it). */
#define PATIENCE_MS 60

struct _IpdVideoReceive {
  IpdPipeline *pipeline;
  IpdVideoReceiveHandlers handlers;
  gpointer data;
  uint8_t payload;
  GMutex mutex;
  IpdReception reception; /* guarded by mutex */
};

typedef struct {
  GstVideoFrame frame;
} Mapped;

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
  IpdVideoReceive *receive = data;
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
  receive->handlers.frame (&frame, receive->data);
  return GST_FLOW_OK;
}

static GstPadProbeReturn
on_verified (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoReceive *receive = data;
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), GST_MAP_READ, &rtp))
    return GST_PAD_PROBE_DROP;
  bool ours = gst_rtp_buffer_get_payload_type (&rtp) == receive->payload;
  g_mutex_lock (&receive->mutex);
  ipd_reception_packet (&receive->reception, gst_rtp_buffer_get_ssrc (&rtp), gst_rtp_buffer_get_seq (&rtp),
                        gst_rtp_buffer_get_timestamp (&rtp), g_get_monotonic_time ());
  g_mutex_unlock (&receive->mutex);
  gst_rtp_buffer_unmap (&rtp);
  return ours ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
on_first_in_order (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_object_set (data, "latency", PATIENCE_MS, NULL);
  return GST_PAD_PROBE_REMOVE;
}

/* Depayloader and decoder ask upstream for a key frame when they miss something. */
static GstPadProbeReturn
on_upstream_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoReceive *receive = data;
  if (!gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    return GST_PAD_PROBE_OK;
  receive->handlers.broken (receive->data);
  return GST_PAD_PROBE_DROP;
}

static void
on_error (const char *why, gpointer data)
{
  IpdVideoReceive *receive = data;
  receive->handlers.failed (why, receive->data);
}

static GstCaps *
stream_caps (uint8_t payload, const char *sprop)
{
  GstCaps *caps
      = gst_caps_new_simple ("application/x-srtp", "media", G_TYPE_STRING, "video", "clock-rate", G_TYPE_INT, 90000,
                             "encoding-name", G_TYPE_STRING, "H264", "payload", G_TYPE_INT, (int) payload, NULL);
  if (sprop != NULL && *sprop != '\0')
    gst_caps_set_simple (caps, "sprop-parameter-sets", G_TYPE_STRING, sprop, NULL);
  return caps;
}

static void
configure (IpdVideoReceive *receive, GSocket *socket, const IpdMediaKey *key, const char *sprop)
{
  g_autoptr (GstCaps) caps = stream_caps (receive->payload, sprop);
  g_object_set (ipd_pipeline_get (receive->pipeline, "net"), "socket", socket, "caps", caps, NULL);
  GstElement *srtp = ipd_pipeline_get (receive->pipeline, "srtp");
  ipd_srtp_accept_one (srtp, key);
  g_autoptr (GstPad) verified = gst_element_get_static_pad (srtp, "rtp_src");
  gst_pad_add_probe (verified, GST_PAD_PROBE_TYPE_BUFFER, on_verified, receive, NULL);
  GstElement *jitter = ipd_pipeline_get (receive->pipeline, "jitter");
  g_autoptr (GstPad) in_order = gst_element_get_static_pad (jitter, "src");
  gst_pad_add_probe (in_order, GST_PAD_PROBE_TYPE_BUFFER, on_first_in_order, jitter, NULL);
  g_autoptr (GstPad) depay = gst_element_get_static_pad (ipd_pipeline_get (receive->pipeline, "depay"), "sink");
  gst_pad_add_probe (depay, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, receive, NULL);
  GstElement *decoder = ipd_pipeline_get (receive->pipeline, "decoder");
  /* A stream that cannot be decoded must not end the pipeline: the next key frame may be fine. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (decoder), "max-errors") != NULL)
    g_object_set (decoder, "max-errors", -1, NULL);
  GstAppSinkCallbacks callbacks = { .new_sample = on_picture };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (receive->pipeline, "pictures")), &callbacks, receive,
                              NULL);
}

static IpdPipeline *
pipeline_new (IpdWorker *worker, IpdVideoReceive *receive, GError **error)
{
  const char *decoder = ipd_codec_decoder (IPD_VIDEO_H264);
  if (decoder == NULL)
    {
      g_set_error_literal (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_CODEC, "H.264 decoder");
      return NULL;
    }
  g_autofree char *description = g_strconcat ("udpsrc name=net close-socket=false ! srtpdec name=srtp"
                                              " ! rtpjitterbuffer name=jitter latency=0 do-lost=true ! rtph264depay "
                                              "name=depay wait-for-keyframe=true request-keyframe=true ! ",
                                              decoder,
                                              " ! videoconvert ! video/x-raw,format=BGRA"
                                              " ! appsink name=pictures sync=false max-buffers=2 drop=true"
                                              " srtp.rtcp_src ! fakesink sync=false async=false",
                                              NULL);
  const IpdPipelineHandlers handlers = { .error = on_error };
  return ipd_pipeline_new (worker, "video-receive", description, &handlers, receive, error);
}

IpdVideoReceive *
ipd_video_receive_new (IpdWorker *worker, GSocket *socket, uint8_t payload, const IpdMediaKey *key, const char *sprop,
                       const IpdVideoReceiveHandlers *handlers, gpointer data, GError **error)
{
  IpdVideoReceive *receive = g_new0 (IpdVideoReceive, 1);
  g_mutex_init (&receive->mutex);
  receive->handlers = *handlers;
  receive->data = data;
  receive->payload = payload;
  receive->reception.rtp_clock = 90000;
  receive->pipeline = pipeline_new (worker, receive, error);
  if (receive->pipeline == NULL)
    {
      ipd_video_receive_free (receive);
      return NULL;
    }
  configure (receive, socket, key, sprop);
  ipd_pipeline_play (receive->pipeline);
  return receive;
}

void
ipd_video_receive_free (IpdVideoReceive *receive)
{
  if (receive == NULL)
    return;
  ipd_pipeline_free (receive->pipeline);
  g_mutex_clear (&receive->mutex);
  g_free (receive);
}

IpdReception *
ipd_video_receive_lock (IpdVideoReceive *receive)
{
  g_mutex_lock (&receive->mutex);
  return &receive->reception;
}

void
ipd_video_receive_unlock (IpdVideoReceive *receive)
{
  g_mutex_unlock (&receive->mutex);
}
