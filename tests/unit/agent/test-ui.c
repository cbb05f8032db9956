// SPDX-License-Identifier: Apache-2.0
/*
 * Stands in for ipdoor-desktop: takes the media of its visit, says in the file $TEST_UI_OUT who it is and what it got
 * ("pid generation waiting-packets stood-by"), reports a first frame and stays until the visit is over. $TEST_UI_EXIT
 * makes it end at once with that exit code instead.
 */
#include <gio/gunixfdlist.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent-contract.h"

static void
on_visit (IpdBusAgent1 *agent, GVariant *visit, gpointer loop)
{
  const char *state = "";

  if (g_variant_lookup (visit, "state", "&s", &state) && strcmp (state, "ended") == 0)
    g_main_loop_quit (loop);
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer loop)
{
  g_main_loop_quit (loop);
}

static guint
count_waiting (GUnixFDList *fds)
{
  int fd = g_unix_fd_list_get (fds, 0, NULL);
  char packet[64];
  guint n = 0;

  while (recv (fd, packet, sizeof packet, MSG_DONTWAIT) >= 0)
    n++;
  close (fd);
  return n;
}

static void
say (guint generation, guint waiting, gboolean stood_by)
{
  FILE *out = fopen (g_getenv ("TEST_UI_OUT"), "a");

  g_assert_nonnull (out);
  fprintf (out, "%d %u %u %d\n", (int) getpid (), generation, waiting, stood_by);
  fclose (out);
}

static void
take_media (IpdBusAgent1 *agent, const char *visit, gboolean stood_by)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) params = NULL;
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (GError) error = NULL;
  guint generation = 99;

  ipd_bus_agent1_call_open_media_sync (agent, visit, NULL, &params, &handle, NULL, NULL, NULL, &fds, NULL, &error);
  g_assert_no_error (error);
  g_variant_lookup (params, "local-generation", "u", &generation);
  say (generation, count_waiting (fds), stood_by);
  ipd_bus_agent1_call_report_media_sync (agent, visit, "first-frame", "", NULL, &error);
  g_assert_no_error (error);
}

/* One that stands by waits for the visit it is told; NULL when it is not needed. */
static char *
read_visit (void)
{
  char visit[64];
  ssize_t n = read (STDIN_FILENO, visit, sizeof visit);

  return n > 0 ? g_strndup (visit, (gsize) n) : NULL;
}

int
main (int argc, char **argv)
{
  g_autofree char *told = NULL;
  g_autofree char *address = g_strdup_printf ("unix:path=%s/ipdoor/agent.sock", g_getenv ("XDG_RUNTIME_DIR"));
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (IpdBusAgent1) agent = NULL;

  if (argc == 2 && strcmp (argv[1], "--stand-by") == 0)
    {
      told = read_visit ();
      if (told == NULL)
        return 0;
    }
  /* The agent asks it at its start, too, what it can decode ("--caps"): it says what the test wants. */
  else if (argc < 3 || strcmp (argv[1], "--visit") != 0)
    {
      g_print ("%s\n", g_getenv ("TEST_UI_CAPS") != NULL ? g_getenv ("TEST_UI_CAPS") : "");
      return 0;
    }
  if (g_getenv ("TEST_UI_EXIT") != NULL)
    {
      say (0, 0, told != NULL);
      return atoi (g_getenv ("TEST_UI_EXIT"));
    }
  connection = g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                                       NULL, NULL);
  g_assert_nonnull (connection);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), loop);
  agent = ipd_bus_agent1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL,
                                         "/io/ipdoor/Agent1", NULL, NULL);
  g_signal_connect (agent, "visit-changed", G_CALLBACK (on_visit), loop);
  take_media (agent, told != NULL ? told : argv[2], told != NULL);
  g_main_loop_run (loop);
  return 0;
}
