// SPDX-License-Identifier: Apache-2.0
/*
 * Runs the machine of one leg and is the only place where its effects are carried out. A sending effect that fails
 * becomes an event of its own, after the step. Main context only.
 */
#include "agent/leg.h"

#include <glib/gi18n-lib.h>
#include <malloc.h>

#include "agent/leg-own.h"
#include "agent/leg-peer.h"
#include "agent/ui-child.h"
#include "agent/visits-private.h"

#define RING_S   90
#define ANSWER_S 32
#define DIAL_S   10
/* An ended visit stays listed for as long as its popup shows how it ended … */
#define LISTED_S 5
/* … and longer than that is known here, for the station's last word (a contact that opens late). */
#define KNOWN_S 60
/* A process that dies more often than this in one visit will not live the next time either. */
#define RESTARTS_MAX 5

IpdLeg *
ipd_leg_new (IpdAgent *agent, IpdStation *station)
{
  IpdLeg *self = g_new0 (IpdLeg, 1);

  self->kind = station->third_party ? &ipd_leg_peer_kind : &ipd_leg_own_kind;
  self->agent = agent;
  self->station = station;
  self->listed = true;
  self->began_us = g_get_monotonic_time ();
  ipd_call_init (&self->call);
  ipd_leg_media_init (&self->media);
  g_queue_init (&self->events);
  self->kind->init (self);
  return self;
}

static void
stop_timer (guint *timer)
{
  if (*timer != 0)
    g_source_remove (*timer);
  *timer = 0;
}

void
ipd_leg_free (IpdLeg *self)
{
  stop_timer (&self->timer);
  stop_timer (&self->linger);
  ipd_leg_record_clear (&self->record);
  ipd_leg_media_close (&self->media);
  g_queue_clear_full (&self->events, g_free);
  self->kind->clear (self);
  g_free (self->local_sdp);
  g_free (self->notice);
  g_free (self);
}

bool
ipd_leg_is_over (const IpdLeg *self)
{
  return self->call.state == IPD_CALL_ENDED;
}

void
ipd_leg_set_notice (IpdLeg *self, char *notice)
{
  g_free (self->notice);
  self->notice = notice;
}

/* ---- effects ---- */

static void
later (IpdLeg *self, IpdCallEventType type)
{
  IpdCallEvent *event = g_new0 (IpdCallEvent, 1);

  event->type = type;
  g_queue_push_tail (&self->events, event);
}

static void
take_media (IpdLeg *self)
{
  const char *host = ipd_stations_local_host (self->agent->stations);

  ipd_reserve_release (self->agent->reserve);
  if (ipd_leg_media_bind (&self->media, host))
    {
      later (self, IPD_CALL_EV_MEDIA_READY);
      return;
    }
  ipd_leg_set_notice (self,
                      g_strdup (_ ("Sound and picture cannot come in: all ports from 7078 to 7099 or from 9078 to "
                                   "9099 are taken.")));
  g_warning ("visit %s: every media port on %s is taken", self->call.visit.s, host);
  later (self, IPD_CALL_EV_NO_MEDIA);
}

static void
publish (IpdLeg *self)
{
  const char *state = ipd_call_state_to_string (self->call.state);

  /* News within a state (who opened, what the contact says) is for the readers; the log has one line a state. */
  if (g_strcmp0 (state, self->logged) != 0)
    g_message ("visit %s: %s%s%s", self->call.visit.s, state, ipd_leg_is_over (self) ? ", " : "",
               ipd_call_reason_to_string (self->call.reason));
  self->logged = state;
  ipd_contract_emit_visit (self->agent->contract, ipd_leg_to_variant (self));
}

/* A talk needs no window: its sound goes on without one, and if that dies, too, again and again, without either. */
static void
give_up_window (IpdLeg *self)
{
  g_warning ("visit %s: what shows it died %u times, giving up", self->call.visit.s, self->starts);
  if (self->hidden)
    return;
  self->hidden = true;
  self->starts = 1;
  ipd_leg_set_notice (self, g_strdup (_ ("The window stopped working. “ipdoor answer” and “ipdoor open” still do.")));
  publish (self);
  ipd_visits_play_hidden (self);
}

static void
start_desktop (IpdLeg *self)
{
  if (self->starts > RESTARTS_MAX)
    {
      give_up_window (self);
      return;
    }
  self->starts++;
  if (self->hidden)
    ipd_visits_play_hidden (self);
  else
    ipd_ui_child_start (self->agent->ui, self->agent->options.ui, self->call.visit.s);
}

void
ipd_leg_show_end (IpdLeg *self)
{
  if (self->listed && self->call.reason == IPD_CALL_REASON_OPENED && !self->hidden && self->starts <= RESTARTS_MAX)
    start_desktop (self);
}

static gboolean
on_timer (gpointer user_data)
{
  IpdLeg *self = user_data;

  self->timer = 0;
  ipd_leg_happens (self, IPD_CALL_EV_TIMEOUT);
  return G_SOURCE_REMOVE;
}

static void
start_timer (IpdLeg *self, IpdCallTimer timer)
{
  static const guint seconds[] = {
    [IPD_CALL_TIMER_RING] = RING_S,
    [IPD_CALL_TIMER_ANSWER] = ANSWER_S,
    [IPD_CALL_TIMER_DIAL] = DIAL_S,
  };

  stop_timer (&self->timer);
  self->timer = g_timeout_add_seconds (seconds[timer], on_timer, self);
}

static void
send_cancel (IpdLeg *self)
{
  IpdSip *sip = ipd_stations_sip (self->agent->stations);

  if (sip != NULL && self->sip_call != 0)
    ipd_sip_cancel (sip, self->sip_call, 487, NULL);
}

static void
send_bye (IpdLeg *self)
{
  IpdSip *sip = ipd_stations_sip (self->agent->stations);

  if (sip != NULL && self->sip_call != 0)
    ipd_sip_bye (sip, self->sip_call);
}

static void
or_fail (IpdLeg *self, bool sent)
{
  if (sent)
    return;
  g_warning ("visit %s: SIP could not be sent", self->call.visit.s);
  send_bye (self); /* whoever called gets an end, whatever it was that could not be said */
  later (self, IPD_CALL_EV_FAILED);
}

static gboolean
on_forget (gpointer user_data)
{
  IpdLeg *self = user_data;

  self->linger = 0;
  self->listed = false;
  /* Over for us, and its caller was silent ever since: then it must not ring in the SIP layer for ever. */
  if (self->sip_call != 0)
    (void) self->kind->send_final (self, 480);
  ipd_visits_forget (self->agent->visits, self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_unlist (gpointer user_data)
{
  IpdLeg *self = user_data;

  self->listed = false;
  self->linger = g_timeout_add_seconds (KNOWN_S - LISTED_S, on_forget, self);
  return G_SOURCE_REMOVE;
}

static void
carry_out (IpdLeg *self, const IpdCallEffect *effect)
{
  switch (effect->type)
    {
    case IPD_CALL_DO_TAKE_MEDIA:
      take_media (self);
      break;
    case IPD_CALL_DO_SEND_183:
      or_fail (self, self->kind->send_early (self));
      break;
    case IPD_CALL_DO_SEND_200:
      or_fail (self, self->kind->send_answer (self));
      break;
    case IPD_CALL_DO_SEND_FINAL:
      (void) self->kind->send_final (self, effect->status);
      break;
    case IPD_CALL_DO_SEND_INVITE:
      or_fail (self, self->kind->send_invite (self));
      break;
    case IPD_CALL_DO_SEND_CANCEL:
      send_cancel (self);
      break;
    case IPD_CALL_DO_SEND_BYE:
      send_bye (self);
      break;
    case IPD_CALL_DO_START_DESKTOP:
      start_desktop (self);
      break;
    case IPD_CALL_DO_STOP_MEDIA:
      ipd_leg_media_close (&self->media);
      break;
    case IPD_CALL_DO_PUBLISH:
      publish (self);
      break;
    case IPD_CALL_DO_RECORD:
      ipd_leg_record_write (self);
      break;
    case IPD_CALL_DO_START_TIMER:
      start_timer (self, effect->timer);
      break;
    case IPD_CALL_DO_STOP_TIMER:
      stop_timer (&self->timer);
      break;
    case IPD_CALL_DO_SEND_HOLD:
    case IPD_CALL_DO_SEND_RESUME:
      /* What cannot be said there is done here all the same: nobody hears anybody. */
      if (!self->kind->send_hold (self, effect->type == IPD_CALL_DO_SEND_HOLD))
        later (self, IPD_CALL_EV_HOLD_REFUSED);
      break;
    }
}

/* ---- the machine ---- */

static void
on_ended (IpdLeg *self)
{
  self->kind->end (self);
  self->linger = g_timeout_add_seconds (LISTED_S, on_unlist, self);
  if (!ipd_visits_go_on (self->agent->visits))
    ipd_reserve_take_soon (self->agent->reserve);
  /* What a visit took goes back to the system: an idle agent shall be small again. */
  malloc_trim (0);
}

static void
step (IpdLeg *self, const IpdCallEvent *event)
{
  bool was_over = ipd_leg_is_over (self);
  IpdCallEffects effects;

  switch (ipd_call_step (&self->call, event, &self->call, &effects))
    {
    case IPD_STEP_OK:
      for (size_t i = 0; i < effects.n; i++)
        carry_out (self, &effects.list[i]);
      break;
    case IPD_STEP_IGNORED:
      break;
    case IPD_STEP_ILLEGAL:
      g_debug ("visit %s: event %d does not belong here", self->call.visit.s, (int) event->type);
      break;
    }
  ipd_leg_record_follow (self);
  if (!was_over && ipd_leg_is_over (self))
    on_ended (self);
}

void
ipd_leg_handle (IpdLeg *self, const IpdCallEvent *event)
{
  g_queue_push_tail (&self->events, g_memdup2 (event, sizeof *event));
  if (self->draining)
    return;
  self->draining = true;
  for (IpdCallEvent *next; (next = g_queue_pop_head (&self->events)) != NULL; g_free (next))
    step (self, next);
  self->draining = false;
}

void
ipd_leg_happens (IpdLeg *self, IpdCallEventType type)
{
  ipd_leg_handle (self, &(IpdCallEvent){ .type = type });
}
