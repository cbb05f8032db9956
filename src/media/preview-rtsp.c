// SPDX-License-Identifier: Apache-2.0
/* A picture by RTSP. Owned by a preview; built in its worker, runs in rtspsrc's threads. Its tail is chosen when the
 * station has said how it codes the picture. */
#include "media/preview-source.h"

#include "media/codec.h"
#include "media/plain-gate.h"

#include <gst/net/gstnetaddressmeta.h>
#include <gst/rtsp/gstrtspmessage.h>

/* Over TCP first: it needs no hole in any firewall. @protocols of rtspsrc: 4 = TCP, 1 = UDP, never multicast. */
#define FRONT                                                                                                          \
  "rtspsrc name=src latency=60 drop-on-latency=true user-agent=ipdoor timeout=5000000 tcp-timeout=10000000 "           \
  "teardown-timeout=200000000 protocols="

static const char *const descriptions[] = { FRONT "tcp", FRONT "udp" };

struct _IpdPreviewRtsp {
  IpdWorker *worker;
  const IpdMediaParams *params;
  IpdPreviewSourceHandlers handlers;
  gpointer data;
  char *host;
  IpdPlainGate *gate;
  IpdPipeline *pipeline;
  size_t attempt;
  GSource *elsewhere_signal;
  GSource *unreadable_signal;
  int linked; /* atomic: one video stream has its tail */
  int shown;  /* atomic */
};

static void
on_frame (const IpdVideoFrame *frame, gpointer data)
{
  IpdPreviewRtsp *rtsp = data;
  g_atomic_int_set (&rtsp->shown, 1);
  rtsp->handlers.frame (frame, rtsp->data);
}

/* The host of a request line, which is the address we were given or one the station sent us to. */
static bool
is_for_us (IpdPreviewRtsp *rtsp, const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
  return uri != NULL && g_strcmp0 (g_uri_get_host (uri), rtsp->host) == 0;
}

/* The message is read as the structure that it is: the library behind it would have to be loaded by every program that
 * shows pictures. */
static gboolean
on_before_send (GstElement *src, const GstRTSPMessage *message, gpointer data)
{
  IpdPreviewRtsp *rtsp = data;
  if (message->type != GST_RTSP_MESSAGE_REQUEST || is_for_us (rtsp, message->type_data.request.uri))
    return TRUE;
  ipd_worker_signal_raise (rtsp->elsewhere_signal);
  return FALSE;
}

static const char *
encoding_of (GstCaps *caps)
{
  const GstStructure *said = gst_caps_get_structure (caps, 0);
  return g_strcmp0 (gst_structure_get_string (said, "media"), "video") == 0
             ? gst_structure_get_string (said, "encoding-name")
             : NULL;
}

/* (transfer full) (nullable): what reads it, up to raw pictures. */
static char *
reader_of (const char *encoding)
{
  if (g_strcmp0 (encoding, "H264") == 0 && ipd_codec_decoder (IPD_VIDEO_H264) != NULL)
    return g_strconcat ("rtph264depay wait-for-keyframe=true ! ", ipd_codec_decoder (IPD_VIDEO_H264), NULL);
  if (g_strcmp0 (encoding, "JPEG") == 0)
    return g_strdup ("rtpjpegdepay ! jpegdec name=decoder");
  return NULL;
}

/* Only the one picture is asked for: a sound stream here could keep the station from its call. */
static gboolean
on_select_stream (GstElement *src, guint number, GstCaps *caps, gpointer data)
{
  g_autofree char *reader = reader_of (encoding_of (caps));
  return reader != NULL;
}

static void
link_tail (IpdPreviewRtsp *rtsp, GstPad *pad, const char *reader)
{
  g_autofree char *description = g_strconcat (reader, IPD_PICTURE_SINK, NULL);
  GstElement *tail = gst_parse_bin_from_description (description, TRUE, NULL);
  if (tail == NULL)
    {
      ipd_worker_signal_raise (rtsp->unreadable_signal);
      return;
    }
  gst_bin_add (GST_BIN (ipd_pipeline_get_bin (rtsp->pipeline)), tail);
  g_autoptr (GstPad) entrance = gst_element_get_static_pad (tail, "sink");
  ipd_picture_sink_attach (rtsp->pipeline, on_frame, rtsp);
  gst_element_sync_state_with_parent (tail);
  gst_pad_link (pad, entrance);
}

static void
on_pad (GstElement *src, GstPad *pad, gpointer data)
{
  IpdPreviewRtsp *rtsp = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autofree char *reader = caps ? reader_of (encoding_of (caps)) : NULL;
  if (reader != NULL && g_atomic_int_compare_and_exchange (&rtsp->linked, 0, 1))
    link_tail (rtsp, pad, reader);
}

static void
on_no_more_pads (GstElement *src, gpointer data)
{
  IpdPreviewRtsp *rtsp = data;
  if (!g_atomic_int_get (&rtsp->linked))
    ipd_worker_signal_raise (rtsp->unreadable_signal);
}

/* Over UDP anybody can send to our port. */
static GstPadProbeReturn
on_datagram (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdPreviewRtsp *rtsp = data;
  GstNetAddressMeta *meta = gst_buffer_get_net_address_meta (GST_PAD_PROBE_INFO_BUFFER (info));
  return meta != NULL && ipd_plain_gate_is_peer (rtsp->gate, meta->addr) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
on_element (GstBin *src, GstBin *bin, GstElement *element, gpointer data)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  if (factory == NULL || !g_str_equal (GST_OBJECT_NAME (factory), "udpsrc"))
    return;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_datagram, data, NULL);
}

static bool play (IpdPreviewRtsp *rtsp);

/* Without a picture yet and without a clear word of the station, the other way may be the one that it knows. */
static void
on_fault (const GError *cause, const GstStructure *details, gpointer data)
{
  IpdPreviewRtsp *rtsp = data;
  IpdPreviewFault fault = ipd_preview_fault_of (cause, details);
  bool clear = fault == IPD_PREVIEW_REFUSED || fault == IPD_PREVIEW_NOT_THERE;
  if (clear || g_atomic_int_get (&rtsp->shown) || ++rtsp->attempt >= G_N_ELEMENTS (descriptions) || !play (rtsp))
    rtsp->handlers.failed (fault, rtsp->data);
}

static void
on_end (gpointer data)
{
  IpdPreviewRtsp *rtsp = data;
  rtsp->handlers.failed (IPD_PREVIEW_UNREACHABLE, rtsp->data);
}

static void
on_elsewhere (gpointer data)
{
  IpdPreviewRtsp *rtsp = data;
  rtsp->handlers.failed (IPD_PREVIEW_ELSEWHERE, rtsp->data);
}

static void
on_unreadable (gpointer data)
{
  IpdPreviewRtsp *rtsp = data;
  rtsp->handlers.failed (IPD_PREVIEW_UNREADABLE, rtsp->data);
}

static bool
play (IpdPreviewRtsp *rtsp)
{
  const IpdPipelineHandlers handlers = { .eos = on_end, .fault = on_fault };
  g_clear_pointer (&rtsp->pipeline, ipd_pipeline_free);
  g_atomic_int_set (&rtsp->linked, 0);
  rtsp->pipeline = ipd_pipeline_new (rtsp->worker, "preview", descriptions[rtsp->attempt], &handlers, rtsp, NULL);
  if (rtsp->pipeline == NULL)
    return false;
  GstElement *src = ipd_pipeline_get (rtsp->pipeline, "src");
  g_object_set (src, "location", rtsp->params->preview_uri, "user-id", rtsp->params->preview_user, "user-pw",
                rtsp->params->preview_password, NULL);
  g_signal_connect (src, "before-send", G_CALLBACK (on_before_send), rtsp);
  g_signal_connect (src, "select-stream", G_CALLBACK (on_select_stream), rtsp);
  g_signal_connect (src, "pad-added", G_CALLBACK (on_pad), rtsp);
  g_signal_connect (src, "no-more-pads", G_CALLBACK (on_no_more_pads), rtsp);
  g_signal_connect (src, "deep-element-added", G_CALLBACK (on_element), rtsp);
  ipd_pipeline_play (rtsp->pipeline);
  return true;
}

IpdPreviewRtsp *
ipd_preview_rtsp_new (IpdWorker *worker, const IpdMediaParams *params, const IpdPreviewSourceHandlers *handlers,
                      gpointer data)
{
  g_autoptr (GUri) uri = g_uri_parse (params->preview_uri, G_URI_FLAGS_ENCODED, NULL);
  IpdPreviewRtsp *rtsp = g_new0 (IpdPreviewRtsp, 1);
  rtsp->worker = worker;
  rtsp->params = params;
  rtsp->handlers = *handlers;
  rtsp->data = data;
  rtsp->host = g_strdup (g_uri_get_host (uri));
  rtsp->gate = ipd_plain_gate_new (rtsp->host, UINT16_MAX);
  rtsp->elsewhere_signal = ipd_worker_signal_new (worker, on_elsewhere, rtsp);
  rtsp->unreadable_signal = ipd_worker_signal_new (worker, on_unreadable, rtsp);
  if (play (rtsp))
    return rtsp;
  ipd_preview_rtsp_free (rtsp);
  return NULL;
}

void
ipd_preview_rtsp_free (IpdPreviewRtsp *rtsp)
{
  if (rtsp == NULL)
    return;
  ipd_pipeline_free (rtsp->pipeline);
  ipd_worker_clear_source (&rtsp->elsewhere_signal);
  ipd_worker_clear_source (&rtsp->unreadable_signal);
  ipd_plain_gate_free (rtsp->gate);
  g_free (rtsp->host);
  g_free (rtsp);
}
