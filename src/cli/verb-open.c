// SPDX-License-Identifier: Apache-2.0
/*
 * `ipdoor open`: sends one command and follows it to its end. A door is open when its contact says so: the exit code is
 * 0 for contact-open, for actuated where the output has no contact, and for unconfirmed: a station that only takes a
 * code never says more.
 */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/agent-link.h"
#include "cli/device-word.h"
#include "cli/follow.h"
#include "cli/options.h"
#include "cli/print.h"

typedef struct {
  CliFollow follow;
  IpdBusAgent1 *agent;
  GQueue early; /* of GVariant: what came before the answer with our command's id */
  char *command;
  bool json;
} Opening;

/* Returns: whether the output that @command names has a contact. An output we cannot find is taken to have one. */
static bool
has_contact (Opening *opening, GVariant *command)
{
  g_autoptr (GVariant) devices = NULL;
  GVariantIter devices_iter;
  GVariantIter *outputs;
  const char *device;
  bool contact = true;

  if (!ipd_bus_agent1_call_get_devices_sync (opening->agent, &devices, NULL, NULL))
    return true;
  g_variant_iter_init (&devices_iter, devices);
  for (GVariant *entry; (entry = g_variant_iter_next_value (&devices_iter)) != NULL; g_variant_unref (entry))
    if (g_variant_lookup (entry, "id", "&s", &device) && strcmp (device, cli_text (command, "device")) == 0
        && g_variant_lookup (entry, "outputs", "a(sssb)", &outputs))
      {
        const char *id, *name, *kind;
        gboolean with_contact;

        while (g_variant_iter_next (outputs, "(&s&s&sb)", &id, &name, &kind, &with_contact))
          if (strcmp (id, cli_text (command, "output")) == 0)
            contact = with_contact;
        g_variant_iter_free (outputs);
      }
  return contact;
}

static void
take_news (Opening *opening, GVariant *command)
{
  const char *state = cli_text (command, "state");

  if (strcmp (cli_text (command, "id"), opening->command) != 0)
    return;
  cli_print ("command", command, opening->json, cli_print_command);
  if (strcmp (state, "contact-open") == 0)
    cli_follow_end (&opening->follow, CLI_OK);
  else if (strcmp (state, "actuated") == 0 && !has_contact (opening, command))
    cli_follow_end (&opening->follow, CLI_OK);
  else if (strcmp (state, "unconfirmed") == 0) /* more is never known of that station, and nothing says no */
    cli_follow_end (&opening->follow, CLI_OK);
  else if (strcmp (state, "requested") != 0 && strcmp (state, "accepted") != 0 && strcmp (state, "actuated") != 0)
    cli_follow_end (&opening->follow, CLI_FAILED);
}

static void
on_command (IpdBusAgent1 *agent, GVariant *command, Opening *opening)
{
  if (opening->command == NULL)
    g_queue_push_tail (&opening->early, g_variant_ref (command));
  else
    take_news (opening, command);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *opening = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *command;

  if (!ipd_bus_agent1_call_open_finish (IPD_BUS_AGENT1 (source), &opening->command, result, &error))
    {
      cli_follow_end (&opening->follow, cli_agent_failed (error));
      return;
    }
  while ((command = g_queue_pop_head (&opening->early)) != NULL)
    {
      take_news (opening, command);
      g_variant_unref (command);
    }
}

/* A visitor who rings there now is who the door is opened for: the ring then ends everywhere. "" if nobody does. */
static char *
find_visit (IpdBusAgent1 *agent, const char *device)
{
  g_autoptr (GVariant) visits = NULL;
  GVariantIter iter;
  GVariant *visit;
  char *found = NULL;

  if (!ipd_bus_agent1_call_get_visits_sync (agent, &visits, NULL, NULL))
    return g_strdup ("");
  g_variant_iter_init (&iter, visits);
  while ((visit = g_variant_iter_next_value (&iter)) != NULL)
    {
      if (found == NULL && strcmp (cli_text (visit, "device"), device) == 0
          && strcmp (cli_text (visit, "state"), "ended") != 0)
        found = g_strdup (cli_text (visit, "id"));
      g_variant_unref (visit);
    }
  return found != NULL ? found : g_strdup ("");
}

/* Returns: (transfer full) (nullable): the station of the visits that go on, if all are at one */
static char *
find_visited (IpdBusAgent1 *agent)
{
  g_autoptr (GVariant) visits = NULL;
  g_autofree char *found = NULL;

  if (!ipd_bus_agent1_call_get_visits_sync (agent, &visits, NULL, NULL))
    return NULL;
  for (gsize i = 0; i < g_variant_n_children (visits); i++)
    {
      g_autoptr (GVariant) visit = g_variant_get_child_value (visits, i);

      if (strcmp (cli_text (visit, "state"), "ended") == 0)
        continue;
      if (found != NULL && strcmp (found, cli_text (visit, "device")) != 0)
        return NULL;
      g_free (found);
      found = g_strdup (cli_text (visit, "device"));
    }
  return g_steal_pointer (&found);
}

static int
run (Opening *opening, const char *device, const char *output)
{
  g_autofree char *visit = find_visit (opening->agent, device);
  int code;

  g_signal_connect (opening->agent, "command-changed", G_CALLBACK (on_command), opening);
  ipd_bus_agent1_call_open (opening->agent, device, output, visit, NULL, on_opened, opening);
  code = cli_follow_run (&opening->follow, opening->agent);
  g_signal_handlers_disconnect_by_data (opening->agent, opening);
  g_queue_clear_full (&opening->early, (GDestroyNotify) g_variant_unref);
  g_free (opening->command);
  return code;
}

int
cli_open (int argc, char **argv)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autofree char *device = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  Opening opening = { .early = G_QUEUE_INIT };
  int code;

  agent = cli_agent_for_verb (&options, argc, argv, 0, 2, &code);
  if (agent == NULL)
    return code;
  if (options.word[0] != NULL && options.word[1] == NULL)
    output = cli_output_from_word (agent, options.word[0]);
  if (options.word[0] == NULL)
    device = find_visited (agent);
  if (device == NULL)
    device = cli_device_from_word (agent, options.word[0] != NULL && output == NULL ? options.word[0] : "", &error);
  if (device == NULL)
    return cli_agent_failed (error);
  if (output == NULL)
    output = g_strdup (options.word[1] != NULL ? options.word[1] : "");
  opening.agent = agent;
  opening.json = options.json;
  return run (&opening, device, output);
}
