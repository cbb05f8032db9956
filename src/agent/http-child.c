// SPDX-License-Identifier: Apache-2.0
/* The agent's end of ipdoor-http-helper: writes one JSON line, reads one. Main context only. */
#include "agent/http-child.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "agent/agent-error.h"
#include "platform/paths.h"

/* Of a task. */
typedef struct {
  char *host;
  bool nobody; /* there was no connection: nothing can have happened */
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->host);
  g_free (asked);
}

void
ipd_http_reply_free (IpdHttpReply *reply)
{
  if (reply == NULL)
    return;
  g_free (reply->body);
  g_free (reply);
}

static void
add_text (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
}

static char *
write_request (const IpdHttpRequest *request)
{
  static const char *const auths[] = { [IPD_HTTP_AUTH_NONE] = NULL,
                                       [IPD_HTTP_AUTH_BASIC] = "basic",
                                       [IPD_HTTP_AUTH_DIGEST] = "digest",
                                       [IPD_HTTP_AUTH_ANY] = "any",
                                       [IPD_HTTP_AUTH_BEARER] = "bearer" };
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  const char *usual = request->body != NULL ? "POST" : "GET";

  add_text (object, "method", request->method != NULL ? request->method : usual);
  add_text (object, "host", request->host);
  json_object_set_int_member (object, "port", request->port);
  json_object_set_boolean_member (object, "tls", request->tls);
  add_text (object, "path", request->path);
  add_text (object, "body", request->body);
  add_text (object, "type", request->type != NULL ? request->type : "application/json");
  add_text (object, "auth", auths[request->auth]);
  add_text (object, "user", request->user);
  add_text (object, "password", request->password);
  json_node_set_object (root, object);
  return json_to_string (root, FALSE);
}

static JsonObject *
object_of (JsonNode *root)
{
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

static JsonNode *
value_of (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type ? node : NULL;
}

/* The helper is ours, but it has read what a stranger sent: its word is checked like a stranger's. */
static IpdHttpReply *
read_reply (const char *text, Asked *asked, GError **error)
{
  g_autoptr (JsonNode) root = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonNode *status = value_of (object_of (root), "status", G_TYPE_INT64);
  JsonNode *body = value_of (object_of (root), "body", G_TYPE_STRING);
  JsonNode *failed = value_of (object_of (root), "failed", G_TYPE_STRING);
  IpdHttpReply *reply;

  if (status == NULL || body == NULL)
    {
      asked->nobody = failed != NULL && g_strcmp0 (json_node_get_string (failed), "not-reached") == 0;
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_REACHABLE, _ ("%s does not answer as a station would."),
                   asked->host);
      return NULL;
    }
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
  reply = read_reply (output, g_task_get_task_data (task), &error);
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) ipd_http_reply_free);
  else
    g_task_return_error (task, error);
}

void
ipd_http_send (const IpdHttpRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback,
               gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *program = NULL;
  g_autofree char *text = write_request (request);
  Asked *asked = g_new0 (Asked, 1);
  g_autoptr (GSubprocess) child = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, ipd_http_send);
  asked->host = g_strdup (request->host);
  asked->nobody = true; /* until it runs */
  g_task_set_task_data (task, asked, asked_free);
  program = ipd_paths_find_program ("ipdoor-http-helper", &error);
  if (program != NULL)
    child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, NULL);
  if (child == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  asked->nobody = false;
  g_subprocess_communicate_utf8_async (child, text, cancellable, on_done, task);
}

void
ipd_http_request (const char *host, guint16 port, const char *path, const char *body, GCancellable *cancellable,
                  GAsyncReadyCallback callback, gpointer user_data)
{
  const IpdHttpRequest request = { .host = host, .port = port, .path = path, .body = body };

  ipd_http_send (&request, cancellable, callback, user_data);
}

IpdHttpReply *
ipd_http_request_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

bool
ipd_http_may_have_arrived (GAsyncResult *result)
{
  const Asked *asked = g_task_get_task_data (G_TASK (result));

  return !asked->nobody;
}
