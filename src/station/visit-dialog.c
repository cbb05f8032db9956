// SPDX-License-Identifier: Apache-2.0
/*
 * What happens inside the call of a leg: hold and resume, other addresses, keys that open, silence. Called by
 * visit-engine.c for SIP and by routes.c for the media; main thread.
 */
#include "station/visit-run.h"

#include "wire/dtmf.h"

#include <string.h>

static void
feed (IpdVisitRun *run, int leg, IpdVisitEventType type)
{
  IpdVisitEvent event = { .type = type, .leg = leg };
  ipd_visit_run_feed (run, &event);
}

/* ---- offers inside the call ---- */

static void
adopt (IpdVisitRun *run, int leg, const IpdLegReanswer *answer)
{
  feed (run, leg, answer->held ? IPD_VISIT_EV_LEG_HELD : IPD_VISIT_EV_LEG_RESUMED);
  if (!answer->has_moved || run->visit.state != IPD_VISIT_TALKING || run->visit.winner != leg)
    return;
  ipd_visit_run_show (run, leg);
  ipd_visit_run_talk (run, leg);
}

void
ipd_visit_run_take_reoffer (IpdVisitRun *run, int leg, const IpdSipEvent *event)
{
  const IpdVisitParts *parts = &run->engine->parts;
  IpdLeg *self = &run->legs[leg];
  g_autofree char *sprop = ipd_media_station_get_sprop (parts->media);
  g_auto (IpdLegReanswer) answer = { 0 };
  g_autoptr (GError) error = NULL;
  IpdLegContext with = ipd_visit_run_context (run, leg, sprop);
  self->kind->take_reoffer (self, &with, event, &answer);
  if (!ipd_sip_answer_reoffer (parts->sip, event->call, answer.status, answer.sdp, answer.auth, &error))
    g_message ("visit %s: an offer of “%s” was not answered: %s", run->visit.id.s, run->visit.legs[leg].name.s,
               error->message);
  else if (answer.status != 200)
    g_message ("visit %s: an offer of “%s” is refused, %d", run->visit.id.s, run->visit.legs[leg].name.s,
               answer.status);
  else if (event->body != NULL) /* else their answer to ours decides */
    adopt (run, leg, &answer);
}

void
ipd_visit_run_take_reanswer (IpdVisitRun *run, int leg, const IpdSipEvent *event)
{
  IpdLeg *self = &run->legs[leg];
  g_auto (IpdLegReanswer) answer = { 0 };
  if (event->status >= 300 || event->body == NULL)
    return;
  self->kind->take_late_answer (self, event, &answer);
  if (answer.status == 200)
    adopt (run, leg, &answer);
}

/* ---- keys ---- */

/* Only who has answered may open, and only who sits at a phone: see IpdLegKind.press. */
static void
press_key (IpdVisitRun *run, int leg, char digit, IpdLegKeyWay way)
{
  const IpdVisitParts *parts = &run->engine->parts;
  IpdLeg *self = &run->legs[leg];
  IpdLegKey key = { digit, way, ipd_clock_monotonic_us (parts->clock) };
  const char *output = NULL;
  if (run->visit.state != IPD_VISIT_TALKING || run->visit.winner != leg || self->kind->press == NULL)
    return;
  IpdDtmfVerdict verdict = self->kind->press (self, parts->config, &key, &output);
  IpdActor by = { self->id, run->visit.legs[leg].name };
  if (verdict == IPD_DTMF_MATCHED)
    ipd_commands_take_code (parts->commands, &by, ipd_station_config_find_output (parts->config, output));
  if (verdict == IPD_DTMF_WRONG)
    ipd_commands_take_code (parts->commands, &by, NULL);
}

void
ipd_visit_run_take_info (IpdVisitRun *run, int leg, const IpdSipEvent *event)
{
  IpdDtmf press;
  if (event->body != NULL && ipd_dtmf_parse_info (event->content_type, event->body, strlen (event->body), &press, NULL))
    press_key (run, leg, press.digit, IPD_LEG_KEY_IN_SIP);
}

void
ipd_visit_engine_take_digit (IpdVisitEngine *self, guint leg, char digit)
{
  if (self->current == NULL || leg >= self->current->visit.n_legs || !ipd_dtmf_digit_valid (digit))
    return;
  press_key (self->current, (int) leg, g_ascii_toupper (digit), IPD_LEG_KEY_IN_RTP);
  ipd_visit_runs_tidy (self);
}

/* ---- silence ---- */

void
ipd_visit_engine_talk_silent (IpdVisitEngine *self, guint leg)
{
  if (self->current == NULL || leg >= self->current->visit.n_legs)
    return;
  g_message ("visit %s: nothing comes from “%s” any more", self->current->visit.id.s,
             self->current->visit.legs[leg].name.s);
  feed (self->current, (int) leg, IPD_VISIT_EV_LEG_SILENT);
  ipd_visit_runs_tidy (self);
}
