// SPDX-License-Identifier: Apache-2.0
/*
 * The command machine: forward only, whatever order the results come in. Run by the agent for its commands and by the
 * station for its relays; pure, any thread.
 */
#include "core/opening.h"

#include "core/words.h"

#include <glib.h>
#include <string.h>

typedef enum {
  GUARD_ALWAYS,
  GUARD_HAS_CONTACT,
  GUARD_N,
} Guard;

typedef enum {
  ACT_NONE,
  ACT_PUBLISH,
  ACT_RECORD,
  ACT_RESTART_TIMER,
  ACT_STOP_TIMER,
  ACT_KEEP_REFUSAL,
  ACT_N,
} Action;

static const char *const states[] = {
  [IPD_OPENING_REQUESTED] = "requested",
  [IPD_OPENING_ACCEPTED] = "accepted",
  [IPD_OPENING_ACTUATED] = "actuated",
  [IPD_OPENING_CONTACT_OPEN] = "contact-open",
  [IPD_OPENING_CONTACT_TIMEOUT] = "contact-timeout",
  [IPD_OPENING_REFUSED] = "refused",
  [IPD_OPENING_INTERRUPTED] = "interrupted",
  [IPD_OPENING_NO_ANSWER] = "no-answer",
};

static const char *const events[] = {
  [IPD_OPENING_EV_ACCEPTED] = "accepted",         [IPD_OPENING_EV_ACTUATED] = "actuated",
  [IPD_OPENING_EV_CONTACT_OPEN] = "contact open", [IPD_OPENING_EV_CONTACT_TIMEOUT] = "contact timeout",
  [IPD_OPENING_EV_REFUSED] = "refused",           [IPD_OPENING_EV_INTERRUPTED] = "interrupted",
  [IPD_OPENING_EV_SEND_FAILED] = "send failed",   [IPD_OPENING_EV_TIMEOUT] = "timer",
};

static const char *const guards[] = { [GUARD_ALWAYS] = "", [GUARD_HAS_CONTACT] = "has a contact" };

static const char *const actions[] = {
  [ACT_NONE] = "",
  [ACT_PUBLISH] = "publish",
  [ACT_RECORD] = "record",
  [ACT_RESTART_TIMER] = "restart timer",
  [ACT_STOP_TIMER] = "stop timer",
  [ACT_KEEP_REFUSAL] = "keep the reason",
};

static const char *const refusals[] = {
  [IPD_REFUSAL_NONE] = "",         [IPD_REFUSAL_LICENCE] = "licence", [IPD_REFUSAL_PROFILE] = "profile",
  [IPD_REFUSAL_NONCE] = "nonce",   [IPD_REFUSAL_OUTPUT] = "output",   [IPD_REFUSAL_BUSY] = "busy",
  [IPD_REFUSAL_DRIVER] = "driver", [IPD_REFUSAL_RATE] = "rate",
};

#define GO(from, event, guard, to, ...)                                                                                \
  {                                                                                                                    \
    IPD_OPENING_##from, IPD_OPENING_EV_##event, GUARD_##guard, IPD_OPENING_##to, IPD_STEP_OK, { __VA_ARGS__ }          \
  }
#define SKIP(from, event)                                                                                              \
  {                                                                                                                    \
    IPD_OPENING_##from, IPD_OPENING_EV_##event, GUARD_ALWAYS, IPD_OPENING_##from, IPD_STEP_IGNORED, { 0 }              \
  }

// clang-format off
static const IpdRow rows[] = {
  GO (REQUESTED, ACCEPTED,        ALWAYS,      ACCEPTED,        ACT_RESTART_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (REQUESTED, ACTUATED,        HAS_CONTACT, ACTUATED,        ACT_RESTART_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (REQUESTED, ACTUATED,        ALWAYS,      ACTUATED,        ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (REQUESTED, CONTACT_OPEN,    ALWAYS,      CONTACT_OPEN,    ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (REQUESTED, CONTACT_TIMEOUT, ALWAYS,      CONTACT_TIMEOUT, ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (REQUESTED, REFUSED,         ALWAYS,      REFUSED,         ACT_KEEP_REFUSAL, ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (REQUESTED, INTERRUPTED,     ALWAYS,      INTERRUPTED,     ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (REQUESTED, SEND_FAILED,     ALWAYS,      NO_ANSWER,       ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (REQUESTED, TIMEOUT,         ALWAYS,      NO_ANSWER,       ACT_RECORD, ACT_PUBLISH),

  SKIP (ACCEPTED, ACCEPTED),
  GO (ACCEPTED, ACTUATED,        HAS_CONTACT, ACTUATED,        ACT_RESTART_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (ACCEPTED, ACTUATED,        ALWAYS,      ACTUATED,        ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (ACCEPTED, CONTACT_OPEN,    ALWAYS,      CONTACT_OPEN,    ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (ACCEPTED, CONTACT_TIMEOUT, ALWAYS,      CONTACT_TIMEOUT, ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  /* The driver failed after the command was accepted. */
  GO (ACCEPTED, REFUSED,         ALWAYS,      REFUSED,         ACT_KEEP_REFUSAL, ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (ACCEPTED, INTERRUPTED,     ALWAYS,      INTERRUPTED,     ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  /* It has arrived, whatever the transaction thinks. */
  SKIP (ACCEPTED, SEND_FAILED),
  GO (ACCEPTED, TIMEOUT,         ALWAYS,      NO_ANSWER,       ACT_RECORD, ACT_PUBLISH),

  SKIP (ACTUATED, ACCEPTED),
  SKIP (ACTUATED, ACTUATED),
  GO (ACTUATED, CONTACT_OPEN,    HAS_CONTACT, CONTACT_OPEN,    ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  /* The directory here knew of no contact; the station knows better. No timer runs. */
  GO (ACTUATED, CONTACT_OPEN,    ALWAYS,      CONTACT_OPEN,    ACT_RECORD, ACT_PUBLISH),
  GO (ACTUATED, CONTACT_TIMEOUT, HAS_CONTACT, CONTACT_TIMEOUT, ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (ACTUATED, CONTACT_TIMEOUT, ALWAYS,      CONTACT_TIMEOUT, ACT_RECORD, ACT_PUBLISH),
  /* The relay has moved, that cannot be taken back. */
  SKIP (ACTUATED, REFUSED),
  GO (ACTUATED, INTERRUPTED,     HAS_CONTACT, INTERRUPTED,     ACT_STOP_TIMER, ACT_RECORD, ACT_PUBLISH),
  SKIP (ACTUATED, INTERRUPTED),
  SKIP (ACTUATED, SEND_FAILED),
  GO (ACTUATED, TIMEOUT,         HAS_CONTACT, NO_ANSWER,       ACT_RECORD, ACT_PUBLISH),
  SKIP (ACTUATED, TIMEOUT),

  SKIP (CONTACT_OPEN, ACCEPTED),
  SKIP (CONTACT_OPEN, ACTUATED),
  SKIP (CONTACT_OPEN, CONTACT_OPEN),
  SKIP (CONTACT_OPEN, CONTACT_TIMEOUT),
  SKIP (CONTACT_OPEN, REFUSED),
  SKIP (CONTACT_OPEN, INTERRUPTED),
  SKIP (CONTACT_OPEN, SEND_FAILED),
  SKIP (CONTACT_OPEN, TIMEOUT),

  SKIP (CONTACT_TIMEOUT, ACCEPTED),
  SKIP (CONTACT_TIMEOUT, ACTUATED),
  SKIP (CONTACT_TIMEOUT, CONTACT_OPEN),
  SKIP (CONTACT_TIMEOUT, CONTACT_TIMEOUT),
  SKIP (CONTACT_TIMEOUT, REFUSED),
  SKIP (CONTACT_TIMEOUT, INTERRUPTED),
  SKIP (CONTACT_TIMEOUT, SEND_FAILED),
  SKIP (CONTACT_TIMEOUT, TIMEOUT),

  SKIP (REFUSED, ACCEPTED),
  SKIP (REFUSED, ACTUATED),
  SKIP (REFUSED, CONTACT_OPEN),
  SKIP (REFUSED, CONTACT_TIMEOUT),
  SKIP (REFUSED, REFUSED),
  SKIP (REFUSED, INTERRUPTED),
  SKIP (REFUSED, SEND_FAILED),
  SKIP (REFUSED, TIMEOUT),

  SKIP (INTERRUPTED, ACCEPTED),
  SKIP (INTERRUPTED, ACTUATED),
  SKIP (INTERRUPTED, CONTACT_OPEN),
  SKIP (INTERRUPTED, CONTACT_TIMEOUT),
  SKIP (INTERRUPTED, REFUSED),
  SKIP (INTERRUPTED, INTERRUPTED),
  SKIP (INTERRUPTED, SEND_FAILED),
  SKIP (INTERRUPTED, TIMEOUT),

  /* Our own word; the station's comes late but is the truth. "accepted" is no more than we had, so it does not wait again. */
  SKIP (NO_ANSWER, ACCEPTED),
  GO (NO_ANSWER, ACTUATED,        HAS_CONTACT, ACTUATED,        ACT_RESTART_TIMER, ACT_RECORD, ACT_PUBLISH),
  GO (NO_ANSWER, ACTUATED,        ALWAYS,      ACTUATED,        ACT_RECORD, ACT_PUBLISH),
  GO (NO_ANSWER, CONTACT_OPEN,    ALWAYS,      CONTACT_OPEN,    ACT_RECORD, ACT_PUBLISH),
  GO (NO_ANSWER, CONTACT_TIMEOUT, ALWAYS,      CONTACT_TIMEOUT, ACT_RECORD, ACT_PUBLISH),
  GO (NO_ANSWER, REFUSED,         ALWAYS,      REFUSED,         ACT_KEEP_REFUSAL, ACT_RECORD, ACT_PUBLISH),
  GO (NO_ANSWER, INTERRUPTED,     ALWAYS,      INTERRUPTED,     ACT_RECORD, ACT_PUBLISH),
  SKIP (NO_ANSWER, SEND_FAILED),
  SKIP (NO_ANSWER, TIMEOUT),
};
// clang-format on

static const IpdTable table = {
  .name = "opening",
  .rows = rows,
  .n_rows = G_N_ELEMENTS (rows),
  .states = states,
  .n_states = G_N_ELEMENTS (states),
  .events = events,
  .n_events = G_N_ELEMENTS (events),
  .guards = guards,
  .n_guards = G_N_ELEMENTS (guards),
  .actions = actions,
  .n_actions = G_N_ELEMENTS (actions),
  .first_state = IPD_OPENING_REQUESTED,
};

G_STATIC_ASSERT (G_N_ELEMENTS (states) == IPD_OPENING_N_STATES);
G_STATIC_ASSERT (G_N_ELEMENTS (events) == IPD_OPENING_N_EVENTS);
G_STATIC_ASSERT (G_N_ELEMENTS (guards) == GUARD_N);
G_STATIC_ASSERT (G_N_ELEMENTS (actions) == ACT_N);

const IpdTable *
ipd_opening_table (void)
{
  return &table;
}

static bool
guard_holds (unsigned guard, const void *value, const void *event)
{
  const IpdOpening *now = value;

  switch ((Guard) guard)
    {
    case GUARD_ALWAYS:
      return true;
    case GUARD_HAS_CONTACT:
      return now->has_contact;
    case GUARD_N:
      break;
    }
  g_return_val_if_reached (false);
}

static void
add (IpdOpeningEffects *effects, IpdOpeningEffect effect)
{
  g_assert (effects->n < IPD_OPENING_EFFECTS_MAX);
  effects->list[effects->n++] = effect;
}

static void
run (Action action, const IpdOpeningEvent *ev, IpdOpening *next, IpdOpeningEffects *effects)
{
  switch (action)
    {
    case ACT_PUBLISH:
      return add (effects, IPD_OPENING_DO_PUBLISH);
    case ACT_RECORD:
      return add (effects, IPD_OPENING_DO_RECORD);
    case ACT_RESTART_TIMER:
      return add (effects, IPD_OPENING_DO_RESTART_TIMER);
    case ACT_STOP_TIMER:
      return add (effects, IPD_OPENING_DO_STOP_TIMER);
    case ACT_KEEP_REFUSAL:
      next->refusal = ev->refusal;
      return;
    case ACT_NONE:
    case ACT_N:
      break;
    }
  g_return_if_reached ();
}

IpdStep
ipd_opening_step (const IpdOpening *now, const IpdOpeningEvent *ev, IpdOpening *ret_next,
                  IpdOpeningEffects *ret_effects)
{
  const IpdRow *row = ipd_table_pick (&table, now->state, ev->type, guard_holds, now, ev);

  ret_effects->n = 0;
  if (ret_next != now)
    *ret_next = *now;
  if (row == NULL)
    return IPD_STEP_ILLEGAL;
  ret_next->state = (IpdOpeningState) row->to;
  for (size_t i = 0; i < IPD_ROW_ACTIONS && row->actions[i] != ACT_NONE; i++)
    run ((Action) row->actions[i], ev, ret_next, ret_effects);
  return row->step;
}

void
ipd_opening_init (IpdOpening *ret_opening, const IpdShortId *id, const IpdId *device, const IpdOutput *output,
                  const IpdShortId *visit)
{
  memset (ret_opening, 0, sizeof *ret_opening);
  ret_opening->id = *id;
  ret_opening->device = *device;
  ret_opening->output = output->id;
  ret_opening->has_contact = output->has_contact;
  ret_opening->state = IPD_OPENING_REQUESTED;
  if (visit != NULL)
    ret_opening->visit = *visit;
}

bool
ipd_opening_event_from_state (IpdOpeningState state, IpdOpeningEventType *ret_type)
{
  switch (state)
    {
    case IPD_OPENING_ACCEPTED:
      *ret_type = IPD_OPENING_EV_ACCEPTED;
      return true;
    case IPD_OPENING_ACTUATED:
      *ret_type = IPD_OPENING_EV_ACTUATED;
      return true;
    case IPD_OPENING_CONTACT_OPEN:
      *ret_type = IPD_OPENING_EV_CONTACT_OPEN;
      return true;
    case IPD_OPENING_CONTACT_TIMEOUT:
      *ret_type = IPD_OPENING_EV_CONTACT_TIMEOUT;
      return true;
    case IPD_OPENING_REFUSED:
      *ret_type = IPD_OPENING_EV_REFUSED;
      return true;
    case IPD_OPENING_INTERRUPTED:
      *ret_type = IPD_OPENING_EV_INTERRUPTED;
      return true;
    case IPD_OPENING_REQUESTED:
    case IPD_OPENING_NO_ANSWER:
      break;
    }
  return false;
}

bool
ipd_opening_is_over (const IpdOpening *opening)
{
  switch (opening->state)
    {
    case IPD_OPENING_REQUESTED:
    case IPD_OPENING_ACCEPTED:
      return false;
    case IPD_OPENING_ACTUATED:
      return !opening->has_contact;
    case IPD_OPENING_CONTACT_OPEN:
    case IPD_OPENING_CONTACT_TIMEOUT:
    case IPD_OPENING_REFUSED:
    case IPD_OPENING_INTERRUPTED:
    case IPD_OPENING_NO_ANSWER:
      break;
    }
  return true;
}

const char *
ipd_opening_state_to_string (IpdOpeningState state)
{
  return states[state];
}

bool
ipd_opening_state_from_string (const char *text, IpdOpeningState *ret_state)
{
  unsigned i;
  if (!ipd_words_find (states, G_N_ELEMENTS (states), text, &i))
    return false;
  *ret_state = (IpdOpeningState) i;
  return true;
}

const char *
ipd_refusal_to_string (IpdRefusal refusal)
{
  return refusals[refusal];
}

bool
ipd_refusal_from_string (const char *text, IpdRefusal *ret_refusal)
{
  unsigned i;
  if (!ipd_words_find (refusals, G_N_ELEMENTS (refusals), text, &i))
    return false;
  *ret_refusal = (IpdRefusal) i;
  return true;
}
