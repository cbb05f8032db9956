// SPDX-License-Identifier: Apache-2.0
/*
 * Owns one enrolment from the code a person typed to the files on the disk. With no address given it tries every broker
 * that discovery finds: a wrong plant does not know the code's hint, which costs nobody a try. Main context only.
 */
#include "agent/enrolment.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "agent/agent-error.h"
#include "agent/enrol-exchange.h"
#include "agent/finder.h"
#include "agent/history.h"
#include "core/device.h"
#include "wire/secret.h"

#define LOOK_S         6
#define CANDIDATES_MAX 16

typedef struct {
  char *host;
  guint16 port;
} Candidate;

typedef struct {
  IpdAgent *agent;
  GTask *task;
  IpdEnrolKey key;
  IpdKeyPair client;
  IpdName name;
  GQueue waiting;    /* of Candidate, not tried yet */
  GHashTable *known; /* device ids that were found, so that each is tried once */
  Candidate *trying; /* NULL: none */
  bool looking;      /* more may be found */
  guint timer;
  GError *last_error; /* of the candidates tried */
} Enrolment;

static void
candidate_free (Candidate *candidate)
{
  if (candidate == NULL)
    return;
  g_free (candidate->host);
  g_free (candidate);
}

static void
add_candidate (Enrolment *self, const char *host, guint16 port)
{
  Candidate *candidate = g_new0 (Candidate, 1);

  candidate->host = g_strdup (host);
  candidate->port = port;
  g_queue_push_tail (&self->waiting, candidate);
}

static void
stop_looking (Enrolment *self)
{
  if (!self->looking)
    return;
  self->looking = false;
  ipd_finder_stop (self->agent->finder);
  if (self->timer != 0)
    g_source_remove (self->timer);
  self->timer = 0;
}

static void
enrolment_free (Enrolment *self)
{
  stop_looking (self);
  self->agent->enrolling = false;
  candidate_free (self->trying);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) candidate_free);
  g_hash_table_unref (self->known);
  g_clear_error (&self->last_error);
  ipd_wipe (&self->key, sizeof self->key);
  ipd_key_pair_clear (&self->client);
  g_object_unref (self->task);
  g_free (self);
}

static void
finish_badly (Enrolment *self)
{
  if (self->last_error != NULL)
    g_task_return_error (self->task, g_steal_pointer (&self->last_error));
  else
    g_task_return_new_error (
        self->task, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_FOUND,
        _ ("No plant was found on this network. Give the address of the station that made the code."));
  enrolment_free (self);
}

/* @why: (transfer full) */
static GError *
not_kept (GError *why)
{
  GError *error = g_error_new (IPD_AGENT_ERROR, IPD_AGENT_ERROR_FAILED,
                               _ ("The enrolment could not be kept on the disk: %s"), why->message);

  g_error_free (why);
  return error;
}

static void
finish_well (Enrolment *self, IpdEnrolled *enrolled)
{
  IpdAgent *agent = self->agent;
  GError *error = NULL;

  if (!ipd_membership_save (agent->data_dir, enrolled->authority_pk, g_bytes_get_data (enrolled->sealed, NULL),
                            g_bytes_get_size (enrolled->sealed), &error))
    {
      g_task_return_error (self->task, not_kept (error));
      enrolment_free (self);
      return;
    }
  stop_looking (self);
  ipd_agent_join (agent, g_steal_pointer (&enrolled->membership));
  /* The directory's address may be one that only the plant's own network knows; this one is known to work from here. */
  ipd_finder_ask (agent->finder, self->trying->host, self->trying->port);
  g_task_return_pointer (self->task, g_variant_ref_sink (ipd_agent_status (agent)), (GDestroyNotify) g_variant_unref);
  enrolment_free (self);
}

static void try_next (Enrolment *self);

static void
on_exchanged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Enrolment *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdEnrolled) enrolled = ipd_enrol_exchange_finish (result, &error);

  if (enrolled != NULL)
    {
      finish_well (self, enrolled);
      return;
    }
  /* What a plant said about the code matters more to a person than that another one did not answer. */
  if (self->last_error == NULL || g_error_matches (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_BAD_CODE))
    {
      g_clear_error (&self->last_error);
      self->last_error = g_steal_pointer (&error);
    }
  g_clear_pointer (&self->trying, candidate_free);
  try_next (self);
}

static void
try_next (Enrolment *self)
{
  gint64 known_version = ipd_history_get_number (self->agent->history, IPD_HISTORY_DIRECTORY_VERSION);

  if (self->trying != NULL)
    return;
  self->trying = g_queue_pop_head (&self->waiting);
  if (self->trying != NULL)
    ipd_enrol_exchange (self->trying->host, self->trying->port, &self->key, &self->client, self->name.s,
                        (guint64) known_version, NULL, on_exchanged, self);
  else if (!self->looking)
    finish_badly (self);
}

static void
on_found (const IpdFound *found, gpointer user_data)
{
  Enrolment *self = user_data;

  if ((found->roles & IPD_ROLE_BROKER) == 0 || g_hash_table_size (self->known) >= CANDIDATES_MAX
      || !g_hash_table_add (self->known, g_strdup (found->id.s)))
    return;
  add_candidate (self, found->host, found->http_port);
  try_next (self);
}

static gboolean
on_looked_enough (gpointer user_data)
{
  Enrolment *self = user_data;

  self->timer = 0;
  stop_looking (self);
  try_next (self);
  return G_SOURCE_REMOVE;
}

static bool
prepare (Enrolment *self, const char *code, const char *address, const char *name, GError **error)
{
  char normal[IPD_ENROL_CODE_LENGTH + 1];
  g_autofree char *host = NULL;
  uint16_t port;

  if (!ipd_enrol_code_normalise (code, normal))
    {
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_BAD_CODE,
                   _ ("That is not a code: it has 20 letters and digits, like ABCDE-FGHIJ-KLMNO-PQRST."));
      return false;
    }
  ipd_enrol_key_from_code (normal, &self->key);
  ipd_wipe (normal, sizeof normal);
  ipd_name_set (&self->name, *name != '\0' ? name : g_get_host_name ());
  if (*address != '\0')
    {
      if (!ipd_agent_parse_address (address, &host, &port))
        {
          g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_REACHABLE,
                       _ ("“%s” is not an address of the form HOST[:PORT]."), address);
          return false;
        }
      add_candidate (self, host, port);
    }
  else if (self->agent->options.station_host != NULL)
    add_candidate (self, self->agent->options.station_host, self->agent->options.station_port);
  return true;
}

/* Before anything is asked of a plant. */
static bool
prepare_key (Enrolment *self, GError **error)
{
  GError *why = NULL;

  if (ipd_membership_key (self->agent->data_dir, &self->client, &why))
    return true;
  g_propagate_error (error, not_kept (why));
  return false;
}

static bool
may_enrol (IpdAgent *agent, GTask *task)
{
  if (agent->membership != NULL)
    g_task_return_new_error (task, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE,
                             _ ("This computer is enrolled on %s already. Un-enrol it first."),
                             agent->membership->package.plant_name.s);
  else if (agent->enrolling)
    g_task_return_new_error (task, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE,
                             _ ("An enrolment is already going on."));
  else
    return true;
  return false;
}

void
ipd_enrolment_run (IpdAgent *agent, const char *code, const char *address, const char *name, GTask *task)
{
  Enrolment *self;
  GError *error = NULL;

  if (!may_enrol (agent, task))
    {
      g_object_unref (task);
      return;
    }
  self = g_new0 (Enrolment, 1);
  self->agent = agent;
  self->task = task;
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->waiting);
  agent->enrolling = true;
  if (!prepare (self, code, address, name, &error) || !prepare_key (self, &error))
    {
      g_task_return_error (task, error);
      enrolment_free (self);
      return;
    }
  if (g_queue_is_empty (&self->waiting) && ipd_finder_look (agent->finder, on_found, self))
    {
      self->looking = true;
      self->timer = g_timeout_add_seconds (LOOK_S, on_looked_enough, self);
    }
  try_next (self);
}
