// SPDX-License-Identifier: Apache-2.0
/* RTCP built and read, reception statistics, SRTCP with its keys and its replay window, parameter sets. */
#include "media/h264.h"
#include "media/rtcp.h"
#include "media/srtp.h"

#include <gst/gst.h>
#include <gst/rtp/rtp.h>
#include <string.h>

#define OURS  0x11223344u
#define ASKER 0x00050000u

static const uint8_t key_a[IPD_MEDIA_KEY_LEN] = "abcdefghijklmnopqrstuvwxyz012";
static const uint8_t key_b[IPD_MEDIA_KEY_LEN] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012";

static bool
read_buffer (GstBuffer *packet, uint32_t ssrc, IpdRtcpMeaning *ret_meaning)
{
  GstMapInfo map;
  gst_buffer_map (packet, &map, GST_MAP_READ);
  bool read = ipd_rtcp_read (map.data, map.size, ssrc, ret_meaning);
  gst_buffer_unmap (packet, &map);
  return read;
}

static void
test_request (void)
{
  IpdRtcpReport report = { .ssrc = ASKER, .picture_of = OURS, .fir_seq = 7 };
  g_autoptr (GstBuffer) packet = ipd_rtcp_build (&report);
  IpdRtcpMeaning meaning;
  g_assert_true (read_buffer (packet, OURS, &meaning));
  g_assert_cmpuint (meaning.sender, ==, ASKER);
  g_assert_true (meaning.wants_key_frame);
  g_assert_false (meaning.has_sr);
  /* Somebody else's picture. */
  g_assert_true (read_buffer (packet, OURS + 1, &meaning));
  g_assert_false (meaning.wants_key_frame);
}

/* A viewer whose tag verifies appends a report in another viewer's name: the packet stays its own. */
static void
test_borrowed_name (void)
{
  static const uint8_t packet[] = {
    0x80, 201, 0, 1, 0, 5, 0, 0,                                           /* RR of leg 5 */
    0x80, 201, 0, 1, 0, 6, 0, 0,                                           /* RR of leg 6 */
    0x81, 206, 0, 2, 0, 6, 0, 0, 0x11, 0x22, 0x33, 0x44,                   /* PLI of leg 6 */
    0x80, 200, 0, 6, 0, 6, 0, 0, 0,    0,    0,    0,    0, 0, 0, 0, 0, 0, /* SR of leg 6 */
    0,    0,   0, 0, 0, 0, 0, 0, 0,    0,
  };
  IpdRtcpMeaning meaning;
  g_assert_true (ipd_rtcp_read (packet, sizeof packet, OURS, &meaning));
  g_assert_cmphex (meaning.sender, ==, 0x00050000);
  g_assert_true (meaning.wants_key_frame);
}

static void
test_sender_report (void)
{
  IpdRtcpSending sending = {
    .packets = 10, .octets = 1000, .last_rtp = 5000, .last_sent_us = g_get_monotonic_time (), .rtp_clock = 90000
  };
  IpdRtcpReport report = { .ssrc = OURS, .sending = &sending };
  g_autoptr (GstBuffer) packet = ipd_rtcp_build (&report);
  IpdRtcpMeaning meaning;
  g_assert_true (read_buffer (packet, 1, &meaning));
  g_assert_true (meaning.has_sr);
  g_assert_cmpuint (meaning.sr_ntp_middle, !=, 0);
  g_assert_false (meaning.wants_key_frame);
}

typedef struct {
  guint8 fraction;
  gint32 lost;
  guint32 highest;
  guint32 jitter;
} Block;

static Block
block_of (IpdReception *reception)
{
  IpdRtcpReport report = { .ssrc = ASKER, .reception = reception };
  g_autoptr (GstBuffer) buffer = ipd_rtcp_build (&report);
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  Block block = { 0 };
  guint32 ssrc = 0, lsr = 0, dlsr = 0;
  gst_rtcp_buffer_map (buffer, GST_MAP_READ, &rtcp);
  g_assert_true (gst_rtcp_buffer_get_first_packet (&rtcp, &packet));
  g_assert_cmpuint (gst_rtcp_packet_get_rb_count (&packet), ==, 1);
  gst_rtcp_packet_get_rb (&packet, 0, &ssrc, &block.fraction, &block.lost, &block.highest, &block.jitter, &lsr, &dlsr);
  gst_rtcp_buffer_unmap (&rtcp);
  g_assert_cmpuint (ssrc, ==, OURS);
  return block;
}

/* RFC 3550 A.3: 100 expected, every fourth lost, over a roll-over of the sequence number. */
static void
test_reception (void)
{
  IpdReception reception = { .rtp_clock = 90000 };
  uint16_t seq = 65500;
  for (int i = 0; i < 100; i++, seq++)
    if (i % 4 != 1)
      ipd_reception_packet (&reception, OURS, seq, (uint32_t) i * 3600, 1000000 + i * 40000);
  Block block = block_of (&reception);
  g_assert_cmpint (block.lost, ==, 25);
  g_assert_cmpuint (block.fraction, ==, 64);
  g_assert_cmpuint (block.highest, ==, 65536 + 63);
  g_assert_cmpuint (block.jitter, ==, 0);
  for (int i = 100; i < 200; i++, seq++)
    ipd_reception_packet (&reception, OURS, seq, (uint32_t) i * 3600, 1000000 + i * 40000);
  block = block_of (&reception);
  g_assert_cmpuint (block.fraction, ==, 0);
  g_assert_cmpint (block.lost, ==, 25);
}

static void
test_reception_of_another_source (void)
{
  IpdReception reception = { .rtp_clock = 8000 };
  for (uint16_t i = 0; i < 10; i++)
    ipd_reception_packet (&reception, 5, (uint16_t) (i * 3), i * 160u, i * 20000);
  for (uint16_t i = 0; i < 10; i++)
    ipd_reception_packet (&reception, OURS, i, i * 160u, i * 20000);
  g_assert_cmpint (block_of (&reception).lost, ==, 0);
}

/* Every packet cut at every length, and every octet of it wrong: nothing but a false or a meaning. */
static void
test_hostile (void)
{
  IpdRtcpReport report = { .ssrc = ASKER, .picture_of = OURS };
  g_autoptr (GstBuffer) packet = ipd_rtcp_build (&report);
  GstMapInfo map;
  gst_buffer_map (packet, &map, GST_MAP_READ);
  IpdRtcpMeaning meaning;
  for (gsize len = 1; len < map.size; len++)
    {
      g_autoptr (GstBuffer) cut = gst_buffer_new_memdup (map.data, len);
      read_buffer (cut, OURS, &meaning);
    }
  for (gsize at = 0; at < map.size; at++)
    for (int bit = 0; bit < 8; bit++)
      {
        g_autofree uint8_t *octets = g_memdup2 (map.data, map.size);
        octets[at] ^= (uint8_t) (1 << bit);
        g_autoptr (GstBuffer) wrong = gst_buffer_new_memdup (octets, map.size);
        read_buffer (wrong, OURS, &meaning);
      }
  gst_buffer_unmap (packet, &map);
}

static const uint8_t *
key_of_tag_5 (uint32_t ssrc, gpointer data)
{
  return ssrc >> 16 == 5 ? data : NULL;
}

static GstBuffer *
pass (IpdSrtcp *from, IpdSrtcp *to, uint32_t ssrc, gsize damaged)
{
  IpdRtcpReport report = { .ssrc = ssrc, .picture_of = OURS };
  g_autoptr (GstBuffer) closed = ipd_srtcp_close (from, ipd_rtcp_build (&report));
  g_assert_nonnull (closed);
  GstMapInfo map;
  gst_buffer_map (closed, &map, GST_MAP_READ);
  g_autofree uint8_t *octets = g_memdup2 (map.data, map.size);
  if (damaged > 0)
    octets[damaged] ^= 1;
  GstBuffer *opened = ipd_srtcp_open (to, octets, map.size);
  /* The same datagram again is a replay. */
  g_autoptr (GstBuffer) again = ipd_srtcp_open (to, octets, map.size);
  g_assert_null (again);
  gst_buffer_unmap (closed, &map);
  return opened;
}

static void
test_srtcp (void)
{
  IpdSrtcp *client = ipd_srtcp_new (key_a, key_of_tag_5, (gpointer) key_b);
  IpdSrtcp *station = ipd_srtcp_new (key_b, key_of_tag_5, (gpointer) key_a);
  IpdRtcpMeaning meaning;
  for (uint32_t generation = 0; generation < 3; generation++)
    for (int i = 0; i < 3; i++)
      {
        g_autoptr (GstBuffer) opened = pass (client, station, ASKER + generation, 0);
        g_assert_nonnull (opened);
        g_assert_true (read_buffer (opened, OURS, &meaning));
        g_assert_cmpuint (meaning.sender, ==, ASKER + generation);
        g_assert_true (meaning.wants_key_frame);
      }
  g_autoptr (GstBuffer) of_nobody = pass (client, station, 0x00060000, 0);
  g_assert_null (of_nobody);
  for (gsize at = 4; at < 40; at += 7)
    {
      g_autoptr (GstBuffer) damaged = pass (client, station, ASKER, at);
      g_assert_null (damaged);
    }
  g_autoptr (GstBuffer) still_fine = pass (client, station, ASKER, 0);
  g_assert_nonnull (still_fine);
  ipd_srtcp_free (client);
  ipd_srtcp_free (station);
}

static void
test_srtcp_wrong_key (void)
{
  IpdSrtcp *client = ipd_srtcp_new (key_a, key_of_tag_5, (gpointer) key_b);
  IpdSrtcp *station = ipd_srtcp_new (key_b, key_of_tag_5, (gpointer) key_b);
  g_autoptr (GstBuffer) opened = pass (client, station, ASKER, 0);
  g_assert_null (opened);
  g_assert_null (ipd_srtcp_open (station, (const uint8_t *) "\x80\xc9", 2));
  g_assert_null (ipd_srtcp_open (station, (const uint8_t *) "", 0));
  ipd_srtcp_free (client);
  ipd_srtcp_free (station);
}

static void
test_sprop (void)
{
  static const uint8_t unit[]
      = { 0, 0, 0, 1, 0x67, 0x42, 0xe0, 0x1f, 0, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80, 0, 0, 1, 0x65, 1, 2, 3 };
  g_autofree char *sprop = ipd_h264_sprop (unit, sizeof unit);
  g_assert_cmpstr (sprop, ==, "Z0LgHw==,aM48gA==");
  for (size_t len = 0; len < 13; len++)
    {
      /* Exactly so long: a reader that looks beyond is seen by the address sanitizer. */
      g_autofree uint8_t *cut = g_memdup2 (unit, len);
      g_assert_null (ipd_h264_sprop (cut, len));
    }
  g_assert_null (ipd_h264_sprop ((const uint8_t *) "\0\0\1\x65\1", 5));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/media/rtcp/request", test_request);
  g_test_add_func ("/media/rtcp/borrowed-name", test_borrowed_name);
  g_test_add_func ("/media/rtcp/sender-report", test_sender_report);
  g_test_add_func ("/media/rtcp/reception", test_reception);
  g_test_add_func ("/media/rtcp/reception-of-another-source", test_reception_of_another_source);
  g_test_add_func ("/media/rtcp/hostile", test_hostile);
  g_test_add_func ("/media/rtcp/srtcp", test_srtcp);
  g_test_add_func ("/media/rtcp/srtcp-wrong-key", test_srtcp_wrong_key);
  g_test_add_func ("/media/rtcp/sprop", test_sprop);
  return g_test_run ();
}
