// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/stations.h"

/*
 * A second call to a third-party station that only carries a code: no picture, nothing played, nothing recorded. Many
 * stations take one while they ring somewhere. It is no visit, and nobody sees it. Thread: main context.
 */
typedef struct _IpdVendorCall IpdVendorCall;

typedef enum {
  IPD_VENDOR_CALL_SENT,       /* all digits have left */
  IPD_VENDOR_CALL_REFUSED,    /* it took the call, and refused the digits */
  IPD_VENDOR_CALL_LOST,       /* nobody knows how many digits arrived */
  IPD_VENDOR_CALL_BUSY,       /* it did not take the call, so no digit has left: it is busy … */
  IPD_VENDOR_CALL_UNANSWERED, /* … does not answer … */
  IPD_VENDOR_CALL_DECLINED,   /* … or does not want it */
} IpdVendorCallEnd;

typedef void (*IpdVendorCallDone) (IpdVendorCallEnd end, gpointer user_data);

/* @digits: valid ones, with prefix and suffix. @done: called once, never from inside this function; not after free. */
IpdVendorCall *ipd_vendor_call_new (IpdStation *station, const char *digits, IpdVendorCallDone done,
                                    gpointer user_data);
/* Ends the call, if there is one. */
void ipd_vendor_call_free (IpdVendorCall *self);

/* Returns: whether @event is of this call; may call @done */
bool ipd_vendor_call_take_sip (IpdVendorCall *self, const IpdSipEvent *event);
/* SIP is gone, and the call with it. May call @done. */
void ipd_vendor_call_lose_sip (IpdVendorCall *self);
