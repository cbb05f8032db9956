// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/reserve.h"
#include "station/leg-client.h"
#include "station/leg.h"
#include "station/visit-engine.h"

/*
 * Shared by visit-engine.c, visit-dialog.c and look-out.c (which events), visit-run.c (steps) and visit-effects.c
 * (effects) and nobody else: one visit with all that belongs to it. It lives until the visit has ended and its last SIP
 * call is gone. Thread: the main one.
 */

typedef struct _IpdVisitRun IpdVisitRun;

/* A timer of the machine while it runs: the event that it becomes. */
typedef struct {
  IpdVisitRun *run;
  IpdVisitEventType event;
  guint source; /* 0: it does not run */
} IpdVisitAlarm;

struct _IpdVisitRun {
  IpdVisitEngine *engine;
  IpdVisit visit;
  IpdLeg legs[IPD_VISIT_LEGS_MAX];
  IpdMediaSockets sockets;
  uint8_t secret[IPD_MEDIA_SECRET_OCTETS]; /* Sv */
  guint16 first_tag;                       /* leg tags count from here, so they differ */
  IpdVisitAlarm alarms[3];                 /* ring, talk, close */
  guint32 seq;                             /* of visit tokens */
  gboolean cleaned_up;
  IpdVisitRecord recorded; /* what its row says; no id: there is none yet */
  guint record_timer;
};

typedef enum {
  IPD_PRESS_TAKEN,
  IPD_PRESS_BUSY,
  IPD_PRESS_AGAIN,
} IpdPressVerdict;

struct _IpdVisitEngine {
  IpdVisitParts parts;
  GPtrArray *runs;      /* of IpdVisitRun, owned */
  IpdVisitRun *current; /* the newest of them, or NULL */
  GQueue events;        /* of Queued, see visit-run.c */
  gboolean draining;
  IpdPressVerdict press; /* of the press that is being fed */
  IpdLeg *candidate;     /* the look-out that is being fed */
  GHashTable *seen;      /* Call-IDs and visit ids of look-outs: none works twice */
  guint tone_timer;
  gboolean lacks_ports;
  IpdReserve *reserve; /* descriptors; a visit has them while it goes on */
};

/*
 * A visit that has not begun, with its secret and its sockets; it is the engine's current one now. Without free ports
 * it is made all the same: engine->lacks_ports and @error say so.
 */
IpdVisitRun *ipd_visit_run_new (IpdVisitEngine *engine, GError **error);
/* Errors: those of media/station.h. */
gboolean ipd_visit_run_start_media (IpdVisitRun *run, GError **error);
void ipd_visit_run_free (IpdVisitRun *run);
/* Frees the runs of @engine that are over; never inside a step. */
void ipd_visit_runs_tidy (IpdVisitEngine *engine);

/* Queues an event of @run; it is stepped when the effects of the one before are done. */
void ipd_visit_run_feed (IpdVisitRun *run, const IpdVisitEvent *event);

/* Writes the row as it is now; and looks after each step whether it must be. */
void ipd_visit_run_record (IpdVisitRun *run);
void ipd_visit_run_follow (IpdVisitRun *run);

void ipd_visit_run_carry_out (IpdVisitRun *run, const IpdVisitEffect *effect);

/* What @leg of @run is made from. @sprop: (nullable): kept by the caller while the result is used */
IpdLegContext ipd_visit_run_context (const IpdVisitRun *run, int leg, const char *sprop);

/* Picture, sound with the address and codec that the leg has now. */
void ipd_visit_run_show (IpdVisitRun *run, int leg);
void ipd_visit_run_talk (IpdVisitRun *run, int leg);

/* An event inside the call of @leg: their offer, their answer to ours, a key in an INFO. */
void ipd_visit_run_take_reoffer (IpdVisitRun *run, int leg, const IpdSipEvent *event);
void ipd_visit_run_take_reanswer (IpdVisitRun *run, int leg, const IpdSipEvent *event);
void ipd_visit_run_take_info (IpdVisitRun *run, int leg, const IpdSipEvent *event);

/* An INVITE: a look-out, or nothing that is answered kindly. */
void ipd_visit_engine_take_invite (IpdVisitEngine *self, const IpdSipEvent *event);
