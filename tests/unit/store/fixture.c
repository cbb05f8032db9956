// SPDX-License-Identifier: Apache-2.0
/*
 * See fixture.h. One thread, no state.
 */
#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

const char fixture_schema_1[]
    = "CREATE TABLE accesses ("
      "  id TEXT PRIMARY KEY NOT NULL, time_us INTEGER NOT NULL, device TEXT NOT NULL, device_name TEXT NOT NULL,"
      "  output TEXT NOT NULL, client TEXT NOT NULL, client_name TEXT NOT NULL, visit TEXT NOT NULL,"
      "  state TEXT NOT NULL, refusal TEXT NOT NULL) WITHOUT ROWID;"
      "CREATE INDEX accesses_by_time ON accesses (time_us DESC);"
      "CREATE TABLE visits ("
      "  id TEXT PRIMARY KEY NOT NULL, device TEXT NOT NULL, device_name TEXT NOT NULL, started_us INTEGER NOT NULL,"
      "  ended_us INTEGER NOT NULL, outcome TEXT NOT NULL, answered_by TEXT NOT NULL, opened_by TEXT NOT NULL,"
      "  output TEXT NOT NULL, contact TEXT NOT NULL) WITHOUT ROWID;"
      "CREATE INDEX visits_by_time ON visits (started_us DESC);"
      "INSERT INTO visits VALUES ('00000000000000000000AA', 'd', 'Door', 10, 20, 'opened', 'Anna', 'Bruno', 'door', "
      "'open');"
      "CREATE TABLE numbers (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;"
      "INSERT INTO numbers VALUES ('kept', 7);"
      "PRAGMA user_version = 1";

char *
fixture_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("ipdoor-store-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

void
fixture_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

IpdStore *
fixture_open (const char *path, IpdStoreFlags *ret_flags)
{
  g_autoptr (GError) error = NULL;
  IpdStore *store = ipd_store_open (path, ret_flags, &error);
  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

IpdShortId
fixture_short_id (unsigned n)
{
  IpdShortId id;
  g_autofree char *text = g_strdup_printf ("%021uA", n);
  g_assert_true (ipd_short_id_from_text (text, &id));
  return id;
}

IpdId
fixture_id (unsigned n)
{
  IpdId id;
  char text[IPD_ID_LENGTH + 1] = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

  for (int i = IPD_ID_LENGTH - 2; n > 0; i--, n /= 26)
    text[i] = (char) ('a' + n % 26);
  g_assert_true (ipd_id_from_text (text, &id));
  return id;
}

IpdAccess
fixture_access (unsigned n, int64_t time_us)
{
  IpdAccess access = { .id = fixture_short_id (n), .time_us = time_us, .device = fixture_id (1), .output = { "door" } };

  access.client = fixture_id (2);
  access.visit = fixture_short_id (7000000);
  access.state = IPD_OPENING_ACCEPTED;
  ipd_name_set (&access.device_name, "Main entrance");
  ipd_name_set (&access.client_name, "Anna's PC");
  return access;
}

IpdVisitRecord
fixture_visit (unsigned n, int64_t started_us)
{
  IpdVisitRecord visit
      = { .id = fixture_short_id (n), .device = fixture_id (1), .started_us = started_us, .outcome = "missed" };

  visit.ended_us = started_us + 30000000;
  ipd_name_set (&visit.device_name, "Main entrance");
  return visit;
}

bool
fixture_put_access (IpdStore *store, const IpdAccess *access)
{
  g_autoptr (GError) error = NULL;
  bool is_new = false;
  g_assert_true (ipd_store_put_access (store, access, &is_new, &error));
  g_assert_no_error (error);
  return is_new;
}
