// SPDX-License-Identifier: Apache-2.0
/* Carries one enrolment through start and finish; owns the key of the code for that long. Main context only. */
#include "agent/enrol-exchange.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "agent/agent-error.h"
#include "agent/http-child.h"
#include "wire/secret.h"

typedef struct {
  char *host;
  guint16 port;
  IpdEnrolKey key;
  IpdKeyPair client;
  IpdEnrolOffer offer;
  IpdEnrolFinish finish;
  char *name;
  guint64 known_version;
} Exchange;

static void
exchange_free (gpointer data)
{
  Exchange *self = data;

  ipd_wipe (&self->key, sizeof self->key);
  ipd_key_pair_clear (&self->client);
  g_free (self->host);
  g_free (self->name);
  g_free (self);
}

void
ipd_enrolled_free (IpdEnrolled *enrolled)
{
  if (enrolled == NULL)
    return;
  g_bytes_unref (enrolled->sealed);
  ipd_membership_free (enrolled->membership);
  g_free (enrolled);
}

static void
fail (GTask *task, IpdAgentError code, const char *message)
{
  g_task_return_new_error (task, IPD_AGENT_ERROR, (int) code, "%s", message);
}

static void
fail_strangely (GTask *task, const GError *why)
{
  g_debug ("enrolment: %s", why->message);
  fail (task, IPD_AGENT_ERROR_FAILED, _ ("The station gave an answer that cannot be trusted."));
}

/* Returns: whether the reply is there and good; otherwise the task has its error. */
static bool
accepted (GTask *task, IpdHttpReply *reply, GError *error)
{
  if (reply == NULL)
    g_task_return_error (task, error);
  else if (reply->status == 403)
    fail (task, IPD_AGENT_ERROR_BAD_CODE, _ ("The code is wrong, or is no longer valid. Ask for a new one."));
  else if (reply->status == 429)
    fail (task, IPD_AGENT_ERROR_FAILED, _ ("The station is busy enrolling others. Try again in a minute."));
  else if (reply->status != 200)
    fail (task, IPD_AGENT_ERROR_NOT_REACHABLE, _ ("What answers there is not the station that enrols."));
  else
    return true;
  return false;
}

static void
on_finish (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (IpdHttpReply) http = ipd_http_request_finish (result, &error);
  g_auto (IpdEnrolReply) reply = { 0 };
  g_autoptr (GError) failure = NULL;
  g_autoptr (IpdMembership) membership = NULL;
  IpdEnrolled *enrolled;

  if (!accepted (task, http, error))
    return;
  if (!ipd_enrol_reply_read (http->body, strlen (http->body), &reply, &failure))
    {
      fail_strangely (task, failure);
      return;
    }
  if (!ipd_enrol_reply_verify (&self->key, &self->offer, &self->finish, &reply))
    {
      fail (task, IPD_AGENT_ERROR_FAILED,
            _ ("The station did not prove that it knows the code. Nothing was enrolled."));
      return;
    }
  membership = ipd_membership_new (&self->client, self->offer.authority_pk, g_bytes_get_data (reply.package, NULL),
                                   g_bytes_get_size (reply.package), self->known_version, &failure);
  if (membership == NULL)
    {
      fail_strangely (task, failure);
      return;
    }
  enrolled = g_new0 (IpdEnrolled, 1);
  memcpy (enrolled->authority_pk, self->offer.authority_pk, sizeof enrolled->authority_pk);
  enrolled->sealed = g_bytes_ref (reply.package);
  enrolled->membership = g_steal_pointer (&membership);
  g_task_return_pointer (task, enrolled, (GDestroyNotify) ipd_enrolled_free);
}

static void
on_start (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (IpdHttpReply) http = ipd_http_request_finish (result, &error);
  g_autoptr (GError) failure = NULL;
  g_autofree char *body = NULL;

  if (!accepted (task, http, error))
    return;
  if (!ipd_enrol_offer_read (http->body, strlen (http->body), &self->offer, &failure))
    {
      fail_strangely (task, failure);
      return;
    }
  ipd_enrol_finish_make (&self->key, self->client.pk, self->name, &self->offer, &self->finish);
  body = ipd_enrol_finish_write (&self->finish);
  ipd_http_request (self->host, self->port, "/v1/enrol/finish", body, g_task_get_cancellable (task), on_finish,
                    g_object_ref (task));
}

void
ipd_enrol_exchange (const char *host, guint16 http_port, const IpdEnrolKey *key, const IpdKeyPair *client,
                    const char *name, guint64 known_version, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Exchange *self = g_new0 (Exchange, 1);
  char hint[IPD_ENROL_HINT_LENGTH + 1];
  g_autofree char *body = NULL;

  self->host = g_strdup (host);
  self->port = http_port;
  self->key = *key;
  self->client = *client;
  self->name = g_strdup (name);
  self->known_version = known_version;
  g_task_set_source_tag (task, ipd_enrol_exchange);
  g_task_set_task_data (task, self, exchange_free);
  ipd_enrol_hint (key, hint);
  body = ipd_enrol_start_write (hint);
  ipd_http_request (host, http_port, "/v1/enrol/start", body, cancellable, on_start, task);
}

IpdEnrolled *
ipd_enrol_exchange_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
