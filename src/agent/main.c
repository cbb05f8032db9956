// SPDX-License-Identifier: Apache-2.0
/*
 * ipdoor-agent: the resident part. Starts the agent and the buses it is reached by, and ends them in order on SIGTERM
 * or SIGINT.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <malloc.h>
#include <sysexits.h>

#include "agent/agent-error.h"
#include "agent/agent.h"
#include "agent/codecs.h"
#include "agent/private-bus.h"
#include "agent/ready.h"
#include "agent/session-bus.h"
#include "platform/language.h"
#include "platform/paths.h"
#include "platform/reserve.h"
#include "wire/random.h"

typedef struct {
  GMainLoop *loop;
  IpdAgent *agent;
  bool ending;
} Program;

static void
on_shut_down (gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static gboolean
on_signal (gpointer user_data)
{
  Program *program = user_data;

  /* The second signal is from somebody who will not wait for the stations to be told. */
  if (program->ending)
    g_main_loop_quit (program->loop);
  else
    ipd_agent_shutdown (program->agent, on_shut_down, program->loop);
  program->ending = true;
  return G_SOURCE_CONTINUE;
}

static void
serve (IpdAgent *agent)
{
  g_autoptr (IpdSessionBus) session = ipd_session_bus_new (ipd_agent_get_contract (agent));
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Program program = { .loop = loop, .agent = agent };

  g_unix_signal_add (SIGTERM, on_signal, &program);
  g_unix_signal_add (SIGINT, on_signal, &program);
  ipd_ready_tell ();
  g_message ("ready: the private socket is served");
  malloc_trim (0);
  g_main_loop_run (loop);
}

static int
run (IpdAgentOptions *options, GError **error)
{
  g_autofree char *socket = ipd_paths_agent_socket (error);
  g_autoptr (IpdAgent) agent = NULL;
  g_autoptr (IpdPrivateBus) bus = NULL;

  if (socket == NULL)
    return EX_CANTCREAT;
  agent = ipd_agent_new (options, error);
  if (agent == NULL)
    return EX_CANTCREAT;
  bus = ipd_private_bus_new (socket, ipd_agent_get_contract (agent), error);
  if (bus == NULL)
    return EX_UNAVAILABLE;
  if (agent->options.ui != IPD_UI_NONE)
    ipd_codecs_ask (&agent->codecs);
  ipd_agent_start (agent);
  serve (agent);
  return EX_OK;
}

int
main (int argc, char **argv)
{
  g_auto (IpdAgentOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  guint needed, limit;
  int code;

  ipd_language_set_up ();
  g_set_prgname ("ipdoor-agent");
  if (!ipd_wire_init ())
    return EX_OSERR;
  if (!ipd_reserve_lift_limit (&needed, &limit))
    {
      g_printerr (_ ("The agent needs at least %u open files; the limit here is %u (RLIMIT_NOFILE).\n"), needed, limit);
      return EX_OSERR;
    }
  if (!ipd_agent_options_read (&options, &argc, &argv, &error))
    code = EX_USAGE;
  else
    code = run (&options, &error);
  if (error != NULL)
    g_printerr ("ipdoor-agent: %s\n", error->message);
  return code;
}
