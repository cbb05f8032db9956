// SPDX-License-Identifier: Apache-2.0
/*
 * Enrolment with a real ipdoor-station: wrong codes, a good one, a licence that is taken away, un-enrolment that leaves
 * nothing; and the command line's exit codes on the way.
 */
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "home/home.h"

typedef struct {
  char *dir;
  char *state;
  char *host;
  char *agent_host;
  GSubprocess *station;
  GSubprocess *agent;
} Fixture;

/* Runs a program to its end. Returns: its exit status; @ret_output: (optional) (transfer full) */
static int
run (Fixture *f, char **ret_output, const char *program, ...)
{
  g_autoptr (GSubprocessLauncher) launcher
      = home_launcher_new (f->dir, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocess) child = NULL;
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  va_list rest;

  g_ptr_array_add (arguments, (gpointer) program);
  va_start (rest, program);
  for (const char *word; (word = va_arg (rest, const char *)) != NULL;)
    g_ptr_array_add (arguments, (gpointer) word);
  va_end (rest);
  g_ptr_array_add (arguments, NULL);
  child = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (child, NULL, NULL, &output, &errors, &error);
  g_assert_no_error (error);
  g_test_message ("%s %s: %s%s", program, (const char *) arguments->pdata[1], output, errors);
  if (ret_output != NULL)
    *ret_output = g_steal_pointer (&output);
  return g_subprocess_get_if_exited (child) ? g_subprocess_get_exit_status (child) : -1;
}

/* Reads lines of @stream until one has @word in it. */
static void
wait_for_line (GInputStream *stream, const char *word)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (stream);

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

      g_assert_nonnull (line);
      if (strstr (line, word) != NULL)
        return;
    }
}

static void
start_station (Fixture *f)
{
  g_autoptr (GSubprocessLauncher) launcher
      = home_launcher_new (f->dir, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GError) error = NULL;

  f->station = g_subprocess_launcher_spawn (launcher, &error, STATION_PROGRAM, "run", "--state", f->state, "--bind",
                                            f->host, NULL);
  g_assert_no_error (error);
  wait_for_line (g_subprocess_get_stderr_pipe (f->station), "ready");
}

static void
start_agent (Fixture *f)
{
  g_autoptr (GSubprocessLauncher) launcher = home_launcher_new (f->dir, G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autofree char *name = g_strdup_printf ("%s/notify", f->dir);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (name);
  g_autoptr (GSocket) ready
      = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GError) error = NULL;
  char word[16] = "";

  g_unlink (name);
  g_assert_true (g_socket_bind (ready, address, TRUE, NULL));
  g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", name, TRUE);
  f->agent
      = g_subprocess_launcher_spawn (launcher, &error, AGENT_PROGRAM, "--bind", f->agent_host, "--ui", "none", NULL);
  g_assert_no_error (error);
  g_assert_cmpint (g_socket_receive (ready, word, sizeof word - 1, NULL, NULL), >, 0);
  g_assert_cmpstr (word, ==, "READY=1");
}

static void
set_up (Fixture *f, gconstpointer n)
{
  const int net = 64 + (int) getpid () % 128;

  f->dir = g_dir_make_tmp ("ipdoor-enrolment-XXXXXX", NULL);
  f->state = g_build_filename (f->dir, "station", NULL);
  f->host = g_strdup_printf ("127.%d.%d.1", net, GPOINTER_TO_INT (n));
  f->agent_host = g_strdup_printf ("127.%d.%d.2", net, GPOINTER_TO_INT (n));
  start_station (f);
  start_agent (f);
}

static void
stop (GSubprocess **process)
{
  g_subprocess_send_signal (*process, SIGTERM);
  g_subprocess_wait (*process, NULL, NULL);
  g_assert_true (g_subprocess_get_successful (*process));
  g_clear_object (process);
}

static void
tear_down (Fixture *f, gconstpointer n)
{
  stop (&f->agent);
  stop (&f->station);
  home_remove (f->dir);
  g_free (f->dir);
  g_free (f->state);
  g_free (f->host);
  g_free (f->agent_host);
}

static char *
make_code (Fixture *f)
{
  char *output = NULL;

  g_assert_cmpint (run (f, &output, STATION_PROGRAM, "enrol-code", "--state", f->state, NULL), ==, 0);
  output[strcspn (output, "\n")] = '\0';
  return output;
}

/* `ipdoor enrol -` with @input on its standard input. Returns: its exit status */
static int
enrol_from_input (Fixture *f, const char *input)
{
  g_autoptr (GSubprocessLauncher) launcher
      = home_launcher_new (f->dir, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child
      = g_subprocess_launcher_spawn (launcher, &error, CLI_PROGRAM, "enrol", "-", "--station", f->host, NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (child, input, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (child);
}

static char *
client_id (Fixture *f)
{
  g_autofree char *output = NULL;
  const char *from;

  run (f, &output, CLI_PROGRAM, "status", "--json", NULL);
  from = strstr (output, "\"client-id\":\"");
  g_assert_nonnull (from);
  return g_strndup (from + strlen ("\"client-id\":\""), 26);
}

/* Waits until `ipdoor status` exits with @code: the state comes over the network. monitor is what makes us wait. */
static void
wait_for_status (Fixture *f, int code)
{
  g_autoptr (GSubprocessLauncher) launcher = home_launcher_new (f->dir, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GSubprocess) monitor
      = g_subprocess_launcher_spawn (launcher, NULL, CLI_PROGRAM, "monitor", "--json", NULL);

  wait_for_line (g_subprocess_get_stdout_pipe (monitor), code == 0 ? "\"ready\":true" : "\"ready\":false");
  g_subprocess_force_exit (monitor);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "status", NULL), ==, code);
}

static guint
count_files (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->dir, "data", "ipdoor", NULL);
  GDir *dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    n += !g_str_has_prefix (name, "history.db");
  g_clear_pointer (&dir, g_dir_close);
  return n;
}

static void
test_enrolment (Fixture *f, gconstpointer n)
{
  g_autofree char *code = NULL;
  g_autofree char *again = NULL;
  g_autofree char *line = NULL;
  g_autofree char *devices = NULL;
  g_autofree char *history = NULL;

  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "status", NULL), ==, 4);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "open", NULL), ==, 4);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "nonsense", NULL), ==, 2);
  /* wrong-code: of the right form, and not; neither leaves anything but the key that is this computer's. */
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "enrol", "AAAAA-BBBBB-CCCCC-DDDDD", "--station", f->host, NULL), ==, 1);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "enrol", "nonsense", "--station", f->host, NULL), ==, 1);
  g_assert_cmpuint (count_files (f), <=, 1);
  /* Nobody there. */
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "enrol", "AAAAA-BBBBB-CCCCC-DDDDD", "--station", f->agent_host, NULL), ==,
                   4);
  code = make_code (f);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "enrol", code, "--station", f->host, "--name", "Kitchen", NULL), ==, 0);
  wait_for_status (f, 0);
  /* Twice is once too often. */
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "enrol", code, "--station", f->host, NULL), ==, 1);
  g_assert_cmpint (run (f, &devices, CLI_PROGRAM, "devices", "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (devices, "\"registered\":true"));
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "open", NULL), ==, 0);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "open", "nowhere", NULL), ==, 1);
  g_assert_cmpint (run (f, &history, CLI_PROGRAM, "history", "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (history, "\"outcome\":\"contact-open\""));
  /* It is there again after a restart, without a word from anybody. */
  stop (&f->agent);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "status", NULL), ==, 3);
  start_agent (f);
  wait_for_status (f, 0);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "un-enrol", NULL), ==, 0);
  g_assert_cmpuint (count_files (f), ==, 0);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "status", NULL), ==, 4);
  again = make_code (f);
  /* The code may come where no list of processes shows it. */
  line = g_strconcat (again, "\n", NULL);
  g_assert_cmpint (enrol_from_input (f, ""), ==, 2);
  g_assert_cmpint (enrol_from_input (f, "\n"), ==, 2);
  g_assert_cmpint (enrol_from_input (f, line), ==, 0);
  wait_for_status (f, 0);
}

/* licence-removed: registration, ring and command all stop; and the agent says so. */
static void
test_licence_removed (Fixture *f, gconstpointer n)
{
  g_autofree char *code = make_code (f);
  g_autofree char *client = NULL;
  g_autofree char *history = NULL;
  g_autofree char *visits = NULL;

  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "enrol", code, "--station", f->host, NULL), ==, 0);
  wait_for_status (f, 0);
  client = client_id (f);
  g_assert_cmpint (run (f, NULL, STATION_PROGRAM, "licence", "remove", client, "--state", f->state, NULL), ==, 0);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "open", NULL), ==, 1);
  run (f, NULL, STATION_PROGRAM, "press", "1", "--state", f->state, NULL);
  g_assert_cmpint (run (f, &history, CLI_PROGRAM, "history", "--json", NULL), ==, 0);
  g_assert_null (strstr (history, "\"kind\":\"visit\""));
  g_assert_null (strstr (history, "contact-open"));
  /* The next registration is refused, and the status says why. */
  stop (&f->agent);
  start_agent (f);
  wait_for_status (f, 4);
}

/* A station that was killed and comes back opens its door for who was enrolled before. */
static void
test_station_restart (Fixture *f, gconstpointer n)
{
  g_autofree char *code = make_code (f);

  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "enrol", code, "--station", f->host, NULL), ==, 0);
  wait_for_status (f, 0);
  g_subprocess_force_exit (f->station);
  g_subprocess_wait (f->station, NULL, NULL);
  g_clear_object (&f->station);
  start_station (f);
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "open", NULL), ==, 0);
  /* The id of a visit may begin with a dash: there is none of it, but the command line is right. */
  g_assert_cmpint (run (f, NULL, CLI_PROGRAM, "answer", "-9cX59-WhylTBK7t2bRvlQ", NULL), ==, 1);
}

int
main (int argc, char **argv)
{
  alarm (60);
  g_test_init (&argc, &argv, NULL);
#define ADD(n, path, function)                                                                                         \
  g_test_add ("/agent/enrolment/" path, Fixture, GINT_TO_POINTER (n), set_up, function, tear_down)
  ADD (70, "whole", test_enrolment);
  ADD (71, "licence-removed", test_licence_removed);
  ADD (72, "station-restart", test_station_restart);
#undef ADD
  return g_test_run ();
}
