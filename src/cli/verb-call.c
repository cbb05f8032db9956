// SPDX-License-Identifier: Apache-2.0
/*
 * The verbs about a visit. `call` and `answer` wait until one can talk, or the visit is over: the exit code is 0 only
 * when one can talk. The others are done when the agent has taken them.
 */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/agent-link.h"
#include "cli/device-word.h"
#include "cli/follow.h"
#include "cli/options.h"
#include "cli/print.h"

static bool
is_wanted (GVariant *visit, const char *id)
{
  return *id == '\0' ? strcmp (cli_text (visit, "state"), "ended") != 0 : strcmp (cli_text (visit, "id"), id) == 0;
}

/* Prints the visit @id as the agent has it now, or nothing when it is already gone; "" is all that go on. */
static int
show_visits (IpdBusAgent1 *agent, const char *id, bool json)
{
  g_autoptr (GVariant) visits = NULL;
  g_autoptr (GError) error = NULL;
  GVariantIter iter;
  GVariant *visit;

  if (!ipd_bus_agent1_call_get_visits_sync (agent, &visits, NULL, &error))
    return cli_agent_failed (error);
  g_variant_iter_init (&iter, visits);
  for (; (visit = g_variant_iter_next_value (&iter)) != NULL; g_variant_unref (visit))
    if (is_wanted (visit, id))
      cli_print (NULL, visit, json, cli_print_visit);
  return CLI_OK;
}

/* ---- until one can talk ---- */

typedef struct {
  CliFollow follow;
  char *visit;
  char *shown; /* the state that was printed last */
  bool json;
} Talk;

static void
take_news (Talk *talk, GVariant *visit)
{
  const char *state = cli_text (visit, "state");

  if (talk->follow.done || strcmp (cli_text (visit, "id"), talk->visit) != 0)
    return;
  if (g_strcmp0 (state, talk->shown) != 0)
    cli_print (NULL, visit, talk->json, cli_print_visit);
  g_free (talk->shown);
  talk->shown = g_strdup (state);
  if (strcmp (state, "talking") == 0)
    cli_follow_end (&talk->follow, CLI_OK);
  else if (strcmp (state, "ended") == 0)
    cli_follow_end (&talk->follow, CLI_FAILED);
}

static void
on_visit (IpdBusAgent1 *agent, GVariant *visit, Talk *talk)
{
  take_news (talk, visit);
}

/*
 * Takes talk->visit. The signals since on_visit() was connected are still to be handled; an ended visit leaves the
 * agent's list only seconds later, so that none is missed.
 */
static int
follow_talk (Talk *talk, IpdBusAgent1 *agent)
{
  int code = cli_follow_run (&talk->follow, agent);

  g_signal_handlers_disconnect_by_data (agent, talk);
  g_free (talk->visit);
  g_free (talk->shown);
  return code;
}

int
cli_call (int argc, char **argv)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autofree char *device = NULL;
  g_autoptr (GError) error = NULL;
  Talk talk = { 0 };
  int code;

  agent = cli_agent_for_verb (&options, argc, argv, 1, 1, &code);
  if (agent == NULL)
    return code;
  device = cli_device_from_word (agent, options.word[0], &error);
  if (device == NULL)
    return cli_agent_failed (error);
  talk.json = options.json;
  g_signal_connect (agent, "visit-changed", G_CALLBACK (on_visit), &talk);
  if (!ipd_bus_agent1_call_call_sync (agent, device, &talk.visit, NULL, &error))
    return cli_agent_failed (error);
  return follow_talk (&talk, agent);
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
  return show_visits (agent, visit, options.json);
}

/* The newest visit that rings, so that the one that is answered is also the one that is followed. "" if none does. */
static char *
find_ringing (IpdBusAgent1 *agent)
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
      const char *state = cli_text (visit, "state");

      if (found == NULL && (strcmp (state, "ringing") == 0 || strcmp (state, "previewing") == 0))
        found = g_strdup (cli_text (visit, "id"));
      g_variant_unref (visit);
    }
  return found != NULL ? found : g_strdup ("");
}

int
cli_answer (int argc, char **argv)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autofree char *visit = NULL;
  g_autoptr (GError) error = NULL;
  Talk talk = { 0 };
  int code;

  agent = cli_agent_for_verb (&options, argc, argv, 0, 1, &code);
  if (agent == NULL)
    return code;
  visit = options.word[0] != NULL ? g_strdup (options.word[0]) : find_ringing (agent);
  talk.json = options.json;
  g_signal_connect (agent, "visit-changed", G_CALLBACK (on_visit), &talk);
  if (!ipd_bus_agent1_call_answer_sync (agent, visit, NULL, &error))
    return cli_agent_failed (error);
  talk.visit = g_steal_pointer (&visit);
  return follow_talk (&talk, agent);
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

int
cli_hold (int argc, char **argv)
{
  return act_on_visit (argc, argv, ipd_bus_agent1_call_hold_sync);
}

int
cli_resume (int argc, char **argv)
{
  return act_on_visit (argc, argv, ipd_bus_agent1_call_resume_sync);
}

int
cli_digits (int argc, char **argv)
{
  g_auto (CliOptions) options = { 0 };
  g_autoptr (IpdBusAgent1) agent = NULL;
  g_autoptr (GError) error = NULL;
  const char *visit;
  int code;

  if (!cli_options_parse (&options, argc, argv, NULL, 1, 2, &code))
    return code;
  if (!cli_options_take_secret (&options.word[0], _ ("No digits came on standard input.")))
    return CLI_USAGE;
  agent = cli_agent_connect ();
  if (agent == NULL)
    return CLI_NO_AGENT;
  visit = options.word[1] != NULL ? options.word[1] : "";
  if (!ipd_bus_agent1_call_send_digits_sync (agent, visit, options.word[0], NULL, &error))
    return cli_agent_failed (error);
  return CLI_OK;
}
