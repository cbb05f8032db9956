// SPDX-License-Identifier: Apache-2.0
/* The verbs that read: status, devices, history, monitor. */
#include <glib-unix.h>
#include <glib/gi18n.h>

#include "cli/agent-link.h"
#include "cli/options.h"
#include "cli/print.h"

int
cli_status (int argc, char **argv)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  agent = cli_agent_for_verb (&options, argc, argv, 0, 0, &code);
  if (agent == NULL)
    return code;
  if (!ipd_bus_agent1_call_get_status_sync (agent, &status, NULL, &error))
    return cli_agent_failed (error);
  cli_print (NULL, status, options.json, cli_print_status);
  return cli_flag (status, "ready") ? CLI_OK : CLI_NOT_READY;
}

/* A list with nothing in it. Returns: the exit code, everything being said: an empty list of a member is an answer */
static int
explain_empty (IpdBusAgent1 *agent, bool json, const char *sentence)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;

  if (!ipd_bus_agent1_call_get_status_sync (agent, &status, NULL, &error))
    return cli_agent_failed (error);
  if (!cli_flag (status, "enrolled"))
    {
      cli_print_error (cli_text (status, "reason"));
      return CLI_NOT_READY;
    }
  if (!json)
    g_print ("%s\n", sentence);
  return CLI_OK;
}

static void
print_list (GVariant *list, const char *kind, bool json, CliPrint print)
{
  GVariantIter iter;
  GVariant *item;

  g_variant_iter_init (&iter, list);
  while ((item = g_variant_iter_next_value (&iter)) != NULL)
    {
      cli_print (kind, item, json, print);
      g_variant_unref (item);
    }
}

int
cli_devices (int argc, char **argv)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autoptr (GVariant) devices = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  agent = cli_agent_for_verb (&options, argc, argv, 0, 0, &code);
  if (agent == NULL)
    return code;
  if (!ipd_bus_agent1_call_get_devices_sync (agent, &devices, NULL, &error))
    return cli_agent_failed (error);
  if (g_variant_n_children (devices) == 0)
    return explain_empty (agent, options.json, _ ("The plant has no station for this computer."));
  print_list (devices, NULL, options.json, cli_print_device);
  return CLI_OK;
}

/* What is missing from the list, beside it: standard output stays what was asked for. */
static void
tell_gap (IpdBusAgent1 *agent)
{
  g_autoptr (GVariant) status = NULL;

  if (ipd_bus_agent1_call_get_status_sync (agent, &status, NULL, NULL) && *cli_text (status, "notice") != '\0')
    g_printerr ("%s\n", cli_text (status, "notice"));
}

int
cli_history (int argc, char **argv)
{
  int limit = 20;
  const GOptionEntry entries[] = {
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit, N_ ("How many entries, newest first (20)"), N_ ("N") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!cli_options_parse (&options, argc, argv, entries, 0, 0, &code))
    return code;
  if (limit < 1)
    {
      g_printerr ("%s\n", _ ("The number of entries must be at least 1."));
      return CLI_USAGE;
    }
  agent = cli_agent_connect ();
  if (agent == NULL)
    return CLI_NO_AGENT;
  if (!ipd_bus_agent1_call_get_history_sync (agent, (guint) limit, &list, NULL, &error))
    return cli_agent_failed (error);
  tell_gap (agent);
  if (g_variant_n_children (list) == 0)
    return explain_empty (agent, options.json, _ ("There has been no visit and no opening yet."));
  print_list (list, NULL, options.json, cli_print_history);
  return CLI_OK;
}

/* ---- monitor ---- */

typedef struct {
  GMainLoop *loop;
  bool json;
  int code;
} Monitor;

static void
on_status (IpdBusAgent1 *agent, GVariant *value, Monitor *monitor)
{
  cli_print ("status", value, monitor->json, cli_print_status);
}

static void
on_device (IpdBusAgent1 *agent, GVariant *value, Monitor *monitor)
{
  cli_print ("device", value, monitor->json, cli_print_device);
}

static void
on_visit (IpdBusAgent1 *agent, GVariant *value, Monitor *monitor)
{
  cli_print ("visit", value, monitor->json, cli_print_visit);
}

static void
on_command (IpdBusAgent1 *agent, GVariant *value, Monitor *monitor)
{
  cli_print ("command", value, monitor->json, cli_print_command);
}

static gboolean
on_interrupt (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, Monitor *monitor)
{
  g_printerr ("%s\n", _ ("The agent has ended."));
  monitor->code = CLI_NO_AGENT;
  g_main_loop_quit (monitor->loop);
}

/* The state now, so that a follower does not start blind; signals may already come in between, which is harmless. */
static bool
show_present (Monitor *monitor, IpdBusAgent1 *agent, GError **error)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) visits = NULL;

  if (!ipd_bus_agent1_call_get_status_sync (agent, &status, NULL, error)
      || !ipd_bus_agent1_call_get_visits_sync (agent, &visits, NULL, error))
    return false;
  cli_print ("status", status, monitor->json, cli_print_status);
  print_list (visits, "visit", monitor->json, cli_print_visit);
  return true;
}

int
cli_monitor (int argc, char **argv)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  Monitor monitor = { .loop = loop };
  int code;

  if (!cli_options_parse (&options, argc, argv, NULL, 0, 0, &code))
    return code;
  monitor.json = options.json;
  agent = cli_agent_connect ();
  if (agent == NULL)
    return CLI_NO_AGENT;
  g_signal_connect (agent, "status-changed", G_CALLBACK (on_status), &monitor);
  g_signal_connect (agent, "device-changed", G_CALLBACK (on_device), &monitor);
  g_signal_connect (agent, "visit-changed", G_CALLBACK (on_visit), &monitor);
  g_signal_connect (agent, "command-changed", G_CALLBACK (on_command), &monitor);
  g_signal_connect (g_dbus_proxy_get_connection (G_DBUS_PROXY (agent)), "closed", G_CALLBACK (on_closed), &monitor);
  if (!show_present (&monitor, agent, &error))
    return cli_agent_failed (error);
  g_unix_signal_add (SIGINT, on_interrupt, loop);
  g_unix_signal_add (SIGTERM, on_interrupt, loop);
  g_main_loop_run (loop);
  g_signal_handlers_disconnect_by_data (g_dbus_proxy_get_connection (G_DBUS_PROXY (agent)), &monitor);
  return monitor.code;
}
