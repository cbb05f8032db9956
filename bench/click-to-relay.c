// SPDX-License-Identifier: Apache-2.0
/*
 * Opens the door N times in a call through the agent's contract, as the Open button does, and prints for each how long
 * it took from the click to the line in the relay driver's own file: "<milliseconds>" a line. Bounded by N and by 5 s
 * an opening.
 *
 *   click-to-relay SOCKET RELAY-FILE DEVICE N
 */
#include <gio/gio.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "agent-contract.h"

enum { RELAY_TIMEOUT_MS = 5000, STATE_TIMEOUT_S = 10 };

typedef struct {
  IpdBusAgent1 *agent;
  GMainLoop *loop;
  const char *wanted; /* state that ends the wait */
  gboolean seen;
} Bench;

static gboolean
on_timeout (gpointer data)
{
  g_main_loop_quit (((Bench *) data)->loop);
  return G_SOURCE_REMOVE;
}

static void
on_changed (IpdBusAgent1 *agent, GVariant *value, gpointer data)
{
  Bench *bench = data;
  const char *state = NULL;

  if (bench->wanted != NULL && g_variant_lookup (value, "state", "&s", &state) && g_str_equal (state, bench->wanted))
    {
      bench->seen = TRUE;
      g_main_loop_quit (bench->loop);
    }
}

static gboolean
await_state (Bench *bench, const char *state)
{
  guint timer = g_timeout_add_seconds (STATE_TIMEOUT_S, on_timeout, bench);

  bench->wanted = state;
  bench->seen = FALSE;
  g_main_loop_run (bench->loop);
  bench->wanted = NULL;
  if (bench->seen)
    g_source_remove (timer);
  return bench->seen;
}

/* The time of the newest line of the relay's file with this word, or 0. */
static gint64
last_line (const char *path, const char *word)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gint64 us = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *rest;
      gint64 t = g_ascii_strtoll (lines[i], &rest, 10);

      if (*rest == ' ' && g_str_has_prefix (rest + 1, word))
        us = t;
    }
  return us;
}

static gint64
await_relay (int watch, const char *path, const char *word, gint64 after_us)
{
  struct pollfd p = { .fd = watch, .events = POLLIN };
  char events[4096];
  gint64 us;

  while ((us = last_line (path, word)) < after_us)
    if (poll (&p, 1, RELAY_TIMEOUT_MS) <= 0 || read (watch, events, sizeof events) <= 0)
      return 0;
  return us;
}

static gboolean
open_once (Bench *bench, int watch, const char *path, const char *device, const char *visit)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL;
  gint64 clicked_us = g_get_monotonic_time ();
  gint64 relay_us;

  if (!ipd_bus_agent1_call_open_sync (bench->agent, device, "", visit, &command, NULL, &error))
    {
      g_printerr ("open: %s\n", error->message);
      return FALSE;
    }
  relay_us = await_relay (watch, path, "on", clicked_us);
  if (relay_us == 0)
    {
      g_printerr ("the relay did not move\n");
      return FALSE;
    }
  printf ("%.3f\n", (double) (relay_us - clicked_us) / 1000.0);
  /* The next click comes when the lock is at rest again, as a person's would. */
  return await_state (bench, "contact-open") && await_relay (watch, path, "off", relay_us) != 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autofree char *address = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *visit = NULL;
  Bench bench = { 0 };
  int watch = inotify_init1 (IN_CLOEXEC);
  int n;

  if (argc != 5)
    return 2;
  n = (int) g_ascii_strtoll (argv[4], NULL, 10);
  address = g_strdup_printf ("unix:path=%s", argv[1]);
  bus = g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL,
                                                &error);
  if (bus != NULL)
    bench.agent = ipd_bus_agent1_proxy_new_sync (bus, G_DBUS_PROXY_FLAGS_NONE, NULL, "/io/ipdoor/Agent1", NULL, &error);
  folder = g_path_get_dirname (argv[2]);
  if (bench.agent == NULL || inotify_add_watch (watch, folder, IN_MODIFY | IN_CREATE) < 0)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "no relay folder");
      return 1;
    }
  bench.loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (bench.agent, "visit-changed", G_CALLBACK (on_changed), &bench);
  g_signal_connect (bench.agent, "command-changed", G_CALLBACK (on_changed), &bench);
  if (!ipd_bus_agent1_call_call_sync (bench.agent, argv[3], &visit, NULL, &error) || !await_state (&bench, "talking"))
    {
      g_printerr ("call: %s\n", error != NULL ? error->message : "not answered");
      return 1;
    }
  for (int i = 0; i < n; i++)
    if (!open_once (&bench, watch, argv[2], argv[3], visit))
      return 1;
  ipd_bus_agent1_call_hang_up_sync (bench.agent, visit, NULL, NULL);
  return 0;
}
