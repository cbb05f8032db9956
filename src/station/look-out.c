// SPDX-License-Identifier: Apache-2.0
/*
 * A client calls the station: what its INVITE must prove before anybody sees or hears through the door. Called by
 * visit-engine.c; main thread.
 */
#include "station/visit-run.h"

#include "wire/random.h"

/* Call-IDs of look-outs that are remembered; each took a licensed client's signature to get here. */
#define SEEN_MAX 4096

/* The checks of docs/protocol.md §8, in its order. */
static const IpdClient *
check_invite (IpdVisitEngine *self, const IpdSipEvent *event, const char **ret_why)
{
  const IpdVisitParts *parts = &self->parts;
  IpdId from;
  const IpdClient *client = ipd_id_from_text (event->from_user, &from) ? ipd_plant_find (parts->plant, &from) : NULL;
  if (g_strcmp0 (event->ruri_user, parts->boot->s) != 0)
    *ret_why = "not to this start of the station";
  else if (client == NULL)
    *ret_why = "not from a client of this plant";
  else if (!ipd_leg_client_invite_is_signed (parts->identity, client, event))
    *ret_why = "signature";
  else if (g_hash_table_contains (self->seen, event->call_id)
           || (event->visit != NULL && g_hash_table_contains (self->seen, event->visit)))
    *ret_why = "Call-ID or visit seen before";
  else if (!ipd_plant_is_licensed (parts->plant, &from, NULL))
    *ret_why = "no valid licence";
  else
    return client;
  return NULL;
}

static void
remember (IpdVisitEngine *self, const IpdSipEvent *event)
{
  if (g_hash_table_size (self->seen) >= SEEN_MAX)
    g_hash_table_remove_all (self->seen);
  g_hash_table_add (self->seen, g_strdup (event->call_id));
  if (event->visit != NULL)
    g_hash_table_add (self->seen, g_strdup (event->visit));
}

static gboolean
start_look_out (IpdVisitEngine *self, guint64 call)
{
  g_autoptr (GError) error = NULL;
  IpdVisitRun *run = ipd_visit_run_new (self, &error);
  if (!self->lacks_ports && ipd_visit_run_start_media (run, &error))
    return TRUE;
  g_warning ("a client cannot look out: %s", error->message);
  ipd_sip_answer (self->parts.sip, call, 503, NULL, NULL, NULL, NULL);
  return FALSE;
}

static void
look_out (IpdVisitEngine *self, const IpdClient *client, const IpdSipEvent *event, IpdLeg *candidate)
{
  IpdVisitLeg leg;
  IpdVisitEvent wish = { .type = IPD_VISIT_EV_LOOK_OUT, .at_us = ipd_clock_wall_us (self->parts.clock) };
  gboolean busy = self->current != NULL && self->current->visit.state != IPD_VISIT_ENDED;
  if (!busy && !start_look_out (self, event->call))
    return;
  if (!ipd_short_id_from_text (event->visit, &wish.id))
    wish.id = ipd_random_short_id ();
  leg = (IpdVisitLeg){ .client = client->licence.client,
                       .name = client->licence.name,
                       .may_talk = client->licence.profile.intercom };
  wish.legs = &leg;
  wish.n_legs = 1;
  self->candidate = candidate;
  ipd_visit_run_feed (self->current, &wish);
  self->candidate = NULL;
}

void
ipd_visit_engine_take_invite (IpdVisitEngine *self, const IpdSipEvent *event)
{
  const char *why = NULL;
  const IpdClient *client = check_invite (self, event, &why);
  IpdLeg candidate = { 0 };
  ipd_visit_runs_tidy (self);
  if (client == NULL)
    {
      ipd_refusals_log (self->parts.refusals, event->source_host, "call", why);
      ipd_sip_answer (self->parts.sip, event->call, 403, NULL, NULL, NULL, NULL);
      return;
    }
  remember (self, event);
  if (ipd_leg_client_take_invite (&candidate, self->parts.identity, client, event))
    look_out (self, client, event, &candidate);
  else
    {
      ipd_refusals_log (self->parts.refusals, event->source_host, "call", "SDP or keys");
      ipd_sip_answer (self->parts.sip, event->call, 488, NULL, NULL, NULL, NULL);
    }
  ipd_leg_clear (&candidate);
  ipd_visit_runs_tidy (self);
}
