// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/stations.h"

/*
 * Opening by HTTP: the steps of a driver, one after the other, to the station's own address and nowhere else. Only the
 * last one opens. Thread: main context.
 */
typedef struct _IpdVendorHttp IpdVendorHttp;

typedef enum {
  IPD_VENDOR_HTTP_OPENED,
  IPD_VENDOR_HTTP_REFUSED,   /* with a reason; it got the request that opens */
  IPD_VENDOR_HTTP_NO_ANSWER, /* to the request that opens: nobody knows */
  IPD_VENDOR_HTTP_NOTHING,   /* it certainly did nothing: another way may be tried … */
  IPD_VENDOR_HTTP_NOBODY,    /* … the same, because nobody answers there */
} IpdVendorHttpEnd;

typedef void (*IpdVendorHttpDone) (IpdVendorHttpEnd end, IpdRefusal refusal, gpointer user_data);

/* @opening: of the station's driver. @done: called once, never from inside this function; not after free. */
IpdVendorHttp *ipd_vendor_http_new (IpdStation *station, const IpdDriverOpening *opening, const IpdOutputId *output,
                                    IpdVendorHttpDone done, gpointer user_data);
/* A request that is under way is broken off; whether it arrived nobody knows then. */
void ipd_vendor_http_free (IpdVendorHttp *self);
