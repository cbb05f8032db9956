// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/leg-call.h"
#include "station/visit-engine.h"

/*
 * Shared by visit-engine.c (events) and visit-effects.c (effects) and nobody else: one visit with all that belongs to
 * it. It lives until the visit has ended and its last SIP call is gone. Thread: the main one.
 */

typedef struct {
  IpdVisitEngine *engine;
  IpdVisit visit;
  IpdLegCall legs[IPD_VISIT_LEGS_MAX];
  IpdMediaSockets sockets;
  uint8_t secret[IPD_MEDIA_SECRET_OCTETS]; /* Sv */
  guint16 first_tag;                       /* leg tags count from here, so they differ */
  guint timers[3];                         /* ring, talk, close: source ids */
  guint32 seq;                             /* of visit tokens */
  gboolean cleaned_up;
} IpdVisitRun;

typedef enum {
  IPD_PRESS_TAKEN,
  IPD_PRESS_BUSY,
  IPD_PRESS_AGAIN,
} IpdPressVerdict;

struct _IpdVisitEngine {
  IpdVisitParts parts;
  GPtrArray *runs;      /* of IpdVisitRun, owned */
  IpdVisitRun *current; /* the newest of them, or NULL */
  GQueue events;        /* of Queued, see visit-engine.c */
  gboolean draining;
  IpdPressVerdict press; /* of the press that is being fed */
  IpdLegCall *candidate; /* the look-out that is being fed */
  GHashTable *seen;      /* Call-IDs and visit ids of look-outs: none works twice */
  guint tone_timer;
  gboolean lacks_ports;
};

/* Queues an event of @run; it is stepped when the effects of the one before are done. */
void ipd_visit_run_feed (IpdVisitRun *run, const IpdVisitEvent *event);

void ipd_visit_run_carry_out (IpdVisitRun *run, const IpdVisitEffect *effect);

/* The media of @run's visit as its legs see it. @sprop: kept by the caller while the result is used */
IpdLegMedia ipd_visit_run_media (const IpdVisitRun *run, const char *sprop);
