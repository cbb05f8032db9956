// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/agent.h"
#include "agent/leg-media.h"
#include "agent/leg-record.h"
#include "agent/stations.h"
#include "core/call.h"

/*
 * One visit as this client takes part in it: the machine of core/call.h with what it needs to act (SIP call, sockets,
 * keys, timer). Events go in through ipd_leg_handle(), are queued and drained; effects are carried out in leg.c and
 * nowhere else, so no effect can run inside a step.
 *
 * Thread: main context.
 */
typedef struct _IpdLeg IpdLeg;
typedef struct _IpdLegOwn IpdLegOwn;
typedef struct _IpdLegPeer IpdLegPeer;

/*
 * What differs between a station of ours (leg-own.c) and one of another maker (leg-peer.c). Functions that send return
 * false when it could not be done; that becomes an event of the machine.
 */
typedef struct {
  void (*init) (IpdLeg *leg);
  bool (*send_early) (IpdLeg *leg);  /* 183 with our SDP, or what the other side takes in its place */
  bool (*send_answer) (IpdLeg *leg); /* 200 */
  bool (*send_final) (IpdLeg *leg, int status);
  bool (*send_invite) (IpdLeg *leg);          /* look-out */
  bool (*send_hold) (IpdLeg *leg, bool held); /* re-INVITE; then HOLD_DONE or HOLD_REFUSED happens */
  /* 1xx or 2xx of our INVITE. False: it does not verify, or does not fit; the call is over. */
  bool (*take_answer) (IpdLeg *leg, const IpdSipEvent *event);
  /* What is said in the dialog: TALKING and all that comes after the answer, but for its end. */
  void (*take_sip) (IpdLeg *leg, const IpdSipEvent *event);
  void (*take_report) (IpdLeg *leg, const char *event);  /* ReportMedia, before the machine hears of it */
  bool (*send_digits) (IpdLeg *leg, const char *digits); /* false: they make no sense now */
  /* Whether OpenMedia makes sense now, and its parameters but for the generation. */
  bool (*has_media) (const IpdLeg *leg);
  void (*add_media) (const IpdLeg *leg, GVariantDict *params);
  /* What the contract's Visit says of this kind only: encrypted, digits, preview … */
  void (*add_view) (const IpdLeg *leg, GVariantDict *visit);
  void (*end) (IpdLeg *leg); /* it is over: what still ticks stops, what is secret goes */
  void (*clear) (IpdLeg *leg);
} IpdLegKind;

struct _IpdLeg {
  const IpdLegKind *kind;
  IpdAgent *agent;
  IpdStation *station; /* borrowed; legs end before the stations do */
  IpdCall call;
  gint64 began_us; /* monotonic */
  GQueue events;   /* of IpdCallEvent, not handled yet */
  bool draining;

  guint64 sip_call; /* 0: no SIP call any more */
  bool reliable;    /* the 183 goes by PRACK, so the 200 has no SDP */
  char *local_sdp;  /* what we say, the same in 183 and 200; or the look-out offer */
  IpdLegOwn *own;   /* of a station of ours, else NULL */
  IpdLegPeer *peer; /* of a third-party station, else NULL */

  IpdLegMedia media;
  IpdLegRecord record;
  guint generation;   /* of the next OpenMedia */
  bool media_changed; /* whoever asks the next time plays already */
  guint starts;       /* of the process that shows it */
  bool hidden;        /* nothing can show it here */
  IpdShortId nonce;   /* for the next command; "" = used */
  guint32 news_seq;
  guint timer;
  guint linger; /* source that takes an ended leg out of the lists */
  bool listed;
  char *notice;       /* (nullable): one clear sentence about what does not work */
  const char *logged; /* the state that the log has last; NULL = none */
};

/* Of the kind that @station is. */
IpdLeg *ipd_leg_new (IpdAgent *agent, IpdStation *station);
void ipd_leg_free (IpdLeg *leg);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdLeg, ipd_leg_free)

/* Puts @event at the end of the queue and drains it, unless that is going on already. */
void ipd_leg_handle (IpdLeg *leg, const IpdCallEvent *event);
/* The same for events that are only a type. */
void ipd_leg_happens (IpdLeg *leg, IpdCallEventType type);

bool ipd_leg_is_over (const IpdLeg *leg);
/* a{sv} of the contract, floating. */
GVariant *ipd_leg_to_variant (const IpdLeg *leg);

/* OpenMedia: a{sv} of parameters, floating, and duplicates of the sockets. Errors: WRONG_STATE, FAILED. */
GVariant *ipd_leg_open_media (IpdLeg *leg, IpdContractMedia *ret_media, GError **error);

/* What showed it died after the end: that a door was opened, and what its contact says, is shown all the same. */
void ipd_leg_show_end (IpdLeg *leg);

/* Sets the sentence; published with the next change. @notice: (transfer full) */
void ipd_leg_set_notice (IpdLeg *leg, char *notice);
