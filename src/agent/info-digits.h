// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/stations.h"
#include "wire/dtmf.h"

/*
 * Digits in an answered call with a third-party station by SIP: one INFO for each, as slow as its driver wants, or one
 * MESSAGE with all of them. Thread: main context.
 */
typedef struct _IpdInfoDigits IpdInfoDigits;

typedef enum {
  IPD_DIGITS_SENT,
  IPD_DIGITS_REFUSED, /* the station said no, or nothing left: certainly not sent */
  IPD_DIGITS_LOST,    /* nobody knows: no answer, or the call ended meanwhile */
} IpdDigitsEnd;
typedef void (*IpdDigitsDone) (IpdDigitsEnd end, gpointer user_data);

/*
 * @dialect: any but RFC4733; @digits: valid ones. @done: called once, never from inside this function; not after
 * free.
 */
IpdInfoDigits *ipd_info_digits_new (IpdStation *station, guint64 sip_call, IpdDtmfDialect dialect, const char *digits,
                                    IpdDigitsDone done, gpointer user_data);
void ipd_info_digits_free (IpdInfoDigits *self);

/* IPD_SIP_INFO_DONE of that call; others than ours are not looked at. May call @done. */
void ipd_info_digits_take (IpdInfoDigits *self, const IpdSipEvent *event);
