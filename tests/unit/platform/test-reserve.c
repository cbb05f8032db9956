// SPDX-License-Identifier: Apache-2.0
/* A visit has its descriptors although the process has used up all others. */
#include "platform/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

static int
open_one (void)
{
  return open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Opens until it fails or has @n. Returns: how many */
static guint
open_many (int *fds, guint n)
{
  guint opened = 0;
  while (opened < n && (fds[opened] = open_one ()) >= 0)
    opened++;
  return opened;
}

static void
close_many (const int *fds, guint n)
{
  for (guint i = 0; i < n; i++)
    close (fds[i]);
}

static void
set_limit (rlim_t n)
{
  struct rlimit limit;
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = n;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

static void
test_room (void)
{
  int fds[IPD_RESERVE_DESCRIPTORS + 1];
  guint needed, limit;
  g_main_context_default (); /* its own descriptor comes first */
  g_assert_true (ipd_reserve_lift_limit (&needed, &limit));
  IpdReserve *reserve = ipd_reserve_new ();
  g_assert_true (ipd_reserve_is_complete (reserve));
  int top = open_one (); /* the lowest that is free: there is no gap below it */
  set_limit ((rlim_t) top + 1);
  g_assert_cmpint (open_one (), ==, -1);
  g_assert_cmpint (errno, ==, EMFILE);
  ipd_reserve_release (reserve);
  g_assert_true (ipd_reserve_is_complete (reserve));
  guint n = open_many (fds, G_N_ELEMENTS (fds));
  g_assert_cmpuint (n, ==, IPD_RESERVE_DESCRIPTORS);

  /* What was not given back is not there the next time, and that is said. */
  ipd_reserve_take_soon (reserve);
  g_test_expect_message ("ipdoor-platform", G_LOG_LEVEL_WARNING, "too many files are open: only 0 of*");
  while (ipd_reserve_is_complete (reserve))
    g_main_context_iteration (NULL, TRUE);
  g_test_assert_expected_messages ();
  close_many (fds, n);
  ipd_reserve_release (reserve);
  ipd_reserve_take_soon (reserve);
  ipd_reserve_free (reserve);
  set_limit (limit);
  close (top);
}

static void
test_too_low (void)
{
  struct rlimit before;
  guint needed, limit;
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }
  before.rlim_cur = before.rlim_max = 100;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_false (ipd_reserve_lift_limit (&needed, &limit));
  g_assert_cmpuint (limit, ==, 100);
  g_assert_cmpuint (needed, >, limit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reserve/room", test_room);
  g_test_add_func ("/reserve/too-low", test_too_low);
  return g_test_run ();
}
