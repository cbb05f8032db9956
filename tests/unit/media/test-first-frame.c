// SPDX-License-Identifier: Apache-2.0
/* How long a picture takes in a process that has never seen GStreamer: the media part of the 200 ms from INVITE to
 * pixels. A child waits, forked before anything was loaded; the station runs in the parent. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONG_MS 8000

/* What the child says through the pipe: ms from start to the first picture in the main thread, negative if none came.
 */
typedef struct {
  double load_ms;
  double frame_ms;
} Report;

static bool
has_frame (gpointer data)
{
  return ((Room *) data)->frames > 0;
}

static void
run_child (Room *room, int go, int out)
{
  char word;
  Report report = { -1, -1 };
  if (read (go, &word, 1) != 1)
    _exit (1);
  gint64 load = g_get_monotonic_time ();
  ipd_media_init ();
  gint64 start = g_get_monotonic_time ();
  report.load_ms = (double) (start - load) / 1000;
  room_start (room, NULL, NULL);
  if (wait_until (has_frame, room, LONG_MS))
    report.frame_ms = (double) (room->first_us - start) / 1000;
  bool written = write (out, &report, sizeof report) == (ssize_t) sizeof report;
  _exit (written ? 0 : 1);
}

/* A room without its door's station: the child needs its sockets and keys only. */
static pid_t
fork_child (Room *room, int *ret_go, int *ret_in)
{
  int go[2], out[2];
  g_assert_cmpint (pipe (go), ==, 0);
  g_assert_cmpint (pipe (out), ==, 0);
  pid_t pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    run_child (room, go[0], out[1]);
  close (go[0]);
  close (out[1]);
  *ret_go = go[1];
  *ret_in = out[0];
  return pid;
}

static void
test_cold (void)
{
  Door door = { 0 };
  Room room;
  Report report;
  int go, in, status;
  door_prepare (&door);
  room_prepare (&room, &door, 0);
  pid_t pid = fork_child (&room, &go, &in);
  door_open (&door, NULL, NULL);
  door_start_visit (&door);
  room_join (&room);
  /* The station sends before the client starts, as it does while an agent starts its desktop. */
  g_assert_cmpint (write (go, "g", 1), ==, 1);
  g_assert_cmpint (read (in, &report, sizeof report), ==, sizeof report);
  g_test_message ("cold process: plugins loaded in %.1f ms, first picture %.1f ms after start", report.load_ms,
                  report.frame_ms);
  g_test_minimized_result (report.frame_ms, "first picture, cold, ms");
  g_assert_cmpfloat (report.frame_ms, >, 0);
  g_assert_cmpfloat (report.frame_ms, <, 2000);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  close (go);
  close (in);
  room_clear (&room);
  door_clear (&door);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/first-frame/cold", test_cold);
  return g_test_run ();
}
