// SPDX-License-Identifier: Apache-2.0
/*
 * Which calls may ring: an INVITE becomes a leg, takes the place of an older one, or is refused. Called by visits.c.
 * Main context only.
 */
#include "agent/leg-own.h"
#include "agent/leg-peer.h"
#include "agent/rate-limit.h"
#include "agent/visits-private.h"
#include "wire/random.h"

/* A station that calls several times for one press does so at once. */
#define COPY_US G_USEC_PER_SEC

static void
refuse (IpdVisits *self, const IpdSipEvent *event, int status, const char *why)
{
  guint held;

  (void) ipd_sip_answer (ipd_stations_sip (self->agent->stations), event->call, status, NULL, NULL, NULL, NULL);
  if (ipd_rate_limit_pass (self->agent->strangers, event->source_host, g_get_monotonic_time (), &held))
    g_message ("refused an INVITE from %s: %s (%u more were not logged)", event->source_host, why, held);
}

static IpdLeg *
find_visit (IpdVisits *self, const char *visit)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (g_strcmp0 (ipd_visits_leg (self, i)->call.visit.s, visit) == 0)
      return ipd_visits_leg (self, i);
  return NULL;
}

/* By a word of ours: the user's, or an answer that is under way. */
static bool
is_decided (const IpdLeg *leg)
{
  IpdCallReason reason = leg->call.reason;

  return ipd_leg_is_over (leg) ? reason == IPD_CALL_REASON_REJECTED || reason == IPD_CALL_REASON_HANGUP
                                     || reason == IPD_CALL_REASON_OPENED
                               : !ipd_call_can_answer (&leg->call);
}

/*
 * A station calls a second time for one visit when the first call reaches nobody any more (docs/protocol.md §8): its
 * new one takes that one's place. Only its own: the visit of another station is not its to end. Returns: whether there
 * is room for it.
 */
static bool
make_way (IpdVisits *self, const IpdStation *station, const char *visit)
{
  IpdLeg *known = find_visit (self, visit);

  if (known == NULL)
    return true;
  if (known->station != station || is_decided (known))
    return false;
  if (!ipd_leg_is_over (known))
    ipd_leg_happens (known, IPD_CALL_EV_TIMEOUT);
  ipd_ui_child_stop (self->agent->ui, visit);
  ipd_visits_forget (self, known);
  return true;
}

static void
ring (IpdVisits *self, IpdLeg *leg, const IpdShortId *visit, const IpdSipEvent *event)
{
  const IpdDevice *device = leg->station->device;
  const IpdCallEvent ring = { .type = IPD_CALL_EV_INVITE,
                              .verified = true,
                              .visit = *visit,
                              .device = device->id,
                              .device_name = device->name,
                              .at_us = g_get_real_time () };

  g_message ("visit %s: ring from %s (call %s)", visit->s, device->id.s, event->call_id);
  g_ptr_array_add (self->legs, leg);
  ipd_leg_handle (leg, &ring);
}

static void
on_signed_invite (IpdVisits *self, const IpdSipEvent *event)
{
  const char *why = NULL;
  IpdLeg *leg = ipd_leg_from_invite (self->agent, event, &why);

  if (leg != NULL && !make_way (self, leg->station, event->visit))
    {
      g_clear_pointer (&leg, ipd_leg_free);
      why = "a second call for one visit";
    }
  if (leg == NULL)
    refuse (self, event, 403, why);
  else
    ring (self, leg, &leg->own->station_keys.visit, event);
}

/*
 * A third-party station rings once at a time: a call that comes while its last one still rings is either a copy, or the
 * end of that one was lost. Returns: whether there is room for a ring.
 */
static bool
make_room (IpdVisits *self, const IpdStation *station)
{
  gint64 fresh_us = g_get_monotonic_time () - COPY_US;

  for (guint i = 0; i < self->legs->len; i++)
    {
      IpdLeg *leg = ipd_visits_leg (self, i);

      if (leg->station != station || ipd_leg_is_over (leg))
        continue;
      if (!ipd_call_can_answer (&leg->call) || leg->began_us > fresh_us)
        return false;
      ipd_leg_happens (leg, IPD_CALL_EV_TIMEOUT);
    }
  return true;
}

static void
on_foreign_invite (IpdVisits *self, IpdStation *station, const IpdSipEvent *event)
{
  const IpdShortId visit = ipd_random_short_id ();
  const char *why;
  int status;
  IpdLeg *leg = ipd_leg_peer_from_invite (self->agent, station, event, &status, &why);

  if (leg != NULL && !make_room (self, station))
    {
      g_clear_pointer (&leg, ipd_leg_free);
      status = 486;
      why = "it rings or talks here already";
    }
  if (leg == NULL)
    refuse (self, event, status, why);
  else
    ring (self, leg, &visit, event);
}

/* Unsigned calls are believed from the addresses that the plant names, and nothing in them is (docs/protocol.md §14).
 */
void
ipd_visits_take_invite (IpdVisits *self, const IpdSipEvent *event)
{
  IpdStation *third_party = ipd_stations_find_third_party (self->agent->stations, event->source_host);

  if (third_party != NULL)
    on_foreign_invite (self, third_party, event);
  else
    on_signed_invite (self, event);
}
