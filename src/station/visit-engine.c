// SPDX-License-Identifier: Apache-2.0
/*
 * Turns buttons, SIP events and commands into events of the visit that they are for. Owned by IpdStation; main thread.
 * A visit itself is in visit-run.c, what clients start in look-out.c.
 */
#include "station/visit-run.h"

#include "station/station-error.h"
#include "wire/random.h"

#include <glib/gi18n.h>

IpdVisitEngine *
ipd_visit_engine_new (const IpdVisitParts *parts)
{
  IpdVisitEngine *self = g_new0 (IpdVisitEngine, 1);
  self->parts = *parts;
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_visit_run_free);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->events);
  self->reserve = ipd_reserve_new ();
  return self;
}

void
ipd_visit_engine_free (IpdVisitEngine *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->tone_timer, g_source_remove);
  g_queue_clear_full (&self->events, g_free);
  g_ptr_array_unref (self->runs);
  g_hash_table_unref (self->seen);
  ipd_reserve_free (self->reserve);
  g_free (self);
}

/* ---- a new visit ---- */

static void
add_leg (IpdVisitLeg *legs, size_t *n, const IpdId *id, const IpdName *name)
{
  if (*n < IPD_VISIT_LEGS_MAX)
    legs[*n] = (IpdVisitLeg){ .client = *id, .name = *name, .may_talk = true };
  *n += 1;
}

/* The clients first: where there is no room for all, they are ours. */
static size_t
collect_legs (IpdVisitEngine *self, IpdVisitLeg *legs)
{
  g_autoptr (GPtrArray) bindings = ipd_registrar_list (self->parts.registrar);
  const GPtrArray *phones = ipd_phones_list (self->parts.phones);
  size_t n = 0;
  for (guint i = 0; i < bindings->len; i++)
    {
      const IpdId *id = &((const IpdBinding *) bindings->pdata[i])->client;
      add_leg (legs, &n, id, &ipd_plant_find (self->parts.plant, id)->licence.name);
    }
  for (guint i = 0; i < phones->len; i++)
    {
      const IpdPhone *phone = phones->pdata[i];
      if (ipd_phones_is_registered (self->parts.phones, phone))
        add_leg (legs, &n, &phone->leg, &phone->name);
    }
  if (n > IPD_VISIT_LEGS_MAX)
    g_warning ("%zu clients and phones are registered, only %d of them are rung", n, IPD_VISIT_LEGS_MAX);
  return MIN (n, IPD_VISIT_LEGS_MAX);
}

static gboolean
press_fresh (IpdVisitEngine *self, guint button, IpdShortId *ret_visit, GError **error)
{
  g_autofree IpdVisitLeg *legs = g_new0 (IpdVisitLeg, IPD_VISIT_LEGS_MAX);
  g_autoptr (GError) why = NULL;
  IpdVisitRun *run = ipd_visit_run_new (self, &why);
  IpdVisitEvent event = { .type = IPD_VISIT_EV_PRESS,
                          .id = ipd_random_short_id (),
                          .button = button,
                          .at_us = ipd_clock_wall_us (self->parts.clock),
                          .legs = legs };
  gboolean ready = !self->lacks_ports && ipd_visit_run_start_media (run, &why);
  if (ready)
    event.n_legs = collect_legs (self, legs);
  else
    g_warning ("visit %s: %s", event.id.s, why->message);
  ipd_visit_run_feed (run, &event);
  *ret_visit = event.id;
  if (!ready)
    g_propagate_error (error, g_steal_pointer (&why));
  return ready;
}

gboolean
ipd_visit_engine_press (IpdVisitEngine *self, guint button, IpdShortId *ret_visit, GError **error)
{
  ipd_visit_runs_tidy (self);
  IpdVisitEvent event = { .type = IPD_VISIT_EV_PRESS, .button = button };
  self->press = IPD_PRESS_AGAIN;
  if (self->current != NULL && self->current->visit.state != IPD_VISIT_ENDED)
    {
      *ret_visit = self->current->visit.id;
      self->press = IPD_PRESS_TAKEN;
      ipd_visit_run_feed (self->current, &event);
    }
  if (self->press == IPD_PRESS_AGAIN)
    return press_fresh (self, button, ret_visit, error);
  if (self->press == IPD_PRESS_BUSY)
    g_set_error_literal (error, IPD_STATION_ERROR, IPD_STATION_ERROR_BUSY, _ ("A visit is going on at this station."));
  return self->press == IPD_PRESS_TAKEN;
}

/* ---- what comes back on a leg ---- */

static IpdVisitRun *
find_call (IpdVisitEngine *self, guint64 call, int *ret_leg)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      IpdVisitRun *run = self->runs->pdata[i];
      for (size_t leg = 0; leg < run->visit.n_legs; leg++)
        if (run->legs[leg].call == call)
          {
            *ret_leg = (int) leg;
            return run;
          }
    }
  return NULL;
}

static void
feed_leg (IpdVisitRun *run, int leg, IpdVisitEventType type)
{
  IpdVisitEvent event = { .type = type, .leg = leg };
  ipd_visit_run_feed (run, &event);
}

/* An answer that does not verify ends the leg, and its keys are never used. */
static void
on_answer (IpdVisitRun *run, int leg, const IpdSipEvent *event, IpdVisitEventType type)
{
  const IpdVisitParts *parts = &run->engine->parts;
  IpdLegContext with = ipd_visit_run_context (run, leg, NULL);
  if (run->legs[leg].kind->take_answer (&run->legs[leg], &with, event))
    {
      feed_leg (run, leg, type);
      return;
    }
  g_message ("visit %s: the answer %d of %s “%s” cannot be used", run->visit.id.s, event->status,
             run->legs[leg].kind->noun, run->visit.legs[leg].name.s);
  if (type == IPD_VISIT_EV_LEG_ANSWERED)
    ipd_sip_bye (parts->sip, event->call);
  else
    ipd_sip_cancel (parts->sip, event->call, 487, NULL);
  feed_leg (run, leg, IPD_VISIT_EV_LEG_FAILED);
}

static void
on_failed (IpdVisitRun *run, int leg, const IpdSipEvent *event)
{
  gboolean said_no = event->status == 603 || event->status == 486;
  run->legs[leg].call = 0;
  if (!said_no && event->status != 487)
    g_message ("visit %s: %s “%s” could not be rung: %d %s", run->visit.id.s, run->legs[leg].kind->noun,
               run->visit.legs[leg].name.s, event->status, event->phrase != NULL ? event->phrase : "");
  feed_leg (run, leg, said_no ? IPD_VISIT_EV_LEG_REJECTED : IPD_VISIT_EV_LEG_FAILED);
}

static void
on_over (IpdVisitRun *run, int leg)
{
  run->legs[leg].call = 0;
  feed_leg (run, leg, IPD_VISIT_EV_LEG_BYE);
}

static void
on_leg_event (IpdVisitRun *run, int leg, const IpdSipEvent *event)
{
  switch (event->type)
    {
    case IPD_SIP_PROGRESS:
      if (event->status == 183 && event->body != NULL)
        on_answer (run, leg, event, IPD_VISIT_EV_LEG_PROGRESS);
      break;
    case IPD_SIP_ANSWERED:
      on_answer (run, leg, event, IPD_VISIT_EV_LEG_ANSWERED);
      break;
    case IPD_SIP_FAILED:
      on_failed (run, leg, event);
      break;
    case IPD_SIP_CANCELLED:
    case IPD_SIP_BYE:
      on_over (run, leg);
      break;
    case IPD_SIP_REOFFER:
      ipd_visit_run_take_reoffer (run, leg, event);
      break;
    case IPD_SIP_REANSWERED:
      ipd_visit_run_take_reanswer (run, leg, event);
      break;
    case IPD_SIP_INFO:
      ipd_visit_run_take_info (run, leg, event);
      break;
    case IPD_SIP_INFO_DONE: /* a station sends none */
    case IPD_SIP_REGISTERED:
    case IPD_SIP_REGISTER_FAILED:
    case IPD_SIP_REGISTER_REQUEST:
    case IPD_SIP_INVITE:
    case IPD_SIP_TALKING:
    case IPD_SIP_MESSAGE:
    case IPD_SIP_MESSAGE_DONE:
    case IPD_SIP_STOPPED:
      break;
    }
}

void
ipd_visit_engine_take_sip (IpdVisitEngine *self, const IpdSipEvent *event)
{
  int leg = IPD_NO_LEG;
  if (event->type == IPD_SIP_INVITE)
    {
      ipd_visit_engine_take_invite (self, event);
      return;
    }
  IpdVisitRun *run = event->call != 0 ? find_call (self, event->call, &leg) : NULL;
  if (run != NULL)
    on_leg_event (run, leg, event);
  ipd_visit_runs_tidy (self);
}

/* ---- commands ---- */

void
ipd_visit_engine_opened (IpdVisitEngine *self, const IpdActor *by, const IpdOutputConfig *output)
{
  IpdVisitEvent event = { .type = IPD_VISIT_EV_OPENED,
                          .by = by->id,
                          .by_name = by->name,
                          .has_contact = output->contact != IPD_CONTACT_PLAN_NONE,
                          .granted = true };
  if (self->current == NULL || !ipd_output_id_from_text (output->id, &event.output))
    return;
  ipd_visit_run_feed (self->current, &event);
  ipd_visit_runs_tidy (self);
}

void
ipd_visit_engine_contact (IpdVisitEngine *self, const char *output, gboolean open)
{
  IpdVisitEvent event = { .type = IPD_VISIT_EV_CONTACT, .contact = open ? IPD_CONTACT_OPEN : IPD_CONTACT_TIMEOUT };
  if (self->current == NULL || !ipd_output_id_from_text (output, &event.output))
    return;
  ipd_visit_run_feed (self->current, &event);
  ipd_visit_runs_tidy (self);
}

/* Those of the first @n_legs that the machine has not ended yet. */
static void
drop_legs (IpdVisitRun *run, const IpdId *client, size_t n_legs)
{
  for (size_t i = 0; i < n_legs; i++)
    if (ipd_id_equal (&run->legs[i].id, client) && run->legs[i].call != 0 && run->visit.legs[i].state != IPD_LEG_GONE)
      {
        ipd_sip_bye (run->engine->parts.sip, run->legs[i].call);
        feed_leg (run, (int) i, IPD_VISIT_EV_LEG_FAILED);
      }
}

void
ipd_visit_engine_drop_client (IpdVisitEngine *self, const IpdId *client)
{
  if (self->current != NULL)
    drop_legs (self->current, client, self->current->visit.n_legs);
}

void
ipd_visit_engine_join_client (IpdVisitEngine *self, const IpdId *client, gboolean anew)
{
  const IpdClient *known = ipd_plant_find (self->parts.plant, client);
  IpdVisitRun *run = self->current;
  if (run == NULL || known == NULL)
    return;
  size_t n_before = run->visit.n_legs, n = 0;
  IpdVisitLeg leg;
  add_leg (&leg, &n, client, &known->licence.name);
  IpdVisitEvent event = { .type = IPD_VISIT_EV_JOIN, .legs = &leg, .n_legs = n, .anew = anew };
  ipd_visit_run_feed (run, &event);
  if (run->visit.n_legs > n_before)
    g_message ("visit %s: client “%s” has come back and is rung", run->visit.id.s, leg.name.s);
  if (anew)
    drop_legs (run, client, n_before);
  ipd_visit_runs_tidy (self);
}

void
ipd_visit_engine_cancel (IpdVisitEngine *self)
{
  IpdVisitEvent event = { .type = IPD_VISIT_EV_CANCEL };
  if (self->current != NULL && self->current->visit.state != IPD_VISIT_ENDED)
    ipd_visit_run_feed (self->current, &event);
}

const IpdVisit *
ipd_visit_engine_current (const IpdVisitEngine *self)
{
  return self->current != NULL ? &self->current->visit : NULL;
}

gboolean
ipd_visit_engine_lacks_descriptors (const IpdVisitEngine *self)
{
  return !ipd_reserve_is_complete (self->reserve);
}

gboolean
ipd_visit_engine_lacks_ports (const IpdVisitEngine *self)
{
  return self->lacks_ports;
}
