// SPDX-License-Identifier: Apache-2.0
/*
 * Damaged, locked, foreign and full: each is told apart, nothing acknowledged is lost, nothing crashes.
 */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = fixture_folder ();
  f->path = g_build_filename (f->folder, "store.db", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  fixture_remove (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

/* A store with rows on many pages, closed. */
static void
make_store (const char *path)
{
  IpdStore *store = fixture_open (path, NULL);
  for (unsigned i = 0; i < 100; i++)
    {
      IpdAccess access = fixture_access (i, i);
      fixture_put_access (store, &access);
    }
  ipd_store_close (store);
}

static char *
find_aside (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_prefix (name, "store.db.corrupt-") && !g_str_has_suffix (name, "-wal")
          && !g_str_has_suffix (name, "-shm"))
        return g_build_filename (folder, name, NULL);
    }
  return NULL;
}

static void
check_replaced (Fixture *f, const char *bytes, gsize length)
{
  IpdStoreFlags flags = 0;
  g_autoptr (IpdStore) store = fixture_open (f->path, &flags);
  g_autofree char *aside = find_aside (f->folder);
  g_autofree char *kept = NULL;
  gsize kept_length;
  IpdAccess access = fixture_access (1, 1);

  g_assert_cmpint (flags, ==, IPD_STORE_REPLACED);
  g_assert_nonnull (aside);
  g_assert_true (g_file_get_contents (aside, &kept, &kept_length, NULL));
  g_assert_cmpmem (kept, kept_length, bytes, length); /* nothing of it was touched */
  g_assert_true (fixture_put_access (store, &access));
}

static void
test_garbage (Fixture *f, gconstpointer data)
{
  char bytes[5000];

  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (char) g_test_rand_int_range (0, 256);
  g_assert_true (g_file_set_contents (f->path, bytes, sizeof bytes, NULL));
  check_replaced (f, bytes, sizeof bytes);
}

/* The header is fine, a page in the middle is not. */
static void
test_damaged_page (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize length;

  make_store (f->path);
  g_assert_true (g_file_get_contents (f->path, &bytes, &length, NULL));
  g_assert_cmpuint (length, >, 3 * 4096);
  memset (bytes + 4096, 0xa5, length - 4096);
  g_assert_true (g_file_set_contents (f->path, bytes, (gssize) length, NULL));
  check_replaced (f, bytes, length);
}

static void
test_cut_short (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize length;

  make_store (f->path);
  g_assert_true (g_file_get_contents (f->path, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (f->path, bytes, (gssize) length / 2, NULL));
  check_replaced (f, bytes, length / 2);
}

/* Power failed between making the file and its tables. */
static void
test_empty_file (Fixture *f, gconstpointer data)
{
  IpdStoreFlags flags = IPD_STORE_REPLACED;
  IpdAccess access = fixture_access (1, 1);

  g_assert_true (g_file_set_contents (f->path, "", 0, NULL));
  g_autoptr (IpdStore) store = fixture_open (f->path, &flags);
  g_assert_cmpint (flags, ==, 0);
  g_assert_true (fixture_put_access (store, &access));
}

static void
test_damaged_while_open (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  IpdStoreFlags flags = 0;
  char noise[4096];

  make_store (f->path);
  IpdStore *store = fixture_open (f->path, NULL);
  memset (noise, 0xa5, sizeof noise);
  int fd = g_open (f->path, O_WRONLY | O_CLOEXEC, 0);
  for (int page = 1; page < 20; page++)
    g_assert_cmpint (pwrite (fd, noise, sizeof noise, page * 4096), ==, sizeof noise);
  g_assert_true (g_close (fd, NULL));
  g_assert_null (ipd_store_history (store, 100, 0, &error));
  g_assert_error (error, IPD_STORE_ERROR, IPD_STORE_ERROR_CORRUPT);
  ipd_store_close (store);
  store = fixture_open (f->path, &flags);
  g_assert_cmpint (flags, ==, IPD_STORE_REPLACED);
  ipd_store_close (store);
}

static sqlite3 *
open_raw (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  return db;
}

static void
test_busy (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdStore) store = fixture_open (f->path, NULL);
  IpdAccess access = fixture_access (1, 1);
  bool is_new;
  sqlite3 *other = open_raw (f->path, "BEGIN IMMEDIATE");

  g_assert_false (ipd_store_put_access (store, &access, &is_new, &error));
  g_assert_error (error, IPD_STORE_ERROR, IPD_STORE_ERROR_BUSY);
  g_autoptr (GArray) history = ipd_store_history (store, 10, 0, NULL); /* readers are not blocked */
  g_assert_nonnull (history);
  sqlite3_close (other);
  g_assert_true (fixture_put_access (store, &access));
}

/* A file of a later program is left alone. */
static void
test_newer_schema (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ipd_store_close (fixture_open (f->path, NULL));
  sqlite3_close (open_raw (f->path, "PRAGMA user_version = 1000"));
  g_assert_null (ipd_store_open (f->path, NULL, &error));
  g_assert_error (error, IPD_STORE_ERROR, IPD_STORE_ERROR_FAILED);
  g_autofree char *aside = find_aside (f->folder);
  g_assert_null (aside);
}

static void
test_read_only (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  IpdAccess access = fixture_access (1, 1);
  bool is_new;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  make_store (f->path);
  g_assert_cmpint (g_chmod (f->path, 0400), ==, 0);
  g_autoptr (IpdStore) store = ipd_store_open (f->path, NULL, &error);
  if (store != NULL)
    ipd_store_put_access (store, &access, &is_new, &error);
  g_assert_error (error, IPD_STORE_ERROR, IPD_STORE_ERROR_READONLY);
}

static void
test_older_schema (Fixture *f, gconstpointer data)
{
  IpdStoreFlags flags = IPD_STORE_REPLACED;
  IpdVisitRecord visit = fixture_visit (1, 100);

  g_assert_true (g_file_set_contents (f->path, "", 0, NULL));
  sqlite3_close (open_raw (f->path, fixture_schema_1));
  for (unsigned i = 0; i < 2; i++) /* once changed, it stays so */
    {
      g_autoptr (IpdStore) store = fixture_open (f->path, &flags);
      g_assert_cmpint (flags, ==, 0);
      visit.ended_us = 0;
      g_assert_true (ipd_store_put_visit (store, &visit, NULL));
      g_assert_true (ipd_store_interrupt_visits (store, NULL, NULL));
      g_autoptr (GArray) history = ipd_store_history (store, 10, 0, NULL);
      g_assert_cmpuint (history->len, ==, 2);
      g_assert_cmpstr (g_array_index (history, IpdHistoryEntry, 1).by.s, ==, "Bruno");
      g_assert_cmpint (g_array_index (history, IpdHistoryEntry, 1).ended_us, ==, 20);
    }
}

/* --- a disk that is full: a small file system of our own --- */

#define DISK "size=768k,mode=0700"

static void
fill_disk (const char *filler)
{
  char block[4096] = { 0 };
  int fd = g_open (filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  for (unsigned i = 0; i < 1000; i++)
    {
      if (write (fd, block, sizeof block) != sizeof block)
        break;
    }
  g_assert_true (g_close (fd, NULL));
}

/* Puts rows until the disk is full. Returns: how many were acknowledged */
static unsigned
put_until_full (IpdStore *store, unsigned first)
{
  for (unsigned n = 0; n < 20000; n++)
    {
      g_autoptr (GError) error = NULL;
      IpdAccess access = fixture_access (first + n, first + n);
      bool is_new;
      if (ipd_store_put_access (store, &access, &is_new, &error))
        continue;
      g_assert_error (error, IPD_STORE_ERROR, IPD_STORE_ERROR_FULL);
      return n;
    }
  g_assert_not_reached ();
}

static void
check_all_there (IpdStore *store, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    {
      IpdShortId id = fixture_short_id (i);
      IpdAccess found;
      bool there = false;
      g_assert_true (ipd_store_find_access (store, &id, &found, &there, NULL));
      g_assert_true (there);
    }
}

static void
on_full_disk (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "store.db", NULL);
  g_autofree char *filler = g_build_filename (folder, "filler", NULL);
  IpdStore *store = fixture_open (path, NULL);
  IpdAccess access = fixture_access (0, 0);

  fixture_put_access (store, &access);
  fill_disk (filler);
  unsigned n = 1 + put_until_full (store, 1);
  check_all_there (store, n);
  g_assert_cmpuint (put_until_full (store, n), ==, 0); /* still full, still usable */
  g_assert_cmpint (g_unlink (filler), ==, 0);
  access = fixture_access (n, n);
  fixture_put_access (store, &access); /* space again: it goes on by itself */
  ipd_store_close (store);
  store = fixture_open (path, NULL);
  check_all_there (store, n + 1);
  ipd_store_close (store);
}

/* In a child, because the mount lives in a namespace that must not become the test program's. */
static int
full_disk_child (const char *folder)
{
  if (unshare (CLONE_NEWNS) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
      || mount ("ipdoor-test", folder, "tmpfs", 0, DISK) != 0)
    return 77;
  on_full_disk (folder);
  return umount (folder) == 0 ? 0 : 1;
}

static void
test_full (Fixture *f, gconstpointer data)
{
  int status;

  if (geteuid () != 0)
    {
      g_test_skip ("a file system of a chosen size needs root");
      return;
    }
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (full_disk_child (f->folder));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    g_test_skip ("mounting is not allowed here");
  else
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/faults/garbage", test_garbage);
  ADD ("/faults/damaged-page", test_damaged_page);
  ADD ("/faults/cut-short", test_cut_short);
  ADD ("/faults/empty-file", test_empty_file);
  ADD ("/faults/damaged-while-open", test_damaged_while_open);
  ADD ("/faults/busy", test_busy);
  ADD ("/faults/newer-schema", test_newer_schema);
  ADD ("/faults/older-schema", test_older_schema);
  ADD ("/faults/read-only", test_read_only);
  ADD ("/faults/full", test_full);
  return g_test_run ();
}
