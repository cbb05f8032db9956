// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/leg.h"
#include "core/opening.h"

/*
 * One opening of an output of a third-party station, by the ways of its driver in their order (docs/protocol.md §14). A
 * way is left for the next one only when it certainly did nothing: nothing opens twice. Thread: main context.
 */
typedef struct _IpdVendorOpening IpdVendorOpening;

/* @type: ACTUATED, UNCONFIRMED, REFUSED (with @refusal) or SEND_FAILED: what this side can truly say of it. */
typedef void (*IpdVendorOpeningDone) (IpdOpeningEventType type, IpdRefusal refusal, gpointer user_data);

/*
 * @leg: (nullable): of @station, which it is tied to. @done: called once, never from inside this function; not after
 * free.
 */
IpdVendorOpening *ipd_vendor_opening_new (IpdStation *station, IpdLeg *leg, const IpdOutputId *output,
                                          IpdVendorOpeningDone done, gpointer user_data);
void ipd_vendor_opening_free (IpdVendorOpening *self);

/* Returns: whether @event is of a call of this opening; may call @done */
bool ipd_vendor_opening_take_sip (IpdVendorOpening *self, const IpdSipEvent *event);
/* May call @done. */
void ipd_vendor_opening_lose_sip (IpdVendorOpening *self);
