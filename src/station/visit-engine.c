// SPDX-License-Identifier: Apache-2.0
/*
 * Turns buttons, SIP events, commands and timers into events of the visit machine, one after the other, and cleans up
 * behind it. Owned by IpdStation; main thread. Effects are carried out in visit-effects.c.
 */
#include "station/visit-run.h"

#include "station/station-error.h"
#include "wire/random.h"
#include "wire/secret.h"

#include <glib/gi18n.h>
#include <string.h>

/* Call-IDs of look-outs that are remembered; each took a licensed client's signature to get here. */
#define SEEN_MAX 4096

typedef struct {
  IpdVisitRun *run;
  IpdVisitEvent event;
} Queued;

static void
run_free (gpointer data)
{
  IpdVisitRun *self = data;
  for (guint i = 0; i < G_N_ELEMENTS (self->timers); i++)
    g_clear_handle_id (&self->timers[i], g_source_remove);
  for (size_t i = 0; i < self->visit.n_legs; i++)
    ipd_leg_call_clear (&self->legs[i]);
  ipd_media_sockets_close (&self->sockets);
  ipd_wipe (self, sizeof *self);
  g_free (self);
}

IpdVisitEngine *
ipd_visit_engine_new (const IpdVisitParts *parts)
{
  IpdVisitEngine *self = g_new0 (IpdVisitEngine, 1);
  self->parts = *parts;
  self->runs = g_ptr_array_new_with_free_func (run_free);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->events);
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
  g_free (self);
}

/* ---- stepping ---- */

static void
log_state (const IpdVisit *visit)
{
  const IpdVisitLeg *winner = ipd_visit_winner (visit);
  switch (visit->state)
    {
    case IPD_VISIT_RINGING:
      g_message ("visit %s: button %u, rings %zu clients", visit->id.s, visit->button, visit->n_legs);
      break;
    case IPD_VISIT_TALKING:
      g_message ("visit %s: talks with “%s”", visit->id.s, winner != NULL ? winner->name.s : "");
      break;
    case IPD_VISIT_CLOSING:
      g_message ("visit %s: opened by “%s”, waits for the contact", visit->id.s, visit->opened_by_name.s);
      break;
    case IPD_VISIT_ENDED:
      g_message ("visit %s: ended, %s%s%s%s", visit->id.s, ipd_visit_reason_to_string (visit->reason),
                 visit->opened_by_name.s[0] != '\0' ? ", opened by " : "", visit->opened_by_name.s,
                 visit->n_legs == 0 ? ", nobody to ring: no client is registered" : "");
      break;
    case IPD_VISIT_IDLE:
      break;
    }
}

/* The visit is over: nothing of it is sent any more, its nonces are void. SIP may still have a word to say. */
static void
clean_up (IpdVisitRun *run)
{
  run->cleaned_up = TRUE;
  ipd_media_station_stop_visit (run->engine->parts.media);
  ipd_media_sockets_close (&run->sockets);
  ipd_commands_end_visit (run->engine->parts.commands, &run->visit.id);
}

static void
step (IpdVisitRun *run, const IpdVisitEvent *event)
{
  IpdVisitEngine *self = run->engine;
  g_autofree IpdVisitEffects *effects = g_new (IpdVisitEffects, 1);
  IpdVisitState before = run->visit.state;
  if (ipd_visit_step (&run->visit, event, &run->visit, effects) == IPD_STEP_ILLEGAL)
    g_message ("visit %s: event %d is not possible when %s", run->visit.id.s, event->type,
               ipd_visit_state_to_string (run->visit.state));
  if (run->visit.state != before)
    log_state (&run->visit);
  for (size_t i = 0; i < effects->n; i++)
    ipd_visit_run_carry_out (run, &effects->list[i]);
  if (run->visit.state == IPD_VISIT_ENDED && !run->cleaned_up)
    clean_up (run);
  if (run->visit.state != before)
    self->parts.changed (&run->visit, self->parts.data);
}

static gboolean
is_done_with (const IpdVisitRun *run)
{
  if (run->visit.state == IPD_VISIT_IDLE)
    return TRUE; /* a look-out that was refused */
  for (size_t i = 0; i < run->visit.n_legs; i++)
    if (run->legs[i].call != 0)
      return FALSE;
  return run->visit.state == IPD_VISIT_ENDED;
}

static void
drop_finished (IpdVisitEngine *self)
{
  for (guint i = self->runs->len; i > 0; i--)
    if (is_done_with (self->runs->pdata[i - 1]))
      {
        if (self->current == self->runs->pdata[i - 1])
          self->current = NULL;
        g_ptr_array_remove_index (self->runs, i - 1);
      }
}

void
ipd_visit_run_feed (IpdVisitRun *run, const IpdVisitEvent *event)
{
  IpdVisitEngine *self = run->engine;
  Queued *queued = g_new (Queued, 1);
  *queued = (Queued){ run, *event };
  g_queue_push_tail (&self->events, queued);
  if (self->draining)
    return;
  self->draining = TRUE;
  while ((queued = g_queue_pop_head (&self->events)) != NULL)
    {
      step (queued->run, &queued->event);
      g_free (queued);
    }
  self->draining = FALSE;
}

/* ---- a new visit ---- */

static IpdVisitRun *
run_new (IpdVisitEngine *self, GError **error)
{
  IpdVisitRun *run = g_new0 (IpdVisitRun, 1);
  run->engine = self;
  run->sockets = (IpdMediaSockets){ .fds = { -1, -1, -1, -1 } };
  ipd_visit_init (&run->visit);
  ipd_random_octets (run->secret, sizeof run->secret);
  run->first_tag = ipd_random_tag ();
  g_ptr_array_add (self->runs, run);
  self->current = run;
  const IpdStationConfig *config = self->parts.config;
  self->lacks_ports
      = !ipd_media_sockets_open (self->parts.address, config->audio_ports, config->video_ports, &run->sockets, error);
  return run;
}

static gboolean
start_media (IpdVisitRun *run, GError **error)
{
  IpdStreamKey key;
  IpdMediaKey video;
  ipd_stream_key_expand (run->secret, IPD_STREAM_VIDEO, &key);
  memcpy (video.key, key.key, sizeof video.key);
  video.ssrc = key.ssrc;
  gboolean started = ipd_media_station_start_visit (run->engine->parts.media, run->sockets.fds, &video, error);
  ipd_wipe (&key, sizeof key);
  ipd_wipe (&video, sizeof video);
  return started;
}

static void
fill_leg (const IpdClient *client, gboolean may_talk, IpdVisitLeg *ret_leg)
{
  *ret_leg = (IpdVisitLeg){ .client = client->licence.client, .name = client->licence.name, .may_talk = may_talk };
}

static size_t
collect_legs (IpdVisitEngine *self, IpdVisitLeg *legs)
{
  g_autoptr (GPtrArray) bindings = ipd_registrar_list (self->parts.registrar);
  size_t n = MIN (bindings->len, IPD_VISIT_LEGS_MAX);
  if (bindings->len > n)
    g_warning ("%u clients are registered, only %zu of them are rung", bindings->len, n);
  for (size_t i = 0; i < n; i++)
    fill_leg (ipd_plant_find (self->parts.plant, &((const IpdBinding *) bindings->pdata[i])->client), TRUE, &legs[i]);
  return n;
}

static gboolean
press_fresh (IpdVisitEngine *self, guint button, IpdShortId *ret_visit, GError **error)
{
  g_autofree IpdVisitLeg *legs = g_new0 (IpdVisitLeg, IPD_VISIT_LEGS_MAX);
  g_autoptr (GError) why = NULL;
  IpdVisitRun *run = run_new (self, &why);
  IpdVisitEvent event = { .type = IPD_VISIT_EV_PRESS,
                          .id = ipd_random_short_id (),
                          .button = button,
                          .at_us = ipd_clock_wall_us (self->parts.clock),
                          .legs = legs };
  gboolean ready = !self->lacks_ports && start_media (run, &why);
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
  drop_finished (self);
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

/* ---- look-out: a client calls the station ---- */

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
  else if (!ipd_leg_call_invite_is_signed (parts->identity, client, event))
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
  IpdVisitRun *run = run_new (self, &error);
  if (!self->lacks_ports && start_media (run, &error))
    return TRUE;
  g_warning ("a client cannot look out: %s", error->message);
  ipd_sip_answer (self->parts.sip, call, 503, NULL, NULL, NULL, NULL);
  return FALSE;
}

static void
look_out (IpdVisitEngine *self, const IpdClient *client, const IpdSipEvent *event, IpdLegCall *candidate)
{
  IpdVisitLeg leg;
  IpdVisitEvent wish = { .type = IPD_VISIT_EV_LOOK_OUT, .at_us = ipd_clock_wall_us (self->parts.clock) };
  gboolean busy = self->current != NULL && self->current->visit.state != IPD_VISIT_ENDED;
  if (!busy && !start_look_out (self, event->call))
    return;
  if (!ipd_short_id_from_text (event->visit, &wish.id))
    wish.id = ipd_random_short_id ();
  fill_leg (client, client->licence.profile.intercom, &leg);
  wish.legs = &leg;
  wish.n_legs = 1;
  self->candidate = candidate;
  ipd_visit_run_feed (self->current, &wish);
  self->candidate = NULL;
}

static void
on_invite (IpdVisitEngine *self, const IpdSipEvent *event)
{
  const char *why = NULL;
  const IpdClient *client = check_invite (self, event, &why);
  IpdLegCall candidate = { 0 };
  drop_finished (self);
  if (client == NULL)
    {
      ipd_refusals_log (self->parts.refusals, event->source_host, "call", why);
      ipd_sip_answer (self->parts.sip, event->call, 403, NULL, NULL, NULL, NULL);
      return;
    }
  remember (self, event);
  if (ipd_leg_call_take_invite (&candidate, self->parts.identity, client, event))
    look_out (self, client, event, &candidate);
  else
    {
      ipd_refusals_log (self->parts.refusals, event->source_host, "call", "SDP or keys");
      ipd_sip_answer (self->parts.sip, event->call, 488, NULL, NULL, NULL, NULL);
    }
  ipd_leg_call_clear (&candidate);
  drop_finished (self);
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
  if (ipd_leg_call_take_answer (&run->legs[leg], parts->identity, event))
    {
      feed_leg (run, leg, type);
      return;
    }
  g_message ("visit %s: the answer %d of client %s does not verify", run->visit.id.s, event->status,
             run->legs[leg].client.s);
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
    g_message ("visit %s: client %s could not be rung: %d %s", run->visit.id.s, run->legs[leg].client.s, event->status,
               event->phrase != NULL ? event->phrase : "");
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
      if (event->status == 183)
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
      on_invite (self, event);
      return;
    }
  IpdVisitRun *run = event->call != 0 ? find_call (self, event->call, &leg) : NULL;
  if (run != NULL)
    on_leg_event (run, leg, event);
  drop_finished (self);
}

/* ---- commands ---- */

void
ipd_visit_engine_opened (IpdVisitEngine *self, const IpdClient *by, const IpdOutputConfig *output)
{
  IpdVisitEvent event = { .type = IPD_VISIT_EV_OPENED,
                          .by = by->licence.client,
                          .by_name = by->licence.name,
                          .has_contact = output->contact != IPD_CONTACT_PLAN_NONE,
                          .granted = true };
  if (self->current == NULL || !ipd_output_id_from_text (output->id, &event.output))
    return;
  ipd_visit_run_feed (self->current, &event);
  drop_finished (self);
}

void
ipd_visit_engine_contact (IpdVisitEngine *self, const char *output, gboolean open)
{
  IpdVisitEvent event = { .type = IPD_VISIT_EV_CONTACT, .contact = open ? IPD_CONTACT_OPEN : IPD_CONTACT_TIMEOUT };
  if (self->current == NULL || !ipd_output_id_from_text (output, &event.output))
    return;
  ipd_visit_run_feed (self->current, &event);
  drop_finished (self);
}

void
ipd_visit_engine_drop_client (IpdVisitEngine *self, const IpdId *client)
{
  IpdVisitRun *run = self->current;
  for (size_t i = 0; run != NULL && i < run->visit.n_legs; i++)
    if (ipd_id_equal (&run->legs[i].client, client) && run->legs[i].call != 0)
      {
        ipd_sip_bye (self->parts.sip, run->legs[i].call);
        feed_leg (run, (int) i, IPD_VISIT_EV_LEG_FAILED);
      }
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
ipd_visit_engine_lacks_ports (const IpdVisitEngine *self)
{
  return self->lacks_ports;
}
