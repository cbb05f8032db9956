// SPDX-License-Identifier: Apache-2.0
/*
 * What the user does with visits: the contract's verbs become events of the right legs. Call waiting is here and
 * nowhere else: whoever starts to talk holds the others first. Main context only.
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "agent/agent-error.h"
#include "agent/visits-private.h"
#include "wire/dtmf.h"
#include "wire/random.h"

#define DIGITS_MAX 32

typedef bool (*Fits) (const IpdLeg *leg);

static bool
goes_on (const IpdLeg *leg)
{
  return !ipd_leg_is_over (leg);
}

static bool
can_answer (const IpdLeg *leg)
{
  return ipd_call_can_answer (&leg->call);
}

static IpdLeg *
find_newest (IpdVisits *self, Fits fits)
{
  for (guint i = self->legs->len; i > 0; i--)
    if (fits (ipd_visits_leg (self, i - 1)))
      return ipd_visits_leg (self, i - 1);
  return NULL;
}

static IpdLeg *
find_fitting (IpdVisits *self, const char *visit, Fits fits, GError **error)
{
  IpdLeg *found = NULL;

  if (*visit == '\0')
    found = find_newest (self, fits);
  else
    for (guint i = 0; i < self->legs->len; i++)
      if (strcmp (ipd_visits_leg (self, i)->call.visit.s, visit) == 0)
        found = ipd_visits_leg (self, i);
  if (found == NULL)
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_VISIT,
                 *visit == '\0' ? _ ("There is no visit now for which that makes sense.")
                                : _ ("There is no such visit."));
  return found;
}

IpdLeg *
ipd_visits_find (IpdVisits *self, const char *visit, GError **error)
{
  return find_fitting (self, visit, goes_on, error);
}

/* One microphone, one door: who starts to talk somewhere holds the rest. */
static void
hold_others (IpdVisits *self, const IpdLeg *talker)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (ipd_visits_leg (self, i) != talker && !ipd_leg_is_over (ipd_visits_leg (self, i)))
      ipd_leg_happens (ipd_visits_leg (self, i), IPD_CALL_EV_USER_HOLD);
}

static bool
wrong_state (GError **error, const char *message)
{
  g_set_error_literal (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE, message);
  return false;
}

bool
ipd_visits_answer (IpdVisits *self, const char *visit, GError **error)
{
  IpdLeg *leg = find_fitting (self, visit, can_answer, error);

  if (leg == NULL)
    return false;
  if (!can_answer (leg))
    return wrong_state (error, _ ("This visit can no longer be answered."));
  hold_others (self, leg);
  ipd_leg_happens (leg, IPD_CALL_EV_USER_ANSWER);
  ipd_visits_play_hidden (leg);
  return true;
}

bool
ipd_visits_reject (IpdVisits *self, const char *visit, GError **error)
{
  IpdLeg *leg = find_fitting (self, visit, can_answer, error);

  if (leg == NULL)
    return false;
  if (!can_answer (leg))
    return wrong_state (error, _ ("This visit can no longer be rejected."));
  ipd_leg_happens (leg, IPD_CALL_EV_USER_REJECT);
  return true;
}

static bool
talks (const IpdLeg *leg)
{
  return leg->call.state == IPD_CALL_TALKING;
}

/* Nobody who says "hang up" in a talk means the visitor who rings or waits beside it. */
static IpdLeg *
find_to_hang_up (IpdVisits *self, const char *visit, GError **error)
{
  IpdLeg *talker = *visit == '\0' ? find_newest (self, talks) : NULL;

  return talker != NULL ? talker : find_fitting (self, visit, goes_on, error);
}

bool
ipd_visits_hang_up (IpdVisits *self, const char *visit, GError **error)
{
  IpdLeg *leg = find_to_hang_up (self, visit, error);

  if (leg == NULL)
    return false;
  if (ipd_leg_is_over (leg))
    return wrong_state (error, _ ("This visit is over."));
  ipd_leg_happens (leg, IPD_CALL_EV_USER_HANGUP);
  return true;
}

static bool
is_held (const IpdLeg *leg)
{
  return leg->call.state == IPD_CALL_HELD;
}

bool
ipd_visits_hold (IpdVisits *self, const char *visit, GError **error)
{
  IpdLeg *leg = find_fitting (self, visit, talks, error);

  if (leg == NULL)
    return false;
  if (!talks (leg))
    return wrong_state (error, _ ("Nobody talks in this visit now."));
  ipd_leg_happens (leg, IPD_CALL_EV_USER_HOLD);
  return true;
}

bool
ipd_visits_resume (IpdVisits *self, const char *visit, GError **error)
{
  IpdLeg *leg = find_fitting (self, visit, is_held, error);

  if (leg == NULL)
    return false;
  if (!is_held (leg))
    return wrong_state (error, _ ("This visit is not held."));
  hold_others (self, leg);
  ipd_leg_happens (leg, IPD_CALL_EV_USER_RESUME);
  return true;
}

bool
ipd_visits_send_digits (IpdVisits *self, const char *visit, const char *digits, GError **error)
{
  IpdLeg *leg = find_fitting (self, visit, talks, error);

  if (leg == NULL)
    return false;
  if (!ipd_dtmf_digits_valid (digits, DIGITS_MAX))
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_FAILED,
                 _ ("One to %d of the keys 0 to 9, *, # and A to D can be sent at a time."), DIGITS_MAX);
  else if (!leg->kind->send_digits (leg, digits))
    return wrong_state (error, _ ("This visit takes no key presses now."));
  else
    return true;
  return false;
}

static bool
looks_out (const IpdStation *station)
{
  return station->driver != NULL && (station->driver->look_out || station->driver->stream_uri != NULL);
}

char *
ipd_visits_call (IpdVisits *self, const char *device, GError **error)
{
  IpdStation *station = ipd_stations_from_word (self->agent->stations, device);
  IpdCallEvent dial = { .type = IPD_CALL_EV_DIAL, .allowed = true, .at_us = g_get_real_time () };
  g_autofree char *visit = NULL;
  IpdLeg *leg;

  if (station == NULL)
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_DEVICE, _ ("There is no such station."));
  else if (!self->agent->membership->licence.profile.intercom)
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_ALLOWED, _ ("This computer may not call stations."));
  else if (station->third_party && !looks_out (station))
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_ALLOWED, _ ("This station takes no calls."));
  else if (!station->third_party && !station->registered)
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_REACHABLE, _ ("The station does not answer."));
  else
    {
      dial.visit = ipd_random_short_id ();
      dial.device = station->device->id;
      dial.device_name = station->device->name;
      visit = g_strdup (dial.visit.s);
      leg = ipd_leg_new (self->agent, station);
      hold_others (self, leg);
      g_ptr_array_add (self->legs, leg);
      ipd_leg_handle (leg, &dial);
    }
  return g_steal_pointer (&visit);
}

void
ipd_visits_publish (IpdVisits *self)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (ipd_visits_leg (self, i)->listed && !ipd_short_id_is_none (&ipd_visits_leg (self, i)->call.visit))
      ipd_contract_emit_visit (self->agent->contract, ipd_leg_to_variant (ipd_visits_leg (self, i)));
}

bool
ipd_visits_go_on (IpdVisits *self)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (!ipd_leg_is_over (ipd_visits_leg (self, i)))
      return true;
  return false;
}
