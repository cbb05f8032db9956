// SPDX-License-Identifier: Apache-2.0
/* Runs the main context for the verbs that wait. Owns nothing that outlives a call; main thread only. */
#include "cli/follow.h"

#include <glib/gi18n.h>

#include "cli/print.h"

/* The agent ends every command and every call by itself, the longest after a minute; this bounds a broken one. */
#define FOLLOW_TIMEOUT_S 90

void
cli_follow_end (CliFollow *follow, int code)
{
  if (follow->done)
    return;
  follow->done = true;
  follow->code = code;
}

static gboolean
on_timeout (gpointer user_data)
{
  cli_print_error (_ ("The agent did not say how it ended."));
  cli_follow_end (user_data, CLI_FAILED);
  return G_SOURCE_CONTINUE; /* it is removed where it was added */
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, CliFollow *follow)
{
  cli_print_error (_ ("The agent has ended."));
  cli_follow_end (follow, CLI_NO_AGENT);
}

int
cli_follow_run (CliFollow *follow, IpdBusAgent1 *agent)
{
  GDBusConnection *connection = g_dbus_proxy_get_connection (G_DBUS_PROXY (agent));
  guint timeout = g_timeout_add_seconds (FOLLOW_TIMEOUT_S, on_timeout, follow);

  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), follow);
  while (!follow->done)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (connection, follow);
  g_source_remove (timeout);
  return follow->code;
}
