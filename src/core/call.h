// SPDX-License-Identifier: Apache-2.0
/*
 * One leg as the client sees it: a ring that came in, or a look-out that went out. Source: docs/protocol.md §8-§10,
 * contract data/io.ipdoor.Agent1.xml; drawn in docs/call-states.svg.  Thread: any.
 *
 * Rules: nothing is shown, sent or started for an INVITE that was not verified; hanging up or rejecting is legal in
 * every state and leads to the end; who answered or opened is believed from signed visit tokens only (NEWS), never from
 * a CANCEL's text, and news go on correcting the value after the end (a CANCEL may overtake its token); of a
 * third-party station, which signs nothing, only what this client opened itself is known (OPENED_HERE). Nothing starts
 * after the end.
 *
 * Holding is what this side does: HELD is silent both ways at once, whatever the other side says to the re-INVITE. One
 * re-INVITE is on its way at a time; when its answer comes the machine sends the next if the user has changed his mind.
 * Where nothing can be sent (a driver without hold), the program says HOLD_REFUSED. The media process takes silence or
 * sound from the state.
 *
 * The program keeps one value per leg, feeds it events from a queue (never from inside an effect), and carries the
 * effects out in order.
 */
#pragma once

#include "core/ids.h"
#include "core/name.h"
#include "core/output.h"
#include "core/step.h"
#include "core/table.h"
#include "core/visit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  IPD_CALL_IDLE,
  IPD_CALL_OFFERED,    /* verified INVITE; sockets are being taken, nobody was told yet */
  IPD_CALL_RINGING,    /* 183 sent, no picture yet */
  IPD_CALL_PREVIEWING, /* the picture is on the screen */
  IPD_CALL_ANSWERING,  /* 200 sent, no ACK yet */
  IPD_CALL_DIALLING,   /* look-out wanted; sockets are being taken */
  IPD_CALL_CALLING,    /* INVITE sent */
  IPD_CALL_TALKING,
  IPD_CALL_HELD, /* this side holds: no sound either way */
  IPD_CALL_ENDED,
} IpdCallState;
#define IPD_CALL_N_STATES 10

typedef enum {
  IPD_CALL_REASON_NONE, /* not ended */
  IPD_CALL_REASON_HANGUP,
  IPD_CALL_REASON_REJECTED, /* by this user */
  IPD_CALL_REASON_MISSED,
  IPD_CALL_REASON_CANCELLED,
  IPD_CALL_REASON_TIMEOUT,
  IPD_CALL_REASON_BUSY,
  IPD_CALL_REASON_FAILED,
  IPD_CALL_REASON_ANSWERED_ELSEWHERE,
  IPD_CALL_REASON_OPENED,
  IPD_CALL_REASON_REFUSED,
} IpdCallReason;

/* Who answered the visit, by the station's signed word. */
typedef enum {
  IPD_CALL_WINNER_UNKNOWN,
  IPD_CALL_WINNER_SELF,
  IPD_CALL_WINNER_OTHER,
} IpdCallWinner;

typedef struct {
  IpdShortId visit; /* "" until a look-out is answered, if the caller did not choose one */
  IpdId device;
  IpdName device_name;
  IpdVisitOrigin origin; /* IPD_VISIT_IN: it rang; IPD_VISIT_OUT: a look-out */
  IpdCallState state;
  int64_t started_us; /* Unix microseconds, as the event said */
  IpdCallWinner winner;
  IpdName answered_by; /* "" = not known */
  IpdName opened_by;   /* "" = nobody opened, as far as the station said */
  IpdOutputId output;
  IpdContact contact;
  IpdCallReason reason;
  bool peer_held;   /* the other side holds us: it sends nothing, and that is no fault */
  bool hold_early;  /* the user held it before it talked: it starts held */
  bool told_hold;   /* what the other side last agreed to */
  bool asking;      /* a re-INVITE of this machine has no answer yet */
  bool asking_hold; /* and this is what it asks */
} IpdCall;

typedef enum {
  IPD_CALL_EV_INVITE,      /* .verified .visit .device .device_name .at_us */
  IPD_CALL_EV_DIAL,        /* .allowed (profile's intercom) .visit .device .device_name .at_us */
  IPD_CALL_EV_MEDIA_READY, /* the sockets of TAKE_MEDIA are bound */
  IPD_CALL_EV_NO_MEDIA,    /* they could not be: every port of the range is taken */
  IPD_CALL_EV_FIRST_FRAME,
  IPD_CALL_EV_USER_ANSWER,
  IPD_CALL_EV_USER_REJECT,
  IPD_CALL_EV_USER_HANGUP,
  IPD_CALL_EV_CONFIRMED, /* ACK for our 200 */
  IPD_CALL_EV_ANSWERED,  /* verified 200 for our INVITE */
  IPD_CALL_EV_CANCELLED, /* .cancel */
  IPD_CALL_EV_BYE,
  IPD_CALL_EV_NEWS,   /* .news .mine .by .output .contact .news_reason: a verified visit token with a rising seq */
  IPD_CALL_EV_FAILED, /* .status: final status of our INVITE, or 0: transaction died, an answer that does not verify */
  IPD_CALL_EV_DESKTOP_GONE, /* the process that shows and plays died */
  IPD_CALL_EV_PEER_GONE,    /* the station has gone silent: no answer to a REGISTER; of media see MEDIA_SILENT */
  IPD_CALL_EV_TIMEOUT,      /* the timer of this machine fired */
  IPD_CALL_EV_USER_HOLD,
  IPD_CALL_EV_USER_RESUME,
  IPD_CALL_EV_HOLD_DONE,    /* the re-INVITE of SEND_HOLD or SEND_RESUME was answered 200 */
  IPD_CALL_EV_HOLD_REFUSED, /* it was refused, or could not be sent; a dead dialog is FAILED instead */
  IPD_CALL_EV_PEER_HELD,    /* the other side's re-INVITE holds us */
  IPD_CALL_EV_PEER_RESUMED,
  IPD_CALL_EV_MEDIA_SILENT, /* nothing that counts came for 10 s: ends a talk that nobody holds */
  IPD_CALL_EV_OPENED_HERE, /* .by .output .contact: a command of this client moved an output of a third-party station */
} IpdCallEventType;
#define IPD_CALL_N_EVENTS 25

/* What a CANCEL claims (unsigned, docs/protocol.md §8). */
typedef enum {
  IPD_CALL_CANCEL_NONE, /* 487, or no Reason */
  IPD_CALL_CANCEL_ANSWERED,
  IPD_CALL_CANCEL_OPENED,
} IpdCallCancel;

/* Only the members named beside the type are read. */
typedef struct {
  IpdCallEventType type;
  bool verified;
  bool allowed;
  IpdShortId visit;
  IpdId device;
  IpdName device_name;
  int64_t at_us;
  IpdCallCancel cancel;
  IpdVisitNews news;
  bool mine; /* `byid` is this client */
  IpdName by;
  IpdOutputId output;
  IpdContact contact;
  IpdVisitReason news_reason; /* for IPD_VISIT_NEWS_ENDED */
  int status;
} IpdCallEvent;

typedef enum {
  IPD_CALL_DO_TAKE_MEDIA, /* bind the sockets, then say MEDIA_READY or NO_MEDIA */
  IPD_CALL_DO_SEND_183,
  IPD_CALL_DO_SEND_200,
  IPD_CALL_DO_SEND_FINAL, /* .status for the INVITE that came in */
  IPD_CALL_DO_SEND_INVITE,
  IPD_CALL_DO_SEND_CANCEL,
  IPD_CALL_DO_SEND_BYE,      /* before the ACK came the SIP layer holds it until then (RFC 3261 §15) */
  IPD_CALL_DO_START_DESKTOP, /* or start it again */
  IPD_CALL_DO_STOP_MEDIA,    /* close the sockets, let the desktop go */
  IPD_CALL_DO_PUBLISH,       /* the value changed for whoever watches */
  IPD_CALL_DO_RECORD,        /* write it to the history; again when news corrected it */
  IPD_CALL_DO_START_TIMER,   /* .timer; replaces the one that runs */
  IPD_CALL_DO_STOP_TIMER,
  IPD_CALL_DO_SEND_HOLD,   /* re-INVITE that holds; then HOLD_DONE, HOLD_REFUSED or FAILED */
  IPD_CALL_DO_SEND_RESUME, /* re-INVITE that goes on; the same */
} IpdCallEffectType;

/* What the one timer waits for. Lengths are the program's; each is longer than what the station does by itself. */
typedef enum {
  IPD_CALL_TIMER_RING,   /* nobody answered and no CANCEL came (90 s) */
  IPD_CALL_TIMER_ANSWER, /* no ACK (32 s, RFC 3261 timer H) */
  IPD_CALL_TIMER_DIAL,   /* the station does not answer (10 s) */
} IpdCallTimer;

typedef struct {
  IpdCallEffectType type;
  int status;
  IpdCallTimer timer;
} IpdCallEffect;

#define IPD_CALL_EFFECTS_MAX 10
typedef struct {
  IpdCallEffect list[IPD_CALL_EFFECTS_MAX];
  size_t n;
} IpdCallEffects;

void ipd_call_init (IpdCall *ret_call); /* idle */

/* @ret_next may be @now. @ret_effects is always written (n = 0 unless IPD_STEP_OK). No allocation. */
IpdStep ipd_call_step (const IpdCall *now, const IpdCallEvent *ev, IpdCall *ret_next, IpdCallEffects *ret_effects);

/* The word of the contract: OFFERED is "ringing", DIALLING is "calling"; IDLE is never published. Static strings. */
const char *ipd_call_state_to_string (IpdCallState state);
const char *
ipd_call_reason_to_string (IpdCallReason reason); /* "" "hangup" … "answered-elsewhere" "opened" "refused" */

/* Who answered or opened, for the contract's `by`: the opener if there is one. "" = not known. Borrowed from the value.
 */
const char *ipd_call_by (const IpdCall *call);

/* True while it talks or is held: the sound was agreed. */
bool ipd_call_is_up (const IpdCall *call);

/* True while it rings or previews: Answer and Reject make sense. */
bool ipd_call_can_answer (const IpdCall *call);

const IpdTable *ipd_call_table (void);
