// SPDX-License-Identifier: Apache-2.0
/*
 * A store that must open although its disk is full or read-only: what it held is read, nothing is acknowledged, and it
 * is whole again when the disk is. Each case in a child with a small disk of its own.
 */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS 20

typedef struct _Case Case;

struct _Case {
  const char *path;
  bool killed; /* its last user left the log */
  bool full;   /* else read-only */
  IpdStoreError code;
  void (*play) (const Case *c, const char *folder);
};

static void play (const Case *c, const char *folder);
static void play_older (const Case *c, const char *folder);

static const Case cases[] = {
  { "/limited/full", false, true, IPD_STORE_ERROR_FULL, play },
  { "/limited/full-after-kill", true, true, IPD_STORE_ERROR_FULL, play },
  { "/limited/read-only", false, false, IPD_STORE_ERROR_READONLY, play },
  { "/limited/read-only-after-kill", true, false, IPD_STORE_ERROR_READONLY, play },
  { "/limited/full-older", false, true, IPD_STORE_ERROR_FULL, play_older },
  { "/limited/read-only-older", false, false, IPD_STORE_ERROR_READONLY, play_older },
};

/* In a process of its own: the log is written back only by who closes the store. */
static void
fill_store (const char *path, bool killed)
{
  int status = 0;
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child > 0)
    {
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_cmpint (status, ==, 0);
      return;
    }
  IpdStore *store = fixture_open (path, NULL);
  for (unsigned i = 0; i < ROWS; i++)
    {
      IpdAccess access = fixture_access (i, i + 1);
      g_assert_true (fixture_put_access (store, &access));
    }
  if (!killed)
    ipd_store_close (store);
  _exit (0);
}

static void
fill_disk (const char *filler)
{
  char octets[4096] = { 0 };
  int fd = g_open (filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  while (write (fd, octets, sizeof octets) > 0)
    ;
  close (fd);
}

static void
assert_reads (IpdStore *store, guint rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) history = ipd_store_history (store, 100, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, rows);
}

static void
assert_refuses (IpdStore *store, unsigned n, IpdStoreError code)
{
  g_autoptr (GError) error = NULL;
  IpdAccess access = fixture_access (n, n + 1);
  bool is_new;
  g_assert_false (ipd_store_put_access (store, &access, &is_new, &error));
  g_assert_error (error, IPD_STORE_ERROR, (int) code);
}

static void
play (const Case *c, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "store.db", NULL);
  g_autofree char *filler = g_build_filename (folder, "filler", NULL);
  g_assert_cmpint (mount ("store", folder, "tmpfs", 0, "size=1m"), ==, 0);
  fill_store (path, c->killed);
  if (c->full)
    fill_disk (filler);
  else
    g_assert_cmpint (mount (NULL, folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), ==, 0);

  IpdStore *store = ipd_store_open_limited (path, &error);
  g_assert_no_error (error);
  assert_reads (store, ROWS);
  assert_refuses (store, ROWS, c->code);
  g_assert_cmpint (ipd_store_mend (store, NULL), ==, c->full && c->killed); /* the shared memory had its place */
  assert_reads (store, ROWS);
  assert_refuses (store, ROWS, c->code);

  if (c->full)
    g_unlink (filler);
  else
    g_assert_cmpint (mount (NULL, folder, NULL, MS_REMOUNT, NULL), ==, 0);
  g_assert_true (ipd_store_mend (store, &error));
  IpdAccess access = fixture_access (ROWS, ROWS + 1);
  g_assert_true (fixture_put_access (store, &access));
  ipd_store_close (store);
  store = fixture_open (path, NULL);
  assert_reads (store, ROWS + 1);
  ipd_store_close (store);
}

static void
fill_older_store (const char *path)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, fixture_schema_1, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static void
assert_number (IpdStore *store)
{
  g_autoptr (GError) error = NULL;
  int64_t number = 0;
  g_assert_true (ipd_store_get_number (store, "kept", 0, &number, &error));
  g_assert_no_error (error);
  g_assert_cmpint (number, ==, 7);
}

/* The program is newer than the file, which cannot be changed now: what did not change is read. */
static void
play_older (const Case *c, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "store.db", NULL);
  g_autofree char *filler = g_build_filename (folder, "filler", NULL);
  g_assert_cmpint (mount ("store", folder, "tmpfs", 0, "size=1m"), ==, 0);
  fill_older_store (path);
  if (c->full)
    fill_disk (filler);
  else
    g_assert_cmpint (mount (NULL, folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), ==, 0);

  g_autoptr (IpdStore) store = ipd_store_open_limited (path, &error);
  g_assert_no_error (error);
  g_assert_true (ipd_store_is_limited (store));
  assert_number (store);
  g_assert_false (ipd_store_put_number (store, "kept", 8, NULL));

  if (c->full)
    g_unlink (filler);
  else
    g_assert_cmpint (mount (NULL, folder, NULL, MS_REMOUNT, NULL), ==, 0);
  g_assert_true (ipd_store_mend (store, &error));
  assert_number (store);
  assert_reads (store, 1);
}

static void
test_limited (gconstpointer data)
{
  g_autofree char *folder = fixture_folder ();
  int status = 0;
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      if (unshare (CLONE_NEWNS) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        _exit (77);
      ((const Case *) data)->play (data, folder);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    g_test_skip ("mounting is not allowed here");
  else
    g_assert_cmpint (status, ==, 0);
  fixture_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_limited);
  return g_test_run ();
}
