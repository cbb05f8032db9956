// SPDX-License-Identifier: Apache-2.0
// The set of devices: what it reports for each sequence of announcements, and that it is bounded.
#include "core/device.h"
#include "discovery/found-set.h"

typedef struct {
  GString *said; /* "+a@1 " found, "~" changed, "-" lost */
  IpdFoundSet *set;
} Fixture;

static void
on_change (IpdDiscoveryChange change, const IpdFound *found, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->said, "%c%c@%u ", "+~-"[change], found -> id.s[0], found->http_port);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->said = g_string_new (NULL);
  fixture->set = ipd_found_set_new (on_change, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ipd_found_set_free (fixture->set);
  g_string_free (fixture->said, TRUE);
}

static IpdFound
device (char letter, uint16_t port)
{
  IpdFound found = { .http_port = port, .sip_port = 5060, .roles = IPD_ROLE_OUTDOOR, .host = "192.0.2.1" };

  memset (found.id.s, letter, IPD_ID_LENGTH);
  return found;
}

static void
put (Fixture *fixture, const char *key, char letter, uint16_t port)
{
  IpdFound found = device (letter, port);

  ipd_found_set_put (fixture->set, key, &found);
}

static void
expect (Fixture *fixture, const char *said)
{
  g_assert_cmpstr (fixture->said->str, ==, said);
  g_string_truncate (fixture->said, 0);
}

static void
test_life (Fixture *fixture, gconstpointer data)
{
  put (fixture, "1/x", 'a', 1);
  expect (fixture, "+a@1 ");
  put (fixture, "1/x", 'a', 1);
  expect (fixture, "");
  put (fixture, "1/x", 'a', 2);
  expect (fixture, "~a@2 ");
  ipd_found_set_remove (fixture->set, "1/other");
  expect (fixture, "");
  ipd_found_set_remove (fixture->set, "1/x");
  expect (fixture, "-a@2 ");
}

static void
test_every_field_counts (Fixture *fixture, gconstpointer data)
{
  IpdFound found = device ('a', 1);

  put (fixture, "1/x", 'a', 1);
  found.boot.s[0] = 'B';
  ipd_found_set_put (fixture->set, "1/x", &found);
  found.host[8] = '9';
  ipd_found_set_put (fixture->set, "1/x", &found);
  found.sip_port = 5062;
  ipd_found_set_put (fixture->set, "1/x", &found);
  found.name[0] = 'N';
  ipd_found_set_put (fixture->set, "1/x", &found);
  found.roles |= IPD_ROLE_BROKER;
  ipd_found_set_put (fixture->set, "1/x", &found);
  found.plant.s[0] = 'p';
  ipd_found_set_put (fixture->set, "1/x", &found);
  expect (fixture, "+a@1 ~a@1 ~a@1 ~a@1 ~a@1 ~a@1 ~a@1 ");
}

static void
test_two_announcements (Fixture *fixture, gconstpointer data)
{
  put (fixture, "1/x", 'a', 1);
  put (fixture, "2/x", 'a', 2);
  expect (fixture, "+a@1 ~a@2 ");
  /* The older one repeating itself changes nothing. */
  put (fixture, "1/x", 'a', 1);
  expect (fixture, "");
  ipd_found_set_remove (fixture->set, "2/x");
  expect (fixture, "~a@1 ");
  ipd_found_set_remove (fixture->set, "1/x");
  expect (fixture, "-a@1 ");
}

static void
test_announcement_changes_its_device (Fixture *fixture, gconstpointer data)
{
  put (fixture, "1/x", 'a', 1);
  put (fixture, "1/x", 'b', 1);
  expect (fixture, "+a@1 -a@1 +b@1 ");
}

static void
test_doubt (Fixture *fixture, gconstpointer data)
{
  put (fixture, "1/x", 'a', 1);
  put (fixture, "1/y", 'b', 1);
  ipd_found_set_doubt (fixture->set);
  put (fixture, "1/x", 'a', 1);
  expect (fixture, "+a@1 +b@1 ");
  ipd_found_set_drop_doubtful (fixture->set);
  expect (fixture, "-b@1 ");
}

static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  IpdFound found = device ('a', 1);
  g_autoptr (GPtrArray) list = NULL;

  for (guint i = 0; i < 4 * IPD_DISCOVERY_DEVICES_MAX; i++)
    {
      g_autofree char *key = g_strdup_printf ("1/%u", i);

      g_snprintf (found.id.s, sizeof found.id.s, "%026u", i);
      ipd_found_set_put (fixture->set, key, &found);
    }
  list = ipd_found_set_list (fixture->set);
  g_assert_cmpuint (list->len, ==, IPD_DISCOVERY_DEVICES_MAX);
}

static void
test_clear_says_nothing (Fixture *fixture, gconstpointer data)
{
  IpdId id = device ('a', 1).id;

  put (fixture, "1/x", 'a', 1);
  g_assert_nonnull (ipd_found_set_lookup (fixture->set, &id));
  ipd_found_set_clear (fixture->set);
  g_assert_null (ipd_found_set_lookup (fixture->set, &id));
  expect (fixture, "+a@1 ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/found-set/life", Fixture, NULL, set_up, test_life, tear_down);
  g_test_add ("/found-set/every-field-counts", Fixture, NULL, set_up, test_every_field_counts, tear_down);
  g_test_add ("/found-set/two-announcements", Fixture, NULL, set_up, test_two_announcements, tear_down);
  g_test_add ("/found-set/changes-its-device", Fixture, NULL, set_up, test_announcement_changes_its_device, tear_down);
  g_test_add ("/found-set/doubt", Fixture, NULL, set_up, test_doubt, tear_down);
  g_test_add ("/found-set/bounded", Fixture, NULL, set_up, test_bounded, tear_down);
  g_test_add ("/found-set/clear", Fixture, NULL, set_up, test_clear_says_nothing, tear_down);
  return g_test_run ();
}
