// SPDX-License-Identifier: Apache-2.0
/*
 * Acknowledged means on disk: a writer killed at any moment loses nothing it was told was kept, and every
 * acknowledgement comes after a sync.
 */
#include "fixture.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS   12
#define ACKS_MAX 120

/* --- every sync of this program, SQLite's included --- */

static unsigned n_syncs;

int
fsync (int fd)
{
  n_syncs++;
  return (int) syscall (SYS_fsync, fd);
}

int
fdatasync (int fd)
{
  n_syncs++;
  return (int) syscall (SYS_fdatasync, fd);
}

static void
test_synced_before_return (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "store.db", NULL);
  IpdStore *store = fixture_open (path, NULL);
  int64_t value;

  for (unsigned i = 0; i < 50; i++)
    {
      IpdAccess access = fixture_access (i, i);
      IpdVisitRecord visit = fixture_visit (i, i);
      unsigned before = n_syncs;
      fixture_put_access (store, &access);
      g_assert_cmpuint (n_syncs, >, before);
      before = n_syncs;
      g_assert_true (ipd_store_put_visit (store, &visit, NULL));
      g_assert_cmpuint (n_syncs, >, before);
      before = n_syncs;
      g_assert_true (ipd_store_next_number (store, "serial", &value, NULL));
      g_assert_cmpuint (n_syncs, >, before);
    }
  ipd_store_close (store);
  fixture_remove (folder);
}

/* --- a writer that is killed --- */

static void
write_for_ever (const char *path, unsigned first, int acks)
{
  IpdStore *store = fixture_open (path, NULL);

  for (unsigned i = first; i < first + 100000; i++)
    {
      IpdAccess access = fixture_access (i, i);
      fixture_put_access (store, &access);
      if (write (acks, &i, sizeof i) != sizeof i)
        _exit (1);
    }
  _exit (2);
}

/* Kills the writer after it has acknowledged @wanted rows, wherever it is then. Returns: the last acknowledged one */
static unsigned
kill_after (const char *path, unsigned first, int wanted)
{
  int acks[2];
  unsigned last = first, next;

  g_assert_cmpint (pipe (acks), ==, 0);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      close (acks[0]);
      write_for_ever (path, first, acks[1]);
    }
  close (acks[1]);
  for (int i = 0; i < wanted; i++)
    {
      g_assert_cmpint (read (acks[0], &next, sizeof next), ==, sizeof next);
      last = next;
    }
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  while (read (acks[0], &next, sizeof next) == sizeof next) /* what it acknowledged before the signal arrived */
    last = next;
  close (acks[0]);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  return last;
}

static bool
is_there (IpdStore *store, unsigned n)
{
  IpdShortId id = fixture_short_id (n);
  IpdAccess found;
  bool there = false;

  g_assert_true (ipd_store_find_access (store, &id, &found, &there, NULL));
  return there;
}

static void
test_killed (void)
{
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "store.db", NULL);
  unsigned first = 0;

  for (unsigned round = 0; round < ROUNDS; round++)
    {
      IpdStoreFlags flags = IPD_STORE_REPLACED;
      unsigned last = kill_after (path, first, g_test_rand_int_range (1, ACKS_MAX));
      IpdStore *store = fixture_open (path, &flags);
      g_assert_cmpint (flags, ==, 0);
      for (unsigned i = 0; i <= last; i++)
        g_assert_true (is_there (store, i));
      g_assert_false (is_there (store, last + 2)); /* at most the one it was at */
      first = last + 2;
      IpdAccess gap = fixture_access (last + 1, last + 1);
      fixture_put_access (store, &gap);
      ipd_store_close (store);
    }
  fixture_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/durable/synced-before-return", test_synced_before_return);
  g_test_add_func ("/durable/killed", test_killed);
  return g_test_run ();
}
