// SPDX-License-Identifier: Apache-2.0
/* RTCP packets built (RFC 3550, 4585, 5104), and the reception statistics behind a report block. Pure values; called by
 * the client and the station in their workers. */
#include "media/rtcp.h"

#include <gst/rtp/rtp.h>
#include <string.h>

#define RTCP_MTU 800
/* RFC 4585 section 6.2.1: a number and a bit for each of those behind it. */
#define NACK_OCTETS     4
#define NACK_FOLLOWERS  16
#define NTP_UNIX_OFFSET 2208988800u

static void
reception_start (IpdReception *reception, uint32_t ssrc, uint16_t seq)
{
  *reception = (IpdReception){
    .rtp_clock = reception->rtp_clock, .ssrc = ssrc, .started = true, .first_seq = seq, .max_seq = seq
  };
}

static void
reception_jitter (IpdReception *reception, uint32_t rtp_time, int64_t arrival_us)
{
  uint32_t arrival = (uint32_t) (arrival_us * reception->rtp_clock / G_USEC_PER_SEC);
  uint32_t transit = arrival - rtp_time;
  if (reception->received > 1)
    {
      int32_t d = (int32_t) (transit - reception->transit);
      uint32_t size = (uint32_t) ABS ((int64_t) d);
      reception->jitter16 += size - ((reception->jitter16 + 8) >> 4);
    }
  reception->transit = transit;
}

void
ipd_reception_packet (IpdReception *reception, uint32_t ssrc, uint16_t seq, uint32_t rtp_time, int64_t arrival_us)
{
  if (!reception->started || reception->ssrc != ssrc)
    reception_start (reception, ssrc, seq);
  else if ((uint16_t) (seq - reception->max_seq) < 0x8000)
    {
      if (seq < reception->max_seq)
        reception->cycles += 0x10000;
      reception->max_seq = seq;
    }
  reception->received++;
  reception_jitter (reception, rtp_time, arrival_us);
}

typedef struct {
  uint8_t fraction;
  int32_t lost;
  uint32_t highest;
  uint32_t delay; /* since the last sender report, 1/65,536 s */
} Block;

static Block
reception_block (IpdReception *reception)
{
  Block block = { .highest = reception->cycles + reception->max_seq };
  uint32_t expected = block.highest - reception->first_seq + 1;
  block.lost = CLAMP ((int32_t) (expected - reception->received), -0x800000, 0x7fffff);
  uint32_t expected_now = expected - reception->expected_before;
  int64_t lost_now = (int64_t) expected_now - (reception->received - reception->received_before);
  if (expected_now > 0 && lost_now > 0)
    block.fraction = (uint8_t) MIN (lost_now * 256 / expected_now, 255);
  reception->expected_before = expected;
  reception->received_before = reception->received;
  if (reception->last_sr_us != 0)
    block.delay = (uint32_t) ((g_get_monotonic_time () - reception->last_sr_us) * 65536 / G_USEC_PER_SEC);
  return block;
}

static void
add_block (GstRTCPPacket *packet, IpdReception *reception)
{
  if (reception == NULL || !reception->started)
    return;
  Block block = reception_block (reception);
  gst_rtcp_packet_add_rb (packet, reception->ssrc, block.fraction, block.lost, block.highest, reception->jitter16 >> 4,
                          reception->last_sr, block.delay);
}

/*
 * RFC 3550 §4 wants the time of day and differences that are true. Of a clock that is set meanwhile both cannot be had;
 * picture and sound are brought together by the differences, so the time of day is taken once.
 */
static uint64_t
ntp_now (void)
{
  static gsize once;
  static int64_t base_us;
  if (g_once_init_enter (&once))
    {
      base_us = g_get_real_time () - g_get_monotonic_time ();
      g_once_init_leave (&once, 1);
    }
  int64_t us = base_us + g_get_monotonic_time ();
  uint64_t seconds = (uint64_t) (us / G_USEC_PER_SEC) + NTP_UNIX_OFFSET;
  uint64_t fraction = ((uint64_t) (us % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC;
  return seconds << 32 | fraction;
}

static void
add_report (GstRTCPBuffer *rtcp, const IpdRtcpReport *report)
{
  GstRTCPPacket packet;
  if (report->sending != NULL)
    {
      const IpdRtcpSending *sending = report->sending;
      int64_t since_us = g_get_monotonic_time () - sending->last_sent_us;
      uint32_t rtp = sending->last_rtp + (uint32_t) (since_us * sending->rtp_clock / G_USEC_PER_SEC);
      gst_rtcp_buffer_add_packet (rtcp, GST_RTCP_TYPE_SR, &packet);
      gst_rtcp_packet_sr_set_sender_info (&packet, report->ssrc, ntp_now (), rtp, sending->packets, sending->octets);
    }
  else
    {
      gst_rtcp_buffer_add_packet (rtcp, GST_RTCP_TYPE_RR, &packet);
      gst_rtcp_packet_rr_set_ssrc (&packet, report->ssrc);
    }
  add_block (&packet, report->reception);
}

static void
add_name (GstRTCPBuffer *rtcp, uint32_t ssrc)
{
  /* RFC 7022: a CNAME that says nothing about host or user. */
  g_autofree char *name = g_strdup_printf ("%08x@ipdoor.invalid", ssrc >> 16);
  GstRTCPPacket packet;
  gst_rtcp_buffer_add_packet (rtcp, GST_RTCP_TYPE_SDES, &packet);
  gst_rtcp_packet_sdes_add_item (&packet, ssrc);
  gst_rtcp_packet_sdes_add_entry (&packet, GST_RTCP_SDES_CNAME, (guint8) strlen (name), (const guint8 *) name);
}

static void
add_request (GstRTCPBuffer *rtcp, const IpdRtcpReport *report)
{
  GstRTCPPacket packet;
  gst_rtcp_buffer_add_packet (rtcp, GST_RTCP_TYPE_PSFB, &packet);
  gst_rtcp_packet_fb_set_type (&packet, GST_RTCP_PSFB_TYPE_PLI);
  gst_rtcp_packet_fb_set_sender_ssrc (&packet, report->ssrc);
  gst_rtcp_packet_fb_set_media_ssrc (&packet, report->picture_of);

  gst_rtcp_buffer_add_packet (rtcp, GST_RTCP_TYPE_PSFB, &packet);
  gst_rtcp_packet_fb_set_type (&packet, GST_RTCP_PSFB_TYPE_FIR);
  gst_rtcp_packet_fb_set_sender_ssrc (&packet, report->ssrc);
  gst_rtcp_packet_fb_set_media_ssrc (&packet, 0);
  gst_rtcp_packet_fb_set_fci_length (&packet, 2);
  uint8_t *fci = gst_rtcp_packet_fb_get_fci (&packet);
  GST_WRITE_UINT32_BE (fci, report->picture_of);
  GST_WRITE_UINT32_BE (fci + 4, (uint32_t) report->fir_seq << 24);
}

/* (out): the entry of the first of @seqs and those that its bits can name. Returns: how many these are */
static unsigned
write_nack_entry (uint8_t *entry, const uint16_t *seqs, unsigned n)
{
  unsigned i = 1;
  uint16_t followers = 0;
  for (; i < n; i++)
    {
      uint16_t behind = (uint16_t) (seqs[i] - seqs[0]); /* numbers turn over */
      if (behind == 0 || behind > NACK_FOLLOWERS)
        break;
      followers |= (uint16_t) (1u << (behind - 1));
    }
  GST_WRITE_UINT16_BE (entry, seqs[0]);
  GST_WRITE_UINT16_BE (entry + 2, followers);
  return i;
}

static void
add_missing (GstRTCPBuffer *rtcp, const IpdRtcpReport *report)
{
  uint8_t entries[NACK_OCTETS * IPD_RTCP_MISSING_MAX];
  unsigned n = MIN (report->n_missing, IPD_RTCP_MISSING_MAX);
  unsigned octets = 0;
  for (unsigned i = 0; i < n; octets += NACK_OCTETS)
    i += write_nack_entry (entries + octets, report->missing + i, n - i);
  GstRTCPPacket packet;
  gst_rtcp_buffer_add_packet (rtcp, GST_RTCP_TYPE_RTPFB, &packet);
  gst_rtcp_packet_fb_set_type (&packet, GST_RTCP_RTPFB_TYPE_NACK);
  gst_rtcp_packet_fb_set_sender_ssrc (&packet, report->ssrc);
  gst_rtcp_packet_fb_set_media_ssrc (&packet, report->missing_of);
  gst_rtcp_packet_fb_set_fci_length (&packet, (guint16) (octets / 4));
  memcpy (gst_rtcp_packet_fb_get_fci (&packet), entries, octets);
}

GstBuffer *
ipd_rtcp_build (const IpdRtcpReport *report)
{
  GstBuffer *buffer = gst_rtcp_buffer_new (RTCP_MTU);
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  gst_rtcp_buffer_map (buffer, GST_MAP_READWRITE, &rtcp);
  add_report (&rtcp, report);
  add_name (&rtcp, report->ssrc);
  if (report->picture_of != 0)
    add_request (&rtcp, report);
  if (report->n_missing != 0)
    add_missing (&rtcp, report);
  gst_rtcp_buffer_unmap (&rtcp);
  return buffer;
}

void
ipd_reception_report (IpdReception *reception, const IpdRtcpMeaning *meaning)
{
  reception->last_sr = meaning->sr_ntp_middle;
  reception->last_sr_us = g_get_monotonic_time ();
}
