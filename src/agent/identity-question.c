// SPDX-License-Identifier: Apache-2.0
/* One question, one answer; the nonce lives in the task. Main context only. */
#include "agent/identity-question.h"

#include <string.h>

#include "agent/agent-error.h"
#include "agent/http-child.h"
#include "wire/random.h"

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const IpdShortId *nonce = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (IpdHttpReply) reply = ipd_http_request_finish (result, &error);
  g_autofree IpdIdentity *identity = g_new0 (IpdIdentity, 1);

  if (reply != NULL && reply->status != 200)
    error = g_error_new (IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_REACHABLE, "HTTP %d", reply->status);
  else if (reply != NULL)
    (void) ipd_identity_read (reply->body, strlen (reply->body), nonce, identity, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&identity), g_free);
}

void
ipd_identity_ask (const char *host, guint16 http_port, GCancellable *cancellable, GAsyncReadyCallback callback,
                  gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  IpdShortId *nonce = g_new (IpdShortId, 1);
  g_autofree char *path = NULL;

  *nonce = ipd_random_short_id ();
  path = g_strconcat ("/v1/device?nonce=", nonce->s, NULL);
  g_task_set_source_tag (task, ipd_identity_ask);
  g_task_set_task_data (task, nonce, g_free);
  ipd_http_request (host, http_port, path, NULL, cancellable, on_reply, task);
}

IpdIdentity *
ipd_identity_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
