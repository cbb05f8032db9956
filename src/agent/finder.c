// SPDX-License-Identifier: Apache-2.0
/*
 * Owns discovery and the identity questions that are under way, at most one for each device and address a person gave,
 * so that nobody can make us start programs without end. Main context only.
 */
#include "agent/finder.h"

#include <string.h>

#include "agent/identity-question.h"
#include "agent/stations.h"
#include "discovery/mdns.h"

#define ASK_AGAIN_FIRST_S 2
#define ASK_AGAIN_MAX_S   60

typedef struct {
  IpdFinder *finder;
  char *host;
  guint16 port;
  char *id;      /* (nullable): the device that discovery says is there; NULL: a person gave the address */
  guint again_s; /* a person's address: how long to wait before the next question */
  guint timer;
  GCancellable *cancellable; /* while a question is under way */
} Question;

struct _IpdFinder {
  IpdAgent *agent;
  IpdDiscovery *discovery;
  GPtrArray *questions; /* of Question */
  void (*on_found) (const IpdFound *found, gpointer user_data);
  gpointer on_found_data;
};

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->timer != 0)
    g_source_remove (question->timer);
  if (question->cancellable != NULL)
    g_cancellable_cancel (question->cancellable);
  g_clear_object (&question->cancellable);
  g_free (question->host);
  g_free (question->id);
  g_free (question);
}

static void ask (Question *question);

static gboolean
on_again (gpointer user_data)
{
  Question *question = user_data;

  question->timer = 0;
  ask (question);
  return G_SOURCE_REMOVE;
}

static void
ask_again_later (Question *question)
{
  question->timer = g_timeout_add_seconds (question->again_s, on_again, question);
  question->again_s = MIN (question->again_s * 2, ASK_AGAIN_MAX_S);
}

/*
 * An address that multicast gave is the one which the device signed, or somebody else announces its name and passes its
 * answers on. An address that a person gave may differ: a NAT may lie between.
 */
static bool
is_its_own (const Question *question, const IpdIdentity *identity)
{
  return question->id == NULL
         || (strcmp (question->id, identity->id.s) == 0 && strcmp (question->host, identity->host) == 0);
}

/* The one place where an address becomes believed. */
static bool
believe (IpdFinder *self, const Question *question, const IpdIdentity *identity)
{
  const IpdMembership *membership = self->agent->membership;
  const IpdDevice *device = membership != NULL ? ipd_directory_find (&membership->directory, &identity->id) : NULL;

  if (device == NULL || memcmp (device->pk, identity->pk, IPD_PK_OCTETS) != 0
      || !ipd_id_equal (&identity->plant, &membership->package.plant) || !is_its_own (question, identity))
    {
      g_message ("%s port %u is not a device of the plant", question->host, question->port);
      return false;
    }
  ipd_stations_proved (self->agent->stations, &identity->id, question->host, question->port, identity->sip_port,
                       &identity->boot);
  return true;
}

static void
on_identity (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree IpdIdentity *identity = ipd_identity_ask_finish (result, &error);
  Question *question = user_data;
  bool believed;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the question is gone */
  g_clear_object (&question->cancellable);
  if (error != NULL)
    g_debug ("%s port %u: %s", question->host, question->port, error->message);
  believed = identity != NULL && believe (question->finder, question, identity);
  if (!believed && question->id == NULL)
    ask_again_later (question);
  else
    g_ptr_array_remove (question->finder->questions, question);
}

static void
ask (Question *question)
{
  question->cancellable = g_cancellable_new ();
  ipd_identity_ask (question->host, question->port, question->cancellable, on_identity, question);
}

static Question *
add_question (IpdFinder *self, const char *host, guint16 port, const char *id)
{
  Question *question = g_new0 (Question, 1);

  question->finder = self;
  question->host = g_strdup (host);
  question->port = port;
  question->id = g_strdup (id);
  question->again_s = ASK_AGAIN_FIRST_S;
  g_ptr_array_add (self->questions, question);
  return question;
}

void
ipd_finder_ask (IpdFinder *self, const char *host, guint16 http_port)
{
  for (guint i = 0; i < self->questions->len; i++)
    {
      const Question *question = g_ptr_array_index (self->questions, i);

      if (question->id == NULL && question->port == http_port && strcmp (question->host, host) == 0)
        return;
    }
  ask (add_question (self, host, http_port, NULL));
}

static bool
already_asked (IpdFinder *self, const char *id)
{
  for (guint i = 0; i < self->questions->len; i++)
    if (g_strcmp0 (((const Question *) g_ptr_array_index (self->questions, i))->id, id) == 0)
      return true;
  return false;
}

/* Whether what discovery says adds anything to what we have. */
static bool
is_news (const IpdStation *station, const IpdFound *found)
{
  return !station->registered || strcmp (station->host, found->host) != 0 || station->sip_port != found->sip_port
         || !ipd_short_id_equal (&station->boot, &found->boot);
}

static void
on_discovery (IpdDiscovery *discovery, IpdDiscoveryChange change, const IpdFound *found, gpointer user_data)
{
  IpdFinder *self = user_data;
  const IpdStation *station;

  if (change == IPD_DISCOVERY_LOST)
    return; /* registration says by itself whether a station is there */
  if (self->on_found != NULL)
    self->on_found (found, self->on_found_data);
  station = ipd_stations_find (self->agent->stations, found->id.s);
  if (station != NULL && is_news (station, found) && !already_asked (self, found->id.s))
    ask (add_question (self, found->host, found->http_port, found->id.s));
}

IpdFinder *
ipd_finder_new (IpdAgent *agent)
{
  IpdFinder *self = g_new0 (IpdFinder, 1);

  self->agent = agent;
  self->questions = g_ptr_array_new_with_free_func (question_free);
  self->discovery = ipd_mdns_new (&(IpdMdnsOptions){ .interface = agent->options.interface });
  return self;
}

static bool
start_discovery (IpdFinder *self)
{
  g_autoptr (GError) error = NULL;

  if (ipd_discovery_start (self->discovery, on_discovery, self, &error))
    return true;
  g_warning ("stations cannot be looked for: %s", error->message);
  return false;
}

void
ipd_finder_start (IpdFinder *self)
{
  const IpdAgentOptions *options = &self->agent->options;

  if (options->station_host != NULL)
    ipd_finder_ask (self, options->station_host, options->station_port);
  (void) start_discovery (self);
}

void
ipd_finder_stop (IpdFinder *self)
{
  self->on_found = NULL;
  ipd_discovery_stop (self->discovery);
  g_ptr_array_set_size (self->questions, 0);
}

bool
ipd_finder_look (IpdFinder *self, void (*on_found) (const IpdFound *found, gpointer user_data), gpointer user_data)
{
  self->on_found = on_found;
  self->on_found_data = user_data;
  return start_discovery (self);
}

void
ipd_finder_free (IpdFinder *self)
{
  ipd_finder_stop (self);
  ipd_discovery_free (self->discovery);
  g_ptr_array_unref (self->questions);
  g_free (self);
}
