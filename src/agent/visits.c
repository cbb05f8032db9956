// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the legs. Translates what SIP, signed tokens, the user and the showing process say into events of the right leg,
 * and decides nothing itself. Main context only.
 */
#include "agent/visits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "agent/agent-error.h"
#include "agent/leg-sip.h"
#include "agent/rate-limit.h"
#include "wire/random.h"

struct _IpdVisits {
  IpdAgent *agent;
  GPtrArray *legs; /* of IpdLeg, oldest first */
};

IpdVisits *
ipd_visits_new (IpdAgent *agent)
{
  IpdVisits *self = g_new0 (IpdVisits, 1);

  self->agent = agent;
  self->legs = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_leg_free);
  return self;
}

void
ipd_visits_free (IpdVisits *self)
{
  g_ptr_array_unref (self->legs);
  g_free (self);
}

void
ipd_visits_forget (IpdVisits *self, IpdLeg *leg)
{
  g_ptr_array_remove (self->legs, leg);
}

static IpdLeg *
leg_at (IpdVisits *self, guint i)
{
  return g_ptr_array_index (self->legs, i);
}

void
ipd_visits_end_all (IpdVisits *self, bool forget)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (!ipd_leg_is_over (leg_at (self, i)))
      ipd_leg_happens (leg_at (self, i), IPD_CALL_EV_USER_HANGUP);
  if (forget)
    g_ptr_array_set_size (self->legs, 0);
}

void
ipd_visits_lose_sip (IpdVisits *self)
{
  for (guint i = 0; i < self->legs->len; i++)
    {
      leg_at (self, i)->sip_call = 0;
      if (!ipd_leg_is_over (leg_at (self, i)))
        ipd_leg_happens (leg_at (self, i), IPD_CALL_EV_FAILED);
    }
}

/* ---- from SIP ---- */

static void
refuse (IpdVisits *self, const IpdSipEvent *event, const char *why)
{
  guint held;

  (void) ipd_sip_answer (ipd_stations_sip (self->agent->stations), event->call, 403, NULL, NULL, NULL, NULL);
  if (ipd_rate_limit_pass (self->agent->strangers, event->source_host, g_get_monotonic_time (), &held))
    g_message ("refused an INVITE from %s: %s (%u more were not logged)", event->source_host, why, held);
}

static bool
visit_is_known (IpdVisits *self, const char *visit)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (g_strcmp0 (leg_at (self, i)->call.visit.s, visit) == 0)
      return true;
  return false;
}

static void
on_invite (IpdVisits *self, const IpdSipEvent *event)
{
  const char *why = NULL;
  IpdLeg *leg = NULL;
  IpdCallEvent ring = { .type = IPD_CALL_EV_INVITE, .verified = true, .at_us = g_get_real_time () };

  leg = ipd_leg_from_invite (self->agent, event, &why);
  if (leg != NULL && visit_is_known (self, event->visit))
    {
      g_clear_pointer (&leg, ipd_leg_free);
      why = "a second call for one visit";
    }
  if (leg == NULL)
    {
      refuse (self, event, why);
      return;
    }
  g_message ("visit %s: ring from %s (call %s)", event->visit, leg->station->device->id.s, event->call_id);
  ring.visit = leg->own->station_keys.visit;
  ring.device = leg->station->device->id;
  ring.device_name = leg->station->device->name;
  g_ptr_array_add (self->legs, leg);
  ipd_leg_handle (leg, &ring);
}

static IpdLeg *
find_sip_call (IpdVisits *self, guint64 call)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (call != 0 && leg_at (self, i)->sip_call == call)
      return leg_at (self, i);
  return NULL;
}

static void
on_answer (IpdLeg *leg, const IpdSipEvent *event)
{
  if (leg->kind->take_answer (leg, event))
    {
      if (event->type == IPD_SIP_ANSWERED)
        ipd_leg_happens (leg, IPD_CALL_EV_ANSWERED);
      return;
    }
  g_warning ("visit %s: an answer that does not verify ended it", leg->call.visit.s);
  /* By SIP it may be answered already, which only a BYE ends; the machine believes nothing of it. */
  ipd_sip_bye (ipd_stations_sip (leg->agent->stations), leg->sip_call);
  ipd_leg_happens (leg, IPD_CALL_EV_FAILED);
}

/* The text is unsigned: it may say which kind of end to show until the signed word comes, and nothing else. */
static IpdCallCancel
cancel_of (const IpdSipEvent *event)
{
  g_autofree char *text = event->text != NULL ? g_ascii_strdown (event->text, -1) : NULL;

  if (event->cause != 200)
    return IPD_CALL_CANCEL_NONE;
  return text != NULL && strstr (text, "open") != NULL ? IPD_CALL_CANCEL_OPENED : IPD_CALL_CANCEL_ANSWERED;
}

static bool
is_end (IpdSipEventType type)
{
  return type == IPD_SIP_FAILED || type == IPD_SIP_CANCELLED || type == IPD_SIP_BYE;
}

void
ipd_visits_on_sip (IpdVisits *self, const IpdSipEvent *event)
{
  IpdLeg *leg = find_sip_call (self, event->call);
  IpdCallEvent end = { 0 };

  if (event->type == IPD_SIP_INVITE)
    {
      on_invite (self, event);
      return;
    }
  if (leg == NULL)
    return;
  if (event->type == IPD_SIP_PROGRESS || event->type == IPD_SIP_ANSWERED)
    {
      on_answer (leg, event);
      return;
    }
  if (!is_end (event->type))
    {
      leg->kind->take_sip (leg, event);
      return;
    }
  leg->sip_call = 0;
  end.type = event->type == IPD_SIP_FAILED      ? IPD_CALL_EV_FAILED
             : event->type == IPD_SIP_CANCELLED ? IPD_CALL_EV_CANCELLED
                                                : IPD_CALL_EV_BYE;
  end.status = event->status;
  end.cancel = cancel_of (event);
  ipd_leg_handle (leg, &end);
}

void
ipd_visits_on_news (IpdVisits *self, const IpdId *signer, const IpdVisitToken *token)
{
  IpdCallEvent news = { .type = IPD_CALL_EV_NEWS,
                        .news = token->state,
                        .mine = ipd_id_equal (&token->by_id, &self->agent->membership->key.id),
                        .by = token->by,
                        .output = token->output,
                        .contact = token->contact,
                        .news_reason = token->reason };

  for (guint i = 0; i < self->legs->len; i++)
    {
      IpdLeg *leg = leg_at (self, i);

      if (!ipd_short_id_equal (&leg->call.visit, &token->visit) || !ipd_id_equal (&leg->call.device, signer)
          || token->seq <= leg->news_seq)
        continue;
      leg->news_seq = token->seq;
      ipd_leg_handle (leg, &news);
      return;
    }
}

/* ---- from the process that shows it ---- */

static bool
is_answered (const IpdLeg *leg)
{
  return leg->call.state == IPD_CALL_ANSWERING || leg->call.state == IPD_CALL_TALKING;
}

void
ipd_visits_lose_station (IpdVisits *self, const IpdStation *station)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (leg_at (self, i)->station == station && is_answered (leg_at (self, i)))
      {
        g_message ("visit %s: its station has restarted and knows nothing of it", leg_at (self, i)->call.visit.s);
        ipd_leg_happens (leg_at (self, i), IPD_CALL_EV_USER_HANGUP);
      }
}

static void
end_silent (IpdLeg *leg, const char *what)
{
  g_message ("visit %s: %s", leg->call.visit.s, what);
  ipd_leg_set_notice (leg, g_strdup (_ ("The station does not answer any more.")));
  ipd_leg_happens (leg, IPD_CALL_EV_PEER_GONE);
}

void
ipd_visits_miss_station (IpdVisits *self, const IpdStation *station)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (leg_at (self, i)->station == station && is_answered (leg_at (self, i)))
      end_silent (leg_at (self, i), "its station does not answer a REGISTER");
}

/* Without a window there is still sound: for a visit that is answered from the command line. */
static void
play_hidden (IpdLeg *leg)
{
  if (leg->hidden && is_answered (leg) && leg->agent->options.ui == IPD_UI_DESKTOP)
    ipd_ui_child_start (leg->agent->ui, IPD_UI_MEDIA, leg->call.visit.s);
}

void
ipd_visits_on_ui_ended (IpdVisits *self, const char *visit, IpdUiEnd end)
{
  IpdLeg *leg = ipd_visits_find (self, visit, NULL);

  if (leg == NULL || ipd_leg_is_over (leg))
    return;
  if (end == IPD_UI_GONE)
    {
      g_warning ("visit %s: what shows it died", visit);
      ipd_leg_happens (leg, IPD_CALL_EV_DESKTOP_GONE);
    }
  else if (end == IPD_UI_NO_DISPLAY && !leg->hidden)
    {
      g_message ("visit %s: there is no display to show it on", visit);
      leg->hidden = true;
      ipd_leg_set_notice (leg, g_strdup (_ ("There is no display to show the visitor on. “ipdoor answer” and “ipdoor "
                                            "open” work.")));
      ipd_contract_emit_visit (self->agent->contract, ipd_leg_to_variant (leg));
      play_hidden (leg);
    }
}

bool
ipd_visits_report_media (IpdVisits *self, const char *visit, const char *event, const char *detail, GError **error)
{
  IpdLeg *leg = ipd_visits_find (self, visit, error);

  if (leg == NULL)
    return false;
  g_debug ("visit %s: media: %s", leg->call.visit.s, event);
  if (strcmp (event, "first-frame") == 0)
    ipd_leg_happens (leg, IPD_CALL_EV_FIRST_FRAME);
  else if (strcmp (event, "media-silent") == 0 && is_answered (leg))
    end_silent (leg, "nothing that verifies came from its station");
  else if (strcmp (event, "first-audio") != 0)
    g_message ("visit %s: %s: %s", leg->call.visit.s, event, detail);
  return true;
}

/* ---- from the user ---- */

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
    if (fits (leg_at (self, i - 1)))
      return leg_at (self, i - 1);
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
      if (strcmp (leg_at (self, i)->call.visit.s, visit) == 0)
        found = leg_at (self, i);
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
  /* One microphone, one door: answering ends the talk at another. */
  for (guint i = 0; i < self->legs->len; i++)
    if (leg_at (self, i) != leg && is_answered (leg_at (self, i)))
      ipd_leg_happens (leg_at (self, i), IPD_CALL_EV_USER_HANGUP);
  ipd_leg_happens (leg, IPD_CALL_EV_USER_ANSWER);
  play_hidden (leg);
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

bool
ipd_visits_hang_up (IpdVisits *self, const char *visit, GError **error)
{
  IpdLeg *leg = find_fitting (self, visit, goes_on, error);

  if (leg == NULL)
    return false;
  if (ipd_leg_is_over (leg))
    return wrong_state (error, _ ("This visit is over."));
  ipd_leg_happens (leg, IPD_CALL_EV_USER_HANGUP);
  return true;
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
  else if (!station->registered)
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_REACHABLE, _ ("The station does not answer."));
  else
    {
      dial.visit = ipd_random_short_id ();
      dial.device = station->device->id;
      dial.device_name = station->device->name;
      visit = g_strdup (dial.visit.s);
      leg = ipd_leg_new (self->agent, station);
      g_ptr_array_add (self->legs, leg);
      ipd_leg_handle (leg, &dial);
    }
  return g_steal_pointer (&visit);
}

GVariant *
ipd_visits_to_variant (IpdVisits *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = self->legs->len; i > 0; i--)
    if (leg_at (self, i - 1)->listed)
      g_variant_builder_add_value (&builder, ipd_leg_to_variant (leg_at (self, i - 1)));
  return g_variant_builder_end (&builder);
}
