// SPDX-License-Identifier: Apache-2.0
/*
 * The call machine: guards and actions for the rows of call-table.c. Run by the agent, one value per leg; pure, any
 * thread. The state is written in ipd_call_step() and nowhere else.
 */
#include "core/call.h"

#include "core/call-news.h"
#include "core/call-table.h"

#include <glib.h>
#include <string.h>

/* What an action works on. */
typedef struct {
  const IpdCallEvent *ev;
  IpdCall *call;
  IpdCallEffects *effects;
} Run;

static IpdCallEffect *
add (Run *run, IpdCallEffectType type)
{
  g_assert (run->effects->n < IPD_CALL_EFFECTS_MAX);
  IpdCallEffect *effect = &run->effects->list[run->effects->n++];
  *effect = (IpdCallEffect){ .type = type };
  return effect;
}

/* --- guards --- */

static bool
guard_holds (unsigned guard, const void *value, const void *event)
{
  const IpdCall *call = value;
  const IpdCallEvent *ev = event;

  switch ((IpdCallGuard) guard)
    {
    case IPD_CALL_IF_ALWAYS:
      return true;
    case IPD_CALL_IF_VERIFIED:
      return ev->verified;
    case IPD_CALL_IF_ALLOWED:
      return ev->allowed;
    case IPD_CALL_IF_NEWS_END_RING:
      return ev->news == IPD_VISIT_NEWS_OPENED || ev->news == IPD_VISIT_NEWS_ENDED
             || (ev->news == IPD_VISIT_NEWS_ANSWERED && !ev->mine);
    case IPD_CALL_IF_NEWS_OVER:
      /* Two answered at once: the one who lost must not be told "talking" until the BYE comes. */
      return ev->news == IPD_VISIT_NEWS_ENDED || (ev->news == IPD_VISIT_NEWS_ANSWERED && !ev->mine);
    case IPD_CALL_IF_NEWS_NEW:
      return ipd_call_news_is_new (call, ev);
    case IPD_CALL_IF_HOLD_EARLY:
      return call->hold_early;
    case IPD_CALL_IF_MAY_TELL_HOLD:
      return !call->asking && !call->told_hold;
    case IPD_CALL_IF_MAY_TELL_RESUME:
      return !call->asking && call->told_hold;
    case IPD_CALL_IF_ASKED_HOLD:
      return call->asking_hold;
    case IPD_CALL_IF_ASKED_RESUME:
      return !call->asking_hold;
    case IPD_CALL_IF_NOT_ASKING:
      return !call->asking;
    case IPD_CALL_IF_PEER_HELD:
      return call->peer_held;
    case IPD_CALL_IF_HAS_VISIT:
      return call->device.s[0] != '\0';
    case IPD_CALL_IF_N:
      break;
    }
  g_return_val_if_reached (false);
}

/* --- actions: @arg is what action_list says --- */

static void
take_start (Run *run, unsigned origin)
{
  run->call->origin = (IpdVisitOrigin) origin;
  run->call->visit = run->ev->visit;
  run->call->device = run->ev->device;
  run->call->device_name = run->ev->device_name;
  run->call->started_us = run->ev->at_us;
}

static void
take_news (Run *run, unsigned arg)
{
  ipd_call_apply_news (run->call, run->ev);
}

/* The command's own answer came, maybe after the ring was over for another reason. */
static void
take_opened (Run *run, unsigned arg)
{
  ipd_call_apply_opening (run->call, run->ev);
}

static void
hold_early (Run *run, unsigned wanted)
{
  run->call->hold_early = wanted != 0;
}

static void
ask (Run *run, unsigned hold)
{
  run->call->asking = true;
  run->call->asking_hold = hold != 0;
  add (run, hold != 0 ? IPD_CALL_DO_SEND_HOLD : IPD_CALL_DO_SEND_RESUME);
}

static void
asked (Run *run, unsigned agreed)
{
  if (agreed != 0)
    run->call->told_hold = run->call->asking_hold;
  run->call->asking = false;
  run->call->asking_hold = false;
}

static void
peer_holds (Run *run, unsigned held)
{
  run->call->peer_held = held != 0;
}

static void
plain (Run *run, unsigned type)
{
  add (run, (IpdCallEffectType) type);
}

static void
send_final (Run *run, unsigned status)
{
  add (run, IPD_CALL_DO_SEND_FINAL)->status = (int) status;
}

static void
start_timer (Run *run, unsigned timer)
{
  add (run, IPD_CALL_DO_START_TIMER)->timer = (IpdCallTimer) timer;
}

static void
because (Run *run, unsigned reason)
{
  run->call->reason = (IpdCallReason) reason;
}

/* "opened" in a CANCEL is not signed, so it is not shown: the reason becomes "opened" when the station's token says so.
 */
static void
because_cancel (Run *run, unsigned arg)
{
  IpdCallReason claimed = IPD_CALL_REASON_MISSED;

  switch (run->ev->cancel)
    {
    case IPD_CALL_CANCEL_NONE:
      break;
    case IPD_CALL_CANCEL_ANSWERED:
      claimed = IPD_CALL_REASON_ANSWERED_ELSEWHERE;
      break;
    case IPD_CALL_CANCEL_OPENED:
      claimed = IPD_CALL_REASON_CANCELLED;
      break;
    }
  run->call->reason = ipd_call_reason_of_facts (run->call, claimed);
}

static void
because_bye (Run *run, unsigned arg)
{
  run->call->reason = ipd_call_reason_of_facts (run->call, IPD_CALL_REASON_HANGUP);
}

static void
because_news (Run *run, unsigned arg)
{
  IpdCallReason ended = IPD_CALL_REASON_HANGUP;

  if (run->ev->news == IPD_VISIT_NEWS_ENDED)
    ended = ipd_call_reason_of_visit (run->ev->news_reason);
  run->call->reason = ipd_call_reason_of_facts (run->call, ended);
}

static void
because_status (Run *run, unsigned arg)
{
  switch (run->ev->status)
    {
    case 486:
    case 600:
      run->call->reason = IPD_CALL_REASON_BUSY;
      return;
    case 408:
    case 480:
      run->call->reason = IPD_CALL_REASON_TIMEOUT;
      return;
    case 401:
    case 403:
    case 603:
      run->call->reason = IPD_CALL_REASON_REFUSED;
      return;
    default: /* status codes are an open set */
      run->call->reason = IPD_CALL_REASON_FAILED;
      return;
    }
}

static const struct {
  void (*func) (Run *run, unsigned arg);
  unsigned arg;
} action_list[IPD_CALL_ACT_N] = {
  [IPD_CALL_ACT_TAKE_INVITE] = { take_start, IPD_VISIT_IN },
  [IPD_CALL_ACT_TAKE_DIAL] = { take_start, IPD_VISIT_OUT },
  [IPD_CALL_ACT_TAKE_NEWS] = { take_news, 0 },
  [IPD_CALL_ACT_TAKE_MEDIA] = { plain, IPD_CALL_DO_TAKE_MEDIA },
  [IPD_CALL_ACT_SEND_183] = { plain, IPD_CALL_DO_SEND_183 },
  [IPD_CALL_ACT_SEND_200] = { plain, IPD_CALL_DO_SEND_200 },
  [IPD_CALL_ACT_SEND_403] = { send_final, 403 },
  [IPD_CALL_ACT_SEND_480] = { send_final, 480 },
  [IPD_CALL_ACT_SEND_487] = { send_final, 487 },
  [IPD_CALL_ACT_SEND_603] = { send_final, 603 },
  [IPD_CALL_ACT_SEND_INVITE] = { plain, IPD_CALL_DO_SEND_INVITE },
  [IPD_CALL_ACT_SEND_CANCEL] = { plain, IPD_CALL_DO_SEND_CANCEL },
  [IPD_CALL_ACT_SEND_BYE] = { plain, IPD_CALL_DO_SEND_BYE },
  [IPD_CALL_ACT_START_DESKTOP] = { plain, IPD_CALL_DO_START_DESKTOP },
  [IPD_CALL_ACT_STOP_MEDIA] = { plain, IPD_CALL_DO_STOP_MEDIA },
  [IPD_CALL_ACT_START_RING] = { start_timer, IPD_CALL_TIMER_RING },
  [IPD_CALL_ACT_START_ANSWER] = { start_timer, IPD_CALL_TIMER_ANSWER },
  [IPD_CALL_ACT_START_DIAL] = { start_timer, IPD_CALL_TIMER_DIAL },
  [IPD_CALL_ACT_STOP_TIMER] = { plain, IPD_CALL_DO_STOP_TIMER },
  [IPD_CALL_ACT_PUBLISH] = { plain, IPD_CALL_DO_PUBLISH },
  [IPD_CALL_ACT_RECORD] = { plain, IPD_CALL_DO_RECORD },
  [IPD_CALL_ACT_BECAUSE_HANGUP] = { because, IPD_CALL_REASON_HANGUP },
  [IPD_CALL_ACT_BECAUSE_REJECTED] = { because, IPD_CALL_REASON_REJECTED },
  [IPD_CALL_ACT_BECAUSE_MISSED] = { because, IPD_CALL_REASON_MISSED },
  [IPD_CALL_ACT_BECAUSE_TIMEOUT] = { because, IPD_CALL_REASON_TIMEOUT },
  [IPD_CALL_ACT_BECAUSE_FAILED] = { because, IPD_CALL_REASON_FAILED },
  [IPD_CALL_ACT_BECAUSE_REFUSED] = { because, IPD_CALL_REASON_REFUSED },
  [IPD_CALL_ACT_BECAUSE_CANCEL] = { because_cancel, 0 },
  [IPD_CALL_ACT_BECAUSE_BYE] = { because_bye, 0 },
  [IPD_CALL_ACT_BECAUSE_NEWS] = { because_news, 0 },
  [IPD_CALL_ACT_BECAUSE_STATUS] = { because_status, 0 },
  [IPD_CALL_ACT_BECAUSE_OPENED] = { because, IPD_CALL_REASON_OPENED },
  [IPD_CALL_ACT_TAKE_OPENED] = { take_opened, 0 },
  [IPD_CALL_ACT_HOLD_EARLY] = { hold_early, true },
  [IPD_CALL_ACT_RESUME_EARLY] = { hold_early, false },
  [IPD_CALL_ACT_SEND_HOLD] = { ask, true },
  [IPD_CALL_ACT_SEND_RESUME] = { ask, false },
  [IPD_CALL_ACT_HOLD_DONE] = { asked, true },
  [IPD_CALL_ACT_HOLD_REFUSED] = { asked, false },
  [IPD_CALL_ACT_PEER_HELD] = { peer_holds, true },
  [IPD_CALL_ACT_PEER_RESUMED] = { peer_holds, false },
};

IpdStep
ipd_call_step (const IpdCall *now, const IpdCallEvent *ev, IpdCall *ret_next, IpdCallEffects *ret_effects)
{
  const IpdRow *row = ipd_table_pick (ipd_call_table (), now->state, ev->type, guard_holds, now, ev);

  ret_effects->n = 0;
  if (ret_next != now)
    *ret_next = *now;
  if (row == NULL)
    return IPD_STEP_ILLEGAL;
  Run run = { ev, ret_next, ret_effects };
  for (size_t i = 0; i < IPD_ROW_ACTIONS && row->actions[i] != IPD_CALL_ACT_NONE; i++)
    action_list[row->actions[i]].func (&run, action_list[row->actions[i]].arg);
  ret_next->state = (IpdCallState) row->to;
  return row->step;
}

void
ipd_call_init (IpdCall *ret_call)
{
  memset (ret_call, 0, sizeof *ret_call);
  ret_call->state = IPD_CALL_IDLE;
}

const char *
ipd_call_by (const IpdCall *call)
{
  return call->opened_by.s[0] != '\0' ? call->opened_by.s : call->answered_by.s;
}

bool
ipd_call_is_up (const IpdCall *call)
{
  return call->state == IPD_CALL_TALKING || call->state == IPD_CALL_HELD;
}

bool
ipd_call_can_answer (const IpdCall *call)
{
  return call->state == IPD_CALL_RINGING || call->state == IPD_CALL_PREVIEWING;
}

/* --- words of the contract --- */

static const char *const state_words[] = {
  [IPD_CALL_IDLE] = "idle",           [IPD_CALL_OFFERED] = "ringing",
  [IPD_CALL_RINGING] = "ringing",     [IPD_CALL_PREVIEWING] = "previewing",
  [IPD_CALL_ANSWERING] = "answering", [IPD_CALL_DIALLING] = "calling",
  [IPD_CALL_CALLING] = "calling",     [IPD_CALL_TALKING] = "talking",
  [IPD_CALL_HELD] = "held",           [IPD_CALL_ENDED] = "ended",
};

static const char *const reason_words[] = {
  [IPD_CALL_REASON_NONE] = "",
  [IPD_CALL_REASON_HANGUP] = "hangup",
  [IPD_CALL_REASON_REJECTED] = "rejected",
  [IPD_CALL_REASON_MISSED] = "missed",
  [IPD_CALL_REASON_CANCELLED] = "cancelled",
  [IPD_CALL_REASON_TIMEOUT] = "timeout",
  [IPD_CALL_REASON_BUSY] = "busy",
  [IPD_CALL_REASON_FAILED] = "failed",
  [IPD_CALL_REASON_ANSWERED_ELSEWHERE] = "answered-elsewhere",
  [IPD_CALL_REASON_OPENED] = "opened",
  [IPD_CALL_REASON_REFUSED] = "refused",
};

const char *
ipd_call_state_to_string (IpdCallState state)
{
  return state_words[state];
}

const char *
ipd_call_reason_to_string (IpdCallReason reason)
{
  return reason_words[reason];
}
