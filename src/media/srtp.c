// SPDX-License-Identifier: Apache-2.0
/* The SRTP suite of docs/protocol.md §9 on GStreamer's elements: caps and keys for pipelines, and SRTCP as two plain
 * functions. Called by the client and the station in their workers. Keys go through signals and properties, never
 * through the caps of a pipeline, because those show up in graphs and traces. */
#include "media/srtp.h"

#include <string.h>

/* RFC 3711 section 3.4: RTCP header and SSRC, E flag and index, tag. */
#define MIN_SRTCP (8 + 4 + 10)

GstCaps *
ipd_srtp_caps (const uint8_t key[static IPD_MEDIA_KEY_LEN])
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (key, IPD_MEDIA_KEY_LEN);
  return gst_caps_new_simple ("application/x-srtp", "srtp-key", GST_TYPE_BUFFER, buffer, "srtp-cipher", G_TYPE_STRING,
                              "aes-128-icm", "srtp-auth", G_TYPE_STRING, "hmac-sha1-80", "srtcp-cipher", G_TYPE_STRING,
                              "aes-128-icm", "srtcp-auth", G_TYPE_STRING, "hmac-sha1-80", NULL);
}

void
ipd_srtp_set_encoder_key (GstElement *srtpenc, const uint8_t key[static IPD_MEDIA_KEY_LEN])
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (key, IPD_MEDIA_KEY_LEN);
  g_object_set (srtpenc, "key", buffer, NULL);
  gst_util_set_object_arg (G_OBJECT (srtpenc), "rtp-cipher", "aes-128-icm");
  gst_util_set_object_arg (G_OBJECT (srtpenc), "rtp-auth", "hmac-sha1-80");
  gst_util_set_object_arg (G_OBJECT (srtpenc), "rtcp-cipher", "aes-128-icm");
  gst_util_set_object_arg (G_OBJECT (srtpenc), "rtcp-auth", "hmac-sha1-80");
}

static GstCaps *
on_request_key_of_one (GstElement *srtpdec, guint ssrc, gpointer data)
{
  const IpdMediaKey *key = data;
  return ssrc == key->ssrc ? ipd_srtp_caps (key->key) : NULL;
}

void
ipd_srtp_accept_one (GstElement *srtpdec, const IpdMediaKey *key)
{
  g_object_set (srtpdec, "replay-window-size", IPD_SRTP_WINDOW, NULL);
  g_signal_connect (srtpdec, "request-key", G_CALLBACK (on_request_key_of_one), (gpointer) key);
}

/* One direction: a pad of ours before the element, a pad of ours behind it, and what came through last. */
typedef struct {
  GstElement *element;
  GstPad *in;
  GstPad *out;
  GstBuffer *result;
} Passage;

struct _IpdSrtcp {
  Passage close;
  Passage open;
  IpdSrtcpKeyFunc rx_key;
  gpointer data;
};

static GstFlowReturn
on_passed (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Passage *passage = gst_pad_get_element_private (pad);
  gst_buffer_replace (&passage->result, buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
passage_start (Passage *passage, const char *sink_pad, const char *src_pad, const char *media_type)
{
  passage->in = gst_pad_new ("in", GST_PAD_SRC);
  passage->out = gst_pad_new ("out", GST_PAD_SINK);
  gst_pad_set_element_private (passage->out, passage);
  gst_pad_set_chain_function (passage->out, on_passed);
  gst_pad_set_active (passage->in, TRUE);
  gst_pad_set_active (passage->out, TRUE);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (passage->element, sink_pad);
  if (sink == NULL)
    sink = gst_element_request_pad_simple (passage->element, sink_pad);
  g_autoptr (GstPad) src = gst_element_get_static_pad (passage->element, src_pad);
  gst_pad_link (passage->in, sink);
  gst_pad_link (src, passage->out);
  gst_element_set_state (passage->element, GST_STATE_PLAYING);
  gst_pad_push_event (passage->in, gst_event_new_stream_start ("srtcp"));
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (media_type);
  gst_pad_push_event (passage->in, gst_event_new_caps (caps));
  GstSegment segment;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (passage->in, gst_event_new_segment (&segment));
}

static GstBuffer *
passage_push (Passage *passage, GstBuffer *buffer)
{
  gst_pad_push (passage->in, buffer);
  return g_steal_pointer (&passage->result);
}

static void
passage_stop (Passage *passage)
{
  if (passage->element != NULL)
    gst_element_set_state (passage->element, GST_STATE_NULL);
  g_clear_object (&passage->in);
  g_clear_object (&passage->out);
  g_clear_object (&passage->element);
  gst_clear_buffer (&passage->result);
}

static GstCaps *
on_request_key (GstElement *srtpdec, guint ssrc, gpointer data)
{
  IpdSrtcp *srtcp = data;
  const uint8_t *key = srtcp->rx_key (ssrc, srtcp->data);
  return key ? ipd_srtp_caps (key) : NULL;
}

IpdSrtcp *
ipd_srtcp_new (const uint8_t tx_key[static IPD_MEDIA_KEY_LEN], IpdSrtcpKeyFunc rx_key, gpointer data)
{
  IpdSrtcp *srtcp = g_new0 (IpdSrtcp, 1);
  srtcp->rx_key = rx_key;
  srtcp->data = data;
  srtcp->close.element = gst_element_factory_make ("srtpenc", NULL);
  srtcp->open.element = gst_element_factory_make ("srtpdec", NULL);
  if (srtcp->close.element == NULL || srtcp->open.element == NULL)
    {
      ipd_srtcp_free (srtcp);
      return NULL;
    }
  gst_object_ref_sink (srtcp->close.element);
  gst_object_ref_sink (srtcp->open.element);
  ipd_srtp_set_encoder_key (srtcp->close.element, tx_key);
  g_signal_connect (srtcp->open.element, "request-key", G_CALLBACK (on_request_key), srtcp);
  passage_start (&srtcp->close, "rtcp_sink_0", "rtcp_src_0", "application/x-rtcp");
  passage_start (&srtcp->open, "rtcp_sink", "rtcp_src", "application/x-srtcp");
  return srtcp;
}

void
ipd_srtcp_free (IpdSrtcp *srtcp)
{
  if (srtcp == NULL)
    return;
  passage_stop (&srtcp->close);
  passage_stop (&srtcp->open);
  g_free (srtcp);
}

GstBuffer *
ipd_srtcp_close (IpdSrtcp *srtcp, GstBuffer *plain)
{
  return passage_push (&srtcp->close, plain);
}

GstBuffer *
ipd_srtcp_open (IpdSrtcp *srtcp, const uint8_t *datagram, gsize len)
{
  return len >= MIN_SRTCP ? passage_push (&srtcp->open, gst_buffer_new_memdup (datagram, len)) : NULL;
}
