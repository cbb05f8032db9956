// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/visits.h"

/*
 * What visits.c (the network's side) and visit-verbs.c (the user's) share. Thread: main context.
 */
struct _IpdVisits {
  IpdAgent *agent;
  GPtrArray *legs; /* of IpdLeg, oldest first */
};

static inline IpdLeg *
ipd_visits_leg (IpdVisits *visits, guint i)
{
  return g_ptr_array_index (visits->legs, i);
}

/* Without a window there is still sound: for a visit that is answered from the command line. */
void ipd_visits_play_hidden (IpdLeg *leg);
