// SPDX-License-Identifier: Apache-2.0
/*
 * One visit as the station sees it: from the press of a button (or a client that looks out) to its end, with a leg per
 * rung client. Source: docs/protocol.md §8-§10, design in docs/architecture.md; drawn in docs/visit-states.svg. Thread:
 * any.
 *
 * Rules: the first answer wins, the others are cancelled "answered elsewhere"; a rejection ends only its leg while
 * others ring; opening while it rings cancels all legs "opened" and the visit stays (CLOSING) until the contact has
 * spoken; opening while talking leaves the call up. Every leg's late answer is hung up, even after the end. CANCEL ends
 * from every state. Nothing starts after the end. The leg that talks may hold the talk: it stays the winner, the
 * visitor hears the ringing tone, and the talk time runs on; so nobody else can take the door over meanwhile. Who comes
 * back while it rings is rung, within bounds.
 *
 * The program keeps one value, feeds it events from a queue (never from inside an effect), and carries the effects out
 * in order. After ENDED it keeps the value until its SIP calls are gone (late answers), and makes a new one with
 * ipd_visit_init() for the next press.
 */
#pragma once

#include "core/ids.h"
#include "core/name.h"
#include "core/output.h"
#include "core/step.h"
#include "core/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPD_VISIT_LEGS_MAX 64 /* docs/protocol.md §1 */
/* How often one client is invited in a visit: it may have to start again, but not for ever. docs/protocol.md §8 */
#define IPD_VISIT_LEGS_EACH_MAX 4
#define IPD_NO_LEG              (-1)

typedef enum {
  IPD_VISIT_IDLE,
  IPD_VISIT_RINGING,
  IPD_VISIT_TALKING,
  IPD_VISIT_CLOSING, /* no leg any more; only the contact's word is still to come */
  IPD_VISIT_ENDED,
} IpdVisitState;
#define IPD_VISIT_N_STATES 5

typedef enum {
  IPD_LEG_INVITING,
  IPD_LEG_PREVIEWING, /* a verified 183: it sees the picture */
  IPD_LEG_ANSWERED,   /* the winner; at most one */
  IPD_LEG_GONE,
} IpdLegState;

typedef enum {
  IPD_VISIT_IN,  /* somebody pressed a button */
  IPD_VISIT_OUT, /* a client looks out */
} IpdVisitOrigin;

/* As in the `visit` token, docs/protocol.md §10. */
typedef enum {
  IPD_VISIT_REASON_NONE, /* not ended */
  IPD_VISIT_REASON_HANGUP,
  IPD_VISIT_REASON_MISSED, /* nobody answered in the ring time, nobody could be rung */
  IPD_VISIT_REASON_REJECTED,
  IPD_VISIT_REASON_CANCELLED, /* visitor, installer, shutdown; a look-out that gave way to a press */
  IPD_VISIT_REASON_TIMEOUT,   /* the longest talk time is over */
  IPD_VISIT_REASON_OPENED,
} IpdVisitReason;

/* The states of the `visit` token. */
typedef enum {
  IPD_VISIT_NEWS_RINGING,
  IPD_VISIT_NEWS_ANSWERED,
  IPD_VISIT_NEWS_OPENED, /* also when only the contact changed */
  IPD_VISIT_NEWS_ENDED,
} IpdVisitNews;

/* Timers, one of each at most. Lengths are the program's: ring (30 s), talk (120 s), close (the contact's time + 2 s).
 */
typedef enum {
  IPD_VISIT_TIMER_RING = 1 << 0,
  IPD_VISIT_TIMER_TALK = 1 << 1,
  IPD_VISIT_TIMER_CLOSE = 1 << 2,
} IpdVisitTimer;

typedef struct {
  IpdId client;
  IpdName name;
  bool may_talk; /* a rung client may (licence valid); one that looks out needs the profile's intercom */
  bool rejected; /* it said no itself */
  bool held;     /* the winner only: no sound either way until it resumes */
  IpdLegState state;
} IpdVisitLeg;

typedef struct {
  IpdShortId id;
  IpdVisitState state;
  IpdVisitOrigin origin;
  unsigned button;    /* 1… ; 0 for a look-out */
  int64_t started_us; /* Unix microseconds, as the event said */
  IpdVisitLeg legs[IPD_VISIT_LEGS_MAX];
  size_t n_legs;
  int winner; /* leg that answered, or IPD_NO_LEG */
  IpdId opened_by;
  IpdName opened_by_name;
  IpdOutputId output; /* the last one opened in this visit, "" = none */
  IpdContact contact; /* of that output */
  IpdVisitReason reason;
  unsigned timers; /* set of IpdVisitTimer that run */
} IpdVisit;

typedef enum {
  IPD_VISIT_EV_PRESS,        /* .id .button .at_us .legs .n_legs (0 legs: nobody can be rung) */
  IPD_VISIT_EV_LOOK_OUT,     /* .id .at_us .legs[0] (n_legs 1): a verified INVITE of a licensed client */
  IPD_VISIT_EV_LEG_PROGRESS, /* .leg: verified 183 */
  IPD_VISIT_EV_LEG_ANSWERED, /* .leg: verified 200 */
  IPD_VISIT_EV_LEG_REJECTED, /* .leg: its user said no (603, 486) */
  IPD_VISIT_EV_LEG_FAILED,   /* .leg: no answer, an answer that does not verify, any other final status */
  IPD_VISIT_EV_LEG_BYE,      /* .leg: hung up; for a look-out also its CANCEL */
  IPD_VISIT_EV_OPENED,       /* .by .by_name .output .has_contact .granted: the relay of a lock or gate was moved by a
                                verified command */
  IPD_VISIT_EV_CONTACT,      /* .output .contact (OPEN or TIMEOUT) */
  IPD_VISIT_EV_RING_TIMEOUT,
  IPD_VISIT_EV_TALK_TIMEOUT,
  IPD_VISIT_EV_CLOSE_TIMEOUT,
  IPD_VISIT_EV_CANCEL,      /* the visitor left, the installer said so, the program stops */
  IPD_VISIT_EV_LEG_HELD,    /* .leg: its re-offer holds the talk */
  IPD_VISIT_EV_LEG_RESUMED, /* .leg: its re-offer goes on */
  IPD_VISIT_EV_LEG_SILENT,  /* .leg: nothing that counts came from it for too long while it talks or holds */
  IPD_VISIT_EV_JOIN,        /* .legs[0] (n_legs 1) .anew: it registered; who can be rung already is ignored */
} IpdVisitEventType;
#define IPD_VISIT_N_EVENTS 17

/* Only the members named beside the type are read. Pointers are borrowed for the call. */
typedef struct {
  IpdVisitEventType type;
  IpdShortId id;
  unsigned button;
  int64_t at_us;
  const IpdVisitLeg *legs; /* .client .name .may_talk are read; more than 64 are cut to 64 */
  size_t n_legs;
  int leg;
  IpdId by;
  IpdName by_name;
  IpdOutputId output;
  bool has_contact;
  bool granted; /* the command was verified and its profile allows the output; without it the event is illegal */
  IpdContact contact;
  bool anew; /* its Contact is another one: a leg of before reaches nobody */
} IpdVisitEvent;

typedef enum {
  IPD_VISIT_DO_INVITE,       /* .leg: send INVITE */
  IPD_VISIT_DO_PREVIEW,      /* .leg: send it the picture */
  IPD_VISIT_DO_TALK,         /* .leg: sound both ways; PREVIEW came before */
  IPD_VISIT_DO_ANSWER,       /* .leg: 200 to a look-out */
  IPD_VISIT_DO_REFUSE_BUSY,  /* 486 to the look-out of this event (it has no leg) */
  IPD_VISIT_DO_REFUSE_RIGHT, /* 403 to the look-out of this event (it has no leg) */
  IPD_VISIT_DO_CANCEL,       /* .leg .cause: CANCEL with Reason */
  IPD_VISIT_DO_BYE,          /* .leg .cause */
  IPD_VISIT_DO_STOP_MEDIA,   /* .leg: no more picture or sound to it; comes for every leg that had PREVIEW or TALK */
  IPD_VISIT_DO_START_TIMER,  /* .timer */
  IPD_VISIT_DO_STOP_TIMER,   /* .timer */
  IPD_VISIT_DO_TONE,         /* .tone: for the visitor, replaces the one before */
  IPD_VISIT_DO_NOTIFY,       /* .news: visit token to every leg's client; all else is read from the value */
  IPD_VISIT_DO_RECORD,       /* the visit is over: write it to the store */
  IPD_VISIT_DO_PRESS_BUSY,   /* the press of this event is refused: a visit is on */
  IPD_VISIT_DO_PRESS_AGAIN,  /* the look-out gave way: feed this press to a fresh visit */
  IPD_VISIT_DO_HOLD,         /* .leg: no sound either way; the picture goes on */
  IPD_VISIT_DO_RESUME,       /* .leg: sound both ways again */
} IpdVisitEffectType;

/* Why a leg is ended from here: the Reason header of docs/protocol.md §8. */
typedef enum {
  IPD_VISIT_CAUSE_ANSWERED, /* SIP;cause=200 answered elsewhere */
  IPD_VISIT_CAUSE_OPENED,   /* SIP;cause=200 opened elsewhere */
  IPD_VISIT_CAUSE_GONE,     /* SIP;cause=487 visitor left */
  IPD_VISIT_CAUSE_TIMEOUT,  /* SIP;cause=487 time is over */
  IPD_VISIT_CAUSE_REFUSED,  /* BYE: it may not talk */
} IpdVisitCause;

typedef enum {
  IPD_VISIT_TONE_NONE,
  IPD_VISIT_TONE_RINGING, /* somebody is being looked for, or will be back */
  IPD_VISIT_TONE_BUSY,    /* nobody comes; short, ends by itself */
  IPD_VISIT_TONE_OPENED,  /* come in; short, ends by itself */
} IpdVisitTone;

/* Members that do not belong to the type are zero; .leg is IPD_NO_LEG. */
typedef struct {
  IpdVisitEffectType type;
  int leg;
  IpdVisitCause cause;
  IpdVisitTimer timer;
  IpdVisitTone tone;
  IpdVisitNews news;
} IpdVisitEffect;

#define IPD_VISIT_EFFECTS_MAX (2 * IPD_VISIT_LEGS_MAX + 16)
typedef struct {
  IpdVisitEffect list[IPD_VISIT_EFFECTS_MAX];
  size_t n;
} IpdVisitEffects;

void ipd_visit_init (IpdVisit *ret_visit); /* idle */

/* @ret_next may be @now. @ret_effects is always written (n = 0 unless IPD_STEP_OK). Cost: O(legs), no allocation. */
IpdStep ipd_visit_step (const IpdVisit *now, const IpdVisitEvent *ev, IpdVisit *ret_next, IpdVisitEffects *ret_effects);

/* Who answered, or NULL. Borrowed from the value. */
const IpdVisitLeg *ipd_visit_winner (const IpdVisit *visit);

const char *ipd_visit_state_to_string (IpdVisitState state); /* "idle" "ringing" "talking" "closing" "ended" */
const char *
ipd_visit_reason_to_string (IpdVisitReason reason); /* "" "hangup" "missed" "rejected" "cancelled" "timeout" "opened" */
bool ipd_visit_reason_from_string (const char *text, IpdVisitReason *ret_reason); /* "" is NONE */
const char *ipd_visit_news_to_string (IpdVisitNews news); /* "ringing" "answered" "opened" "ended" */
bool ipd_visit_news_from_string (const char *text, IpdVisitNews *ret_news);

const IpdTable *ipd_visit_table (void);
