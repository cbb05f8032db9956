// SPDX-License-Identifier: Apache-2.0
/*
 * The command machine: guards and actions for the rows of opening-table.c. Run by the agent for its commands and by the
 * station for its relays; pure, any thread.
 */
#include "core/opening.h"

#include "core/opening-table.h"
#include "core/words.h"

#include <glib.h>
#include <string.h>

static bool
guard_holds (unsigned guard, const void *value, const void *event)
{
  const IpdOpening *now = value;

  switch ((IpdOpeningGuard) guard)
    {
    case IPD_OPENING_IF_ALWAYS:
      return true;
    case IPD_OPENING_IF_HAS_CONTACT:
      return now->has_contact;
    case IPD_OPENING_IF_N:
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
run (IpdOpeningAction action, const IpdOpeningEvent *ev, IpdOpening *next, IpdOpeningEffects *effects)
{
  switch (action)
    {
    case IPD_OPENING_ACT_PUBLISH:
      return add (effects, IPD_OPENING_DO_PUBLISH);
    case IPD_OPENING_ACT_RECORD:
      return add (effects, IPD_OPENING_DO_RECORD);
    case IPD_OPENING_ACT_RESTART_TIMER:
      return add (effects, IPD_OPENING_DO_RESTART_TIMER);
    case IPD_OPENING_ACT_STOP_TIMER:
      return add (effects, IPD_OPENING_DO_STOP_TIMER);
    case IPD_OPENING_ACT_KEEP_REFUSAL:
      next->refusal = ev->refusal;
      return;
    case IPD_OPENING_ACT_NONE:
    case IPD_OPENING_ACT_N:
      break;
    }
  g_return_if_reached ();
}

IpdStep
ipd_opening_step (const IpdOpening *now, const IpdOpeningEvent *ev, IpdOpening *ret_next,
                  IpdOpeningEffects *ret_effects)
{
  const IpdRow *row = ipd_table_pick (ipd_opening_table (), now->state, ev->type, guard_holds, now, ev);

  ret_effects->n = 0;
  if (ret_next != now)
    *ret_next = *now;
  if (row == NULL)
    return IPD_STEP_ILLEGAL;
  ret_next->state = (IpdOpeningState) row->to;
  for (size_t i = 0; i < IPD_ROW_ACTIONS && row->actions[i] != IPD_OPENING_ACT_NONE; i++)
    run ((IpdOpeningAction) row->actions[i], ev, ret_next, ret_effects);
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
    case IPD_OPENING_UNCONFIRMED:
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
    case IPD_OPENING_UNCONFIRMED:
      break;
    }
  return true;
}

/* --- words of the protocol and the contract: those of the states are the table's names --- */

static const char *const refusals[] = {
  [IPD_REFUSAL_NONE] = "",         [IPD_REFUSAL_LICENCE] = "licence", [IPD_REFUSAL_PROFILE] = "profile",
  [IPD_REFUSAL_NONCE] = "nonce",   [IPD_REFUSAL_OUTPUT] = "output",   [IPD_REFUSAL_BUSY] = "busy",
  [IPD_REFUSAL_DRIVER] = "driver", [IPD_REFUSAL_RATE] = "rate",
};

const char *
ipd_opening_state_to_string (IpdOpeningState state)
{
  return ipd_opening_table ()->states[state];
}

bool
ipd_opening_state_from_string (const char *text, IpdOpeningState *ret_state)
{
  const IpdTable *table = ipd_opening_table ();
  unsigned i;
  if (!ipd_words_find (table->states, table->n_states, text, &i))
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
