// SPDX-License-Identifier: Apache-2.0
/*
 * Connects to the agent, and starts it where the verb may. Readiness comes by the sd_notify protocol, the same datagram
 * that systemd gets, so there is nothing to poll. Main thread only.
 */
#include "cli/agent-link.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent-error.h"
#include "cli/print.h"
#include "platform/paths.h"

#define START_TIMEOUT_S 10

static IpdBusAgent1 *
try_connect (GError **error)
{
  g_autofree char *socket = ipd_paths_agent_socket (error);
  g_autofree char *escaped = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GDBusConnection) connection = NULL;

  if (socket == NULL)
    return NULL;
  escaped = g_dbus_address_escape_value (socket);
  address = g_strconcat ("unix:path=", escaped, NULL);
  connection = g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                                       NULL, error);
  if (connection == NULL)
    return NULL;
  /* The contract has no properties, so there is nothing to load. */
  return ipd_bus_agent1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL,
                                        "/io/ipdoor/Agent1", NULL, error);
}

IpdBusAgent1 *
cli_agent_connect (void)
{
  g_autoptr (GError) error = NULL;
  IpdBusAgent1 *agent = try_connect (&error);

  if (agent == NULL)
    {
      g_debug ("%s", error->message);
      cli_print_error (_ ("The agent is not running. Start it with “ipdoor-agent”, or with "
                          "“systemctl --user start ipdoor-agent” where it is installed."));
    }
  return agent;
}

IpdBusAgent1 *
cli_agent_for_verb (CliOptions *ret_options, int argc, char **argv, int least, int most, int *ret_exit)
{
  if (!cli_options_parse (ret_options, argc, argv, NULL, least, most, ret_exit))
    return NULL;
  *ret_exit = CLI_NO_AGENT;
  return cli_agent_connect ();
}

/* An abstract datagram socket of ours; @ret_name is what goes into $NOTIFY_SOCKET. */
static GSocket *
notify_socket_new (char **ret_name, GError **error)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *name = g_strdup_printf ("ipdoor-ready-%s", uuid);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, error);

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, error))
    return NULL;
  g_socket_set_timeout (socket, START_TIMEOUT_S);
  *ret_name = g_strconcat ("@", name, NULL);
  return g_steal_pointer (&socket);
}

static int
open_log (void)
{
  g_autofree char *dir = ipd_paths_state_dir (NULL);
  g_autofree char *path = NULL;

  if (dir == NULL)
    return open ("/dev/null", O_WRONLY | O_CLOEXEC);
  path = g_build_filename (dir, "agent.log", NULL);
  return open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Between fork and exec: a session of its own, so that the terminal's end does not end the agent. */
static void
detach (gpointer unused)
{
  (void) setsid ();
}

static GSubprocess *
spawn_agent (const char *notify_name, GError **error)
{
  g_autofree char *program = ipd_paths_find_program ("ipdoor-agent", error);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  int log;

  if (program == NULL)
    return NULL;
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  log = open_log ();
  if (log >= 0)
    g_subprocess_launcher_take_stderr_fd (launcher, log);
  g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", notify_name, TRUE);
  g_subprocess_launcher_set_child_setup (launcher, detach, NULL, NULL);
  g_subprocess_launcher_set_cwd (launcher, "/");
  return g_subprocess_launcher_spawn (launcher, error, program, NULL);
}

static bool
start_agent (GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GSocket) socket = notify_socket_new (&name, error);
  g_autoptr (GSubprocess) agent = NULL;
  char word[64];

  if (socket == NULL)
    return false;
  agent = spawn_agent (name, error);
  if (agent == NULL)
    return false;
  g_printerr ("%s\n", _ ("The agent was not running; it is being started."));
  return g_socket_receive (socket, word, sizeof word, NULL, error) > 0;
}

IpdBusAgent1 *
cli_agent_connect_or_start (void)
{
  g_autoptr (GError) error = NULL;
  IpdBusAgent1 *agent = try_connect (NULL);

  if (agent != NULL)
    return agent;
  if (start_agent (&error))
    agent = try_connect (&error);
  if (agent == NULL)
    g_printerr (_ ("The agent could not be started: %s\n"), error->message);
  return agent;
}

int
cli_agent_failed (GError *error)
{
  bool not_ready;

  g_dbus_error_strip_remote_error (error);
  cli_print_error (error->message);
  not_ready = g_error_matches (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_ENROLLED)
              || g_error_matches (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_REACHABLE);
  if (not_ready)
    return CLI_NOT_READY;
  return error->domain == G_IO_ERROR ? CLI_NO_AGENT : CLI_FAILED;
}
