// SPDX-License-Identifier: Apache-2.0
/* The verbs that make this computer a member of a plant, and end that. */
#include <glib/gi18n.h>

#include "cli/agent-link.h"
#include "cli/options.h"
#include "cli/print.h"

/* Two HTTP requests, and before them up to some seconds of looking for the plant. */
#define ENROL_TIMEOUT_MS 60000

static void
print_enrolled (GVariant *status)
{
  g_print (_ ("Enrolled on %s.\n"), cli_text (status, "plant"));
}

static void
print_un_enrolled (GVariant *status)
{
  g_print ("%s\n", _ ("This computer is no longer enrolled; its keys, licence and history are wiped."));
}

int
cli_enrol (int argc, char **argv)
{
  g_autofree char *station = NULL;
  g_autofree char *name = NULL;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_STRING, &station, N_ ("Where to enrol; without it the plant is looked for"),
      N_ ("HOST[:PORT]") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("What this computer is called (its host name)"), N_ ("NAME") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  if (!cli_options_parse (&options, argc, argv, entries, 1, 1, &code))
    return code;
  if (!cli_options_take_secret (&options.word[0], _ ("No code came on standard input.")))
    return CLI_USAGE;
  agent = cli_agent_connect_or_start ();
  if (agent == NULL)
    return CLI_NO_AGENT;
  if (station == NULL && !options.json)
    g_printerr ("%s\n", _ ("Looking for the plant…"));
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (agent), ENROL_TIMEOUT_MS);
  if (!ipd_bus_agent1_call_enrol_sync (agent, options.word[0], station != NULL ? station : "", name != NULL ? name : "",
                                       &status, NULL, &error))
    return cli_agent_failed (error);
  cli_print (NULL, status, options.json, print_enrolled);
  return CLI_OK;
}

int
cli_un_enrol (int argc, char **argv)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  agent = cli_agent_for_verb (&options, argc, argv, 0, 0, &code);
  if (agent == NULL)
    return code;
  if (!ipd_bus_agent1_call_un_enrol_sync (agent, NULL, &error)
      || !ipd_bus_agent1_call_get_status_sync (agent, &status, NULL, &error))
    return cli_agent_failed (error);
  cli_print (NULL, status, options.json, print_un_enrolled);
  return CLI_OK;
}
