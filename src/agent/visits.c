// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the legs. Translates what SIP, signed tokens, the user and the showing process say into events of the right leg,
 * and decides nothing itself. Main context only.
 */
#include "agent/visits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "agent/registration.h"
#include "agent/visits-private.h"

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
      ipd_visits_take_invite (self, event);
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
