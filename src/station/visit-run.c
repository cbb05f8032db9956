// SPDX-License-Identifier: Apache-2.0
/*
 * One visit: its beginning, its steps, one after the other, and its end. Made by visit-engine.c and look-out.c; main
 * thread. Effects are carried out in visit-effects.c.
 */
#include "station/visit-run.h"

#include "wire/random.h"
#include "wire/secret.h"

#include <string.h>

typedef struct {
  IpdVisitRun *run;
  IpdVisitEvent event;
} Queued;

IpdVisitRun *
ipd_visit_run_new (IpdVisitEngine *engine, GError **error)
{
  IpdVisitRun *run = g_new0 (IpdVisitRun, 1);
  run->engine = engine;
  run->sockets = (IpdMediaSockets){ .fds = { -1, -1, -1, -1 } };
  ipd_visit_init (&run->visit);
  ipd_random_octets (run->secret, sizeof run->secret);
  run->first_tag = ipd_random_tag ();
  g_ptr_array_add (engine->runs, run);
  engine->current = run;
  ipd_reserve_release (engine->reserve);
  const IpdStationConfig *config = engine->parts.config;
  engine->lacks_ports
      = !ipd_media_sockets_open (engine->parts.address, config->audio_ports, config->video_ports, &run->sockets, error);
  return run;
}

gboolean
ipd_visit_run_start_media (IpdVisitRun *run, GError **error)
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

IpdLegContext
ipd_visit_run_context (const IpdVisitRun *run, int leg, const char *sprop)
{
  const IpdVisitParts *parts = &run->engine->parts;
  IpdLegContext with = { .identity = parts->identity,
                         .plant = parts->plant,
                         .registrar = parts->registrar,
                         .phones = parts->phones,
                         .commands = parts->commands,
                         .station_name = parts->config->name,
                         .media = { .host = parts->address,
                                    .sockets = &run->sockets,
                                    .sprop = sprop,
                                    .no_camera = !ipd_media_station_is_camera_ok (parts->media) },
                         .visit = &run->visit.id,
                         .visit_secret = run->secret,
                         .tag = (guint16) (run->first_tag + leg) };
  ipd_media_station_get_codecs (&with.media.codecs);
  return with;
}

static void
log_state (const IpdVisit *visit)
{
  const IpdVisitLeg *winner = ipd_visit_winner (visit);
  switch (visit->state)
    {
    case IPD_VISIT_RINGING:
      g_message ("visit %s: button %u, rings %zu", visit->id.s, visit->button, visit->n_legs);
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
                 visit->n_legs == 0 ? ", nobody could be rung" : "");
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
  ipd_visit_run_follow (run);
  if (run->visit.state == IPD_VISIT_ENDED && !run->cleaned_up)
    clean_up (run);
  if (run->visit.state != before)
    self->parts.changed (&run->visit, self->parts.data);
}

/* Whether nothing of it can come any more. */
static gboolean
is_over (const IpdVisitRun *run)
{
  if (run->visit.state == IPD_VISIT_IDLE)
    return TRUE; /* a look-out that was refused */
  for (size_t i = 0; i < run->visit.n_legs; i++)
    if (run->legs[i].call != 0)
      return FALSE;
  return run->visit.state == IPD_VISIT_ENDED;
}

void
ipd_visit_runs_tidy (IpdVisitEngine *engine)
{
  for (guint i = engine->runs->len; i > 0; i--)
    if (is_over (engine->runs->pdata[i - 1]))
      {
        if (engine->current == engine->runs->pdata[i - 1])
          engine->current = NULL;
        g_ptr_array_remove_index (engine->runs, i - 1);
      }
  if (engine->runs->len == 0)
    ipd_reserve_take_soon (engine->reserve);
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

void
ipd_visit_run_free (IpdVisitRun *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->alarms); i++)
    g_clear_handle_id (&self->alarms[i].source, g_source_remove);
  g_clear_handle_id (&self->record_timer, g_source_remove);
  for (size_t i = 0; i < self->visit.n_legs; i++)
    ipd_leg_clear (&self->legs[i]);
  ipd_media_sockets_close (&self->sockets);
  ipd_wipe (self, sizeof *self);
  g_free (self);
}
