// SPDX-License-Identifier: Apache-2.0
/* Encoder, packets and RTCP of the picture. The lock guards who watches: the encoder's thread sends, main changes. */
#include "picture.h"

#include "journal.h"
#include "strip.h"

#include <gio/gio.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES_A_SECOND = 15, RTP_HEADER = 12, PACKET_MAX = 1500, NAL_IDR = 5, NAL_SPS = 7, NAL_PPS = 8, NAL_FU_A = 28 };

struct _QuirkPicture {
  const QuirkDialect *dialect;
  GSocket *rtp;
  GSocket *rtcp;
  GSource *rtcp_source;
  GstElement *pipeline;
  GstElement *camera;
  guint clock;
  guint number;

  GMutex lock;
  GCond first; /* both parameter sets are known */
  char *sets[2];
  char *sprop;
  GSocketAddress *viewer;
  int payload;
  guint16 seq;
  guint32 ssrc;
  bool started; /* the first packet of a key frame went */
  bool sets_given;
  int sent;
};

static gboolean
on_frame_time (gpointer data)
{
  QuirkPicture *self = data;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, QUIRK_I420_OCTETS, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  quirk_strip_draw (self->number, (guint32) (g_get_monotonic_time () / 1000), map.data);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = self->number++ * GST_SECOND / FRAMES_A_SECOND;
  gst_app_src_push_buffer (GST_APP_SRC (self->camera), buffer);
  return G_SOURCE_CONTINUE;
}

static void
force_key (QuirkPicture *self)
{
  g_autoptr (GstElement) encoder = gst_bin_get_by_name (GST_BIN (self->pipeline), "encoder");
  gst_element_send_event (encoder, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

/* Keeps the parameter sets for SDP. Lock held. */
static void
keep_set (QuirkPicture *self, int type, const guint8 *nal, gsize len)
{
  char **set = &self->sets[type - NAL_SPS];

  g_free (*set);
  *set = g_base64_encode (nal, len);
  if (self->sets[0] == NULL || self->sets[1] == NULL || self->sprop != NULL)
    return;
  self->sprop = g_strdup_printf ("%s,%s", self->sets[0], self->sets[1]);
  g_cond_signal (&self->first);
}

/* Whether this packet may go, by what the dialect does with parameter sets and with its first picture. Lock held. */
static bool
may_go (QuirkPicture *self, int type)
{
  bool is_set = type == NAL_SPS || type == NAL_PPS;

  if (!self->started && !quirk_flag (self->dialect, "video", "starts-anywhere") && !is_set && type != NAL_IDR)
    return false;
  if (!is_set)
    {
      self->started = true;
      self->sets_given = self->sets_given || type == NAL_IDR;
      return true;
    }
  if (quirk_list_has (self->dialect, "video", "sets", "once"))
    return !self->sets_given;
  return quirk_list_has (self->dialect, "video", "sets", "band");
}

/* The header is written anew: what GStreamer would do right, this station may do otherwise. Lock held. */
static void
send_packet (QuirkPicture *self, const guint8 *packet, gsize len)
{
  guint8 wire[PACKET_MAX];
  gsize header = RTP_HEADER;

  memcpy (wire, packet, RTP_HEADER);
  wire[0] = 0x80;
  wire[1] = (guint8) ((quirk_flag (self->dialect, "video", "no-marker") ? 0 : packet[1] & 0x80) | self->payload);
  wire[2] = (guint8) (self->seq >> 8);
  wire[3] = (guint8) self->seq++;
  for (int i = 0; i < 4; i++)
    wire[8 + i] = (guint8) (self->ssrc >> (24 - 8 * i));
  if (quirk_flag (self->dialect, "video", "rtp-extension"))
    {
      static const guint8 extension[] = { 0xBE, 0xDE, 0, 1, 0x10, 7, 0, 0 };
      wire[0] |= 0x10;
      memcpy (wire + header, extension, sizeof extension);
      header += sizeof extension;
    }
  memcpy (wire + header, packet + RTP_HEADER, len - RTP_HEADER);
  g_socket_send_to (self->rtp, self->viewer, (const char *) wire, len - RTP_HEADER + header, NULL, NULL);
  self->sent++;
}

static void
take_packet (QuirkPicture *self, const guint8 *packet, gsize len)
{
  int type = packet[RTP_HEADER] & 0x1f;

  if (type == NAL_FU_A)
    type = packet[RTP_HEADER + 1] & 0x1f;
  g_mutex_lock (&self->lock);
  if (type == NAL_SPS || type == NAL_PPS)
    keep_set (self, type, packet + RTP_HEADER, len - RTP_HEADER);
  if (self->viewer != NULL && may_go (self, type))
    send_packet (self, packet, len);
  g_mutex_unlock (&self->lock);
}

static GstFlowReturn
on_packet (GstAppSink *sink, gpointer data)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstMapInfo map;

  if (sample == NULL || !gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    return GST_FLOW_OK;
  if (map.size > RTP_HEADER + 1 && map.size <= PACKET_MAX - 16)
    take_packet (data, map.data, map.size);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  return GST_FLOW_OK;
}

/* RFC 4585 §6.3.1 (PLI), RFC 5104 §4.3.1 (FIR), and what is left of RFC 2032 (192). */
static void
read_rtcp (QuirkPicture *self, const guint8 *p, gsize len)
{
  while (len >= 8)
    {
      gsize size = 4 * ((gsize) p[2] << 8 | p[3]) + 4;
      int format = p[0] & 0x1f;

      if (size > len || p[0] >> 6 != 2)
        return;
      if (p[1] == 206 && format == 1)
        quirk_picture_want_key (self, "pli");
      else if ((p[1] == 206 && format == 4) || p[1] == 192)
        quirk_picture_want_key (self, "fir");
      p += size;
      len -= size;
    }
}

static gboolean
on_rtcp (GSocket *socket, GIOCondition condition, gpointer data)
{
  guint8 packet[PACKET_MAX];
  gssize len = g_socket_receive (socket, (char *) packet, sizeof packet, NULL, NULL);

  if (len > 0)
    read_rtcp (data, packet, (gsize) len);
  return G_SOURCE_CONTINUE;
}

static GSocket *
bind_udp (const char *address, guint16 port)
{
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GError) error = NULL;
  GSocket *socket
      = g_socket_new (g_socket_address_get_family (local), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);

  if (socket == NULL || !g_socket_bind (socket, local, FALSE, &error))
    {
      g_printerr ("quirk-station: %s port %u: %s\n", address, port, error->message);
      exit (2);
    }
  return socket;
}

static void
start_encoder (QuirkPicture *self)
{
  const char *profile = quirk_text (self->dialect, "video", "profile", "constrained-baseline");
  bool baseline = g_str_has_suffix (profile, "baseline");
  bool single = quirk_number (self->dialect, "video", "packetization-mode", 1) == 0;
  g_autofree char *description = g_strdup_printf (
      "appsrc name=camera is-live=true format=time caps=video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 "
      "! x264enc name=encoder tune=zerolatency speed-preset=ultrafast bitrate=900 key-int-max=600 threads=1 %s"
      "option-string=\"scenecut=0%s\" "
      "! video/x-h264,profile=%s,stream-format=byte-stream,alignment=au "
      "! rtph264pay mtu=1200 config-interval=0 aggregate-mode=none ! appsink name=wire sync=false",
      QUIRK_WIDTH, QUIRK_HEIGHT, FRAMES_A_SECOND, baseline ? "" : "cabac=true dct8x8=true ",
      single ? ":slice-max-size=1100" : "", profile);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) wire = NULL;
  GstAppSinkCallbacks callbacks = { .new_sample = on_packet };

  self->pipeline = gst_parse_launch (description, &error);
  if (error != NULL)
    {
      g_printerr ("quirk-station: no camera: %s\n", error->message);
      exit (2);
    }
  self->camera = gst_bin_get_by_name (GST_BIN (self->pipeline), "camera");
  wire = gst_bin_get_by_name (GST_BIN (self->pipeline), "wire");
  gst_app_sink_set_callbacks (GST_APP_SINK (wire), &callbacks, self, NULL);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  on_frame_time (self);
  self->clock = g_timeout_add (1000 / FRAMES_A_SECOND, on_frame_time, self);
}

QuirkPicture *
quirk_picture_new (const QuirkDialect *dialect, const char *address, guint16 port)
{
  QuirkPicture *self = g_new0 (QuirkPicture, 1);

  self->dialect = dialect;
  self->rtp = bind_udp (address, port);
  self->rtcp = bind_udp (address, port + 1);
  self->rtcp_source = g_socket_create_source (self->rtcp, G_IO_IN, NULL);
  g_source_set_callback (self->rtcp_source, G_SOURCE_FUNC (on_rtcp), self, NULL);
  g_source_attach (self->rtcp_source, NULL);
  start_encoder (self);
  return self;
}

void
quirk_picture_free (QuirkPicture *self)
{
  g_source_remove (self->clock);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->camera);
  gst_object_unref (self->pipeline);
  g_source_destroy (self->rtcp_source);
  g_source_unref (self->rtcp_source);
  g_object_unref (self->rtp);
  g_object_unref (self->rtcp);
  g_clear_object (&self->viewer);
  g_free (self->sets[0]);
  g_free (self->sets[1]);
  g_free (self->sprop);
  g_free (self);
}

const char *
quirk_picture_sprop (QuirkPicture *self)
{
  gint64 deadline = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (self->sprop == NULL && g_cond_wait_until (&self->first, &self->lock, deadline))
    ;
  g_mutex_unlock (&self->lock);
  return self->sprop;
}

void
quirk_picture_send (QuirkPicture *self, const char *host, guint16 port, int payload)
{
  g_mutex_lock (&self->lock);
  g_clear_object (&self->viewer);
  self->viewer = g_inet_socket_address_new_from_string (host, port);
  self->payload = payload;
  self->ssrc = g_random_int ();
  self->seq = (guint16) g_random_int ();
  self->started = self->sets_given = false;
  self->sent = 0;
  g_mutex_unlock (&self->lock);
  quirk_journal ("picture-starts", "s:host", host, "i:port", port, "i:payload", payload, NULL);
  if (!quirk_flag (self->dialect, "video", "starts-anywhere"))
    force_key (self);
}

void
quirk_picture_stop (QuirkPicture *self)
{
  int sent;

  g_mutex_lock (&self->lock);
  sent = self->viewer ? self->sent : -1;
  g_clear_object (&self->viewer);
  g_mutex_unlock (&self->lock);
  if (sent >= 0)
    quirk_journal ("picture-stops", "i:packets", sent, NULL);
}

void
quirk_picture_want_key (QuirkPicture *self, const char *kind)
{
  bool obeyed = quirk_list_has (self->dialect, "video", "key-frame", kind);

  quirk_journal ("key-frame", "s:by", kind, "i:obeyed", obeyed, NULL);
  if (obeyed)
    force_key (self);
}
