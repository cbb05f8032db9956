// SPDX-License-Identifier: Apache-2.0
/* The verbs about a visit: call, answer, reject, hangup. Each ends when the agent has taken it. */
#include <glib/gi18n.h>

#include "cli/agent-link.h"
#include "cli/device-word.h"
#include "cli/options.h"
#include "cli/print.h"

/* Prints the visit @id as the agent has it now, or nothing when it is already gone. */
static int
show_visit (IpdBusAgent1 *agent, const char *id, bool json)
{
  g_autoptr (GVariant) visits = NULL;
  g_autoptr (GError) error = NULL;
  GVariantIter iter;
  GVariant *visit;

  if (!ipd_bus_agent1_call_get_visits_sync (agent, &visits, NULL, &error))
    return cli_agent_failed (error);
  g_variant_iter_init (&iter, visits);
  while ((visit = g_variant_iter_next_value (&iter)) != NULL)
    {
      if (*id == '\0' || g_strcmp0 (cli_text (visit, "id"), id) == 0)
        {
          cli_print (NULL, visit, json, cli_print_visit);
          g_variant_unref (visit);
          break;
        }
      g_variant_unref (visit);
    }
  return CLI_OK;
}

int
cli_call (int argc, char **argv)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autofree char *device = NULL;
  g_autofree char *visit = NULL;
  g_autoptr (GError) error = NULL;
  int code;

  agent = cli_agent_for_verb (&options, argc, argv, 1, 1, &code);
  if (agent == NULL)
    return code;
  device = cli_device_from_word (agent, options.word[0], &error);
  if (device == NULL || !ipd_bus_agent1_call_call_sync (agent, device, &visit, NULL, &error))
    return cli_agent_failed (error);
  return show_visit (agent, visit, options.json);
}

typedef gboolean (*VisitVerb) (IpdBusAgent1 *agent, const char *visit, GCancellable *cancellable, GError **error);

static int
act_on_visit (int argc, char **argv, VisitVerb verb)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autoptr (GError) error = NULL;
  const char *visit;
  int code;

  agent = cli_agent_for_verb (&options, argc, argv, 0, 1, &code);
  if (agent == NULL)
    return code;
  visit = options.word[0] != NULL ? options.word[0] : "";
  if (!verb (agent, visit, NULL, &error))
    return cli_agent_failed (error);
  return show_visit (agent, visit, options.json);
}

int
cli_answer (int argc, char **argv)
{
  return act_on_visit (argc, argv, ipd_bus_agent1_call_answer_sync);
}

int
cli_reject (int argc, char **argv)
{
  return act_on_visit (argc, argv, ipd_bus_agent1_call_reject_sync);
}

int
cli_hangup (int argc, char **argv)
{
  return act_on_visit (argc, argv, ipd_bus_agent1_call_hang_up_sync);
}
