// SPDX-License-Identifier: Apache-2.0
/* The agent's end of ipdoor-http-helper: writes one JSON line, reads one. Main context only. */
#include "agent/http-child.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "agent/agent-error.h"
#include "platform/paths.h"

void
ipd_http_reply_free (IpdHttpReply *reply)
{
  if (reply == NULL)
    return;
  g_free (reply->body);
  g_free (reply);
}

static char *
write_request (const char *host, guint16 port, const char *path, const char *body)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "host");
  json_builder_add_string_value (builder, host);
  json_builder_set_member_name (builder, "port");
  json_builder_add_int_value (builder, port);
  json_builder_set_member_name (builder, "path");
  json_builder_add_string_value (builder, path);
  if (body != NULL)
    {
      json_builder_set_member_name (builder, "body");
      json_builder_add_string_value (builder, body);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* The helper is ours, but it has read what a stranger sent: its word is checked like a stranger's. */
static IpdHttpReply *
read_reply (const char *text)
{
  g_autoptr (JsonNode) root = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonNode *status = object != NULL ? json_object_get_member (object, "status") : NULL;
  JsonNode *body = object != NULL ? json_object_get_member (object, "body") : NULL;
  IpdHttpReply *reply;

  if (status == NULL || !JSON_NODE_HOLDS_VALUE (status) || json_node_get_value_type (status) != G_TYPE_INT64
      || body == NULL || !JSON_NODE_HOLDS_VALUE (body) || json_node_get_string (body) == NULL)
    return NULL;
  reply = g_new0 (IpdHttpReply, 1);
  reply->status = (int) CLAMP (json_node_get_int (status), 0, 999);
  reply->body = json_node_dup_string (body);
  return reply;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char *output = NULL;
  GError *error = NULL;
  IpdHttpReply *reply;

  if (!g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &output, NULL, &error))
    {
      g_subprocess_force_exit (G_SUBPROCESS (source));
      g_task_return_error (task, error);
      return;
    }
  reply = read_reply (output);
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) ipd_http_reply_free);
  else
    g_task_return_new_error (task, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_REACHABLE,
                             _ ("%s does not answer as a station would."), (const char *) g_task_get_task_data (task));
}

void
ipd_http_request (const char *host, guint16 port, const char *path, const char *body, GCancellable *cancellable,
                  GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *program = NULL;
  g_autofree char *request = write_request (host, port, path, body);
  g_autoptr (GSubprocess) child = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, ipd_http_request);
  g_task_set_task_data (task, g_strdup (host), g_free);
  program = ipd_paths_find_program ("ipdoor-http-helper", &error);
  if (program != NULL)
    child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, NULL);
  if (child == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_subprocess_communicate_utf8_async (child, request, cancellable, on_done, task);
}

IpdHttpReply *
ipd_http_request_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
