// SPDX-License-Identifier: Apache-2.0
// Lines from a child that may have been taken over: what is not one small JSON object with the right members is
// refused.
#include "discovery/mdns-line.h"

#include <string.h>

static void
test_round_trip (void)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonObject) again = NULL;
  g_autofree char *line = NULL;

  json_object_set_string_member (object, "name", "Entrée \"A\"\nB");
  json_object_set_int_member (object, "port", 8001);
  line = ipd_mdns_line_format (object);
  g_assert_true (strchr (line, '\n') == line + strlen (line) - 1);
  again = ipd_mdns_line_parse (line, strlen (line) - 1);
  g_assert_nonnull (again);
  g_assert_cmpstr (ipd_mdns_line_string (again, "name", 64), ==, "Entrée \"A\"\nB");
}

static void
test_refused (void)
{
  static const char *const bad[]
      = { "", "x", "[]", "null", "3", "\"x\"", "{", "{}}", "{\"a\":1", "{\"a\":\"\xff\"}", "{} {}" };
  g_autofree char *longer = g_strnfill (IPD_MDNS_LINE_MAX, ' ');
  g_autofree char *too_long = g_strconcat ("{}", longer, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *printable = g_strescape (bad[i], NULL);

      g_test_message ("%s", printable);
      g_assert_null (ipd_mdns_line_parse (bad[i], strlen (bad[i])));
    }
  g_assert_null (ipd_mdns_line_parse (too_long, strlen (too_long)));
  /* No NUL ends it: the length does. */
  {
    g_autoptr (JsonObject) object = ipd_mdns_line_parse ("{}garbage", 2);

    g_assert_nonnull (object);
  }
}

static void
test_members (void)
{
  static const char text[]
      = "{\"s\":\"abc\",\"n\":70000,\"z\":0,\"m\":-1,\"f\":1.5,\"a\":[],\"o\":{},\"e\":\"\",\"u\":null}";
  g_autoptr (JsonObject) object = ipd_mdns_line_parse (text, strlen (text));
  guint value = 7;

  g_assert_cmpstr (ipd_mdns_line_string (object, "s", 3), ==, "abc");
  g_assert_null (ipd_mdns_line_string (object, "s", 2));
  for (const char *const *member = (const char *const[]){ "n", "a", "o", "e", "u", "none", NULL }; *member != NULL;
       member++)
    g_assert_null (ipd_mdns_line_string (object, *member, 10));
  g_assert_true (ipd_mdns_line_number (object, "n", 70000, &value));
  g_assert_cmpuint (value, ==, 70000);
  for (const char *const *member = (const char *const[]){ "s", "z", "m", "f", "a", "o", "u", "none", NULL };
       *member != NULL; member++)
    g_assert_false (ipd_mdns_line_number (object, *member, 70000, &value));
  g_assert_false (ipd_mdns_line_number (object, "n", 65535, &value));
  g_assert_cmpuint (value, ==, 70000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mdns-line/round-trip", test_round_trip);
  g_test_add_func ("/mdns-line/refused", test_refused);
  g_test_add_func ("/mdns-line/members", test_members);
  return g_test_run ();
}
