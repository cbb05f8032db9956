// SPDX-License-Identifier: Apache-2.0
/*
 * The generated proxy of the agent's contract, with our values instead of dictionaries. Owned by main(), used by the
 * session in the main thread.
 */
#include "desktop/agent-link.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "agent-contract.h"

/* A local process that does not answer within this is not going to. */
#define OPEN_TIMEOUT_MS 3000

struct _IpdAgentLink {
  GDBusConnection *connection;
  IpdBusAgent1 *proxy;
  GCancellable *cancellable; /* of every request that is under way */
  IpdAgentLinkHandlers handlers;
  gpointer data;
};

G_DEFINE_QUARK (ipd - desk - error - quark, ipd_desk_error)

static void
on_visit_changed (IpdBusAgent1 *proxy, GVariant *dict, IpdAgentLink *link)
{
  IpdDeskVisit *visit = ipd_desk_visit_parse (dict);

  if (visit == NULL)
    g_debug ("the agent spoke of a visit in words of another version");
  else
    link->handlers.visit (visit, link->data);
}

static void
on_command_changed (IpdBusAgent1 *proxy, GVariant *dict, IpdAgentLink *link)
{
  IpdDeskCommand *command = ipd_desk_command_parse (dict);

  if (command == NULL)
    g_debug ("the agent spoke of a command in words of another version");
  else
    link->handlers.command (command, link->data);
}

static void
on_digits_wanted (IpdBusAgent1 *proxy, const char *visit, const char *digits, guint duration_ms, guint gap_ms,
                  IpdAgentLink *link)
{
  link->handlers.digits (visit, digits, duration_ms, gap_ms, link->data);
}

static void
on_media_changed (IpdBusAgent1 *proxy, const char *visit, IpdAgentLink *link)
{
  link->handlers.media (visit, link->data);
}

static void
on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, IpdAgentLink *link)
{
  link->handlers.lost (link->data);
}

static gboolean
connect_proxy (IpdAgentLink *link, const char *socket_path, GError **error)
{
  g_autofree char *escaped = g_dbus_address_escape_value (socket_path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);

  link->connection = g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                                             NULL, NULL, error);
  if (link->connection == NULL)
    return FALSE;
  link->proxy = ipd_bus_agent1_proxy_new_sync (
      link->connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL,
      "/io/ipdoor/Agent1", NULL, error);
  return link->proxy != NULL;
}

IpdAgentLink *
ipd_agent_link_open (const char *socket_path, const IpdAgentLinkHandlers *handlers, gpointer data, GError **error)
{
  g_autoptr (IpdAgentLink) link = g_new0 (IpdAgentLink, 1);
  g_autoptr (GError) cause = NULL;

  link->handlers = *handlers;
  link->data = data;
  link->cancellable = g_cancellable_new ();
  if (!connect_proxy (link, socket_path, &cause))
    {
      g_set_error (error, IPD_DESK_ERROR, IPD_DESK_ERROR_NO_AGENT, _ ("The ipdoor agent does not answer: %s"),
                   cause->message);
      return NULL;
    }
  g_signal_connect (link->proxy, "visit-changed", G_CALLBACK (on_visit_changed), link);
  g_signal_connect (link->proxy, "command-changed", G_CALLBACK (on_command_changed), link);
  g_signal_connect (link->proxy, "digits-wanted", G_CALLBACK (on_digits_wanted), link);
  g_signal_connect (link->proxy, "media-changed", G_CALLBACK (on_media_changed), link);
  g_signal_connect (link->connection, "closed", G_CALLBACK (on_closed), link);
  return g_steal_pointer (&link);
}

void
ipd_agent_link_free (IpdAgentLink *link)
{
  if (link == NULL)
    return;
  g_cancellable_cancel (link->cancellable);
  if (link->proxy != NULL)
    g_signal_handlers_disconnect_by_data (link->proxy, link);
  if (link->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (link->connection, link);
      /* Whatever was said last ("rejected", "hung up") shall still leave. */
      g_dbus_connection_flush_sync (link->connection, NULL, NULL);
    }
  g_clear_object (&link->proxy);
  g_clear_object (&link->connection);
  g_clear_object (&link->cancellable);
  g_free (link);
}

static gboolean
no_agent (GError *cause, GError **error)
{
  g_dbus_error_strip_remote_error (cause);
  g_set_error_literal (error, IPD_DESK_ERROR, IPD_DESK_ERROR_NO_AGENT, cause->message);
  return FALSE;
}

GPtrArray *
ipd_agent_link_get_visits (IpdAgentLink *link, GError **error)
{
  g_autoptr (GPtrArray) visits = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_desk_visit_free);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GError) cause = NULL;
  GVariantIter iter;
  GVariant *dict;

  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (link->proxy), OPEN_TIMEOUT_MS);
  if (!ipd_bus_agent1_call_get_visits_sync (link->proxy, &list, NULL, &cause))
    {
      no_agent (cause, error);
      return NULL;
    }
  g_variant_iter_init (&iter, list);
  while ((dict = g_variant_iter_next_value (&iter)) != NULL)
    {
      IpdDeskVisit *visit = ipd_desk_visit_parse (dict);

      if (visit != NULL)
        g_ptr_array_add (visits, visit);
      g_variant_unref (dict);
    }
  return g_steal_pointer (&visits);
}

/* The descriptors arrive as a list and as handles into it; the contract lets an agent order the list as it likes. */
static gboolean
take_fds (GUnixFDList *list, GVariant *const handles[static IPD_MEDIA_N_FDS], int fds[static IPD_MEDIA_N_FDS],
          GError **error)
{
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    {
      int handle = g_variant_get_handle (handles[i]);

      fds[i]
          = list != NULL && handle < g_unix_fd_list_get_length (list) ? g_unix_fd_list_get (list, handle, error) : -1;
      if (fds[i] < 0)
        {
          if (error != NULL && *error == NULL)
            g_set_error_literal (error, IPD_DESK_ERROR, IPD_DESK_ERROR_NO_AGENT, _ ("The agent sent no sockets."));
          return FALSE;
        }
    }
  return TRUE;
}

static void
close_fds (int fds[static IPD_MEDIA_N_FDS])
{
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    if (fds[i] >= 0)
      {
        close (fds[i]);
        fds[i] = -1;
      }
}

gboolean
ipd_agent_link_open_media (IpdAgentLink *link, const char *visit, IpdMediaParams *ret_params, GError **error)
{
  g_autoptr (GVariant) dict = NULL, audio_rtp = NULL, audio_rtcp = NULL, video_rtp = NULL, video_rtcp = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GError) cause = NULL;
  int fds[IPD_MEDIA_N_FDS] = { -1, -1, -1, -1 };

  if (!ipd_bus_agent1_call_open_media_sync (link->proxy, visit, NULL, &dict, &audio_rtp, &audio_rtcp, &video_rtp,
                                            &video_rtcp, &list, NULL, &cause))
    return no_agent (cause, error);
  if (!take_fds (list, (GVariant *const[]){ audio_rtp, audio_rtcp, video_rtp, video_rtcp }, fds, error)
      || !ipd_media_params_read (dict, fds, ret_params, error))
    {
      close_fds (fds);
      return FALSE;
    }
  return TRUE;
}

void
ipd_agent_link_close_media (IpdMediaParams *params)
{
  close_fds (params->fds);
  ipd_media_params_clear (params);
}

/* The generated finish functions differ by name only; the answer of these verbs is empty or not needed. */
static void
on_verb_done (GObject *proxy, GAsyncResult *result, gpointer user_data)
{
  IpdAgentLink *link = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (proxy), result, &error);

  if (answer != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* cancelled: the link is gone, and with it @link */
  g_dbus_error_strip_remote_error (error);
  link->handlers.failed (error->message, link->data);
}

static void
call_verb (IpdAgentLink *link, const char *verb, GVariant *arguments)
{
  g_dbus_proxy_call (G_DBUS_PROXY (link->proxy), verb, arguments, G_DBUS_CALL_FLAGS_NONE, -1, link->cancellable,
                     on_verb_done, link);
}

void
ipd_agent_link_answer (IpdAgentLink *link, const char *visit)
{
  call_verb (link, "Answer", g_variant_new ("(s)", visit));
}

void
ipd_agent_link_reject (IpdAgentLink *link, const char *visit)
{
  call_verb (link, "Reject", g_variant_new ("(s)", visit));
}

void
ipd_agent_link_hang_up (IpdAgentLink *link, const char *visit)
{
  call_verb (link, "HangUp", g_variant_new ("(s)", visit));
}

void
ipd_agent_link_hold (IpdAgentLink *link, const char *visit)
{
  call_verb (link, "Hold", g_variant_new ("(s)", visit));
}

void
ipd_agent_link_resume (IpdAgentLink *link, const char *visit)
{
  call_verb (link, "Resume", g_variant_new ("(s)", visit));
}

void
ipd_agent_link_send_digits (IpdAgentLink *link, const char *visit, const char *digits)
{
  call_verb (link, "SendDigits", g_variant_new ("(ss)", visit, digits));
}

void
ipd_agent_link_open_output (IpdAgentLink *link, const char *device, const char *output, const char *visit)
{
  call_verb (link, "Open", g_variant_new ("(sss)", device != NULL ? device : "", output, visit));
}

void
ipd_agent_link_report_media (IpdAgentLink *link, const char *visit, const char *event, const char *detail)
{
  g_dbus_proxy_call (G_DBUS_PROXY (link->proxy), "ReportMedia", g_variant_new ("(sss)", visit, event, detail),
                     G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}
