// SPDX-License-Identifier: Apache-2.0
/* From packets to pictures. Owned by a client; built in its worker, runs in two streaming threads. */
#include "media/video-receive.h"

#include "media/codec.h"
#include "media/error.h"
#include "media/parameter-sets.h"
#include "media/picture-sink.h"
#include "media/pipeline.h"
#include "media/srtp.h"
#include "media/video-gate.h"

#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

/* How long a packet of a plain stream is waited for; packets in order never wait. The first one would, for something
 * older that may still come, unless the patience begins behind it (faststart-min-packets does not help when an event is
 * queued before it). */
#define PATIENCE_MS 60
/* A packet that comes after too many later ones is taken for another stream's. As many as come in a time would be a
 * good limit, but what the jitter buffer takes that for is ten packets at the start, fewer than a key frame has. There
 * 0 is better: a hundred. */
#define START_PACKETS 100
#define ORDER_MS      60000
#define CLOCK_RATE    90000
/* It takes well below a millisecond; whatever is wrong, no more than this is lost by waiting for it. */
#define FIRST_THROUGH_US (50 * 1000)

struct _IpdVideoReceive {
  IpdPipeline *pipeline;
  IpdVideoReceiveHandlers handlers;
  gpointer data;
  IpdVideoCodec codec;
  uint8_t payload;
  IpdVideoGate *gate; /* NULL: encrypted */
  bool arrived;       /* the streaming thread's */
  GMutex mutex;
  IpdReception reception; /* guarded by mutex */
  IpdMissing missing;     /* guarded by mutex; encrypted streams only */
  bool entered;           /* the streaming thread's: the first packet came */
  GCond flows;            /* with mutex */
  bool flowing;           /* guarded by mutex: the first packet went through */
  IpdParameterSets sets;  /* guarded by mutex */
};

static void
on_picture (const IpdVideoFrame *frame, gpointer data)
{
  IpdVideoReceive *receive = data;
  receive->handlers.frame (frame, receive->data);
}

/* Often the first packets come all at once, those that waited in the socket: what is missing among them would be given
 * up at once by a jitter buffer that has no patience yet. With the mutex. */
static void
let_first_through (IpdVideoReceive *receive, gint64 now_us)
{
  gint64 until_us = now_us + FIRST_THROUGH_US;
  while (receive->entered && !receive->flowing && g_cond_wait_until (&receive->flows, &receive->mutex, until_us))
    ;
  receive->flowing |= receive->entered;
  receive->entered = true;
}

static GstPadProbeReturn
on_verified (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoReceive *receive = data;
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), GST_MAP_READ, &rtp))
    return GST_PAD_PROBE_DROP;
  bool ours = gst_rtp_buffer_get_payload_type (&rtp) == receive->payload;
  gint64 now_us = g_get_monotonic_time ();
  g_mutex_lock (&receive->mutex);
  ipd_reception_packet (&receive->reception, gst_rtp_buffer_get_ssrc (&rtp), gst_rtp_buffer_get_seq (&rtp),
                        gst_rtp_buffer_get_timestamp (&rtp), now_us);
  if (ours)
    let_first_through (receive, now_us);
  bool gap = ours && ipd_missing_packet (&receive->missing, gst_rtp_buffer_get_seq (&rtp), now_us);
  g_mutex_unlock (&receive->mutex);
  gst_rtp_buffer_unmap (&rtp);
  if (gap)
    receive->handlers.missing (receive->data);
  return ours ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
note_packet (IpdVideoReceive *receive, GstBuffer *packet, const IpdRtpHeader *header, gint64 now_us)
{
  GstMapInfo map;
  g_mutex_lock (&receive->mutex);
  ipd_reception_packet (&receive->reception, header->ssrc, header->seq, header->timestamp, now_us);
  if (receive->codec == IPD_VIDEO_H264 && gst_buffer_map (packet, &map, GST_MAP_READ))
    {
      ipd_parameter_sets_look (&receive->sets, map.data + header->offset, header->len);
      gst_buffer_unmap (packet, &map);
    }
  g_mutex_unlock (&receive->mutex);
  if (!receive->arrived)
    receive->handlers.arrived (receive->data);
  receive->arrived = true;
}

/* All payload types of one codec are one stream to what follows. */
static void
rewrite_payload (GstPadProbeInfo *info, const IpdVideoReceive *receive, const IpdRtpHeader *header)
{
  if (header->payload == receive->payload)
    return;
  GstBuffer *packet = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  uint8_t second = (uint8_t) ((header->marker ? 0x80 : 0) | receive->payload);
  gst_buffer_fill (packet, 1, &second, 1);
  GST_PAD_PROBE_INFO_DATA (info) = packet;
}

static GstPadProbeReturn
on_plain (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoReceive *receive = data;
  GstBuffer *packet = GST_PAD_PROBE_INFO_BUFFER (info);
  gint64 now_us = g_get_monotonic_time ();
  IpdRtpHeader header;
  switch (ipd_video_gate_judge (receive->gate, packet, now_us, &header))
    {
    case IPD_VIDEO_PASS:
      note_packet (receive, packet, &header, now_us);
      rewrite_payload (info, receive, &header);
      return GST_PAD_PROBE_OK;
    case IPD_VIDEO_OTHER_CODEC:
      receive->handlers.changed (receive->codec == IPD_VIDEO_VP8 ? IPD_VIDEO_H264 : IPD_VIDEO_VP8, receive->data);
      break;
    case IPD_VIDEO_OTHER_STREAM:
      receive->handlers.changed (receive->codec, receive->data);
      break;
    case IPD_VIDEO_DROP:
      break;
    }
  return GST_PAD_PROBE_DROP;
}

/* What can be asked for is waited for longer than what is only overtaken. */
static void
set_patience (IpdVideoReceive *receive)
{
  g_mutex_lock (&receive->mutex);
  int ms = receive->gate ? PATIENCE_MS : ipd_missing_patience_ms (&receive->missing);
  bool started = receive->reception.received > START_PACKETS;
  g_mutex_unlock (&receive->mutex);
  g_object_set (ipd_pipeline_get (receive->pipeline, "jitter"), "latency", (guint) ms, "max-misorder-time",
                started ? ORDER_MS : 0, NULL);
}

static GstPadProbeReturn
on_first_in_order (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoReceive *receive = data;
  set_patience (receive);
  g_mutex_lock (&receive->mutex);
  receive->flowing = true;
  g_cond_signal (&receive->flows);
  g_mutex_unlock (&receive->mutex);
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
stream_caps (const IpdVideoReceive *receive, const char *sprop)
{
  GstCaps *caps = gst_caps_new_simple (receive->gate ? "application/x-rtp" : "application/x-srtp", "media",
                                       G_TYPE_STRING, "video", "clock-rate", G_TYPE_INT, CLOCK_RATE, "encoding-name",
                                       G_TYPE_STRING, ipd_video_codec_to_string (receive->codec), "payload", G_TYPE_INT,
                                       (int) receive->payload, NULL);
  if (receive->codec == IPD_VIDEO_H264 && sprop != NULL && *sprop != '\0')
    gst_caps_set_simple (caps, "sprop-parameter-sets", G_TYPE_STRING, sprop, NULL);
  return caps;
}

/* Where packets come in, verified or judged. */
static void
configure_entrance (IpdVideoReceive *receive, const IpdMediaParams *params)
{
  GstElement *entrance = ipd_pipeline_get (receive->pipeline, receive->gate ? "net" : "srtp");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (entrance, receive->gate ? "src" : "rtp_src");
  if (receive->gate == NULL)
    ipd_srtp_accept_one (entrance, &params->video_rx);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, receive->gate ? on_plain : on_verified, receive, NULL);
}

static void
configure (IpdVideoReceive *receive, GSocket *socket, const IpdMediaParams *params, const char *sprop)
{
  g_autoptr (GstCaps) caps = stream_caps (receive, sprop);
  g_object_set (ipd_pipeline_get (receive->pipeline, "net"), "socket", socket, "caps", caps, NULL);
  configure_entrance (receive, params);
  GstElement *jitter = ipd_pipeline_get (receive->pipeline, "jitter");
  g_autoptr (GstPad) in_order = gst_element_get_static_pad (jitter, "src");
  gst_pad_add_probe (in_order, GST_PAD_PROBE_TYPE_BUFFER, on_first_in_order, receive, NULL);
  g_autoptr (GstPad) depay = gst_element_get_static_pad (ipd_pipeline_get (receive->pipeline, "depay"), "sink");
  gst_pad_add_probe (depay, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, receive, NULL);
  ipd_picture_sink_attach (receive->pipeline, on_picture, receive);
}

static IpdPipeline *
pipeline_new (IpdWorker *worker, IpdVideoReceive *receive, GError **error)
{
  static const char *const depayloaders[IPD_VIDEO_N_CODECS]
      = { [IPD_VIDEO_H264] = "rtph264depay", [IPD_VIDEO_VP8] = "rtpvp8depay" };
  const char *decoder = ipd_codec_decoder (receive->codec);
  if (decoder == NULL)
    {
      g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_CODEC, "%s decoder",
                   receive->codec == IPD_VIDEO_VP8 ? "VP8" : "H.264");
      return NULL;
    }
  g_autofree char *description = g_strconcat (
      "udpsrc name=net close-socket=false ! ", receive->gate ? "" : "srtpdec name=srtp ! ",
      "rtpjitterbuffer name=jitter latency=0 max-misorder-time=0 do-lost=true ! ", depayloaders[receive->codec],
      " name=depay wait-for-keyframe=true request-keyframe=true ! ", decoder, IPD_PICTURE_SINK,
      receive->gate ? "" : " srtp.rtcp_src ! fakesink sync=false async=false", NULL);
  const IpdPipelineHandlers handlers = { .error = on_error };
  return ipd_pipeline_new (worker, "video-receive", description, &handlers, receive, error);
}

static uint8_t
first_payload_of (const IpdMediaParams *params, IpdVideoCodec codec)
{
  for (unsigned i = 0; i < params->n_video; i++)
    if (params->video[i].codec == codec)
      return params->video[i].payload;
  return params->video[0].payload;
}

IpdVideoReceive *
ipd_video_receive_new (IpdWorker *worker, GSocket *socket, const IpdMediaParams *params, IpdVideoCodec codec,
                       const char *sprop, const IpdVideoReceiveHandlers *handlers, gpointer data, GError **error)
{
  IpdVideoReceive *receive = g_new0 (IpdVideoReceive, 1);
  g_mutex_init (&receive->mutex);
  g_cond_init (&receive->flows);
  receive->handlers = *handlers;
  receive->data = data;
  receive->codec = codec;
  receive->payload = first_payload_of (params, codec);
  receive->gate = params->encrypted ? NULL : ipd_video_gate_new (params, codec);
  receive->reception.rtp_clock = CLOCK_RATE;
  receive->pipeline = pipeline_new (worker, receive, error);
  if (receive->pipeline == NULL)
    {
      ipd_video_receive_free (receive);
      return NULL;
    }
  configure (receive, socket, params, sprop);
  ipd_pipeline_play (receive->pipeline);
  return receive;
}

void
ipd_video_receive_free (IpdVideoReceive *receive)
{
  if (receive == NULL)
    return;
  ipd_pipeline_free (receive->pipeline);
  ipd_video_gate_free (receive->gate);
  ipd_parameter_sets_clear (&receive->sets);
  g_cond_clear (&receive->flows);
  g_mutex_clear (&receive->mutex);
  g_free (receive);
}

unsigned
ipd_video_receive_ask (IpdVideoReceive *receive, uint16_t ret_seqs[static IPD_MISSING_MAX], int64_t *ret_wait_us)
{
  g_mutex_lock (&receive->mutex);
  unsigned n = ipd_missing_ask (&receive->missing, g_get_monotonic_time (), ret_seqs, ret_wait_us);
  bool flowing = receive->flowing;
  g_mutex_unlock (&receive->mutex);
  if (flowing)
    set_patience (receive);
  return n;
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

char *
ipd_video_receive_get_sprop (IpdVideoReceive *receive)
{
  g_mutex_lock (&receive->mutex);
  char *sprop = ipd_parameter_sets_get_sprop (&receive->sets);
  g_mutex_unlock (&receive->mutex);
  return sprop;
}
