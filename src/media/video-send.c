// SPDX-License-Identifier: Apache-2.0
/* Payloads a visit's picture once, encrypts it once and sends it to all its viewers. Owned by the station's picture
 * half. */
#include "media/video-send.h"

#include "media/packet-fan.h"
#include "media/pipeline.h"
#include "media/plain-fan.h"
#include "media/resend.h"
#include "media/rtp-probe.h"
#include "media/since-key.h"
#include "media/srtp.h"

#include <gst/app/gstappsrc.h>

/* With SRTP's tag, RTP, UDP and IPv6 headers a packet stays below 1,300 octets. */
#define PAYLOAD_MTU 1200
/* Of a packet that must hold a NAL unit whole: what UDP can carry, less the headers. */
#define WHOLE_MTU 65000

#define UNITS_IN   "appsrc name=src format=time is-live=true do-timestamp=true caps="
#define H264_UNITS UNITS_IN "video/x-h264,stream-format=byte-stream,alignment=au"
#define H264_PAY   " ! rtph264pay name=pay pt=96 config-interval=0 mtu="
#define NO_MORE    " ! fakesink name=net sync=false async=false"

/* Small slices share a packet (RFC 6184 section 5.7.1, in mode 1 only): a door where nothing moves is one packet a
 * picture and not one a slice. Units are whole pictures, so none waits for the next. */
#define TOGETHER " aggregate-mode=max-stap"

#define CLOCK_RATE   90000
#define MAX_SEQ_BASE 1024

static const char *const descriptions[IPD_VIDEO_SEND_N_SHAPES] = {
  [IPD_VIDEO_SEND_H264] = H264_UNITS H264_PAY G_STRINGIFY (PAYLOAD_MTU) TOGETHER " ! srtpenc name=srtp" NO_MORE,
  [IPD_VIDEO_SEND_H264_WHOLE] = H264_UNITS H264_PAY G_STRINGIFY (WHOLE_MTU) NO_MORE,
  [IPD_VIDEO_SEND_VP8]
  = UNITS_IN "video/x-vp8 ! rtpvp8pay name=pay pt=96 picture-id-mode=15-bit mtu=" G_STRINGIFY (PAYLOAD_MTU) NO_MORE,
};

struct _IpdVideoSend {
  IpdPipeline *pipeline;
  GstAppSrc *src;
  GstElement *sink;
  GSocket *socket;
  IpdPlainFan *fan;
  IpdPacketFan *encrypted;
  IpdSendCount count;
  GMutex mutex;
  IpdSinceKey since;   /* guarded by mutex: encrypted packets */
  IpdSentPackets sent; /* guarded by mutex: the same */
};

IpdVideoCodec
ipd_video_send_shape_codec (IpdVideoSendShape shape)
{
  return shape == IPD_VIDEO_SEND_VP8 ? IPD_VIDEO_VP8 : IPD_VIDEO_H264;
}

/* Between source and payloader: everything up to the last packet of a unit runs in this thread, behind this probe. */
static GstPadProbeReturn
on_unit (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoSend *send = data;
  if (GST_BUFFER_FLAG_IS_SET (GST_PAD_PROBE_INFO_BUFFER (info), GST_BUFFER_FLAG_DELTA_UNIT))
    return GST_PAD_PROBE_OK;
  ipd_plain_fan_begin_key (send->fan);
  g_mutex_lock (&send->mutex);
  ipd_since_key_begin (&send->since);
  g_mutex_unlock (&send->mutex);
  return GST_PAD_PROBE_OK;
}

static void
each_packet (GstPadProbeInfo *info, GstBufferListFunc func, gpointer data)
{
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    {
      gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info), func, data);
      return;
    }
  GstBuffer *packet = GST_PAD_PROBE_INFO_BUFFER (info);
  func (&packet, 0, data);
}

static gboolean
fan_packet (GstBuffer **packet, guint index, gpointer data)
{
  ipd_plain_fan_send (data, *packet);
  return TRUE;
}

static GstPadProbeReturn
on_plain_packets (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoSend *send = data;
  each_packet (info, fan_packet, send->fan);
  return GST_PAD_PROBE_OK;
}

static gboolean
keep_packet (GstBuffer **packet, guint index, gpointer data)
{
  IpdVideoSend *send = data;
  ipd_since_key_keep (&send->since, *packet);
  ipd_sent_packets_keep (&send->sent, *packet);
  return TRUE;
}

static gboolean
fan_encrypted_packet (GstBuffer **packet, guint index, gpointer data)
{
  ipd_packet_fan_take (data, *packet);
  return TRUE;
}

static GstPadProbeReturn
on_encrypted_packets (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoSend *send = data;
  g_mutex_lock (&send->mutex);
  each_packet (info, keep_packet, send);
  g_mutex_unlock (&send->mutex);
  each_packet (info, fan_encrypted_packet, send->encrypted);
  return GST_PAD_PROBE_OK;
}

static void
configure_encryption (IpdVideoSend *send, const IpdMediaKey *key)
{
  ipd_srtp_set_encoder_key (ipd_pipeline_get (send->pipeline, "srtp"), key->key);
  g_autoptr (GstPad) packets = gst_element_get_static_pad (send->sink, "sink");
  gst_pad_add_probe (packets, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_encrypted_packets, send,
                     NULL);
}

static void
configure (IpdVideoSend *send, IpdVideoSendShape shape, const IpdMediaKey *key)
{
  GstElement *pay = ipd_pipeline_get (send->pipeline, "pay");
  /* RFC 3711 section 3.3.1: a low first number, so that nobody who joins misses the first roll-over. */
  g_object_set (pay, "ssrc", key->ssrc, "seqnum-offset", g_random_int_range (0, MAX_SEQ_BASE), NULL);
  send->src = GST_APP_SRC (ipd_pipeline_get (send->pipeline, "src"));
  send->sink = ipd_pipeline_get (send->pipeline, "net");
  g_autoptr (GstPad) units = gst_element_get_static_pad (GST_ELEMENT (send->src), "src");
  gst_pad_add_probe (units, GST_PAD_PROBE_TYPE_BUFFER, on_unit, send, NULL);
  g_autoptr (GstPad) plain = gst_element_get_static_pad (pay, "src");
  ipd_send_count_attach (&send->count, plain, CLOCK_RATE);
  gst_pad_add_probe (plain, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_plain_packets, send, NULL);
  if (shape == IPD_VIDEO_SEND_H264)
    configure_encryption (send, key);
}

IpdVideoSend *
ipd_video_send_new (IpdWorker *worker, GSocket *socket, IpdVideoSendShape shape, const IpdMediaKey *key, GError **error)
{
  const IpdPipelineHandlers none = { NULL, NULL };
  IpdPipeline *pipeline = ipd_pipeline_new (worker, "video-send", descriptions[shape], &none, NULL, error);
  if (pipeline == NULL)
    return NULL;
  IpdVideoSend *send = g_new0 (IpdVideoSend, 1);
  send->pipeline = pipeline;
  send->socket = g_object_ref (socket);
  send->fan = ipd_plain_fan_new (socket);
  send->encrypted = ipd_packet_fan_new (socket);
  ipd_since_key_init (&send->since);
  g_mutex_init (&send->mutex);
  configure (send, shape, key);
  ipd_pipeline_play (pipeline);
  return send;
}

void
ipd_video_send_free (IpdVideoSend *send)
{
  if (send == NULL)
    return;
  ipd_pipeline_free (send->pipeline);
  ipd_send_count_clear (&send->count);
  ipd_plain_fan_free (send->fan);
  ipd_packet_fan_free (send->encrypted);
  ipd_since_key_clear (&send->since);
  ipd_sent_packets_clear (&send->sent);
  g_object_unref (send->socket);
  g_mutex_clear (&send->mutex);
  g_free (send);
}

void
ipd_video_send_unit (IpdVideoSend *send, GstBuffer *unit)
{
  GstBuffer *copy = gst_buffer_copy (unit);
  /* Stamped anew: a camera that was changed must not turn time back. */
  GST_BUFFER_PTS (copy) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DTS (copy) = GST_CLOCK_TIME_NONE;
  gst_app_src_push_buffer (send->src, copy);
}

static void
send_packet (gpointer data, gpointer user_data)
{
  GstBuffer *packet = data;
  void **to = user_data;
  GstMapInfo map;
  if (!gst_buffer_map (packet, &map, GST_MAP_READ))
    return;
  g_socket_send_to (to[0], to[1], (const char *) map.data, map.size, NULL, NULL);
  gst_buffer_unmap (packet, &map);
}

bool
ipd_video_send_add (IpdVideoSend *send, GSocketAddress *address)
{
  g_mutex_lock (&send->mutex);
  /* A packet that is on its way right now may arrive twice; the receiver's replay window drops the second. */
  ipd_packet_fan_add (send->encrypted, address);
  bool fresh = ipd_since_key_is_fresh (&send->since);
  void *to[] = { send->socket, address };
  if (fresh)
    g_ptr_array_foreach (send->since.packets, send_packet, to);
  g_mutex_unlock (&send->mutex);
  return fresh;
}

void
ipd_video_send_remove (IpdVideoSend *send, GSocketAddress *address)
{
  ipd_packet_fan_remove (send->encrypted, address);
}

void
ipd_video_send_again (IpdVideoSend *send, GSocketAddress *address, uint16_t seq)
{
  void *to[] = { send->socket, address };
  g_mutex_lock (&send->mutex);
  GstBuffer *packet = ipd_sent_packets_find (&send->sent, seq);
  if (packet != NULL)
    send_packet (packet, to);
  g_mutex_unlock (&send->mutex);
}

bool
ipd_video_send_add_plain (IpdVideoSend *send, GSocketAddress *address, uint8_t payload)
{
  return ipd_plain_fan_add (send->fan, address, payload);
}

void
ipd_video_send_remove_plain (IpdVideoSend *send, GSocketAddress *address)
{
  ipd_plain_fan_remove (send->fan, address);
}

bool
ipd_video_send_get_sending (IpdVideoSend *send, IpdRtcpSending *ret_sending)
{
  return ipd_send_count_get (&send->count, ret_sending);
}
