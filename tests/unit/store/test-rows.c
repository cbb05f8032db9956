// SPDX-License-Identifier: Apache-2.0
/*
 * What is put into the store comes out again: once, in order, after a restart too.
 */
#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
  char *folder;
  char *path;
  IpdStore *store;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = fixture_folder ();
  f->path = g_build_filename (f->folder, "store.db", NULL);
  f->store = fixture_open (f->path, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ipd_store_close (f->store);
  fixture_remove (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

static void
reopen (Fixture *f)
{
  ipd_store_close (f->store);
  f->store = fixture_open (f->path, NULL);
}

static void
test_open (Fixture *f, gconstpointer data)
{
  struct stat st;
  IpdStoreFlags flags = 0;
  g_autofree char *other = g_build_filename (f->folder, "other.db", NULL);

  g_assert_cmpint (g_stat (f->path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);
  IpdStore *store = fixture_open (other, &flags);
  g_assert_cmpint (flags, ==, IPD_STORE_CREATED);
  ipd_store_close (store);
  store = fixture_open (other, &flags);
  g_assert_cmpint (flags, ==, 0);
  ipd_store_close (store);
}

/* The log beside the file holds the same names. */
static void
test_private (Fixture *f, gconstpointer data)
{
  g_autofree char *wal = g_strconcat (f->path, "-wal", NULL);
  IpdAccess access = fixture_access (1, 10);
  struct stat st;

  fixture_put_access (f->store, &access);
  g_assert_cmpint (g_stat (wal, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);
}

static void
test_no_folder (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (f->folder, "missing", "store.db", NULL);

  g_assert_null (ipd_store_open (path, NULL, &error));
  g_assert_error (error, IPD_STORE_ERROR, IPD_STORE_ERROR_READONLY);
}

static void
test_access (Fixture *f, gconstpointer data)
{
  IpdAccess access = fixture_access (1, 1700000000000000);
  IpdAccess found;
  bool there = false;

  access.state = IPD_OPENING_REFUSED;
  access.refusal = IPD_REFUSAL_PROFILE;
  g_assert_true (fixture_put_access (f->store, &access));
  reopen (f);
  g_assert_true (ipd_store_find_access (f->store, &access.id, &found, &there, NULL));
  g_assert_true (there);
  g_assert_cmpint (found.time_us, ==, access.time_us);
  g_assert_cmpstr (found.device.s, ==, access.device.s);
  g_assert_cmpstr (found.device_name.s, ==, "Main entrance");
  g_assert_cmpstr (found.output.s, ==, "door");
  g_assert_cmpstr (found.client.s, ==, access.client.s);
  g_assert_cmpstr (found.client_name.s, ==, "Anna's PC");
  g_assert_cmpstr (found.visit.s, ==, access.visit.s);
  g_assert_cmpint (found.state, ==, IPD_OPENING_REFUSED);
  g_assert_cmpint (found.refusal, ==, IPD_REFUSAL_PROFILE);

  IpdShortId unknown = fixture_short_id (99);
  g_assert_true (ipd_store_find_access (f->store, &unknown, &found, &there, NULL));
  g_assert_false (there);
}

/* A second delivery of a command neither adds a row nor changes the first. */
static void
test_exactly_once (Fixture *f, gconstpointer data)
{
  IpdAccess access = fixture_access (1, 10), found;
  bool there;

  g_assert_true (fixture_put_access (f->store, &access));
  g_assert_true (ipd_store_update_access (f->store, &access.id, IPD_OPENING_CONTACT_OPEN, IPD_REFUSAL_NONE, NULL));
  access.time_us = 20;
  ipd_name_set (&access.client_name, "Somebody else");
  g_assert_false (fixture_put_access (f->store, &access));
  reopen (f);
  g_assert_false (fixture_put_access (f->store, &access));
  g_assert_true (ipd_store_find_access (f->store, &access.id, &found, &there, NULL));
  g_assert_cmpint (found.time_us, ==, 10);
  g_assert_cmpstr (found.client_name.s, ==, "Anna's PC");
  g_assert_cmpint (found.state, ==, IPD_OPENING_CONTACT_OPEN);
  g_autoptr (GArray) history = ipd_store_history (f->store, 10, 0, NULL);
  g_assert_cmpuint (history->len, ==, 1);
}

static void
test_interrupt (Fixture *f, gconstpointer data)
{
  static const IpdOpeningState states[] = { IPD_OPENING_REQUESTED, IPD_OPENING_ACCEPTED, IPD_OPENING_ACTUATED,
                                            IPD_OPENING_CONTACT_OPEN, IPD_OPENING_REFUSED };
  unsigned n = 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (states); i++)
    {
      IpdAccess access = fixture_access (i, i);
      access.state = states[i];
      fixture_put_access (f->store, &access);
    }
  g_assert_true (ipd_store_interrupt_accesses (f->store, &n, NULL));
  g_assert_cmpuint (n, ==, 2);
  for (unsigned i = 0; i < G_N_ELEMENTS (states); i++)
    {
      IpdShortId id = fixture_short_id (i);
      IpdAccess found;
      bool there;
      g_assert_true (ipd_store_find_access (f->store, &id, &found, &there, NULL));
      g_assert_cmpint (found.state, ==, i < 2 ? IPD_OPENING_INTERRUPTED : states[i]);
    }
  g_assert_true (ipd_store_interrupt_accesses (f->store, &n, NULL));
  g_assert_cmpuint (n, ==, 0);
}

static void
test_visit_replaced (Fixture *f, gconstpointer data)
{
  IpdVisitRecord visit = fixture_visit (1, 100);

  g_assert_true (ipd_store_put_visit (f->store, &visit, NULL));
  g_strlcpy (visit.outcome, "opened", sizeof visit.outcome);
  ipd_name_set (&visit.answered_by, "Bruno");
  ipd_name_set (&visit.opened_by, "Anna");
  visit.output = (IpdOutputId){ "door" };
  visit.contact = IPD_CONTACT_OPEN;
  g_assert_true (ipd_store_put_visit (f->store, &visit, NULL));
  reopen (f);
  g_autoptr (GArray) history = ipd_store_history (f->store, 10, 0, NULL);
  g_assert_cmpuint (history->len, ==, 1);
  IpdHistoryEntry *entry = &g_array_index (history, IpdHistoryEntry, 0);
  g_assert_cmpint (entry->kind, ==, IPD_HISTORY_VISIT);
  g_assert_cmpstr (entry->id.s, ==, visit.id.s);
  g_assert_cmpstr (entry->outcome, ==, "opened");
  g_assert_cmpstr (entry->by.s, ==, "Anna");
  g_assert_cmpstr (entry->output.s, ==, "door");
  g_assert_cmpint (entry->contact, ==, IPD_CONTACT_OPEN);
  g_assert_cmpint (entry->started_us, ==, 100);
  g_assert_cmpint (entry->ended_us, ==, visit.ended_us);
}

/* Who died in a visit finds it at its next start: ended when it last heard of it, and no other visit touched. */
static void
test_visit_interrupted (Fixture *f, gconstpointer data)
{
  IpdVisitRecord over = fixture_visit (1, 100), rang = fixture_visit (2, 200), opened = fixture_visit (3, 300);
  unsigned n = 0;

  rang.ended_us = opened.ended_us = 0;
  rang.outcome[0] = '\0';
  ipd_name_set (&rang.answered_by, "Anna");
  rang.known_us = 250;
  g_strlcpy (opened.outcome, "opened", sizeof opened.outcome);
  opened.contact = IPD_CONTACT_PENDING;
  opened.known_us = 10; /* the clock was set back */
  g_assert_true (ipd_store_put_visit (f->store, &over, NULL));
  g_assert_true (ipd_store_put_visit (f->store, &rang, NULL));
  g_assert_true (ipd_store_put_visit (f->store, &opened, NULL));
  reopen (f);
  g_autoptr (GArray) before = ipd_store_history (f->store, 10, 0, NULL);
  g_assert_cmpint (g_array_index (before, IpdHistoryEntry, 1).ended_us, ==, 0);
  g_assert_true (ipd_store_interrupt_visits (f->store, &n, NULL));
  g_assert_cmpuint (n, ==, 2);
  g_autoptr (GArray) after = ipd_store_history (f->store, 10, 0, NULL);
  const IpdHistoryEntry *entries = (const IpdHistoryEntry *) (gpointer) after->data;
  g_assert_cmpstr (entries[0].outcome, ==, "opened");
  g_assert_cmpint (entries[0].contact, ==, IPD_CONTACT_NONE);
  g_assert_cmpint (entries[0].ended_us, ==, 300);
  g_assert_cmpstr (entries[1].outcome, ==, "interrupted");
  g_assert_cmpstr (entries[1].by.s, ==, "Anna");
  g_assert_cmpint (entries[1].ended_us, ==, 250);
  g_assert_cmpstr (entries[2].outcome, ==, "missed");
  g_assert_cmpint (entries[2].ended_us, ==, over.ended_us);
  g_assert_true (ipd_store_interrupt_visits (f->store, &n, NULL));
  g_assert_cmpuint (n, ==, 0);
}

/* Visits at 0, 20, 40 …, accesses at 10, 30, 50 …: pages follow each other without a gap or an overlap. */
static void
test_history_pages (Fixture *f, gconstpointer data)
{
  int64_t before = 0, expected = 390;

  for (unsigned i = 0; i < 20; i++)
    {
      IpdVisitRecord visit = fixture_visit (i, i * 20);
      IpdAccess access = fixture_access (i, i * 20 + 10);
      access.state = IPD_OPENING_CONTACT_OPEN;
      g_assert_true (ipd_store_put_visit (f->store, &visit, NULL));
      fixture_put_access (f->store, &access);
    }
  for (unsigned page = 0; page < 5; page++)
    {
      g_autoptr (GArray) history = ipd_store_history (f->store, 8, before, NULL);
      g_assert_cmpuint (history->len, ==, 8);
      for (unsigned i = 0; i < history->len; i++, expected -= 10)
        {
          IpdHistoryEntry *entry = &g_array_index (history, IpdHistoryEntry, i);
          g_assert_cmpint (entry->started_us, ==, expected);
          g_assert_cmpint (entry->kind, ==, expected % 20 == 0 ? IPD_HISTORY_VISIT : IPD_HISTORY_ACCESS);
          if (entry->kind == IPD_HISTORY_ACCESS)
            g_assert_cmpint (entry->contact, ==, IPD_CONTACT_OPEN);
          before = entry->number;
        }
    }
  g_assert_cmpint (expected, ==, -10);
}

/* What came later is newer, and a row that is written again keeps its place; no clock is asked. */
static void
test_history_order (Fixture *f, gconstpointer data)
{
  IpdVisitRecord first = fixture_visit (1, 5000), second = fixture_visit (2, 9000);
  IpdAccess access = fixture_access (3, 10); /* the clock was set back */

  g_assert_true (ipd_store_put_visit (f->store, &first, NULL));
  fixture_put_access (f->store, &access);
  reopen (f);
  g_assert_true (ipd_store_put_visit (f->store, &second, NULL));
  g_assert_true (ipd_store_put_visit (f->store, &first, NULL));
  g_autoptr (GArray) history = ipd_store_history (f->store, 10, 0, NULL);
  const IpdHistoryEntry *entries = (const IpdHistoryEntry *) (gpointer) history->data;
  g_assert_cmpuint (history->len, ==, 3);
  g_assert_cmpstr (entries[0].id.s, ==, second.id.s);
  g_assert_cmpstr (entries[1].id.s, ==, access.id.s);
  g_assert_cmpstr (entries[2].id.s, ==, first.id.s);
}

static void
test_history_limits (Fixture *f, gconstpointer data)
{
  for (unsigned i = 0; i < 3; i++)
    {
      IpdAccess access = fixture_access (i, i);
      fixture_put_access (f->store, &access);
    }
  g_autoptr (GArray) none_asked = ipd_store_history (f->store, 0, 0, NULL);
  g_assert_cmpuint (none_asked->len, ==, 1);
  g_autoptr (GArray) all_asked = ipd_store_history (f->store, G_MAXUINT, 0, NULL);
  g_assert_cmpuint (all_asked->len, ==, 3);
}

static void
test_bindings (Fixture *f, gconstpointer data)
{
  IpdBinding binding = { .client = fixture_id (1),
                         .contact_user = fixture_short_id (1),
                         .contact_host = "192.0.2.7",
                         .contact_port = 5062,
                         .source_host = "198.51.100.9",
                         .source_port = 40000,
                         .licence = fixture_short_id (5),
                         .expires_s = 1000 };
  IpdBinding other = binding;

  other.client = fixture_id (2);
  other.expires_s = 500;
  g_assert_true (ipd_store_put_binding (f->store, &binding, NULL));
  g_assert_true (ipd_store_put_binding (f->store, &other, NULL));
  binding.contact_user = fixture_short_id (2); /* registered anew */
  g_assert_true (ipd_store_put_binding (f->store, &binding, NULL));
  reopen (f);
  g_autoptr (GArray) live = ipd_store_bindings (f->store, 600, NULL);
  g_assert_cmpuint (live->len, ==, 1);
  const IpdBinding *kept = &g_array_index (live, IpdBinding, 0);
  g_assert_cmpstr (kept->client.s, ==, binding.client.s);
  g_assert_cmpstr (kept->contact_user.s, ==, binding.contact_user.s);
  g_assert_cmpstr (kept->contact_host, ==, "192.0.2.7");
  g_assert_cmpuint (kept->contact_port, ==, 5062);
  g_assert_cmpstr (kept->source_host, ==, "198.51.100.9");
  g_assert_cmpuint (kept->source_port, ==, 40000);
  g_assert_cmpstr (kept->licence.s, ==, binding.licence.s);
  g_assert_cmpint (kept->expires_s, ==, 1000);
  g_assert_true (ipd_store_delete_binding (f->store, &binding.client, NULL));
  g_assert_true (ipd_store_delete_binding (f->store, &binding.client, NULL));
  g_autoptr (GArray) rest = ipd_store_bindings (f->store, 0, NULL);
  g_assert_cmpuint (rest->len, ==, 1);
}

static void
put_licence (IpdStore *store, unsigned client, unsigned serial)
{
  char token[] = "v4.public.token";
  IpdLicenceRow row
      = { .client = fixture_id (client), .hash = fixture_short_id (serial), .serial = serial, .token = token };
  g_assert_true (ipd_store_put_licence (store, &row, NULL));
}

/* A licence that was taken back stays taken back, even if the same token is put again, even after a restart. */
static void
test_licences (Fixture *f, gconstpointer data)
{
  IpdId client = fixture_id (1);
  IpdBinding binding = { .client = client, .expires_s = 1000 };
  unsigned n = 0;

  put_licence (f->store, 1, 2);
  put_licence (f->store, 2, 1);
  g_assert_true (ipd_store_put_binding (f->store, &binding, NULL));
  g_assert_true (ipd_store_remove_licences (f->store, &client, &n, NULL));
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (ipd_store_remove_licences (f->store, &client, &n, NULL));
  g_assert_cmpuint (n, ==, 0);
  put_licence (f->store, 1, 2);
  reopen (f);
  g_autoptr (GPtrArray) rows = ipd_store_licences (f->store, NULL);
  g_assert_cmpuint (rows->len, ==, 2);
  IpdLicenceRow *kept = rows->pdata[0], *removed = rows->pdata[1];
  g_assert_cmpuint (kept->serial, ==, 1);
  g_assert_false (kept->removed);
  g_assert_true (removed->removed);
  g_assert_cmpstr (removed->token, ==, "v4.public.token");
  g_assert_true (ipd_id_equal (&removed->client, &client));
  g_autoptr (GArray) bindings = ipd_store_bindings (f->store, 0, NULL);
  g_assert_cmpuint (bindings->len, ==, 0);
}

static void
test_numbers (Fixture *f, gconstpointer data)
{
  int64_t value = 0;

  g_assert_true (ipd_store_get_number (f->store, "directory.version", -1, &value, NULL));
  g_assert_cmpint (value, ==, -1);
  g_assert_true (ipd_store_put_number (f->store, "directory.version", 7, NULL));
  for (int64_t i = 1; i <= 3; i++)
    {
      g_assert_true (ipd_store_next_number (f->store, "serial", &value, NULL));
      g_assert_cmpint (value, ==, i);
    }
  reopen (f);
  g_assert_true (ipd_store_next_number (f->store, "serial", &value, NULL));
  g_assert_cmpint (value, ==, 4);
  g_assert_true (ipd_store_get_number (f->store, "directory.version", -1, &value, NULL));
  g_assert_cmpint (value, ==, 7);
}

static void
assert_not_in_files (const char *folder, const char *secret)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;
      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      g_assert_null (memmem (bytes, length, secret, strlen (secret)));
    }
}

/* After un-enrolling nothing of it can be read back, not even from free pages. */
static void
test_wipe (Fixture *f, gconstpointer data)
{
  IpdAccess access = fixture_access (1, 10);
  IpdVisitRecord visit = fixture_visit (2, 10);
  int64_t value;

  ipd_name_set (&access.client_name, "Marked-secret-name");
  fixture_put_access (f->store, &access);
  g_assert_true (ipd_store_put_visit (f->store, &visit, NULL));
  g_assert_true (ipd_store_put_number (f->store, "serial", 9, NULL));
  g_assert_true (ipd_store_wipe (f->store, NULL));
  g_autoptr (GArray) history = ipd_store_history (f->store, 10, 0, NULL);
  g_assert_cmpuint (history->len, ==, 0);
  g_assert_true (ipd_store_get_number (f->store, "serial", 0, &value, NULL));
  g_assert_cmpint (value, ==, 0);
  assert_not_in_files (f->folder, "Marked-secret-name");
  g_assert_true (fixture_put_access (f->store, &access));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/rows/open", test_open);
  ADD ("/rows/private", test_private);
  ADD ("/rows/no-folder", test_no_folder);
  ADD ("/rows/access", test_access);
  ADD ("/rows/exactly-once", test_exactly_once);
  ADD ("/rows/interrupt", test_interrupt);
  ADD ("/rows/visit-replaced", test_visit_replaced);
  ADD ("/rows/visit-interrupted", test_visit_interrupted);
  ADD ("/rows/history-pages", test_history_pages);
  ADD ("/rows/history-order", test_history_order);
  ADD ("/rows/history-limits", test_history_limits);
  ADD ("/rows/bindings", test_bindings);
  ADD ("/rows/licences", test_licences);
  ADD ("/rows/numbers", test_numbers);
  ADD ("/rows/wipe", test_wipe);
  return g_test_run ();
}
