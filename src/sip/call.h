// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/private.h"

/*
 * One call: an INVITE transaction and the dialog it makes. call.c holds what both directions share, call-in.c the
 * callee's side, call-out.c the caller's; dialog.c writes requests, offer-out.c and offer-in.c change media,
 * session-timer.c watches that the other side is still there, info.c carries INFO. Thread: the SIP thread.
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

/* An INVITE as the program gave it. */
typedef struct {
  guint64 id;
  char *uri, *from, *to, *call_id, *contact_user, *visit, *auth, *sdp;
  char *host; /* where it is sent */
  guint16 port;
  guint32 cseq;
  gboolean foreign;
} IpdSipInviteOrder;

/* An early dialog of an INVITE of ours: a proxy may ring several phones, each answers with a tag of its own. */
typedef struct {
  nta_leg_t *leg;
  char *tag;
  char *sdp;    /* of its last 1xx */
  guint32 rseq; /* of its last reliable 1xx */
  gboolean ended;
} IpdSipFork;

/* RFC 4028. All 0: no timer. */
typedef struct {
  guint seconds;
  guint min_seconds; /* what a 422 taught us */
  gboolean refresher;
  gboolean peer_knows;
  gboolean allows_update;
  guint tries;
  nta_outgoing_t *update;
  su_timer_t *refresh;
  su_timer_t *expiry;
} IpdSipSession;

/* An offer of ours inside the dialog. */
typedef struct {
  guint32 cseq; /* 0 = next */
  char *sdp;
  char *auth;
  gboolean refresh; /* nobody asked for it: RFC 4028 by re-INVITE */
  guint tries;
} IpdSipOffer;

struct _IpdSipCall {
  IpdSip *sip;
  guint64 id;
  IpdSipCallState state;
  gboolean outgoing;
  gboolean foreign;
  char *host; /* where requests of this dialog are sent: not simply where Contact says (docs/protocol.md §8, §14) */
  guint16 port;
  char *contact_user;
  char *visit;
  nta_leg_t *leg;   /* out: that of the fork that answered, borrowed */
  guint32 cseq;     /* of our last request */
  gint64 peer_cseq; /* of their last offer, -1 = none */

  /* out */
  nta_outgoing_t *invite; /* kept to the end: other forks may still answer */
  IpdSipInviteOrder *order;
  guint32 invite_cseq;
  GPtrArray *forks; /* of IpdSipFork, owned */

  /* in */
  nta_incoming_t *incoming; /* kept to the end: without it NTA would hang up at a repeated 200 */
  gboolean reliable;
  gboolean requires_reliable;
  guint unacknowledged;   /* reliable 1xx that wait for their PRACK */
  gboolean described;     /* a reliable 1xx carried our SDP: the 200 must not */
  gboolean offered_by_us; /* the INVITE had no SDP: the ACK has the answer */
  IpdSipAnswer *held;     /* the 200 that waits with it */
  gboolean leave_when_up; /* BYE was asked for before the ACK came (RFC 3261 §15) */

  /* in the dialog */
  IpdSipSession session;
  char *local_sdp, *remote_sdp; /* foreign: as last agreed, for a refresh */
  GQueue offers;                /* of IpdSipOffer, owned; the first one is under way if @offer_request */
  nta_outgoing_t *offer_request;
  su_timer_t *glare;
  nta_incoming_t *reoffer; /* theirs: until we answered, then until the ACK */
  gboolean reoffer_answered;
  gboolean reoffer_empty;
  GQueue infos; /* of IpdSipInfo (info.c), owned; the first one is under way */

  nta_outgoing_t *bye;
  gboolean silent; /* its last event was given already */
};

GHashTable *ipd_sip_calls_new (void);
IpdSipCall *ipd_sip_call_new (IpdSip *sip, guint64 id, IpdSipCallState state, const char *host, guint16 port,
                              const char *contact_user);
IpdSipCall *ipd_sip_call_find (IpdSip *sip, guint64 id);
/* Gives @event (nullable, transfer full; its call id is filled in) as the last one of @call and frees @call. */
void ipd_sip_call_end (IpdSipCall *call, IpdSipEvent *event);
void ipd_sip_call_emit (IpdSipCall *call, IpdSipEvent *event);
IpdSipEvent *ipd_sip_call_event (IpdSipEventType type, int status, const char *phrase);
/* Sends BYE, with @reason (nullable) as its Reason; the call ends with its answer. */
void ipd_sip_call_leave (IpdSipCall *call, const char *reason);
void ipd_sip_answer_free (IpdSipAnswer *answer);

/* call-out.c */
void ipd_sip_invite_order_free (gpointer order);

/* nta_request_f of every dialog */
int ipd_sip_call_request (IpdSipCall *call, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *request);

/* offer-out.c */
void ipd_sip_offers_clear (IpdSipCall *call);
/* Sends the first offer that waits, if now is the time. */
void ipd_sip_offers_pump (IpdSipCall *call);
/* Offers again what is agreed. */
void ipd_sip_offers_refresh (IpdSipCall *call);

/* offer-in.c: handlers of re-INVITE and UPDATE; results as ipd_sip_call_request() */
int ipd_sip_reoffer_invite (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request);
int ipd_sip_reoffer_update (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request);

/* info.c: handler of INFO and MESSAGE; the end of those that wait */
int ipd_sip_info_receive (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request);
void ipd_sip_infos_pump (IpdSipCall *call);
void ipd_sip_infos_flush (IpdSipCall *call);
