// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/visits.h"

/*
 * What visits.c (the network's side), visit-rings.c (who may ring) and visit-verbs.c (the user's side) share. Thread:
 * main context.
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

/* A new call: rings, or is refused. */
void ipd_visits_take_invite (IpdVisits *visits, const IpdSipEvent *invite);

/* Without a window there is still sound: for a visit that is answered from the command line. */
void ipd_visits_play_hidden (IpdLeg *leg);
