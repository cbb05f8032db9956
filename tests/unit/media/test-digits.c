// SPDX-License-Identifier: Apache-2.0
/* Telephone events, RTP headers and RTCP of peers that lie, are broken, or lose packets: octets in, meaning out. */
#include "media/digit-receive.h"
#include "media/digit-send.h"
#include "media/rtcp.h"
#include "media/rtp-header.h"

#include <glib.h>
#include <string.h>

#define TICKS 160 /* of 20 ms at 8,000 Hz */
#define OURS  0x11223344u

/* ---- what a sender makes ---- */

typedef struct {
  IpdDigitSend send;
  uint32_t timestamp;
  uint32_t ticks;
} Line;

static void
line_init (Line *line, uint32_t clock)
{
  *line = (Line){ .send = { .clock = clock }, .timestamp = 0xfffffe00u, .ticks = clock / 50 };
}

static bool
line_next (Line *line, IpdDigitPacket *ret_packet, bool *ret_done)
{
  bool event = ipd_digit_send_take (&line->send, line->timestamp, line->ticks, ret_packet, ret_done);
  line->timestamp += line->ticks;
  return event;
}

static guint
duration_of (const IpdDigitPacket *packet)
{
  return (guint) (packet->payload[2] << 8 | packet->payload[3]);
}

static void
test_one_press (void)
{
  Line line;
  IpdDigitPacket packet;
  bool done = false;
  line_init (&line, 8000);
  g_assert_false (line_next (&line, &packet, &done));
  g_assert_true (ipd_digit_send_push (&line.send, "#", 100, 60));
  uint32_t start = line.timestamp;
  for (guint i = 0; i < 7; i++)
    {
      g_assert_true (line_next (&line, &packet, &done));
      g_assert_cmpuint (packet.timestamp, ==, start);
      g_assert_cmpuint (packet.payload[0], ==, 11);
      g_assert_cmpint (packet.marker, ==, i == 0);
      g_assert_cmpint (packet.payload[1] >> 7, ==, i >= 4);
      g_assert_cmpuint (duration_of (&packet), ==, MIN (i + 1, 5) * TICKS);
      g_assert_cmpint (done, ==, i == 6);
    }
  g_assert_false (ipd_digit_send_is_busy (&line.send));
  g_assert_false (line_next (&line, &packet, &done));
  ipd_digit_send_clear (&line.send);
}

/* Beside Opus, many know telephone events of 8,000 only: the stream's time goes on at 48,000, the durations do not. */
static void
test_other_clock (void)
{
  Line line;
  IpdDigitPacket packet;
  bool done = false;
  line_init (&line, 48000);
  line.send.event_clock = 8000;
  g_assert_true (ipd_digit_send_push (&line.send, "5", 5000, 60));
  uint32_t start = line.timestamp;
  for (guint i = 0; i < 252; i++)
    {
      g_assert_true (line_next (&line, &packet, &done));
      g_assert_cmpuint (packet.timestamp, ==, start); /* 40,000 at 8,000 fit one event */
      g_assert_cmpuint (duration_of (&packet), ==, MIN (i + 1, 250) * TICKS);
    }
  g_assert_true (done);
  ipd_digit_send_clear (&line.send);
}

/* The next digit waits for the gap, which the repeated ends take from. */
static void
test_gap (void)
{
  Line line;
  IpdDigitPacket packet;
  bool done;
  guint sound = 0, events = 0;
  line_init (&line, 8000);
  g_assert_true (ipd_digit_send_push (&line.send, "12", 40, 100));
  while (ipd_digit_send_is_busy (&line.send))
    line_next (&line, &packet, &done) ? events++ : sound++;
  g_assert_cmpuint (events, ==, 2 * (1 + 3));
  g_assert_cmpuint (sound, ==, 3);
  ipd_digit_send_clear (&line.send);
}

static void
test_bad_digits (void)
{
  IpdDigitSend send = { .clock = 8000 };
  g_assert_false (ipd_digit_send_push (&send, "", 100, 100));
  g_assert_false (ipd_digit_send_push (&send, "12E", 100, 100));
  g_assert_false (ipd_digit_send_push (&send, "1 2", 100, 100));
  g_assert_false (ipd_digit_send_push (&send, "123456789012345678901234567890123", 100, 100));
  g_assert_false (ipd_digit_send_is_busy (&send));
  guint taken = 0;
  for (int i = 0; i < 100; i++)
    taken += ipd_digit_send_push (&send, "0123456789*#ABCDabcd012345678901", 0, 0);
  g_assert_cmpuint (taken, ==, 4);
  ipd_digit_send_clear (&send);
}

/* ---- what a receiver makes of it ---- */

typedef struct {
  IpdDigitReceive receive;
  int64_t now_us;
  uint16_t seq;
  GString *heard;
} Ear;

static void
ear_init (Ear *ear)
{
  *ear = (Ear){ .now_us = G_USEC_PER_SEC, .seq = 65530, .heard = g_string_new (NULL) };
}

static void
ear_clear (Ear *ear)
{
  g_string_free (ear->heard, TRUE);
}

static void
ear_take (Ear *ear, uint16_t seq, uint32_t ssrc, const IpdDigitPacket *packet, size_t len)
{
  const IpdRtpHeader header = {
    .payload = 101, .marker = packet->marker, .seq = seq, .timestamp = packet->timestamp, .ssrc = ssrc, .len = len
  };
  IpdDigits digits = ipd_digit_receive_packet (&ear->receive, &header, packet->payload, ear->now_us);
  g_string_append_len (ear->heard, digits.digits, digits.n);
}

static void
ear_pass_ms (Ear *ear, int ms)
{
  ear->now_us += ms * 1000;
  char digit = ipd_digit_receive_expire (&ear->receive, ear->now_us);
  if (digit != '\0')
    g_string_append_c (ear->heard, digit);
}

typedef struct {
  const char *name;
  uint64_t lost; /* bit i: the i-th event packet of a press does not come */
  guint copies;  /* of each that comes */
  bool no_marker;
  bool swapped; /* pairs come in the other order */
} Way;

static const Way ways[] = {
  { "in order", 0, 1, false, false },
  { "without marker", 0, 1, true, false },
  { "every packet three times", 0, 3, false, false },
  { "the first ones lost", 0x7, 1, false, false },
  { "one end lost", 0x10, 1, false, false },
  { "two ends lost", 0x30, 1, false, false },
  { "all ends lost", 0x70, 1, false, false },
  { "only one packet comes", ~0x4ULL, 1, false, false },
  { "only the last end comes", ~0x40ULL, 2, true, false },
  { "pairs swapped", 0, 1, false, true },
  { "swapped, doubled, ends lost", 0x30, 2, true, true },
};

typedef struct {
  IpdDigitPacket packet;
  uint16_t seq;
  guint number; /* in its press */
} Sent;

/* 100 ms, 60 ms of gap: seven packets a press, then one of sound. */
static GArray *
send_all (const char *digits, Ear *ear)
{
  GArray *sent = g_array_new (FALSE, FALSE, sizeof (Sent));
  Line line;
  bool done;
  guint number = 0;
  line_init (&line, 8000);
  g_assert_true (ipd_digit_send_push (&line.send, digits, 100, 60));
  while (ipd_digit_send_is_busy (&line.send))
    {
      Sent one = { .seq = ear->seq++ };
      bool event = line_next (&line, &one.packet, &done);
      one.number = number;
      number = event ? number + 1 : 0;
      if (event)
        g_array_append_val (sent, one);
    }
  ipd_digit_send_clear (&line.send);
  return sent;
}

static void
hear (Ear *ear, const Way *way, const Sent *sent)
{
  IpdDigitPacket packet = sent->packet;
  packet.marker = packet.marker && !way->no_marker;
  ear_pass_ms (ear, 20);
  if (way->lost >> sent->number & 1)
    return;
  for (guint i = 0; i < way->copies; i++)
    ear_take (ear, sent->seq, OURS, &packet, sizeof packet.payload);
}

static void
test_way (gconstpointer data)
{
  const Way *way = data;
  Ear ear;
  ear_init (&ear);
  g_autoptr (GArray) sent = send_all ("1193#*D0", &ear);
  for (guint i = 0; i < sent->len; i++)
    {
      guint at = way->swapped && (i ^ 1) < sent->len ? i ^ 1 : i;
      hear (&ear, way, &g_array_index (sent, Sent, at));
    }
  ear_pass_ms (&ear, IPD_DIGIT_LOST_MS);
  ear_pass_ms (&ear, 10000);
  g_assert_cmpstr (ear.heard->str, ==, "1193#*D0");
  ear_clear (&ear);
}

/* At Opus' clock 16 bits are over after 1.4 s: one press all the same. */
static void
test_long_press (void)
{
  Ear ear;
  Line line;
  IpdDigitPacket packet;
  bool done = false;
  guint segments = 0;
  uint32_t last = 0;
  ear_init (&ear);
  line_init (&line, 48000);
  g_assert_true (ipd_digit_send_push (&line.send, "7", 6000, 40));
  while (!done)
    {
      g_assert_true (line_next (&line, &packet, &done));
      segments += packet.timestamp != last;
      last = packet.timestamp;
      g_assert_cmpint (packet.marker, ==, segments == 1 && ear.seq == 65530);
      ear_pass_ms (&ear, 20);
      ear_take (&ear, ear.seq++, OURS, &packet, 4);
    }
  g_assert_cmpuint (segments, ==, 5);
  g_assert_cmpstr (ear.heard->str, ==, "7");
  ipd_digit_send_clear (&line.send);
  ear_clear (&ear);
}

static void
test_hostile_events (void)
{
  Ear ear;
  IpdDigitPacket packet = { .timestamp = 1000, .payload = { 5, 0x80, 0, 160 } };
  ear_init (&ear);
  for (size_t len = 0; len <= 64; len++)
    if (len != 4)
      ear_take (&ear, ear.seq++, OURS, &packet, len);
  for (guint code = 16; code < 256; code++)
    {
      packet.payload[0] = (uint8_t) code;
      packet.timestamp += 1000;
      ear_take (&ear, ear.seq++, OURS, &packet, 4);
    }
  ear_pass_ms (&ear, 10000);
  g_assert_cmpstr (ear.heard->str, ==, "");
  /* The same event again and again, also long after it was told, and under numbers of the past. */
  packet.payload[0] = 5;
  for (guint i = 0; i < 500; i++)
    {
      ear_take (&ear, (uint16_t) (ear.seq - i % 50), OURS, &packet, 4);
      ear_pass_ms (&ear, 50);
    }
  g_assert_cmpstr (ear.heard->str, ==, "5");
  ear_clear (&ear);
}

/* A flood of presses is cut, and hearing goes on after it. */
static void
test_flood_of_events (void)
{
  Ear ear;
  IpdDigitPacket packet = { .payload = { 1, 0x80, 0, 160 } };
  ear_init (&ear);
  for (guint i = 0; i < 10000; i++)
    {
      packet.timestamp += 160;
      ear_take (&ear, ear.seq++, i % 2 ? OURS : i, &packet, 4);
    }
  g_assert_cmpuint (ear.heard->len, ==, IPD_DIGITS_PER_SECOND);
  ear_pass_ms (&ear, 1000);
  packet.timestamp += 160;
  ear_take (&ear, ear.seq++, OURS, &packet, 4);
  g_assert_cmpuint (ear.heard->len, ==, IPD_DIGITS_PER_SECOND + 1);
  ear_clear (&ear);
}

/* A device that starts its stream anew: other SSRC, other numbers. */
static void
test_new_source (void)
{
  Ear ear;
  IpdDigitPacket packet = { .timestamp = 800, .payload = { 1, 0x80, 0, 160 } };
  ear_init (&ear);
  ear_take (&ear, 1000, OURS, &packet, 4);
  ear_take (&ear, 7, OURS + 1, &packet, 4);
  packet.timestamp = 80;
  ear_take (&ear, 40000, OURS + 1, &packet, 4);
  g_assert_cmpstr (ear.heard->str, ==, "111");
  ear_clear (&ear);
}

/* ---- RTP headers ---- */

typedef struct {
  char octets[17]; /* first ones; zeros follow */
  size_t len;
  uint8_t last; /* octet */
  bool ok;
  size_t offset;
  size_t payload_len;
} HeaderCase;

static const HeaderCase header_cases[] = {
  { "\x80\x08\x00\x01", 172, 0, true, 12, 160 },
  { "\x80\x08\x00\x01", 12, 0, true, 12, 0 },
  { "\x80\x08\x00\x01", 11, 0, false, 0, 0 },
  { "\x00\x08\x00\x01", 172, 0, false, 0, 0 },   /* version 0, as STUN */
  { "\x40\x08\x00\x01", 172, 0, false, 0, 0 },   /* version 1 */
  { "\x82\x08\x00\x01", 172, 0, true, 20, 152 }, /* two CSRCs */
  { "\x8f\x08\x00\x01", 72, 0, true, 72, 0 },    /* fifteen and nothing else */
  { "\x8f\x08\x00\x01", 71, 0, false, 0, 0 },    /* the count lies */
  { "\xa0\x08\x00\x01", 172, 160, true, 12, 0 }, /* all padding */
  { "\xa0\x08\x00\x01", 172, 161, false, 0, 0 }, /* more than there is */
  { "\xa0\x08\x00\x01", 172, 255, false, 0, 0 },
  { "\xa0\x08\x00\x01", 172, 0, false, 0, 0 }, /* a count that does not count itself */
  { "\xa0\x08\x00\x01", 12, 4, false, 0, 0 },
  { "\x90\x08\x00\x01", 172, 0, true, 16, 156 }, /* empty extension */
  { "\x90\x08\x00\x01", 15, 0, false, 0, 0 },    /* half of one */
  { "\x90\x08\x00\x01\0\0\0\0\0\0\0\0\xbe\xde\x00\x02", 172, 0, true, 24, 148 },
  { "\x90\x08\x00\x01\0\0\0\0\0\0\0\0\xbe\xde\x00\x28", 172, 0, false, 0, 0 }, /* reaches beyond the end */
  { "\x90\x08\x00\x01\0\0\0\0\0\0\0\0\xbe\xde\xff\xff", 172, 0, false, 0, 0 },
};

static void
test_headers (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (header_cases); i++)
    {
      const HeaderCase *test = &header_cases[i];
      IpdRtpHeader header = { 0 };
      /* Its own memory, so that reading beyond it is seen. */
      g_autofree uint8_t *packet = g_malloc0 (test->len);
      memcpy (packet, test->octets, MIN (test->len, 16));
      if (test->last != 0)
        packet[test->len - 1] = test->last;
      g_assert_cmpint (ipd_rtp_header_read (packet, test->len, &header), ==, test->ok);
      g_assert_cmpuint (header.offset, ==, test->offset);
      g_assert_cmpuint (header.len, ==, test->payload_len);
    }
}

/* ---- RTCP ---- */

/* Every type, every length up to 64 octets, every count; with lengths that are right, short and long. */
static void
test_rtcp_of_every_kind (void)
{
  guint understood = 0;
  for (guint i = 0; i < 256 * 65 * 32; i++)
    {
      guint type = i % 256, len = i / 256 % 65, count = i / (256 * 65);
      g_autofree uint8_t *packet = g_malloc0 (len);
      IpdRtcpMeaning meaning = { 0 };
      const uint8_t head[]
          = { (uint8_t) (0x80 | count), (uint8_t) type, 0, (uint8_t) (len / 4 - (len >= 4) + count % 3) };
      if (len > 0)
        memcpy (packet, head, MIN (len, sizeof head));
      bool ok = ipd_rtcp_read (packet, len, 0, &meaning);
      understood += ok;
      if (ok)
        g_assert_true (type >= 200 && type <= 223 && len % 4 == 0 && len >= 4);
      if (ok && type == 200)
        g_assert_cmpuint (len, >=, 28 + 24 * count);
    }
  g_assert_cmpuint (understood, >, 1000);
}

typedef struct {
  const char *octets;
  size_t len;
  bool ok;
  bool wants_key_frame;
} RtcpCase;

static const RtcpCase rtcp_cases[] = {
  /* RR, then PLI */
  { "\x80\xc9\0\1\0\0\0\5\x81\xce\0\2\0\0\0\5\x11\x22\x33\x44", 20, true, true },
  { "\x80\xc9\0\1\0\0\0\5\x81\xce\0\2\0\0\0\5\x11\x22\x33\x45", 20, true, false },
  /* PLI alone, as some devices send it */
  { "\x81\xce\0\2\0\0\0\5\x11\x22\x33\x44", 12, true, true },
  /* PLI that ends before it says of what */
  { "\x81\xce\0\1\0\0\0\5", 8, false, false },
  { "\x81\xce\0\0", 4, false, false },
  /* FIR of us and another, of another only, of half an entry */
  { "\x84\xce\0\6\0\0\0\5\0\0\0\0\0\0\0\1\0\0\0\0\x11\x22\x33\x44\1\0\0\0", 28, true, true },
  { "\x84\xce\0\4\0\0\0\5\0\0\0\0\0\0\0\1\0\0\0\0", 20, true, false },
  { "\x84\xce\0\3\0\0\0\5\0\0\0\0\x11\x22\x33\x44", 16, true, false },
  { "\x84\xce\0\2\0\0\0\5\0\0\0\0", 12, true, false },
  /* A good request behind which a lie comes counts for nothing. */
  { "\x81\xce\0\2\0\0\0\5\x11\x22\x33\x44\x80\xc9\0\xff", 16, false, false },
  { "\x81\xce\0\2\0\0\0\5\x11\x22\x33\x44\x80", 13, false, false },
  /* Report counts that lie */
  { "\x9f\xc9\0\1\0\0\0\5", 8, false, false },
  { "\x81\xc8\0\6\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 28, false, false },
  /* Padding: right, in the middle, too long, odd */
  { "\xa0\xc9\0\2\0\0\0\5\0\0\0\4", 12, true, false },
  { "\xa0\xc9\0\2\0\0\0\5\0\0\0\4\x80\xc9\0\1\0\0\0\5", 20, false, false },
  { "\xa0\xc9\0\2\0\0\0\5\0\0\0\x0c", 12, false, false },
  { "\xa0\xc9\0\2\0\0\0\5\0\0\0\x08", 12, false, false },
  { "\xa0\xc9\0\2\0\0\0\5\0\0\0\3", 12, false, false },
  { "\xa0\xcb\0\0", 4, false, false },
};

static void
test_rtcp_cases (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rtcp_cases); i++)
    {
      const RtcpCase *test = &rtcp_cases[i];
      IpdRtcpMeaning meaning = { 0 };
      g_autofree uint8_t *packet = g_memdup2 (test->octets, test->len);
      g_test_message ("case %u", (guint) i);
      g_assert_cmpint (ipd_rtcp_read (packet, test->len, OURS, &meaning), ==, test->ok);
      g_assert_cmpint (meaning.wants_key_frame, ==, test->wants_key_frame);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/digits/one-press", test_one_press);
  g_test_add_func ("/media/digits/other-clock", test_other_clock);
  g_test_add_func ("/media/digits/gap", test_gap);
  g_test_add_func ("/media/digits/bad-digits", test_bad_digits);
  for (size_t i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *name = g_strdelimit (g_strconcat ("/media/digits/", ways[i].name, NULL), " ,", '-');
      g_test_add_data_func (name, &ways[i], test_way);
    }
  g_test_add_func ("/media/digits/long-press", test_long_press);
  g_test_add_func ("/media/digits/hostile-events", test_hostile_events);
  g_test_add_func ("/media/digits/flood-of-events", test_flood_of_events);
  g_test_add_func ("/media/digits/new-source", test_new_source);
  g_test_add_func ("/media/digits/rtp-headers", test_headers);
  g_test_add_func ("/media/digits/rtcp-of-every-kind", test_rtcp_of_every_kind);
  g_test_add_func ("/media/digits/rtcp-cases", test_rtcp_cases);
  return g_test_run ();
}
