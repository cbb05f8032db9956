// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the legs. Translates what SIP, signed tokens, the user and the showing process say into events of the right leg,
 * and decides nothing itself. Main context only.
 */
#include "agent/visits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "agent/leg-own.h"
#include "agent/leg-peer.h"
#include "agent/rate-limit.h"
#include "agent/registration.h"
#include "agent/visits-private.h"
#include "wire/random.h"

/* A station that calls several times for one press does so at once. */
#define COPY_US G_USEC_PER_SEC

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

void
ipd_visits_end_all (IpdVisits *self, bool forget)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (ipd_call_can_answer (&ipd_visits_leg (self, i)->call)) /* 480: nobody here said no */
      ipd_leg_happens (ipd_visits_leg (self, i), IPD_CALL_EV_TIMEOUT);
    else if (!ipd_leg_is_over (ipd_visits_leg (self, i)))
      ipd_leg_happens (ipd_visits_leg (self, i), IPD_CALL_EV_USER_HANGUP);
  if (forget)
    g_ptr_array_set_size (self->legs, 0);
}

void
ipd_visits_lose_sip (IpdVisits *self)
{
  for (guint i = 0; i < self->legs->len; i++)
    {
      ipd_visits_leg (self, i)->sip_call = 0;
      if (!ipd_leg_is_over (ipd_visits_leg (self, i)))
        ipd_leg_happens (ipd_visits_leg (self, i), IPD_CALL_EV_FAILED);
    }
}

/* ---- from SIP ---- */

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
static void
on_invite (IpdVisits *self, const IpdSipEvent *event)
{
  IpdStation *third_party = ipd_stations_find_third_party (self->agent->stations, event->source_host);

  if (third_party != NULL)
    on_foreign_invite (self, third_party, event);
  else
    on_signed_invite (self, event);
}

static IpdLeg *
find_sip_call (IpdVisits *self, guint64 call)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (call != 0 && ipd_visits_leg (self, i)->sip_call == call)
      return ipd_visits_leg (self, i);
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

  /* RFC 3326; Q.850 cause 26, "non-selected user clearing", is how some stations say it. */
  if (event->cause != 200 && event->cause != 26)
    return IPD_CALL_CANCEL_NONE;
  return text != NULL && strstr (text, "open") != NULL ? IPD_CALL_CANCEL_OPENED : IPD_CALL_CANCEL_ANSWERED;
}

/* Something of a visit found nobody there: then "ready" must be heard anew before it is said again. */
static void
doubt_station (const IpdLeg *leg)
{
  ipd_registration_doubt (leg->station, ipd_stations_sip (leg->agent->stations), 408);
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
  if (event->type == IPD_SIP_FAILED && (event->status == 408 || event->status == 503))
    doubt_station (leg);
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
      IpdLeg *leg = ipd_visits_leg (self, i);

      if (!ipd_short_id_equal (&leg->call.visit, &token->visit) || !ipd_id_equal (&leg->call.device, signer)
          || token->seq <= leg->news_seq)
        continue;
      leg->news_seq = token->seq;
      ipd_leg_handle (leg, &news);
      return;
    }
}

void
ipd_visits_opened_here (IpdVisits *self, const IpdShortId *visit, const IpdOutputId *output)
{
  const IpdCallEvent opened = { .type = IPD_CALL_EV_OPENED_HERE,
                                .by = self->agent->membership->licence.name,
                                .output = *output,
                                .contact = IPD_CONTACT_NONE };
  IpdLeg *leg = ipd_visits_find (self, visit->s, NULL);

  if (leg != NULL)
    ipd_leg_handle (leg, &opened);
}

/* ---- from the process that shows it ---- */

static bool
is_answered (const IpdLeg *leg)
{
  return leg->call.state == IPD_CALL_ANSWERING || ipd_call_is_up (&leg->call);
}

void
ipd_visits_lose_station (IpdVisits *self, const IpdStation *station)
{
  for (guint i = 0; i < self->legs->len; i++)
    if (ipd_visits_leg (self, i)->station == station && is_answered (ipd_visits_leg (self, i)))
      {
        g_message ("visit %s: its station has restarted and knows nothing of it",
                   ipd_visits_leg (self, i)->call.visit.s);
        ipd_leg_happens (ipd_visits_leg (self, i), IPD_CALL_EV_USER_HANGUP);
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
    if (ipd_visits_leg (self, i)->station == station && is_answered (ipd_visits_leg (self, i)))
      end_silent (ipd_visits_leg (self, i), "its station does not answer a REGISTER");
}

void
ipd_visits_play_hidden (IpdLeg *leg)
{
  if (leg->hidden && is_answered (leg) && leg->agent->options.ui == IPD_UI_DESKTOP)
    ipd_ui_child_start (leg->agent->ui, IPD_UI_MEDIA, leg->call.visit.s);
}

void
ipd_visits_on_ui_ended (IpdVisits *self, const char *visit, IpdUiEnd end)
{
  IpdLeg *leg = ipd_visits_find (self, visit, NULL);

  if (leg == NULL)
    return;
  if (end == IPD_UI_GONE && ipd_leg_is_over (leg))
    ipd_leg_show_end (leg);
  if (ipd_leg_is_over (leg))
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
      ipd_visits_play_hidden (leg);
    }
}

static void
lose_media (IpdLeg *leg)
{
  if (leg->call.state == IPD_CALL_TALKING && !leg->call.peer_held)
    {
      ipd_leg_set_notice (leg, g_strdup (_ ("The station does not answer any more.")));
      doubt_station (leg);
    }
  ipd_leg_happens (leg, IPD_CALL_EV_MEDIA_SILENT);
}

static void
lose_preview (IpdLeg *leg)
{
  ipd_leg_set_notice (leg, g_strdup (_ ("The picture of this station cannot be fetched.")));
  ipd_contract_emit_visit (leg->agent->contract, ipd_leg_to_variant (leg));
}

bool
ipd_visits_report_media (IpdVisits *self, const char *visit, const char *event, const char *detail, GError **error)
{
  IpdLeg *leg = ipd_visits_find (self, visit, error);

  if (leg == NULL)
    return false;
  g_debug ("visit %s: media: %s", leg->call.visit.s, event);
  if (ipd_leg_is_over (leg))
    return true; /* it crossed the end, and is about nothing any more */
  leg->kind->take_report (leg, event);
  if (strcmp (event, "first-frame") == 0)
    {
      ipd_leg_happens (leg, IPD_CALL_EV_FIRST_FRAME);
      if (leg->agent->options.ui == IPD_UI_DESKTOP && !leg->hidden)
        ipd_ui_child_prepare (leg->agent->ui, visit);
    }
  else if (strcmp (event, "first-audio") == 0 || strcmp (event, "digits-sent") == 0)
    return true;
  g_message ("visit %s: %s%s%s", leg->call.visit.s, event, *detail != '\0' ? ": " : "", detail);
  if (strcmp (event, "media-silent") == 0)
    lose_media (leg);
  else if (strcmp (event, "preview-failed") == 0)
    lose_preview (leg);
  return true;
}

GVariant *
ipd_visits_to_variant (IpdVisits *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = self->legs->len; i > 0; i--)
    if (ipd_visits_leg (self, i - 1)->listed)
      g_variant_builder_add_value (&builder, ipd_leg_to_variant (ipd_visits_leg (self, i - 1)));
  return g_variant_builder_end (&builder);
}
