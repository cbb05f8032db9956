// SPDX-License-Identifier: Apache-2.0
/* Counts RTP packets behind a payloader for sender reports. Runs in streaming threads, read by workers. */
#include "media/rtp-probe.h"

#include <gst/rtp/rtp.h>

static gboolean
count_packet (GstBuffer **buffer, guint index, gpointer data)
{
  IpdSendCount *count = data;
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map (*buffer, GST_MAP_READ, &rtp))
    return TRUE;
  g_mutex_lock (&count->mutex);
  count->sending.packets++;
  count->sending.octets += gst_rtp_buffer_get_payload_len (&rtp);
  count->sending.last_rtp = gst_rtp_buffer_get_timestamp (&rtp);
  count->sending.last_sent_us = g_get_monotonic_time ();
  g_mutex_unlock (&count->mutex);
  gst_rtp_buffer_unmap (&rtp);
  return TRUE;
}

static GstPadProbeReturn
on_packets (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info), count_packet, data);
  else
    {
      GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
      count_packet (&buffer, 0, data);
    }
  return GST_PAD_PROBE_OK;
}

void
ipd_send_count_attach (IpdSendCount *count, GstPad *pad, uint32_t rtp_clock)
{
  g_mutex_init (&count->mutex);
  count->sending = (IpdRtcpSending){ .rtp_clock = rtp_clock };
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets, count, NULL);
}

void
ipd_send_count_clear (IpdSendCount *count)
{
  g_mutex_clear (&count->mutex);
}

gboolean
ipd_send_count_get (IpdSendCount *count, IpdRtcpSending *ret_sending)
{
  g_mutex_lock (&count->mutex);
  *ret_sending = count->sending;
  g_mutex_unlock (&count->mutex);
  return ret_sending->packets > 0;
}
