// SPDX-License-Identifier: Apache-2.0
/*
 * Nothing of before a sleep goes on after it: who rang has gone, who talked heard nobody, and a door that somebody
 * wanted open then must not open now. So calls and commands end when the sleep begins, or else when it is over, and the
 * stations are asked anew before anything is claimed. Main context only.
 */
#include "agent/sleep.h"

#include <glib/gi18n-lib.h>

#include "agent/commands.h"
#include "agent/leg.h"
#include "agent/stations.h"
#include "agent/visits-private.h"

static void
end_leg (IpdLeg *leg, IpdCallEventType ring_event)
{
  bool rings = ipd_call_can_answer (&leg->call);

  ipd_leg_set_notice (leg, g_strdup (_ ("This computer slept.")));
  ipd_leg_happens (leg, rings ? ring_event : IPD_CALL_EV_USER_HANGUP);
}

static void
end_all (IpdAgent *self, IpdCallEventType ring_event)
{
  ipd_commands_give_up (self->commands);
  for (guint i = 0; i < self->visits->legs->len; i++)
    if (!ipd_leg_is_over (ipd_visits_leg (self->visits, i)))
      end_leg (ipd_visits_leg (self->visits, i), ring_event);
}

void
ipd_sleep_on_news (IpdSleepNews news, gpointer user_data)
{
  IpdAgent *self = user_data;

  if (self->membership == NULL)
    return;
  switch (news)
    {
    case IPD_SLEEP_BEGINS:
      g_message ("the computer goes to sleep");
      end_all (self, IPD_CALL_EV_TIMEOUT); /* the station hears it: nobody is here any more */
      break;
    case IPD_SLEEP_OVER:
      g_message ("the computer has slept");
      /* The station hears nothing of that: if the visitor is there still, it rings the new Contact instead. */
      end_all (self, IPD_CALL_EV_BYE);
      ipd_stations_ask_anew (self->stations);
      break;
    case IPD_SLEEP_CLOCK_SET:
      g_message ("the clock of this computer was set");
      ipd_agent_status_changed (self); /* the licence may hold or not hold now */
      break;
    }
}
