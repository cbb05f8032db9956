// SPDX-License-Identifier: Apache-2.0
/* Packets that did not come: which are asked for and when, what goes over the wire for it, what a station sends again
 * and how much of it. */
#include "media/missing.h"
#include "media/resend.h"
#include "media/rtcp.h"

#include <string.h>

#define MS 1000

static unsigned
ask (IpdMissing *missing, int64_t now_us, uint16_t *seqs, int64_t *wait_us)
{
  return ipd_missing_ask (missing, now_us, seqs, wait_us);
}

static void
test_gap (void)
{
  IpdMissing missing = { 0 };
  uint16_t seqs[IPD_MISSING_MAX];
  int64_t wait_us;
  g_assert_false (ipd_missing_packet (&missing, 65533, 1));
  g_assert_false (ipd_missing_packet (&missing, 65534, 1));
  g_assert_true (ipd_missing_packet (&missing, 2, 1));
  g_assert_cmpuint (ask (&missing, 1, seqs, &wait_us), ==, 3);
  g_assert_cmpuint (seqs[0], ==, 65535);
  g_assert_cmpuint (seqs[1], ==, 0);
  g_assert_cmpuint (seqs[2], ==, 1);
  /* nothing again before its time, then what still does not come */
  g_assert_cmpuint (ask (&missing, 1 + wait_us - 1, seqs, &wait_us), ==, 0);
  g_assert_false (ipd_missing_packet (&missing, 0, 30 * MS));
  g_assert_cmpint (missing.round_trip_us, ==, 30 * MS - 1);
  g_assert_cmpuint (ask (&missing, 1 + 60 * MS, seqs, &wait_us), ==, 2);
  g_assert_cmpuint (seqs[1], ==, 1);
  g_assert_false (ipd_missing_packet (&missing, 65535, 70 * MS));
  g_assert_false (ipd_missing_packet (&missing, 1, 70 * MS));
  g_assert_cmpuint (ask (&missing, 200 * MS, seqs, &wait_us), ==, 0);
  g_assert_cmpint (wait_us, ==, -1);
}

/* Each packet is asked for a few times and then given up: a silent station is not asked for ever. */
static void
test_given_up (void)
{
  IpdMissing missing = { 0 };
  uint16_t seqs[IPD_MISSING_MAX];
  int64_t now_us = 1, wait_us = 0;
  unsigned asked = 0;
  ipd_missing_packet (&missing, 10, now_us);
  ipd_missing_packet (&missing, 12, now_us);
  for (int i = 0; i < 100 && wait_us >= 0; i++, now_us += wait_us)
    asked += ask (&missing, now_us, seqs, &wait_us);
  g_assert_cmpint (wait_us, ==, -1);
  g_assert_cmpuint (asked, >=, 2);
  g_assert_cmpuint (asked, <=, 5);
}

static void
test_too_many (void)
{
  IpdMissing missing = { 0 };
  uint16_t seqs[IPD_MISSING_MAX];
  int64_t wait_us;
  ipd_missing_packet (&missing, 0, 1);
  g_assert_true (ipd_missing_packet (&missing, IPD_MISSING_MAX + 1, 1));
  g_assert_cmpuint (ask (&missing, 1, seqs, &wait_us), ==, IPD_MISSING_MAX);
  g_assert_false (ipd_missing_packet (&missing, IPD_MISSING_MAX + 3, 2));
  g_assert_cmpuint (ask (&missing, 2, seqs, &wait_us), ==, 0);
}

static void
test_patience (void)
{
  IpdMissing missing = { 0 };
  int unknown = ipd_missing_patience_ms (&missing);
  missing.round_trip_us = 1 * MS;
  int near = ipd_missing_patience_ms (&missing);
  missing.round_trip_us = 100 * MS;
  int house = ipd_missing_patience_ms (&missing);
  missing.round_trip_us = 1000 * MS;
  int far = ipd_missing_patience_ms (&missing);
  g_assert_cmpint (near, <, unknown);
  g_assert_cmpint (house, >=, 5 * 100);
  g_assert_cmpint (far, ==, 2000);
}

/* Numbers that turn over within one entry, and one that needs an entry of its own. */
static void
test_wire (void)
{
  const uint16_t wanted[] = { 65530, 65535, 0, 10, 300 };
  IpdRtcpReport report = { .ssrc = 7, .missing = wanted, .n_missing = G_N_ELEMENTS (wanted), .missing_of = 99 };
  g_autoptr (GstBuffer) packet = ipd_rtcp_build (&report);
  GstMapInfo map;
  IpdRtcpMeaning meaning;
  g_assert_true (gst_buffer_map (packet, &map, GST_MAP_READ));
  g_assert_true (ipd_rtcp_read (map.data, map.size, 99, &meaning));
  g_assert_cmpmem (meaning.missing, meaning.n_missing * sizeof wanted[0], wanted, sizeof wanted);
  g_assert_false (meaning.wants_key_frame);
  g_assert_true (ipd_rtcp_read (map.data, map.size, 98, &meaning));
  g_assert_cmpuint (meaning.n_missing, ==, 0);
  gst_buffer_unmap (packet, &map);
}

/* The longest request fits, and one that asks for more than anybody may is cut. */
static void
test_wire_limits (void)
{
  uint16_t wanted[IPD_RTCP_MISSING_MAX];
  uint8_t hostile[12 + 4 * 100] = { 0x81, 205, 0, 2 + 100, 0, 0, 0, 7, 0, 0, 0, 99 };
  IpdRtcpMeaning meaning;
  GstMapInfo map;
  for (unsigned i = 0; i < G_N_ELEMENTS (wanted); i++)
    wanted[i] = (uint16_t) (100 * i);
  IpdRtcpReport report = { .ssrc = 7, .missing = wanted, .n_missing = G_N_ELEMENTS (wanted), .missing_of = 99 };
  g_autoptr (GstBuffer) packet = ipd_rtcp_build (&report);
  g_assert_true (gst_buffer_map (packet, &map, GST_MAP_READ));
  g_assert_true (ipd_rtcp_read (map.data, map.size, 99, &meaning));
  g_assert_cmpmem (meaning.missing, meaning.n_missing * sizeof wanted[0], wanted, sizeof wanted);
  gst_buffer_unmap (packet, &map);
  memset (hostile + 12, 0xff, sizeof hostile - 12);
  g_assert_true (ipd_rtcp_read (hostile, sizeof hostile, 99, &meaning));
  g_assert_cmpuint (meaning.n_missing, ==, IPD_RTCP_MISSING_MAX);
  g_assert_false (ipd_rtcp_read (hostile, sizeof hostile - 4, 99, &meaning));
}

static GstBuffer *
packet_numbered (uint16_t seq)
{
  const uint8_t head[] = { 0x80, 96, (uint8_t) (seq >> 8), (uint8_t) seq };
  return gst_buffer_new_memdup (head, sizeof head);
}

static void
test_kept (void)
{
  g_autofree IpdSentPackets *sent = g_new0 (IpdSentPackets, 1);
  g_assert_null (ipd_sent_packets_find (sent, 0));
  for (unsigned i = 0; i < IPD_RESEND_KEPT + 2; i++)
    {
      g_autoptr (GstBuffer) packet = packet_numbered ((uint16_t) (65000 + i));
      ipd_sent_packets_keep (sent, packet);
    }
  g_assert_null (ipd_sent_packets_find (sent, 65001));
  g_assert_nonnull (ipd_sent_packets_find (sent, 65002));
  g_assert_nonnull (ipd_sent_packets_find (sent, (uint16_t) (65000 + IPD_RESEND_KEPT + 1)));
  g_assert_null (ipd_sent_packets_find (sent, (uint16_t) (65000 + IPD_RESEND_KEPT + 2)));
  ipd_sent_packets_clear (sent);
}

static void
test_budget (void)
{
  IpdResendBudget budget = { 0 };
  unsigned n = 0;
  int64_t now_us = 5 * G_USEC_PER_SEC;
  for (unsigned i = 0; i < 10000; i++)
    n += ipd_resend_budget_take (&budget, now_us);
  g_assert_cmpuint (n, >=, IPD_RESEND_BURST);
  g_assert_cmpuint (n, <=, IPD_RESEND_BURST + 1);
  /* who never stops asking for ten seconds */
  for (unsigned i = 0; i < 10000; i++)
    n += ipd_resend_budget_take (&budget, now_us += MS);
  g_assert_cmpuint (n, <=, IPD_RESEND_BURST + 1 + 10 * IPD_RESEND_PER_SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/media/missing/gap", test_gap);
  g_test_add_func ("/media/missing/given-up", test_given_up);
  g_test_add_func ("/media/missing/too-many", test_too_many);
  g_test_add_func ("/media/missing/patience", test_patience);
  g_test_add_func ("/media/missing/wire", test_wire);
  g_test_add_func ("/media/missing/wire-limits", test_wire_limits);
  g_test_add_func ("/media/missing/kept", test_kept);
  g_test_add_func ("/media/missing/budget", test_budget);
  return g_test_run ();
}
