// SPDX-License-Identifier: Apache-2.0
/*
 * Keeps one ipdoor-mdns running and hands on the lines it writes. Owned by a browser or a publisher, on their thread.
 */
#include "discovery/mdns-child.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <string.h>

#include "discovery/discovery.h"
#include "discovery/mdns-line.h"
#include "platform/paths.h"

#define BACKOFF_FIRST_MS 250
#define BACKOFF_LAST_MS  30000
#define HEALTHY_US       (60 * G_USEC_PER_SEC)

struct _IpdMdnsChild {
  GMainContext *context;
  char *program;
  char *order; /* its only argument */
  const IpdMdnsChildHandler *handler;
  gpointer user_data;

  GSubprocess *process; /* %NULL between a death and the next start */
  GSource *output;
  GSource *restart;
  gint64 started_us;
  guint backoff_ms;

  char line[IPD_MDNS_LINE_MAX + 1]; /* what was read and has no newline yet */
  gsize filled;
};

static gboolean on_output (GObject *stream, gpointer user_data);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static bool
spawn (IpdMdnsChild *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  GPollableInputStream *output;

  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &local,
                                    self->program, self->order, NULL);
  if (self->process == NULL)
    {
      g_set_error (error, IPD_DISCOVERY_ERROR, IPD_DISCOVERY_ERROR_NO_HELPER, "Cannot start %s: %s", self->program,
                   local->message);
      return false;
    }
  output = G_POLLABLE_INPUT_STREAM (g_subprocess_get_stdout_pipe (self->process));
  self->output = g_pollable_input_stream_create_source (output, NULL);
  g_source_set_static_name (self->output, "ipdoor-mdns output");
  g_source_set_callback (self->output, G_SOURCE_FUNC (on_output), self, NULL);
  g_source_attach (self->output, self->context);
  self->started_us = g_get_monotonic_time ();
  self->filled = 0;
  return true;
}

static void
let_go (IpdMdnsChild *self)
{
  clear_source (&self->output);
  /* GSubprocess reaps; closing the pipe is what ends the child. */
  if (self->process != NULL)
    g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_clear_object (&self->process);
}

static void plan_restart (IpdMdnsChild *self);

static gboolean
on_restart_timeout (gpointer user_data)
{
  IpdMdnsChild *self = user_data;
  g_autoptr (GError) error = NULL;

  clear_source (&self->restart);
  if (spawn (self, &error))
    {
      if (self->handler->started != NULL)
        self->handler->started (self->user_data);
    }
  else
    {
      g_debug ("%s", error->message);
      plan_restart (self);
    }
  return G_SOURCE_REMOVE;
}

static void
plan_restart (IpdMdnsChild *self)
{
  if (g_get_monotonic_time () - self->started_us > HEALTHY_US)
    self->backoff_ms = BACKOFF_FIRST_MS;
  self->restart = g_timeout_source_new (self->backoff_ms);
  g_source_set_static_name (self->restart, "ipdoor-mdns restart");
  g_source_set_callback (self->restart, on_restart_timeout, self, NULL);
  g_source_attach (self->restart, self->context);
  self->backoff_ms = MIN (self->backoff_ms * 2, BACKOFF_LAST_MS);
}

static void
bury (IpdMdnsChild *self, const char *reason)
{
  g_subprocess_force_exit (self->process);
  let_go (self);
  g_debug ("%s: %s", self->program, reason);
  plan_restart (self);
  self->handler->died (reason, self->user_data);
}

/* Hands on the first whole line and moves the rest forward. Returns: %false once there is no whole line. */
static bool
take_line (IpdMdnsChild *self, JsonObject **ret_line, bool *ret_bad)
{
  char *end = memchr (self->line, '\n', self->filled);
  gsize length;

  *ret_line = NULL;
  *ret_bad = end == NULL && self->filled == sizeof self->line;
  if (end == NULL)
    return false;
  length = (gsize) (end - self->line);
  *ret_line = ipd_mdns_line_parse (self->line, length);
  *ret_bad = *ret_line == NULL;
  self->filled -= length + 1;
  memmove (self->line, end + 1, self->filled);
  return *ret_line != NULL;
}

static void
hand_on_lines (IpdMdnsChild *self)
{
  GSource *output = self->output;
  JsonObject *line;
  bool bad;

  /* Kept alive to see, after each handler, whether the child was freed meanwhile. */
  g_source_ref (output);
  while (take_line (self, &line, &bad))
    {
      self->handler->said (line, self->user_data);
      json_object_unref (line);
      if (g_source_is_destroyed (output))
        break;
    }
  if (!g_source_is_destroyed (output) && bad)
    bury (self, "it wrote what is not a line");
  g_source_unref (output);
}

static gboolean
on_output (GObject *stream, gpointer user_data)
{
  IpdMdnsChild *self = user_data;
  g_autoptr (GError) error = NULL;
  gssize n;

  n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), self->line + self->filled,
                                                sizeof self->line - self->filled, NULL, &error);
  if (n > 0)
    {
      self->filled += (gsize) n;
      hand_on_lines (self);
    }
  else if (n == 0)
    bury (self, "it ended");
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    bury (self, error->message);
  /* Whoever destroyed the source did it already; otherwise it stays. */
  return G_SOURCE_CONTINUE;
}

IpdMdnsChild *
ipd_mdns_child_new (JsonObject *order, const IpdMdnsChildHandler *handler, gpointer user_data, GError **error)
{
  g_autofree char *program = NULL;
  g_autoptr (GError) local = NULL;
  IpdMdnsChild *self;

  program = ipd_paths_find_program ("ipdoor-mdns", &local);
  if (program == NULL)
    {
      g_set_error_literal (error, IPD_DISCOVERY_ERROR, IPD_DISCOVERY_ERROR_NO_HELPER, local->message);
      return NULL;
    }
  self = g_new0 (IpdMdnsChild, 1);
  self->context = g_main_context_ref_thread_default ();
  self->program = g_steal_pointer (&program);
  self->order = ipd_mdns_line_format (order);
  self->handler = handler;
  self->user_data = user_data;
  self->backoff_ms = BACKOFF_FIRST_MS;
  if (!spawn (self, error))
    g_clear_pointer (&self, ipd_mdns_child_free);
  return self;
}

void
ipd_mdns_child_free (IpdMdnsChild *self)
{
  if (self == NULL)
    return;
  clear_source (&self->restart);
  let_go (self);
  g_main_context_unref (self->context);
  g_free (self->program);
  g_free (self->order);
  g_free (self);
}
