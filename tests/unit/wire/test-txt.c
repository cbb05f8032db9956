// SPDX-License-Identifier: Apache-2.0
/*
 * The TXT record (RFC 6763 §6).
 */

#include "wire/txt.h"

#include "wire-test.h"

#define BOOT "bAAAAAAAAAAAAAAAAAAAAA"

static IpdTxt
sample (void)
{
  return (IpdTxt){ .id = { STATION_ID },
                   .roles = IPD_ROLE_OUTDOOR | IPD_ROLE_BROKER,
                   .plant = { CLIENT_ID },
                   .sip_port = 5060,
                   .boot = { BOOT } };
}

static void
assert_equal (const IpdTxt *a, const IpdTxt *b)
{
  g_assert_cmpstr (a->id.s, ==, b->id.s);
  g_assert_cmpstr (a->plant.s, ==, b->plant.s);
  g_assert_cmpstr (a->boot.s, ==, b->boot.s);
  g_assert_cmpint (a->roles, ==, b->roles);
  g_assert_cmpint (a->sip_port, ==, b->sip_port);
}

static GByteArray *
record (const char *const *strings)
{
  GByteArray *array = g_byte_array_new ();
  for (size_t i = 0; strings[i] != NULL; i++)
    {
      uint8_t length = (uint8_t) strlen (strings[i]);
      g_byte_array_append (array, &length, 1);
      g_byte_array_append (array, (const uint8_t *) strings[i], length);
    }
  return array;
}

static void
test_round_trip (void)
{
  IpdTxt txt = sample (), back = { 0 };
  g_auto (GStrv) strings = ipd_txt_write (&txt);
  g_autoptr (GByteArray) octets = record ((const char *const *) strings);

  g_assert_cmpstr (strings[0], ==, "v=1");
  g_assert_cmpstr (strings[2], ==, "role=outdoor,broker");
  g_assert_cmpuint (octets->len, <=, IPD_TXT_MAX);
  g_autofree uint8_t *exact = g_memdup2 (octets->data, octets->len);
  g_assert_true (ipd_txt_parse (exact, octets->len, &back, NULL));
  assert_equal (&back, &txt);
  memset (&back, 0, sizeof back);
  g_assert_true (ipd_txt_parse_strings ((const char *const *) strings, &back, NULL));
  assert_equal (&back, &txt);
  for (size_t cut = 0; cut < octets->len; cut++)
    g_assert_false (ipd_txt_parse (exact, cut, &back, NULL));
}

#define REST "id=" STATION_ID, "plant=" CLIENT_ID, "boot=" BOOT
static const struct {
  const char *strings[12];
  int code; /* -1: accepted */
} records[] = {
  { { "v=1", REST, "role=", "sip=1" }, -1 },
  { { "V=1", REST, "ROLE=outdoor", "Sip=65535" }, -1 },
  { { "v=1", REST, "role=outdoor,janitor,,", "sip=5060", "new=thing", "flag", "=odd", "" }, -1 },
  { { "v=1", REST, "role=outdoor", "sip=5060", "sip=0", "v=2" }, -1 }, /* the first of a key counts */
  { { "v=2", REST, "role=outdoor", "sip=5060" }, IPD_WIRE_UNSUPPORTED },
  { { "v=", REST, "role=outdoor", "sip=5060" }, IPD_WIRE_UNSUPPORTED },
  { { REST, "role=outdoor", "sip=5060" }, IPD_WIRE_MISSING },
  { { "v=1", REST, "role=outdoor" }, IPD_WIRE_MISSING },
  { { "v=1", REST, "role=outdoor", "sip" }, IPD_WIRE_MISSING },
  { { "v=1", REST, "role=outdoor", "sip=0" }, IPD_WIRE_RANGE },
  { { "v=1", REST, "role=outdoor", "sip=65536" }, IPD_WIRE_RANGE },
  { { "v=1", REST, "role=outdoor", "sip=-1" }, IPD_WIRE_RANGE },
  { { "v=1", REST, "role=outdoor", "sip= 1" }, IPD_WIRE_RANGE },
  { { "v=1", REST, "role=outdoor", "sip=01" }, IPD_WIRE_RANGE },
  { { "v=1", REST, "role=outdoor", "sip=99999999999999999999999" }, IPD_WIRE_RANGE },
  { { "v=1", "id=x", "plant=" CLIENT_ID, "boot=" BOOT, "role=", "sip=1" }, IPD_WIRE_SYNTAX },
  { { "v=1", "id=" STATION_ID, "plant=" CLIENT_ID "a", "boot=" BOOT, "role=", "sip=1" }, IPD_WIRE_SYNTAX },
  { { "v=1", "id=" STATION_ID, "plant=" CLIENT_ID, "boot=" STATION_ID, "role=", "sip=1" }, IPD_WIRE_SYNTAX },
};

static void
test_records (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (records); i++)
    {
      IpdTxt txt;
      IpdWireError error = { 0 };
      g_autoptr (GByteArray) octets = record (records[i].strings);
      gboolean good = ipd_txt_parse (octets->data, octets->len, &txt, &error);
      gboolean same = ipd_txt_parse_strings (records[i].strings, &txt, NULL);
      g_test_message ("record %" G_GSIZE_FORMAT ": %s", i, ipd_wire_code_name (error.code));
      g_assert_cmpint (good, ==, records[i].code < 0);
      g_assert_cmpint (same, ==, good);
      if (!good)
        g_assert_cmpint (error.code, ==, records[i].code);
    }
}

static void
test_limits (void)
{
  uint8_t octets[IPD_TXT_MAX + 1] = { 0 };
  g_autofree char *long_string = g_strnfill (IPD_TXT_STRING_MAX + 1, 'x');
  const char *const strings[] = { long_string, NULL };
  IpdTxt txt;
  IpdWireError error;

  g_assert_false (ipd_txt_parse (octets, sizeof octets, &txt, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);
  g_assert_false (ipd_txt_parse (octets, IPD_TXT_MAX, &txt, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_MISSING);
  octets[0] = 255;
  g_assert_false (ipd_txt_parse (octets, 255, &txt, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_SHORT);
  g_assert_false (ipd_txt_parse (octets, 0, &txt, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_MISSING);
  g_assert_false (ipd_txt_parse_strings (strings, &txt, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/txt/round-trip", test_round_trip);
  g_test_add_func ("/wire/txt/records", test_records);
  g_test_add_func ("/wire/txt/limits", test_limits);
  return g_test_run ();
}
