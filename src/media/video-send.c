// SPDX-License-Identifier: Apache-2.0
/* Payloads and encrypts a visit's picture once and sends it to all its viewers. Owned by the station's picture half. */
#include "media/video-send.h"

#include "media/pipeline.h"
#include "media/rtp-probe.h"
#include "media/srtp.h"

#include <gst/app/gstappsrc.h>

/* With SRTP's tag, RTP, UDP and IPv6 headers a packet stays below 1,300 octets. */
#define PAYLOAD_MTU 1200
/* A key frame is fresh as long as no other may be forced; and what follows it must fit a stock socket buffer (208 KiB).
 */
#define FRESH_US     (500 * 1000)
#define MAX_REPLAYED 64

struct _IpdVideoSend {
  IpdPipeline *pipeline;
  GstAppSrc *src;
  GstElement *sink;
  GSocket *socket;
  IpdSendCount count;
  GMutex mutex;
  GPtrArray *since_key; /* guarded by mutex: encrypted packets since the last key frame, none if too many */
  gint64 key_us;        /* guarded by mutex */
};

/* Between source and payloader: everything up to the last packet of a unit runs in this thread, behind this probe. */
static GstPadProbeReturn
on_unit (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoSend *send = data;
  if (GST_BUFFER_FLAG_IS_SET (GST_PAD_PROBE_INFO_BUFFER (info), GST_BUFFER_FLAG_DELTA_UNIT))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&send->mutex);
  g_ptr_array_set_size (send->since_key, 0);
  send->key_us = g_get_monotonic_time ();
  g_mutex_unlock (&send->mutex);
  return GST_PAD_PROBE_OK;
}

static gboolean
keep_packet (GstBuffer **packet, guint index, gpointer data)
{
  IpdVideoSend *send = data;
  if (send->key_us == 0)
    return TRUE;
  if (send->since_key->len < MAX_REPLAYED)
    g_ptr_array_add (send->since_key, gst_buffer_ref (*packet));
  else
    send->key_us = 0;
  return TRUE;
}

static GstPadProbeReturn
on_packets (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdVideoSend *send = data;
  g_mutex_lock (&send->mutex);
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info), keep_packet, send);
  else
    {
      GstBuffer *packet = GST_PAD_PROBE_INFO_BUFFER (info);
      keep_packet (&packet, 0, send);
    }
  g_mutex_unlock (&send->mutex);
  return GST_PAD_PROBE_OK;
}

static void
configure (IpdVideoSend *send, const IpdMediaKey *key)
{
  GstElement *pay = ipd_pipeline_get (send->pipeline, "pay");
  GstElement *srtp = ipd_pipeline_get (send->pipeline, "srtp");
  /* RFC 3711 section 3.3.1: a low first number, so that nobody who joins misses the first roll-over. */
  g_object_set (pay, "ssrc", key->ssrc, "seqnum-offset", g_random_int_range (0, 1024), NULL);
  ipd_srtp_set_encoder_key (srtp, key->key);
  send->src = GST_APP_SRC (ipd_pipeline_get (send->pipeline, "src"));
  send->sink = ipd_pipeline_get (send->pipeline, "net");
  g_object_set (send->sink, "socket", send->socket, NULL);
  g_autoptr (GstPad) units = gst_element_get_static_pad (GST_ELEMENT (send->src), "src");
  gst_pad_add_probe (units, GST_PAD_PROBE_TYPE_BUFFER, on_unit, send, NULL);
  g_autoptr (GstPad) plain = gst_element_get_static_pad (pay, "src");
  ipd_send_count_attach (&send->count, plain, 90000);
  g_autoptr (GstPad) packets = gst_element_get_static_pad (send->sink, "sink");
  gst_pad_add_probe (packets, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets, send, NULL);
}

IpdVideoSend *
ipd_video_send_new (IpdWorker *worker, GSocket *socket, const IpdMediaKey *key, GError **error)
{
  const IpdPipelineHandlers none = { NULL, NULL };
  IpdPipeline *pipeline
      = ipd_pipeline_new (worker, "video-send",
                          "appsrc name=src format=time is-live=true do-timestamp=true "
                          "caps=video/x-h264,stream-format=byte-stream,alignment=au"
                          " ! rtph264pay name=pay pt=96 aggregate-mode=none config-interval=0 mtu=" G_STRINGIFY (
                              PAYLOAD_MTU) " ! srtpenc name=srtp ! multiudpsink name=net sync=false async=false "
                                           "close-socket=false send-duplicates=false",
                          &none, NULL, error);
  if (pipeline == NULL)
    return NULL;
  IpdVideoSend *send = g_new0 (IpdVideoSend, 1);
  send->pipeline = pipeline;
  send->socket = g_object_ref (socket);
  send->since_key = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  g_mutex_init (&send->mutex);
  configure (send, key);
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
  g_ptr_array_unref (send->since_key);
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

static void
change_clients (IpdVideoSend *send, const char *verb, GSocketAddress *address)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  g_signal_emit_by_name (send->sink, verb, host, (int) g_inet_socket_address_get_port (inet));
}

bool
ipd_video_send_add (IpdVideoSend *send, GSocketAddress *address)
{
  g_mutex_lock (&send->mutex);
  /* A packet that is on its way right now may arrive twice; the receiver's replay window drops the second. */
  change_clients (send, "add", address);
  bool fresh = send->key_us != 0 && g_get_monotonic_time () - send->key_us < FRESH_US && send->since_key->len > 0;
  void *to[] = { send->socket, address };
  if (fresh)
    g_ptr_array_foreach (send->since_key, send_packet, to);
  g_mutex_unlock (&send->mutex);
  return fresh;
}

void
ipd_video_send_remove (IpdVideoSend *send, GSocketAddress *address)
{
  change_clients (send, "remove", address);
}

bool
ipd_video_send_get_sending (IpdVideoSend *send, IpdRtcpSending *ret_sending)
{
  return ipd_send_count_get (&send->count, ret_sending);
}
