// SPDX-License-Identifier: Apache-2.0
/*
 * The visit machine: guards and actions for the rows of visit-table.c. Run by the station, one value per visit; pure,
 * any thread. The state is written in ipd_visit_step() and nowhere else.
 */
#include "core/visit.h"

#include "core/visit-table.h"

#include <glib.h>
#include <string.h>

/* What an action works on. */
typedef struct {
  const IpdVisitEvent *ev;
  IpdVisit *visit;
  IpdVisitEffects *effects;
} Run;

static IpdVisitEffect *
add (Run *run, IpdVisitEffectType type)
{
  g_assert (run->effects->n < IPD_VISIT_EFFECTS_MAX);
  IpdVisitEffect *effect = &run->effects->list[run->effects->n++];
  *effect = (IpdVisitEffect){ .type = type, .leg = IPD_NO_LEG };
  return effect;
}

static void
add_for_leg (Run *run, IpdVisitEffectType type, int leg, IpdVisitCause cause)
{
  IpdVisitEffect *effect = add (run, type);
  effect->leg = leg;
  effect->cause = cause;
}

/* --- guards --- */

static bool
leg_known (const IpdVisit *visit, int leg)
{
  return leg >= 0 && (size_t) leg < visit->n_legs;
}

static bool
leg_rings (const IpdVisitLeg *leg)
{
  return leg->state == IPD_LEG_INVITING || leg->state == IPD_LEG_PREVIEWING;
}

static size_t
count_ringing (const IpdVisit *visit)
{
  size_t n = 0;
  for (size_t i = 0; i < visit->n_legs; i++)
    n += leg_rings (&visit->legs[i]) ? 1 : 0;
  return n;
}

static bool
contact_is_ours (const IpdVisit *visit, const IpdVisitEvent *ev)
{
  return visit->contact == IPD_CONTACT_PENDING && ipd_output_id_equal (&visit->output, &ev->output)
         && (ev->contact == IPD_CONTACT_OPEN || ev->contact == IPD_CONTACT_TIMEOUT);
}

/* Not whom its user said no for, not without end, and not twice at a time. */
static bool
may_join (const IpdVisit *visit, const IpdVisitEvent *ev)
{
  size_t before = 0;
  if (ev->n_legs != 1 || visit->n_legs >= IPD_VISIT_LEGS_MAX)
    return false;
  for (size_t i = 0; i < visit->n_legs; i++)
    {
      const IpdVisitLeg *leg = &visit->legs[i];
      if (!ipd_id_equal (&leg->client, &ev->legs[0].client))
        continue;
      if (leg->rejected || (leg_rings (leg) && !ev->anew))
        return false;
      before++;
    }
  return before < IPD_VISIT_LEGS_EACH_MAX;
}

static bool
guard_holds (unsigned guard, const void *value, const void *event)
{
  const IpdVisit *visit = value;
  const IpdVisitEvent *ev = event;

  switch ((IpdVisitGuard) guard)
    {
    case IPD_VISIT_IF_ALWAYS:
      return true;
    case IPD_VISIT_IF_HAS_LEGS:
      return ev->n_legs > 0;
    case IPD_VISIT_IF_MAY_LOOK_OUT:
      return ev->n_legs == 1 && ev->legs[0].may_talk;
    case IPD_VISIT_IF_SAME_BUTTON:
      return ev->button == visit->button;
    case IPD_VISIT_IF_IS_LOOK_OUT:
      return visit->origin == IPD_VISIT_OUT;
    case IPD_VISIT_IF_LEG_UNKNOWN:
      return !leg_known (visit, ev->leg);
    case IPD_VISIT_IF_LEG_INVITING:
      return visit->legs[ev->leg].state == IPD_LEG_INVITING;
    case IPD_VISIT_IF_LEG_MAY_WIN:
      return leg_rings (&visit->legs[ev->leg]) && visit->legs[ev->leg].may_talk;
    case IPD_VISIT_IF_LEG_GONE:
      return visit->legs[ev->leg].state == IPD_LEG_GONE;
    case IPD_VISIT_IF_LEG_LAST:
      return leg_rings (&visit->legs[ev->leg]) && count_ringing (visit) == 1;
    case IPD_VISIT_IF_LEG_WINNER_PENDING:
      return ev->leg == visit->winner && visit->contact == IPD_CONTACT_PENDING;
    case IPD_VISIT_IF_LEG_WINNER:
      return ev->leg == visit->winner;
    case IPD_VISIT_IF_LEG_HOLDS:
      return visit->legs[ev->leg].held;
    case IPD_VISIT_IF_PENDING:
      return visit->contact == IPD_CONTACT_PENDING;
    case IPD_VISIT_IF_NOT_GRANTED:
      return !ev->granted;
    case IPD_VISIT_IF_WITH_CONTACT:
      return ev->has_contact;
    case IPD_VISIT_IF_CONTACT_OURS:
      return contact_is_ours (visit, ev);
    case IPD_VISIT_IF_MAY_JOIN:
      return may_join (visit, ev);
    case IPD_VISIT_IF_N:
      break;
    }
  g_return_val_if_reached (false);
}

/* --- actions: @arg is what action_list says --- */

static void
take_leg (IpdVisit *visit, const IpdVisitLeg *leg)
{
  IpdVisitLeg *taken = &visit->legs[visit->n_legs++];
  *taken = *leg;
  taken->state = IPD_LEG_INVITING;
  taken->rejected = false;
  taken->held = false;
}

static void
take_start (Run *run, unsigned origin)
{
  const IpdVisitEvent *ev = run->ev;
  IpdVisit *visit = run->visit;

  visit->id = ev->id;
  visit->origin = (IpdVisitOrigin) origin;
  visit->button = visit->origin == IPD_VISIT_IN ? ev->button : 0;
  visit->started_us = ev->at_us;
  for (size_t i = 0; i < MIN (ev->n_legs, IPD_VISIT_LEGS_MAX); i++)
    take_leg (visit, &ev->legs[i]);
}

static void
take_opening (Run *run, unsigned arg)
{
  run->visit->opened_by = run->ev->by;
  run->visit->opened_by_name = run->ev->by_name;
  run->visit->output = run->ev->output;
  run->visit->contact = run->ev->has_contact ? IPD_CONTACT_PENDING : IPD_CONTACT_NONE;
}

static void
take_contact (Run *run, unsigned arg)
{
  run->visit->contact = run->ev->contact;
}

static void
set_contact (Run *run, unsigned contact)
{
  run->visit->contact = (IpdContact) contact;
}

static void
invite_all (Run *run, unsigned arg)
{
  for (size_t i = 0; i < run->visit->n_legs; i++)
    add_for_leg (run, IPD_VISIT_DO_INVITE, (int) i, 0);
}

static void
show (Run *run, int leg)
{
  run->visit->legs[leg].state = IPD_LEG_PREVIEWING;
  add_for_leg (run, IPD_VISIT_DO_PREVIEW, leg, 0);
}

static void
win (Run *run, int leg)
{
  if (run->visit->legs[leg].state == IPD_LEG_INVITING) /* a 200 without a 183 before it */
    show (run, leg);
  run->visit->legs[leg].state = IPD_LEG_ANSWERED;
  run->visit->winner = leg;
  add_for_leg (run, IPD_VISIT_DO_TALK, leg, 0);
}

static void
tone (Run *run, unsigned which)
{
  add (run, IPD_VISIT_DO_TONE)->tone = (IpdVisitTone) which;
}

static void
drop (Run *run, int leg)
{
  bool had_media = run->visit->legs[leg].state == IPD_LEG_PREVIEWING || run->visit->legs[leg].state == IPD_LEG_ANSWERED;

  run->visit->legs[leg].state = IPD_LEG_GONE;
  if (run->visit->legs[leg].held) /* nobody is awaited any more */
    tone (run, IPD_VISIT_TONE_NONE);
  run->visit->legs[leg].held = false;
  if (had_media)
    add_for_leg (run, IPD_VISIT_DO_STOP_MEDIA, leg, 0);
}

static void
answer_look_out (Run *run, unsigned arg)
{
  add_for_leg (run, IPD_VISIT_DO_ANSWER, 0, 0);
  win (run, 0);
}

static void
show_leg (Run *run, unsigned arg)
{
  show (run, run->ev->leg);
}

static void
leg_wins (Run *run, unsigned arg)
{
  win (run, run->ev->leg);
}

static void
leg_rejects (Run *run, unsigned arg)
{
  run->visit->legs[run->ev->leg].rejected = true;
  drop (run, run->ev->leg);
}

static void
leg_gone (Run *run, unsigned arg)
{
  drop (run, run->ev->leg);
}

static void
refuse_leg (Run *run, unsigned cause)
{
  add_for_leg (run, IPD_VISIT_DO_BYE, run->ev->leg, (IpdVisitCause) cause);
  drop (run, run->ev->leg);
}

static void
bye_winner (Run *run, unsigned cause)
{
  add_for_leg (run, IPD_VISIT_DO_BYE, run->visit->winner, (IpdVisitCause) cause);
  drop (run, run->visit->winner);
}

/* Why a leg that answered too late is hung up: what the visit has come to. */
static IpdVisitCause
late_cause (const IpdVisit *visit)
{
  if (visit->winner != IPD_NO_LEG)
    return IPD_VISIT_CAUSE_ANSWERED;
  if (visit->reason == IPD_VISIT_REASON_OPENED)
    return IPD_VISIT_CAUSE_OPENED;
  if (visit->reason == IPD_VISIT_REASON_MISSED)
    return IPD_VISIT_CAUSE_TIMEOUT;
  return IPD_VISIT_CAUSE_GONE;
}

static void
bye_late (Run *run, unsigned arg)
{
  add_for_leg (run, IPD_VISIT_DO_BYE, run->ev->leg, late_cause (run->visit));
}

static void
cancel_ringing (Run *run, unsigned cause)
{
  for (size_t i = 0; i < run->visit->n_legs; i++)
    {
      if (!leg_rings (&run->visit->legs[i]))
        continue;
      add_for_leg (run, IPD_VISIT_DO_CANCEL, (int) i, (IpdVisitCause) cause);
      drop (run, (int) i);
    }
}

static void
cancel_older (Run *run, unsigned cause)
{
  for (size_t i = 0; i < run->visit->n_legs; i++)
    {
      const IpdVisitLeg *leg = &run->visit->legs[i];
      if (!leg_rings (leg) || !ipd_id_equal (&leg->client, &run->ev->legs[0].client))
        continue;
      add_for_leg (run, IPD_VISIT_DO_CANCEL, (int) i, (IpdVisitCause) cause);
      drop (run, (int) i);
    }
}

static void
add_leg (Run *run, unsigned arg)
{
  add_for_leg (run, IPD_VISIT_DO_INVITE, (int) run->visit->n_legs, 0);
  take_leg (run->visit, &run->ev->legs[0]);
}

static void
start_timer (Run *run, unsigned timer)
{
  run->visit->timers |= timer;
  add (run, IPD_VISIT_DO_START_TIMER)->timer = (IpdVisitTimer) timer;
}

static void
stop_timer (Run *run, unsigned timer)
{
  run->visit->timers &= ~timer;
  add (run, IPD_VISIT_DO_STOP_TIMER)->timer = (IpdVisitTimer) timer;
}

static void
timer_fired (Run *run, unsigned timer)
{
  run->visit->timers &= ~timer;
}

static void
hold_leg (Run *run, unsigned arg)
{
  run->visit->legs[run->ev->leg].held = true;
  add_for_leg (run, IPD_VISIT_DO_HOLD, run->ev->leg, 0);
}

static void
resume_leg (Run *run, unsigned arg)
{
  run->visit->legs[run->ev->leg].held = false;
  add_for_leg (run, IPD_VISIT_DO_RESUME, run->ev->leg, 0);
}

static void
tell (Run *run, unsigned news)
{
  add (run, IPD_VISIT_DO_NOTIFY)->news = (IpdVisitNews) news;
}

static void
because (Run *run, unsigned reason)
{
  run->visit->reason = (IpdVisitReason) reason;
}

static void
because_unanswered (Run *run, unsigned arg)
{
  bool rejected = false;
  for (size_t i = 0; i < run->visit->n_legs; i++)
    rejected = rejected || run->visit->legs[i].rejected;
  run->visit->reason = rejected ? IPD_VISIT_REASON_REJECTED : IPD_VISIT_REASON_MISSED;
}

static void
plain (Run *run, unsigned type)
{
  add (run, (IpdVisitEffectType) type);
}

static const struct {
  void (*func) (Run *run, unsigned arg);
  unsigned arg;
} action_list[IPD_VISIT_ACT_N] = {
  [IPD_VISIT_ACT_TAKE_PRESS] = { take_start, IPD_VISIT_IN },
  [IPD_VISIT_ACT_TAKE_LOOK_OUT] = { take_start, IPD_VISIT_OUT },
  [IPD_VISIT_ACT_TAKE_OPENING] = { take_opening, 0 },
  [IPD_VISIT_ACT_TAKE_CONTACT] = { take_contact, 0 },
  [IPD_VISIT_ACT_CONTACT_SILENT] = { set_contact, IPD_CONTACT_TIMEOUT },
  [IPD_VISIT_ACT_INVITE_ALL] = { invite_all, 0 },
  [IPD_VISIT_ACT_ANSWER_LOOK_OUT] = { answer_look_out, 0 },
  [IPD_VISIT_ACT_SHOW_LEG] = { show_leg, 0 },
  [IPD_VISIT_ACT_LEG_WINS] = { leg_wins, 0 },
  [IPD_VISIT_ACT_LEG_REJECTS] = { leg_rejects, 0 },
  [IPD_VISIT_ACT_LEG_GONE] = { leg_gone, 0 },
  [IPD_VISIT_ACT_REFUSE_LEG] = { refuse_leg, IPD_VISIT_CAUSE_REFUSED },
  [IPD_VISIT_ACT_BYE_LATE] = { bye_late, 0 },
  [IPD_VISIT_ACT_CANCEL_ANSWERED] = { cancel_ringing, IPD_VISIT_CAUSE_ANSWERED },
  [IPD_VISIT_ACT_CANCEL_OPENED] = { cancel_ringing, IPD_VISIT_CAUSE_OPENED },
  [IPD_VISIT_ACT_CANCEL_GONE] = { cancel_ringing, IPD_VISIT_CAUSE_GONE },
  [IPD_VISIT_ACT_CANCEL_TIMEOUT] = { cancel_ringing, IPD_VISIT_CAUSE_TIMEOUT },
  [IPD_VISIT_ACT_BYE_GONE] = { bye_winner, IPD_VISIT_CAUSE_GONE },
  [IPD_VISIT_ACT_BYE_TIMEOUT] = { bye_winner, IPD_VISIT_CAUSE_TIMEOUT },
  [IPD_VISIT_ACT_START_RING] = { start_timer, IPD_VISIT_TIMER_RING },
  [IPD_VISIT_ACT_STOP_RING] = { stop_timer, IPD_VISIT_TIMER_RING },
  [IPD_VISIT_ACT_RING_FIRED] = { timer_fired, IPD_VISIT_TIMER_RING },
  [IPD_VISIT_ACT_START_TALK] = { start_timer, IPD_VISIT_TIMER_TALK },
  [IPD_VISIT_ACT_STOP_TALK] = { stop_timer, IPD_VISIT_TIMER_TALK },
  [IPD_VISIT_ACT_TALK_FIRED] = { timer_fired, IPD_VISIT_TIMER_TALK },
  [IPD_VISIT_ACT_START_CLOSE] = { start_timer, IPD_VISIT_TIMER_CLOSE },
  [IPD_VISIT_ACT_STOP_CLOSE] = { stop_timer, IPD_VISIT_TIMER_CLOSE },
  [IPD_VISIT_ACT_CLOSE_FIRED] = { timer_fired, IPD_VISIT_TIMER_CLOSE },
  [IPD_VISIT_ACT_TONE_NONE] = { tone, IPD_VISIT_TONE_NONE },
  [IPD_VISIT_ACT_TONE_RINGING] = { tone, IPD_VISIT_TONE_RINGING },
  [IPD_VISIT_ACT_TONE_BUSY] = { tone, IPD_VISIT_TONE_BUSY },
  [IPD_VISIT_ACT_TONE_OPENED] = { tone, IPD_VISIT_TONE_OPENED },
  [IPD_VISIT_ACT_TELL_ANSWERED] = { tell, IPD_VISIT_NEWS_ANSWERED },
  [IPD_VISIT_ACT_TELL_OPENED] = { tell, IPD_VISIT_NEWS_OPENED },
  [IPD_VISIT_ACT_TELL_ENDED] = { tell, IPD_VISIT_NEWS_ENDED },
  [IPD_VISIT_ACT_BECAUSE_HANGUP] = { because, IPD_VISIT_REASON_HANGUP },
  [IPD_VISIT_ACT_BECAUSE_MISSED] = { because, IPD_VISIT_REASON_MISSED },
  [IPD_VISIT_ACT_BECAUSE_UNANSWERED] = { because_unanswered, 0 },
  [IPD_VISIT_ACT_BECAUSE_CANCELLED] = { because, IPD_VISIT_REASON_CANCELLED },
  [IPD_VISIT_ACT_BECAUSE_TIMEOUT] = { because, IPD_VISIT_REASON_TIMEOUT },
  [IPD_VISIT_ACT_BECAUSE_OPENED] = { because, IPD_VISIT_REASON_OPENED },
  [IPD_VISIT_ACT_RECORD] = { plain, IPD_VISIT_DO_RECORD },
  [IPD_VISIT_ACT_PRESS_BUSY] = { plain, IPD_VISIT_DO_PRESS_BUSY },
  [IPD_VISIT_ACT_PRESS_AGAIN] = { plain, IPD_VISIT_DO_PRESS_AGAIN },
  [IPD_VISIT_ACT_REFUSE_BUSY] = { plain, IPD_VISIT_DO_REFUSE_BUSY },
  [IPD_VISIT_ACT_REFUSE_RIGHT] = { plain, IPD_VISIT_DO_REFUSE_RIGHT },
  [IPD_VISIT_ACT_HOLD_LEG] = { hold_leg, 0 },
  [IPD_VISIT_ACT_RESUME_LEG] = { resume_leg, 0 },
  [IPD_VISIT_ACT_CANCEL_OLDER] = { cancel_older, IPD_VISIT_CAUSE_GONE },
  [IPD_VISIT_ACT_ADD_LEG] = { add_leg, 0 },
};

IpdStep
ipd_visit_step (const IpdVisit *now, const IpdVisitEvent *ev, IpdVisit *ret_next, IpdVisitEffects *ret_effects)
{
  const IpdRow *row = ipd_table_pick (ipd_visit_table (), now->state, ev->type, guard_holds, now, ev);

  ret_effects->n = 0;
  if (ret_next != now)
    *ret_next = *now;
  if (row == NULL)
    return IPD_STEP_ILLEGAL;
  Run run = { ev, ret_next, ret_effects };
  for (size_t i = 0; i < IPD_ROW_ACTIONS && row->actions[i] != IPD_VISIT_ACT_NONE; i++)
    action_list[row->actions[i]].func (&run, action_list[row->actions[i]].arg);
  ret_next->state = (IpdVisitState) row->to;
  return row->step;
}

void
ipd_visit_init (IpdVisit *ret_visit)
{
  memset (ret_visit, 0, sizeof *ret_visit);
  ret_visit->state = IPD_VISIT_IDLE;
  ret_visit->winner = IPD_NO_LEG;
}

const IpdVisitLeg *
ipd_visit_winner (const IpdVisit *visit)
{
  return visit->winner != IPD_NO_LEG ? &visit->legs[visit->winner] : NULL;
}
