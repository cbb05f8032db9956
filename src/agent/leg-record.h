// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

#include "core/call.h"

/*
 * The row of a visit in the history, from its beginning on. It is first written when the picture is on the screen, or
 * three seconds after the ring where none comes: a slow disk must not stand before the ring. From then on it is written
 * again when the visit is answered or opened, and by the machine's word when it is over.
 *
 * Thread: main context.
 */
typedef struct _IpdLeg IpdLeg;

typedef struct {
  IpdCall call; /* what the row says; idle: there is none yet */
  guint timer;
} IpdLegRecord;

/* After each step of the machine. */
void ipd_leg_record_follow (IpdLeg *leg);

/* Writes the row as it is now. */
void ipd_leg_record_write (IpdLeg *leg);

void ipd_leg_record_clear (IpdLegRecord *record);
