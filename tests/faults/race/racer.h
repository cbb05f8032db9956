// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../unit/station/party.h"

/*
 * One client in a race: a real SIP stack, real sockets for sound and picture, and a record of all that it did and was
 * told in the visit that goes on. The race (races.c) decides what it does and when, the judge (race-judge.c) what its
 * record is worth. Thread: the main one.
 */

#define RACER_COMMANDS_MAX 4
#define RACER_FDS          4

/* What a client may do at a moment of a race. */
typedef enum {
  RACE_NOTHING,
  RACE_ANSWER,
  RACE_OPEN,
  RACE_REJECT,
  RACE_HANG_UP,
  RACE_HOLD,
  RACE_RESUME,
  RACE_LOOK_OUT,
  RACE_STOP_LOOKING, /* BYE, or CANCEL where nobody answered yet */
  RACE_PRESS,        /* the visitor's */
} RaceAct;

typedef struct {
  IpdShortId id;
  IpdShortId visit;
  gboolean accepted, actuated, contact, refused;
  IpdRefusal reason;
} RacerCommand;

/* What the station said about one visit, to one client. */
typedef struct {
  IpdId answered_by;
  IpdId opened_by;
  IpdVisitReason reason;
  guint n_answered;
  guint n_ended;
  guint64 seqs; /* bit n: the token with seq n came */
} RacerNews;

typedef struct _Racer Racer;

/* @sound: %FALSE for picture. */
typedef void (*RacerPacketFunc) (Racer *self, guint32 ssrc, gpointer data);
typedef void (*RacerChangeFunc) (Racer *self, gpointer data);

struct _Racer {
  Party party;
  char *name;
  RacerPacketFunc on_packet;
  RacerChangeFunc on_change; /* anything of the record changed */
  gpointer data;
  int fds[RACER_FDS]; /* sound and its RTCP, picture and its RTCP */
  guint sources[RACER_FDS];
  guint16 audio_port;
  guint16 video_port;
  GHashTable *news; /* visit id to RacerNews */

  /* of the visit that goes on */
  gint64 rung_us; /* 0: not yet */
  gint64 answered_us;
  gint64 rejected_us;
  gint64 hung_up_us;
  gint64 decided_us; /* when it first did what may end the ring for the others */
  gboolean talking;  /* its 200 was acknowledged */
  int ended;         /* IpdSipEventType */
  int cause;
  gint64 ended_us;
  guint n_sound;  /* packets of its own leg's sound */
  guint n_holds;  /* offers sent */
  gboolean held;  /* what its last offer said */
  gboolean asked; /* an offer waits for its answer */
  RacerCommand commands[RACER_COMMANDS_MAX];
  guint n_commands;
  /* of a look-out */
  guint64 look_call;
  gint64 look_us, look_stopped_us;
  gboolean look_answered;
  int look_ended; /* IpdSipEventType */
  int look_status;
  gint64 look_ended_us;
  guint n_looks;
};

/* Enrols at @program and registers. */
void racer_init (Racer *self, const Program *program, const char *name);
void racer_clear (Racer *self);

/* Forgets the visit before; news stay. */
void racer_begin (Racer *self);
/* Sees the picture: 183. */
void racer_preview (Racer *self);
/* Does it, if it can be done in the state that it believes in, as a person would. */
void racer_act (Racer *self, RaceAct act);

/* What it was told of @visit, zero if nothing. */
const RacerNews *racer_news (const Racer *self, const IpdShortId *visit);
/* The SSRC of its own leg's sound. */
guint32 racer_sound_ssrc (const Racer *self);
guint32 racer_picture_ssrc (const Racer *self);
gboolean racer_rings (const Racer *self);
/* Every command has its last word. @with_contact: that is the contact's */
gboolean racer_knows_results (const Racer *self);
const char *race_act_name (RaceAct act);
