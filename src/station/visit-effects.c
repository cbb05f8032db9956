// SPDX-License-Identifier: Apache-2.0
/*
 * Carries out what the visit machine decided, one function for each effect, in one table. Called by visit-engine.c
 * while it drains its queue; an effect never steps the machine itself, it queues.
 */
#include "station/visit-run.h"
#include "wire/command.h"
#include "wire/random.h"
#include "wire/secret.h"

#include <string.h>

#define BUSY_TONE_MS   4000
#define CLOSE_SLACK_MS 2000

typedef void (*EffectFunc) (IpdVisitRun *run, const IpdVisitEffect *effect);

static void
fail_leg (IpdVisitRun *run, int leg, const char *why)
{
  IpdVisitEvent event = { .type = IPD_VISIT_EV_LEG_FAILED, .leg = leg };
  g_message ("visit %s: %s “%s” is not rung: %s", run->visit.id.s, run->legs[leg].kind->noun,
             run->visit.legs[leg].name.s, why);
  ipd_visit_run_feed (run, &event);
}

static void
do_invite (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  const IpdVisitParts *parts = &run->engine->parts;
  IpdLeg *leg = &run->legs[effect->leg];
  g_autofree char *sprop = ipd_media_station_get_sprop (parts->media);
  g_autoptr (GError) error = NULL;
  const char *why = NULL;
  IpdLegContext with = ipd_visit_run_context (run, effect->leg, sprop);
  IpdSipInvite invite;
  leg->id = run->visit.legs[effect->leg].client;
  leg->kind = ipd_leg_kind_of (parts->phones, &leg->id);
  if (leg->kind->offer (leg, &with, &invite, &why))
    leg->call = ipd_sip_invite (parts->sip, &invite, &error);
  if (leg->call == 0)
    fail_leg (run, effect->leg, error != NULL ? error->message : why);
}

void
ipd_visit_run_show (IpdVisitRun *run, int leg)
{
  IpdMediaViewer viewer;
  if (run->legs[leg].kind->viewer (&run->legs[leg], &viewer))
    {
      ipd_media_station_add_viewer (run->engine->parts.media, (guint) leg, &viewer);
      run->legs[leg].is_viewer = TRUE;
    }
  ipd_wipe (&viewer, sizeof viewer);
}

void
ipd_visit_run_talk (IpdVisitRun *run, int leg)
{
  IpdMediaTalk talk;
  run->legs[leg].kind->talk (&run->legs[leg], &talk);
  ipd_media_station_talk (run->engine->parts.media, (guint) leg, &talk);
  ipd_wipe (&talk, sizeof talk);
}

static void
do_preview (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  if (!run->legs[effect->leg].is_viewer)
    ipd_visit_run_show (run, effect->leg);
}

static void
do_talk (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  do_preview (run, effect);
  ipd_media_sockets_drop_sound (&run->sockets);
  ipd_visit_run_talk (run, effect->leg);
}

/* The 200 to a look-out. The candidate becomes the leg. */
static void
do_answer (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  const IpdVisitParts *parts = &run->engine->parts;
  IpdLeg *leg = &run->legs[effect->leg];
  g_autofree char *sprop = ipd_media_station_get_sprop (parts->media);
  g_autoptr (GError) error = NULL;
  char auth[IPD_SIP_AUTH_LENGTH + 1];
  IpdLegContext with = ipd_visit_run_context (run, effect->leg, sprop);
  *leg = *run->engine->candidate;
  memset (run->engine->candidate, 0, sizeof *run->engine->candidate);
  if (!ipd_leg_client_answer (leg, &with, auth)
      || !ipd_sip_answer (parts->sip, leg->call, 200, NULL, leg->local_sdp, auth, &error))
    {
      ipd_sip_answer (parts->sip, leg->call, 488, NULL, NULL, NULL, NULL);
      leg->call = 0;
      fail_leg (run, effect->leg, error != NULL ? error->message : "nothing in common with its offer");
    }
}

static void
refuse_candidate (IpdVisitRun *run, int status)
{
  ipd_sip_answer (run->engine->parts.sip, run->engine->candidate->call, status, NULL, NULL, NULL, NULL);
}

static void
do_refuse_busy (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  refuse_candidate (run, 486);
}

static void
do_refuse_right (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  g_message ("client %s may not look out: its profile has no intercom", run->engine->candidate->id.s);
  refuse_candidate (run, 403);
}

static const struct {
  int cause;
  const char *text;
} causes[] = {
  [IPD_VISIT_CAUSE_ANSWERED] = { 200, "Answered elsewhere" }, [IPD_VISIT_CAUSE_OPENED] = { 200, "Opened elsewhere" },
  [IPD_VISIT_CAUSE_GONE] = { 487, "Visitor left" },           [IPD_VISIT_CAUSE_TIMEOUT] = { 487, "Time is over" },
  [IPD_VISIT_CAUSE_REFUSED] = { 487, "Not allowed" },
};

static void
do_cancel (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  guint64 call = run->legs[effect->leg].call;
  if (call != 0)
    ipd_sip_cancel (run->engine->parts.sip, call, causes[effect->cause].cause, causes[effect->cause].text);
}

static void
do_bye (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  if (run->legs[effect->leg].call != 0)
    ipd_sip_bye (run->engine->parts.sip, run->legs[effect->leg].call);
}

static void
do_stop_media (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  run->legs[effect->leg].is_viewer = FALSE;
  /* A run that lingers for its last call must not take away a viewer of the visit after it. */
  if (run == run->engine->current)
    ipd_media_station_remove_viewer (run->engine->parts.media, (guint) effect->leg);
}

static gboolean
on_timeout (gpointer data)
{
  IpdVisitAlarm *alarm = data;
  IpdVisitEvent event = { .type = alarm->event };
  alarm->source = 0;
  ipd_visit_run_feed (alarm->run, &event);
  return G_SOURCE_REMOVE;
}

static guint
longest_contact_ms (const IpdStationConfig *config)
{
  guint longest = 0;
  for (guint i = 0; i < config->outputs->len; i++)
    longest = MAX (longest, ((const IpdOutputConfig *) config->outputs->pdata[i])->contact_timeout_ms);
  return longest;
}

static IpdVisitAlarm *
alarm_of (IpdVisitRun *run, IpdVisitTimer timer)
{
  return &run->alarms[timer == IPD_VISIT_TIMER_RING ? 0 : timer == IPD_VISIT_TIMER_TALK ? 1 : 2];
}

static void
set_alarm (IpdVisitAlarm *alarm, IpdVisitRun *run, IpdVisitEventType event, guint length_ms)
{
  *alarm = (IpdVisitAlarm){ run, event, g_timeout_add (length_ms, on_timeout, alarm) };
  g_source_set_name_by_id (alarm->source, "visit timer");
}

static void
do_stop_timer (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  g_clear_handle_id (&alarm_of (run, effect->timer)->source, g_source_remove);
}

static void
do_start_timer (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  const IpdStationConfig *config = run->engine->parts.config;
  IpdVisitAlarm *alarm = alarm_of (run, effect->timer);
  do_stop_timer (run, effect);
  switch (effect->timer)
    {
    case IPD_VISIT_TIMER_RING:
      return set_alarm (alarm, run, IPD_VISIT_EV_RING_TIMEOUT, config->ring_seconds * 1000);
    case IPD_VISIT_TIMER_TALK:
      return set_alarm (alarm, run, IPD_VISIT_EV_TALK_TIMEOUT, config->talk_seconds * 1000);
    case IPD_VISIT_TIMER_CLOSE:
      return set_alarm (alarm, run, IPD_VISIT_EV_CLOSE_TIMEOUT, longest_contact_ms (config) + CLOSE_SLACK_MS);
    }
}

static gboolean
on_busy_tone_over (gpointer data)
{
  IpdVisitEngine *engine = data;
  engine->tone_timer = 0;
  ipd_media_station_tone (engine->parts.media, IPD_TONE_NONE);
  return G_SOURCE_REMOVE;
}

static void
do_tone (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  static const IpdTone tones[] = {
    [IPD_VISIT_TONE_NONE] = IPD_TONE_NONE,
    [IPD_VISIT_TONE_RINGING] = IPD_TONE_RINGING,
    [IPD_VISIT_TONE_BUSY] = IPD_TONE_BUSY,
    [IPD_VISIT_TONE_OPENED] = IPD_TONE_OPENED,
  };
  IpdVisitEngine *engine = run->engine;
  g_clear_handle_id (&engine->tone_timer, g_source_remove);
  ipd_media_station_tone (engine->parts.media, tones[effect->tone]);
  if (effect->tone == IPD_VISIT_TONE_BUSY)
    {
      engine->tone_timer = g_timeout_add (BUSY_TONE_MS, on_busy_tone_over, engine);
      g_source_set_name_by_id (engine->tone_timer, "busy tone");
    }
}

static void
fill_news (const IpdVisit *visit, IpdVisitNews news, guint32 seq, IpdVisitToken *ret_token)
{
  const IpdVisitLeg *winner = ipd_visit_winner (visit);
  gboolean opened = !ipd_id_is_none (&visit->opened_by);
  *ret_token = (IpdVisitToken){ .visit = visit->id, .seq = seq, .state = news, .contact = visit->contact };
  if (opened)
    {
      ret_token->by = visit->opened_by_name;
      ret_token->by_id = visit->opened_by;
      ret_token->output = visit->output;
    }
  if (winner != NULL && (!opened || news == IPD_VISIT_NEWS_ANSWERED))
    {
      ret_token->by = winner->name;
      ret_token->by_id = winner->client;
    }
  if (news == IPD_VISIT_NEWS_ENDED)
    ret_token->reason = visit->reason;
}

/* Whether a later leg is for the same client. */
static gboolean
is_replaced (const IpdVisit *visit, size_t leg)
{
  for (size_t i = leg + 1; i < visit->n_legs; i++)
    if (ipd_id_equal (&visit->legs[i].client, &visit->legs[leg].client))
      return TRUE;
  return FALSE;
}

/* To every client that was rung, also those whose leg is gone: they want to know how it went on. */
static void
do_notify (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  const IpdVisitParts *parts = &run->engine->parts;
  IpdMessage message = { .type = IPD_TOKEN_VISIT };
  fill_news (&run->visit, effect->news, ++run->seq, &message.visit);
  for (size_t i = 0; i < run->visit.n_legs; i++)
    {
      if (run->legs[i].kind == NULL || !run->legs[i].kind->takes_news || is_replaced (&run->visit, i))
        continue;
      message.visit.audience = run->visit.legs[i].client;
      g_autofree char *token = ipd_message_make (&parts->identity->device, &message);
      parts->send (&message.visit.audience, token, parts->data);
    }
}

static void
do_record (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  ipd_visit_run_record (run);
}

static void
do_press_busy (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  run->engine->press = IPD_PRESS_BUSY;
}

static void
do_press_again (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  run->engine->press = IPD_PRESS_AGAIN;
}

static void
do_hold (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  g_message ("visit %s: held", run->visit.id.s);
  ipd_media_station_hold (run->engine->parts.media, (guint) effect->leg, true);
}

static void
do_resume (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  g_message ("visit %s: goes on", run->visit.id.s);
  ipd_media_station_hold (run->engine->parts.media, (guint) effect->leg, false);
}

static const EffectFunc effects[] = {
  [IPD_VISIT_DO_INVITE] = do_invite,
  [IPD_VISIT_DO_PREVIEW] = do_preview,
  [IPD_VISIT_DO_TALK] = do_talk,
  [IPD_VISIT_DO_ANSWER] = do_answer,
  [IPD_VISIT_DO_REFUSE_BUSY] = do_refuse_busy,
  [IPD_VISIT_DO_REFUSE_RIGHT] = do_refuse_right,
  [IPD_VISIT_DO_CANCEL] = do_cancel,
  [IPD_VISIT_DO_BYE] = do_bye,
  [IPD_VISIT_DO_STOP_MEDIA] = do_stop_media,
  [IPD_VISIT_DO_START_TIMER] = do_start_timer,
  [IPD_VISIT_DO_STOP_TIMER] = do_stop_timer,
  [IPD_VISIT_DO_TONE] = do_tone,
  [IPD_VISIT_DO_NOTIFY] = do_notify,
  [IPD_VISIT_DO_RECORD] = do_record,
  [IPD_VISIT_DO_PRESS_BUSY] = do_press_busy,
  [IPD_VISIT_DO_PRESS_AGAIN] = do_press_again,
  [IPD_VISIT_DO_HOLD] = do_hold,
  [IPD_VISIT_DO_RESUME] = do_resume,
};
G_STATIC_ASSERT (G_N_ELEMENTS (effects) == IPD_VISIT_DO_RESUME + 1);

void
ipd_visit_run_carry_out (IpdVisitRun *run, const IpdVisitEffect *effect)
{
  effects[effect->type](run, effect);
}
