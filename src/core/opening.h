// SPDX-License-Identifier: Apache-2.0
/*
 * One command, from the click to what the contact says. Client and station use the same machine: the client feeds it
 * the station's signed results, the station what its driver did. Source: docs/protocol.md §10.  Thread: any.
 *
 * Results may be lost, repeated and out of order: the machine only goes forward (requested < accepted < actuated <
 * final). "no-answer" is this side's own word, so whatever the station signs later overrides it. contact-open exists
 * only by a RESULT that says so. "unconfirmed" is the end at a third-party station that got digits and cannot say what
 * it did with them (docs/protocol.md §14); no station of ours says it.
 */
#pragma once

#include "core/ids.h"
#include "core/output.h"
#include "core/step.h"
#include "core/table.h"

#include <stdbool.h>
#include <stddef.h>

/* As on the wire and in D-Bus, except REQUESTED, NO_ANSWER and UNCONFIRMED which no station says. */
typedef enum {
  IPD_OPENING_REQUESTED,
  IPD_OPENING_ACCEPTED,
  IPD_OPENING_ACTUATED, /* the relay moved; the end for an output without contact */
  IPD_OPENING_CONTACT_OPEN,
  IPD_OPENING_CONTACT_TIMEOUT,
  IPD_OPENING_REFUSED,
  IPD_OPENING_INTERRUPTED,
  IPD_OPENING_NO_ANSWER,
  IPD_OPENING_UNCONFIRMED,
} IpdOpeningState;
#define IPD_OPENING_N_STATES 9

/* Why a command was refused, docs/protocol.md §10. */
typedef enum {
  IPD_REFUSAL_NONE,
  IPD_REFUSAL_LICENCE,
  IPD_REFUSAL_PROFILE,
  IPD_REFUSAL_NONCE,
  IPD_REFUSAL_OUTPUT,
  IPD_REFUSAL_BUSY,
  IPD_REFUSAL_DRIVER,
  IPD_REFUSAL_RATE,
} IpdRefusal;

typedef struct {
  IpdShortId id; /* of the command */
  IpdId device;
  IpdOutputId output;
  IpdShortId visit; /* "" = not tied to a visit */
  bool has_contact; /* of the output, from the directory */
  IpdOpeningState state;
  IpdRefusal refusal; /* when refused */
} IpdOpening;

typedef enum {
  IPD_OPENING_EV_ACCEPTED,
  IPD_OPENING_EV_ACTUATED,
  IPD_OPENING_EV_CONTACT_OPEN,
  IPD_OPENING_EV_CONTACT_TIMEOUT,
  IPD_OPENING_EV_REFUSED, /* uses .refusal */
  IPD_OPENING_EV_INTERRUPTED,
  IPD_OPENING_EV_SEND_FAILED, /* the request could not be delivered */
  IPD_OPENING_EV_TIMEOUT,     /* the timer this machine started fired */
  IPD_OPENING_EV_UNCONFIRMED, /* all digits have left for a third-party station */
} IpdOpeningEventType;
#define IPD_OPENING_N_EVENTS 9

typedef struct {
  IpdOpeningEventType type;
  IpdRefusal refusal;
} IpdOpeningEvent;

/* One timer: how long this side waits for the station's next word. Its length is the program's (say 6 s, then the
 * contact's time + 3 s). */
typedef enum {
  IPD_OPENING_DO_PUBLISH, /* the state changed: tell whoever watches (D-Bus CommandChanged; at a station: the result
                             token) */
  IPD_OPENING_DO_RECORD,  /* write the state to the store */
  IPD_OPENING_DO_RESTART_TIMER, /* wait for the next word */
  IPD_OPENING_DO_STOP_TIMER,
} IpdOpeningEffect;

#define IPD_OPENING_EFFECTS_MAX 4
typedef struct {
  IpdOpeningEffect list[IPD_OPENING_EFFECTS_MAX];
  size_t n;
} IpdOpeningEffects;

/* A requested command. The program starts the timer (as RESTART_TIMER) when it has sent it. @visit may be NULL. */
void ipd_opening_init (IpdOpening *ret_opening, const IpdShortId *id, const IpdId *device, const IpdOutput *output,
                       const IpdShortId *visit);

/* @ret_next may be @now. @ret_effects is always written. */
IpdStep ipd_opening_step (const IpdOpening *now, const IpdOpeningEvent *ev, IpdOpening *ret_next,
                          IpdOpeningEffects *ret_effects);

/* The event that a result's state word stands for; false for the states no station says. */
bool ipd_opening_event_from_state (IpdOpeningState state, IpdOpeningEventType *ret_type);

/* True when nothing more is expected: a final state, or actuated without a contact. */
bool ipd_opening_is_over (const IpdOpening *opening);

const char *ipd_opening_state_to_string (IpdOpeningState state); /* "requested" … "contact-open" … "no-answer" */
bool ipd_opening_state_from_string (const char *text, IpdOpeningState *ret_state);
const char *
ipd_refusal_to_string (IpdRefusal refusal); /* "" "licence" "profile" "nonce" "output" "busy" "driver" "rate" */
bool ipd_refusal_from_string (const char *text, IpdRefusal *ret_refusal); /* "" is IPD_REFUSAL_NONE */

const IpdTable *ipd_opening_table (void);
