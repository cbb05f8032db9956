// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/private.h"

/*
 * One call: an INVITE transaction and the dialog it makes. call.c holds what both directions share, call-in.c the
 * callee's side, call-out.c the caller's. Thread: the SIP thread.
 */

typedef enum {
  IPD_SIP_CALL_CALLING,    /* out: no final answer yet */
  IPD_SIP_CALL_CANCELLING, /* out: withdrawn, final answer still to come */
  IPD_SIP_CALL_RINGING,    /* in: not answered */
  IPD_SIP_CALL_ACCEPTED,   /* in: our 200 is not acknowledged yet */
  IPD_SIP_CALL_UP,
  IPD_SIP_CALL_LEAVING, /* our BYE is under way */
} IpdSipCallState;

/* An answer as the program gave it. */
typedef struct {
  int status;
  char *contact_user;
  char *sdp;
  char *auth;
} IpdSipAnswer;

struct _IpdSipCall {
  IpdSip *sip;
  guint64 id;
  IpdSipCallState state;
  char *via; /* where requests of this dialog are sent: not where Contact says (docs/protocol.md §8, last line) */
  char *contact_user;
  nta_leg_t *leg;

  nta_outgoing_t *invite; /* out; kept to the end: without it NTA would hang up at a repeated 200 */
  guint32 cseq;

  nta_incoming_t *incoming; /* in; kept to the end, as above */
  gboolean reliable;
  gboolean unacknowledged; /* a reliable 1xx waits for its PRACK */
  IpdSipAnswer *held;      /* the 200 that waits with it */
  gboolean leave_when_up;  /* BYE was asked for before the ACK came (RFC 3261 §15) */

  nta_outgoing_t *bye;
  gboolean silent; /* its last event was given already */
};

GHashTable *ipd_sip_calls_new (void);
/* @via: (transfer full) */
IpdSipCall *ipd_sip_call_new (IpdSip *sip, guint64 id, IpdSipCallState state, char *via, const char *contact_user);
IpdSipCall *ipd_sip_call_find (IpdSip *sip, guint64 id);
/* Gives @event (nullable, transfer full; its call id is filled in) as the last one of @call and frees @call. */
void ipd_sip_call_end (IpdSipCall *call, IpdSipEvent *event);
void ipd_sip_call_emit (IpdSipCall *call, IpdSipEvent *event);
IpdSipEvent *ipd_sip_call_event (IpdSipEventType type, int status, const char *phrase);
/* Sends BYE; the call ends with its answer. */
void ipd_sip_call_leave (IpdSipCall *call);
void ipd_sip_answer_free (IpdSipAnswer *answer);

/* nta_request_f of every dialog */
int ipd_sip_call_request (IpdSipCall *call, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *request);
