// SPDX-License-Identifier: Apache-2.0
/*
 * The strict JSON recogniser and the checked members. Hostile texts first: what json-glib would take, or die of.
 */

#include "wire/json-check.h"
#include "wire/json-private.h"
#include "wire/random.h"

#include "wire-test.h"

static const char *const accepted[] = {
  "{}",
  "[]",
  " {\t} \r\n",
  "true",
  "null",
  "-0.5e+10",
  "0",
  "\"\"",
  "{\"a\":[1,2,{\"b\":null}],\"c\":\"\\u00e9\\n\"}",
  "\"\\ud83d\\ude00\"",
  "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
  "[[[[[[[[1]]]]]]]]",
  "123456789012345678",
};

static const struct {
  const char *text;
  IpdWireCode code;
} refused[] = {
  { "", IPD_WIRE_SHORT },
  { " ", IPD_WIRE_SHORT },
  { "{", IPD_WIRE_SHORT },
  { "{\"a\"", IPD_WIRE_SHORT },
  { "{\"a\":", IPD_WIRE_SHORT },
  { "{\"a\":1", IPD_WIRE_SHORT },
  { "\"abc", IPD_WIRE_SHORT },
  { "\"\\", IPD_WIRE_SHORT },
  { "\"\\u12", IPD_WIRE_SHORT },
  { "tru", IPD_WIRE_SYNTAX },
  { "{\"a\":1,}", IPD_WIRE_SYNTAX },
  { "[1,]", IPD_WIRE_SYNTAX },
  { "[1 2]", IPD_WIRE_SYNTAX },
  { "{a:1}", IPD_WIRE_SYNTAX },
  { "{'a':1}", IPD_WIRE_SYNTAX },
  { "{\"a\"=1}", IPD_WIRE_SYNTAX },
  { "/* c */ {}", IPD_WIRE_SYNTAX },
  { "// c\n{}", IPD_WIRE_SYNTAX },
  { "var a = {}", IPD_WIRE_SYNTAX },
  { "{} {}", IPD_WIRE_SYNTAX },
  { "01", IPD_WIRE_SYNTAX },
  { "+1", IPD_WIRE_SYNTAX },
  { ".5", IPD_WIRE_SYNTAX },
  { "1.", IPD_WIRE_SHORT },
  { "1e", IPD_WIRE_SHORT },
  { "0x10", IPD_WIRE_SYNTAX },
  { "NaN", IPD_WIRE_SYNTAX },
  { "\"\x01\"", IPD_WIRE_SYNTAX },
  { "\"\n\"", IPD_WIRE_SYNTAX },
  { "\"\\x41\"", IPD_WIRE_SYNTAX },
  { "\"\\u0000\"", IPD_WIRE_SYNTAX },
  { "\"\\ud83d\"", IPD_WIRE_SYNTAX },
  { "\"\\ude00\"", IPD_WIRE_SYNTAX },
  { "\"\\ud83d\\u0041\"", IPD_WIRE_SYNTAX },
  { "\"\xc3\x28\"", IPD_WIRE_SYNTAX },
  { "\"\xed\xa0\x80\"", IPD_WIRE_SYNTAX },
  { "[[[[[[[[[1]]]]]]]]]", IPD_WIRE_LONG },
  { "1234567890123456789", IPD_WIRE_LONG },
};

static void
test_accepted (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (accepted); i++)
    {
      g_autofree char *input = test_unterminated (accepted[i]);
      g_test_message ("%s", accepted[i]);
      g_assert_true (ipd_json_check (input, strlen (accepted[i]), NULL));
    }
}

static void
test_refused (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *input = test_unterminated (refused[i].text);
      IpdWireError error = { 0 };
      g_assert_false (ipd_json_check (input, strlen (refused[i].text), &error));
      if (error.code != refused[i].code)
        g_error ("%s: %s", refused[i].text, ipd_wire_code_name (error.code));
      g_assert_cmpuint (error.offset, <=, strlen (refused[i].text));
    }
  g_assert_false (ipd_json_check ("{}\0", 3, NULL));
}

/* A kilobyte of brackets must not cost a level of the stack each. */
static void
test_depth (void)
{
  g_autofree char *deep = g_strnfill (IPD_JSON_MAX, '[');
  g_autoptr (GError) error = NULL;
  g_assert_null (ipd_json_parse (deep, IPD_JSON_MAX, IPD_JSON_MAX, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_FORM);
  g_clear_error (&error);
  g_assert_null (ipd_json_parse (deep, IPD_JSON_MAX + 1, IPD_JSON_MAX, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG);
  g_clear_error (&error);
  g_assert_null (ipd_json_parse ("[]", 2, IPD_JSON_MAX, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_FORM);
}

#define SAMPLE                                                                                                         \
  "{\"n\":65535,\"big\":65536,\"neg\":-1,\"f\":1.0,\"s\":\"x\",\"e\":\"\",\"b\":true,\"nul\":null,\"a\":[1,\"y\"],"    \
  "\"o\":{\"z\":1},\"bytes\":\"Zm9v\",\"t\":\"2026-11-22T10:00:00Z\",\"emoji\":\"\\ud83d\\ude00\"}"

static void
test_members (void)
{
  g_autoptr (JsonObject) object = ipd_json_parse (SAMPLE, strlen (SAMPLE), IPD_JSON_MAX, NULL);
  uint64_t number = 77;
  uint16_t small;
  int64_t seconds;
  uint8_t octets[3];
  bool flag;

  g_assert_true (ipd_json_get_uint (object, "n", 0, 65535, &number));
  g_assert_cmpuint (number, ==, 65535);
  g_assert_true (ipd_json_get_u16 (object, "n", 1, &small));
  g_assert_false (ipd_json_get_u16 (object, "big", 1, &small));
  static const char *const no_number[] = { "neg", "f", "s", "b", "nul", "a", "o", "absent" };
  for (size_t i = 0; i < G_N_ELEMENTS (no_number); i++)
    g_assert_false (ipd_json_get_uint (object, no_number[i], 0, G_MAXUINT64, &number));
  g_assert_true (ipd_json_get_bool (object, "b", &flag));
  g_assert_false (ipd_json_get_bool (object, "n", &flag));
  g_assert_cmpstr (ipd_json_get_string (object, "s", 1), ==, "x");
  g_assert_cmpstr (ipd_json_get_string (object, "emoji", 4), ==, "\xf0\x9f\x98\x80");
  g_assert_null (ipd_json_get_string (object, "emoji", 3));
  g_assert_null (ipd_json_get_string (object, "n", 10));
  g_assert_null (ipd_json_get_string (object, "nul", 10));
  g_assert_true (ipd_json_get_octets (object, "bytes", octets, 3));
  g_assert_false (ipd_json_get_octets (object, "bytes", octets, 2));
  g_assert_nonnull (ipd_json_get_array (object, "a", 2));
  g_assert_null (ipd_json_get_array (object, "a", 1));
  g_assert_null (ipd_json_get_array (object, "o", 1));
  g_assert_null (ipd_json_element_object (ipd_json_get_array (object, "a", 2), 0));
  g_assert_cmpstr (ipd_json_element_string (ipd_json_get_array (object, "a", 2), 1, 1), ==, "y");
  g_assert_nonnull (ipd_json_get_object (object, "o"));
  g_assert_null (ipd_json_get_object (object, "a"));
  g_assert_true (ipd_json_get_time (object, "t", &seconds));
  g_assert_cmpint (seconds, ==, 1795341600);
}

static void
test_times (void)
{
  static const struct {
    const char *text;
    gboolean good;
  } times[] = {
    { "1970-01-01T00:00:00Z", TRUE },
    { "9999-12-31T23:59:59Z", TRUE },
    { "2024-02-29T00:00:00Z", TRUE },
    { "2026-02-29T00:00:00Z", FALSE },
    { "2026-13-01T00:00:00Z", FALSE },
    { "2026-00-01T00:00:00Z", FALSE },
    { "2026-11-22T24:00:00Z", FALSE },
    { "2026-11-22T10:00:60Z", FALSE },
    { "2026-11-22T10:00:00z", FALSE },
    { "2026-11-22 10:00:00Z", FALSE },
    { "2026-11-22T10:00:00", FALSE },
    { "2026-11-22T10:00:00+00:00", FALSE },
    { "1969-12-31T23:59:59Z", FALSE },
    { "2026-11-22T10:00:0 Z", FALSE },
    { "+026-11-22T10:00:00Z", FALSE },
    { "2026-11-22T10:00:00.5Z", FALSE },
    { "", FALSE },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (JsonObject) object = json_object_new ();
      int64_t seconds;
      json_object_set_string_member (object, "t", times[i].text);
      g_test_message ("%s", times[i].text);
      g_assert_cmpint (ipd_json_get_time (object, "t", &seconds), ==, times[i].good);
      if (!times[i].good)
        continue;
      ipd_json_set_time (object, "again", seconds);
      g_assert_cmpstr (json_object_get_string_member (object, "again"), ==, times[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/json/accepted", test_accepted);
  g_test_add_func ("/wire/json/refused", test_refused);
  g_test_add_func ("/wire/json/depth", test_depth);
  g_test_add_func ("/wire/json/members", test_members);
  g_test_add_func ("/wire/json/times", test_times);
  return g_test_run ();
}
