// SPDX-License-Identifier: Apache-2.0
/*
 * The station as a child process: start, verbs, files, end. See party.h.
 */
#include "party.h"

#include "home/home.h"
#include "station-test.h"

#include <string.h>

static void
read_ports (Program *self, const char *line)
{
  const char *sip = strstr (line, ", SIP "), *http = strstr (line, ", HTTP ");
  g_assert_nonnull (sip);
  g_assert_nonnull (http);
  self->sip_port = (guint16) g_ascii_strtoull (sip + strlen (", SIP "), NULL, 10);
  self->http_port = (guint16) g_ascii_strtoull (http + strlen (", HTTP "), NULL, 10);
  self->ready = TRUE;
}

static void
on_line (GObject *stream, GAsyncResult *result, gpointer data)
{
  Program *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (stream), result, NULL, &error);
  if (line == NULL)
    {
      /* Cancelled by program_clear(): @data is gone. */
      if (error == NULL)
        self->ready = TRUE; /* it ended; the test will see that */
      return;
    }
  g_string_append_printf (self->log, "%s\n", line);
  g_test_message ("%s", line);
  if (strstr (line, " ready: ") != NULL)
    read_ports (self, line);
  g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (stream), G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static gboolean
is_ready (gpointer data)
{
  return ((Program *) data)->ready;
}

static void
add_config (Program *self, GPtrArray *argv)
{
  g_autofree char *path = g_build_filename (self->dir, "station.conf", NULL);
  g_assert_true (g_file_set_contents_full (path, self->config, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_ptr_array_add (argv, g_strdup ("--config"));
  g_ptr_array_add (argv, g_steal_pointer (&path));
}

void
program_start (Program *self, const char *const *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
  const char *const fixed[]
      = { g_getenv ("IPDOOR_STATION"), "run", "--bind", "127.0.0.1", "--set", "network.publish=false", "--set",
          "network.http-port=0" };
  if (self->dir == NULL)
    self->dir = g_dir_make_tmp ("ipdoor-st-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (argv, g_strdup (fixed[i]));
  if (self->config != NULL)
    add_config (self, argv);
  for (guint i = 0; settings != NULL && settings[i] != NULL; i++)
    {
      g_ptr_array_add (argv, g_strdup ("--set"));
      g_ptr_array_add (argv, g_strdup (settings[i]));
    }
  g_ptr_array_add (argv, g_strdup ("--state"));
  g_ptr_array_add (argv, g_strdup (self->dir));
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG"); /* it warns about its authority key */
  home_die_with_the_test (launcher);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  self->log = self->log != NULL ? self->log : g_string_new (NULL);
  self->ready = FALSE;
  self->log_stream = g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
  g_data_input_stream_read_line_async (self->log_stream, G_PRIORITY_DEFAULT, NULL, on_line, self);
  station_test_until (is_ready, self);
  g_assert_cmpuint (self->sip_port, !=, 0);
}

typedef struct {
  gboolean over;
} Wait;

static void
on_exit_seen (GObject *process, GAsyncResult *result, gpointer data)
{
  g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL);
  ((Wait *) data)->over = TRUE;
}

static gboolean
is_over (gpointer data)
{
  return ((Wait *) data)->over;
}

static gboolean
log_is_read (gpointer data)
{
  return ((Program *) data)->ready;
}

int
program_end (Program *self, int signal)
{
  Wait wait = { FALSE };
  self->ready = FALSE; /* set again by the end of its log */
  g_subprocess_send_signal (self->process, signal);
  g_subprocess_wait_async (self->process, NULL, on_exit_seen, &wait);
  station_test_until (is_over, &wait);
  station_test_until (log_is_read, self);
  int code = g_subprocess_get_if_exited (self->process) ? g_subprocess_get_exit_status (self->process) : -1;
  g_clear_object (&self->process);
  g_clear_object (&self->log_stream);
  return code;
}

void
program_clear (Program *self)
{
  home_remove (self->dir);
  g_free (self->dir);
  g_string_free (self->log, TRUE);
}

typedef struct {
  char *out;
  gboolean over;
} Verb;

static void
on_verb_done (GObject *process, GAsyncResult *result, gpointer data)
{
  Verb *verb = data;
  g_assert_true (g_subprocess_communicate_utf8_finish (G_SUBPROCESS (process), result, &verb->out, NULL, NULL));
  verb->over = TRUE;
}

static gboolean
verb_is_over (gpointer data)
{
  return ((Verb *) data)->over;
}

char *
program_verb (const Program *self, const char *const *words, int *ret_code)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Verb verb = { NULL, FALSE };
  g_ptr_array_add (argv, (char *) g_getenv ("IPDOOR_STATION"));
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (argv, (char *) words[i]);
  g_ptr_array_add (argv, "--json");
  g_ptr_array_add (argv, "--state");
  g_ptr_array_add (argv, self->dir);
  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocess) process
      = g_subprocess_newv ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_verb_done, &verb);
  station_test_until (verb_is_over, &verb);
  g_assert_true (g_subprocess_get_if_exited (process));
  if (ret_code != NULL)
    *ret_code = g_subprocess_get_exit_status (process);
  return verb.out;
}

guint
program_count (const Program *self, const char *file, const char *word)
{
  StationTest place = { .dir = self->dir };
  return station_test_count (&place, file, word);
}

char *
program_member (const char *json, const char *name)
{
  g_autofree char *key = g_strdup_printf ("\"%s\":\"", name);
  const char *at = strstr (json, key);
  g_assert_nonnull (at);
  at += strlen (key);
  return g_strndup (at, strcspn (at, "\""));
}
