// SPDX-License-Identifier: Apache-2.0
/*
 * Digits in INFO bodies as phones and stations write them, and in RTP.
 */

#include "wire/dtmf.h"

#include "wire-test.h"

#define RELAY "application/dtmf-relay"
#define PLAIN "application/dtmf"
#define EVENT "audio/telephone-event"

static const struct {
  const char *type, *body;
  int code; /* -1: accepted */
  char digit;
  guint ms;
} bodies[] = {
  { RELAY, "Signal=1\r\nDuration=250\r\n", -1, '1', 250 },
  { RELAY, "Signal=#\nDuration=160", -1, '#', 160 },
  { RELAY, "Signal= * \r\nDuration= 100 \r\n", -1, '*', 100 },
  { RELAY, "signal=a\r\n", -1, 'A', IPD_DTMF_MS_DEFAULT },
  { RELAY, "Duration=90\r\nSignal=D\r\n", -1, 'D', 90 },
  { RELAY, "Signal=10\r\nDuration=1\r\n", -1, '*', 1 }, /* an event code where a digit should be */
  { RELAY, "Signal=11\r\n", -1, '#', IPD_DTMF_MS_DEFAULT },
  { RELAY, "\r\n\r\nSignal=5\r\n\r\n", -1, '5', IPD_DTMF_MS_DEFAULT },
  { RELAY, "Signal=5\r\nDuration=\r\n", -1, '5', IPD_DTMF_MS_DEFAULT },
  { RELAY, "Signal=5\r\nDuration=0\r\n", -1, '5', IPD_DTMF_MS_DEFAULT },
  { RELAY, "Signal=5\r\nDuration=-1\r\n", -1, '5', IPD_DTMF_MS_DEFAULT },
  { RELAY, "Signal=5\r\nDuration=4000000000\r\n", -1, '5', IPD_DTMF_MS_MAX },
  { RELAY, "Signal=5\r\nVolume=10\r\n", -1, '5', IPD_DTMF_MS_DEFAULT },
  { RELAY, "7", -1, '7', IPD_DTMF_MS_DEFAULT },
  { "Application/DTMF-Relay ; charset=x", "Signal=1\r\n", -1, '1', IPD_DTMF_MS_DEFAULT },
  { PLAIN, "1", -1, '1', IPD_DTMF_MS_DEFAULT },
  { PLAIN, " # \r\n", -1, '#', IPD_DTMF_MS_DEFAULT },
  { PLAIN, "Signal=9\r\nDuration=80\r\n", -1, '9', 80 },
  { EVENT, "1", -1, '1', IPD_DTMF_MS_DEFAULT },
  { EVENT, "11", -1, '#', IPD_DTMF_MS_DEFAULT },
  { EVENT, "0", -1, '0', IPD_DTMF_MS_DEFAULT },
  { EVENT, "d=5\r\nduration=70\r\n", -1, '5', 70 },
  { EVENT, "#", -1, '#', IPD_DTMF_MS_DEFAULT },
  { RELAY, "", IPD_WIRE_SHORT, 0, 0 },
  { RELAY, "\r\n", IPD_WIRE_SHORT, 0, 0 },
  { RELAY, "Duration=100\r\n", IPD_WIRE_SHORT, 0, 0 },
  { RELAY, "Signal=\r\n", IPD_WIRE_SYNTAX, 0, 0 },
  { RELAY, "Signal=E\r\n", IPD_WIRE_SYNTAX, 0, 0 },
  { RELAY, "Signal=1\r\nSignal=2\r\n", IPD_WIRE_SYNTAX, 0, 0 },
  { RELAY, "1\r\n2\r\n", IPD_WIRE_SYNTAX, 0, 0 },
  { RELAY, "Signal=!\r\n", IPD_WIRE_SYNTAX, 0, 0 },
  { RELAY, "Signal=\xc3\xa8\r\n", IPD_WIRE_SYNTAX, 0, 0 },
  { RELAY, "Signal=16\r\n", IPD_WIRE_RANGE, 0, 0 }, /* flash */
  { RELAY, "Signal=1234\r\n", IPD_WIRE_RANGE, 0, 0 },
  { RELAY, "Signal=01\r\n", IPD_WIRE_SYNTAX, 0, 0 },
  { RELAY, "Signal=99999999999999999999999\r\n", IPD_WIRE_SYNTAX, 0, 0 },
  { PLAIN, "12#", IPD_WIRE_SYNTAX, 0, 0 },
  { EVENT, "16", IPD_WIRE_RANGE, 0, 0 },
  { EVENT, "255", IPD_WIRE_RANGE, 0, 0 },
  { "text/plain", "1", IPD_WIRE_UNSUPPORTED, 0, 0 },
  { "application/dtmf-relays", "Signal=1", IPD_WIRE_UNSUPPORTED, 0, 0 },
  { "application/media_control+xml", "<media_control/>", IPD_WIRE_UNSUPPORTED, 0, 0 },
  { "", "1", IPD_WIRE_UNSUPPORTED, 0, 0 },
  { NULL, "1", IPD_WIRE_UNSUPPORTED, 0, 0 },
};

static void
test_bodies (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *input = test_unterminated (bodies[i].body);
      IpdDtmf dtmf = { .digit = '?' };
      IpdWireError error = { 0 };
      gboolean good = ipd_dtmf_parse_info (bodies[i].type, input, strlen (bodies[i].body), &dtmf, &error);
      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, ipd_wire_code_name (error.code));
      g_assert_cmpint (good, ==, bodies[i].code < 0);
      g_assert_cmpint (error.code, ==, good ? IPD_WIRE_OK : bodies[i].code);
      g_assert_cmpint (dtmf.digit, ==, good ? bodies[i].digit : '?');
      g_assert_cmpuint (dtmf.ms, ==, bodies[i].ms);
    }
}

static void
test_hostile (void)
{
  static const char nul[] = "Signal=1\0", inside[] = "Sig\0nal=1\r\n";
  g_autofree char *big = g_strnfill (IPD_DTMF_BODY_MAX + 1, '1');
  IpdDtmf dtmf;
  IpdWireError error;

  g_assert_false (ipd_dtmf_parse_info (RELAY, big, IPD_DTMF_BODY_MAX + 1, &dtmf, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);
  g_assert_false (ipd_dtmf_parse_info (RELAY, nul, sizeof nul, &dtmf, &error));
  g_assert_false (ipd_dtmf_parse_info (RELAY, inside, sizeof inside - 1, &dtmf, &error));
}

static void
test_round_trips (void)
{
  static const IpdDtmfDialect dialects[] = { IPD_DTMF_INFO_RELAY, IPD_DTMF_INFO_PLAIN, IPD_DTMF_INFO_EVENT };

  for (size_t d = 0; d < G_N_ELEMENTS (dialects); d++)
    {
      for (const char *digit = IPD_DTMF_DIGITS; *digit != '\0'; digit++)
        {
          g_autofree char *body = ipd_dtmf_write (dialects[d], *digit, 160);
          IpdDtmf dtmf;
          g_assert_true (ipd_dtmf_parse_info (ipd_dtmf_content_type (dialects[d]), body, strlen (body), &dtmf, NULL));
          g_assert_cmpint (dtmf.digit, ==, *digit);
          g_assert_cmpuint (dtmf.ms, ==, dialects[d] == IPD_DTMF_INFO_RELAY ? 160 : IPD_DTMF_MS_DEFAULT);
        }
    }
}

static void
test_written (void)
{
  g_autofree char *relay = ipd_dtmf_write (IPD_DTMF_INFO_RELAY, '#', 250);
  g_autofree char *event = ipd_dtmf_write (IPD_DTMF_INFO_EVENT, '#', 250);
  g_autofree char *message = ipd_dtmf_write (IPD_DTMF_MESSAGE, 'a', 250);

  g_assert_cmpstr (relay, ==, "Signal=#\r\nDuration=250\r\n");
  g_assert_cmpstr (event, ==, "11");
  g_assert_cmpstr (message, ==, "A");
  g_assert_cmpstr (ipd_dtmf_content_type (IPD_DTMF_MESSAGE), ==, "text/plain");
  g_assert_null (ipd_dtmf_write (IPD_DTMF_RFC4733, '1', 250));
  g_assert_null (ipd_dtmf_write (IPD_DTMF_INFO_RELAY, 'E', 250));
  g_assert_null (ipd_dtmf_write (IPD_DTMF_INFO_RELAY, '\0', 250));
  g_assert_null (ipd_dtmf_content_type (IPD_DTMF_RFC4733));
}

static void
test_digits (void)
{
  for (unsigned event = 0; event < 16; event++)
    g_assert_cmpint (ipd_dtmf_digit_to_event (ipd_dtmf_digit_from_event (event)), ==, (int) event);
  g_assert_cmpint (ipd_dtmf_digit_from_event (16), ==, '\0');
  g_assert_cmpint (ipd_dtmf_digit_to_event ('d'), ==, 15);
  g_assert_cmpint (ipd_dtmf_digit_to_event ('\0'), ==, -1);
  g_assert_true (ipd_dtmf_digits_valid ("0123456789*#ABCD", 16));
  g_assert_false (ipd_dtmf_digits_valid ("0123456789*#ABCD0", 16));
  g_assert_false (ipd_dtmf_digits_valid ("", 16));
  g_assert_false (ipd_dtmf_digits_valid (NULL, 16));
  g_assert_false (ipd_dtmf_digits_valid ("12 3", 16));
  for (unsigned d = IPD_DTMF_RFC4733; d <= IPD_DTMF_MESSAGE; d++)
    {
      IpdDtmfDialect dialect;
      g_assert_true (ipd_dtmf_dialect_from_string (ipd_dtmf_dialect_to_string ((IpdDtmfDialect) d), &dialect));
      g_assert_cmpint (dialect, ==, d);
    }
  IpdDtmfDialect dialect;
  g_assert_false (ipd_dtmf_dialect_from_string (NULL, &dialect));
  g_assert_false (ipd_dtmf_dialect_from_string ("inband", &dialect));
}

static void
test_events (void)
{
  const IpdDtmfEvent event = { .event = 11, .end = TRUE, .volume = 10, .duration = 0x1234 };
  uint8_t payload[IPD_DTMF_EVENT_OCTETS];
  IpdDtmfEvent back;

  ipd_dtmf_event_write (&event, payload);
  g_assert_cmpmem (payload, sizeof payload, ((const uint8_t[]){ 11, 0x8a, 0x12, 0x34 }), 4);
  g_assert_true (ipd_dtmf_event_read (payload, sizeof payload, &back));
  g_assert_cmpuint (back.event, ==, 11);
  g_assert_true (back.end);
  g_assert_cmpuint (back.volume, ==, 10);
  g_assert_cmpuint (back.duration, ==, 0x1234);
  for (size_t length = 0; length < IPD_DTMF_EVENT_OCTETS; length++)
    g_assert_false (ipd_dtmf_event_read (payload, length, &back));
  payload[1] = 0x7f; /* the reserved bit counts for nothing */
  g_assert_true (ipd_dtmf_event_read (payload, sizeof payload, &back));
  g_assert_false (back.end);
  g_assert_cmpuint (back.volume, ==, 63);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/dtmf/bodies", test_bodies);
  g_test_add_func ("/wire/dtmf/hostile", test_hostile);
  g_test_add_func ("/wire/dtmf/round-trips", test_round_trips);
  g_test_add_func ("/wire/dtmf/written", test_written);
  g_test_add_func ("/wire/dtmf/digits", test_digits);
  g_test_add_func ("/wire/dtmf/events", test_events);
  return g_test_run ();
}
