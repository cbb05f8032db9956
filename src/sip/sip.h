// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/sip-event.h"

/**
 * IpdSip: one SIP user agent on one UDP port, and, if wanted, a registrar. Source: docs/protocol.md §7, §8, §10, §12,
 * §14, §15; RFC 3261, 3262 (PRACK), 3311 (UPDATE), 4028 (session timers), 6086 (INFO).
 *
 * It runs in a thread of its own. Every function below may be called from the thread that made the object (and
 * returns at once: the work is queued); events arrive in order on the GMainContext that was thread-default there.
 * Structs and strings given are copied. It carries signatures, it does not check them: wire/sip-auth.h does.
 *
 * Without asking the program: OPTIONS 200; UPDATE without SDP 200; in calls between our programs an unsigned re-INVITE
 * 403, one without SDP and UPDATE with SDP 488, INFO 405; two offers at once 491; a session timer too short 422; REFER,
 * SUBSCRIBE, NOTIFY, PUBLISH 405, unknown methods 501, unknown extensions 420, MESSAGE that is no token 400 or 415,
 * REGISTER without the right digest 401; more than 256 calls or 2,048 transactions 503. STUN gets no answer.
 * Who does not answer at all is given up after 8 s (FAILED, BYE, REANSWERED, *_DONE with status 408), and a call whose
 * session timer ran out is ended with BYE. 401 and 407 are refusals like any other: credentials go out in REGISTER
 * only.
 */
typedef struct _IpdSip IpdSip;

#define IPD_SIP_ERROR (ipd_sip_error_quark ())
GQuark ipd_sip_error_quark (void);

/**
 * IpdSipError:
 * @IPD_SIP_ERROR_NO_PORT: every port of the range is taken
 * @IPD_SIP_ERROR_ADDRESS: the bind address is not an address of this host
 * @IPD_SIP_ERROR_INVALID: a user, host, header or number given cannot stand in a SIP message
 * @IPD_SIP_ERROR_STOPPED: after ipd_sip_shutdown()
 */
typedef enum {
  IPD_SIP_ERROR_NO_PORT,
  IPD_SIP_ERROR_ADDRESS,
  IPD_SIP_ERROR_INVALID,
  IPD_SIP_ERROR_STOPPED,
} IpdSipError;

/* Octets on the wire, docs/protocol.md §8. Nothing longer is ever sent, and there is no TCP to fall back to: a longer
 * INVITE or answer ends its call in FAILED 513, a longer MESSAGE in MESSAGE_DONE 513. A refusal repeats the header of
 * what it refuses, however long. */
#define IPD_SIP_MESSAGE_MAX 1300
#define IPD_SIP_TOKEN_TYPE  "application/vnd.ipdoor.token"
#define IPD_SIP_REALM       "ipdoor"
/* Default for IpdSipRegistration.expires, and the longest a registrar grants. Seconds. */
#define IPD_SIP_EXPIRES 120

typedef void (*IpdSipHandler) (IpdSip *sip, const IpdSipEvent *event, gpointer user_data);

/**
 * IpdSipSecretLookup: the digest password of @user, asked for at each REGISTER.
 * Thread: the SIP thread, so it must not touch unguarded state. Must answer at once.
 * Returns: (transfer full) (nullable): the secret, wiped by the caller; %NULL if there is no such user
 */
typedef char *(*IpdSipSecretLookup) (const char *user, gpointer user_data);

/**
 * IpdSipConfig:
 * @bind: numeric address to listen on; also stands in Contact and Via, so not a wildcard
 * @first_port, @last_port: the first free one is taken; 0, 0 = any
 * @user: user of our own Contact in calls and messages when nothing else is known (a station: its id)
 * @boot: (nullable): user that calls for us are addressed to (a station: its boot id); they find room in a flood
 * @registrar: answer REGISTER (needs @secret_lookup)
 * @secret_lookup, @secret_data: see IpdSipSecretLookup; called until ipd_sip_free() returned
 * @session_seconds: session timer (RFC 4028); 0 = 1,800, others are for tests, which cannot wait so long
 * @session_min_seconds: the shortest that a peer may ask for; 0 = 90, others as above
 */
typedef struct {
  const char *bind;
  guint16 first_port;
  guint16 last_port;
  const char *user;
  const char *boot;
  gboolean registrar;
  IpdSipSecretLookup secret_lookup;
  gpointer secret_data;
  guint session_seconds;
  guint session_min_seconds;
} IpdSipConfig;

/**
 * ipd_sip_new: binds and starts the thread; returns when the port is known.
 * Errors: NO_PORT, ADDRESS, INVALID. Returns: (transfer full) (nullable)
 */
IpdSip *ipd_sip_new (const IpdSipConfig *config, IpdSipHandler handler, gpointer user_data, GError **error);

/**
 * ipd_sip_shutdown: hang up (BYE, CANCEL, 480) and unregister everything, bounded by 2 s, then %IPD_SIP_STOPPED.
 */
void ipd_sip_shutdown (IpdSip *sip);

/**
 * ipd_sip_free: ends at once, at any time; what was not shut down before only gets its farewell sent, not awaited.
 * Joins the thread; no event arrives afterwards. May be called inside the handler.
 */
void ipd_sip_free (IpdSip *sip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdSip, ipd_sip_free)

guint16 ipd_sip_get_port (IpdSip *sip);

/* ---- registration ---- */

/**
 * IpdSipRegistration:
 * @user: client id (26 characters)
 * @contact_user: new random one for each registration (22 characters); the INVITE's R-URI user must equal it
 * @licence: licence hash
 * @expires: seconds, 0 = %IPD_SIP_EXPIRES; refreshed at half of what was granted
 */
typedef struct {
  const char *registrar_host;
  guint16 registrar_port;
  const char *user;
  const char *secret;
  const char *contact_user;
  const char *licence;
  guint expires;
} IpdSipRegistration;

/** ipd_sip_register: keeps a registration. Errors: INVALID, STOPPED. Returns: its id, 0 on error */
guint ipd_sip_register (IpdSip *sip, const IpdSipRegistration *registration, GError **error);
/** ipd_sip_refresh: register again now with the same Contact, for instance after a change of network. */
void ipd_sip_refresh (IpdSip *sip, guint reg);
/** ipd_sip_unregister: tells the registrar if it can, forgets it; no event comes for @reg afterwards. */
void ipd_sip_unregister (IpdSip *sip, guint reg);
/**
 * ipd_sip_register_reply: the registrar's verdict on %IPD_SIP_REGISTER_REQUEST.
 * @status: 200 or 403 (no licence); @boot: our boot id, for 200; @expires: granted seconds, for 200
 */
void ipd_sip_register_reply (IpdSip *sip, guint64 request, int status, const char *boot, guint expires);

/* ---- calls ---- */

/**
 * IpdSipTarget: R-URI `sip:user@host:port`, sent to @via_host:@via_port (the binding's source; %NULL = host, port).
 * @user: %NULL or "" only in foreign calls: a URI without user
 * @params: (nullable): URI parameters of a phone's Contact, as REGISTER_REQUEST gave them; only in foreign calls
 */
typedef struct {
  const char *user;
  const char *host;
  guint16 port;
  const char *via_host;
  guint16 via_port;
  const char *params;
} IpdSipTarget;

/**
 * IpdSipInvite: all that the signature covers is the caller's: @from_user, @from_tag, @call_id, @cseq (1 … 2^31-1),
 * @visit, @sdp appear unchanged. @visit, @auth, @contact_user may be %NULL (Contact: IpdSipConfig.user, in foreign
 * calls @from_user).
 * @foreign: to a third-party station or phone (docs/protocol.md §14, §15); @visit and @auth must be %NULL then. See
 *   ipd_sip_accept_foreign() for what differs
 */
typedef struct {
  IpdSipTarget target;
  const char *from_user;
  const char *from_tag;
  const char *call_id;
  guint32 cseq;
  const char *contact_user;
  const char *visit;
  const char *auth;
  const char *sdp;
  gboolean foreign;
} IpdSipInvite;

/** ipd_sip_invite: Errors: INVALID, STOPPED. Returns: the call's id, 0 on error */
guint64 ipd_sip_invite (IpdSip *sip, const IpdSipInvite *invite, GError **error);

/**
 * ipd_sip_answer: answers an incoming call.
 * @status: 180, 183, 200, or 300 to 699 (the call is then over without a further event); usual: 403 ghost, 480, 486,
 * 603
 * @contact_user: (nullable): user of our Contact (%NULL: R-URI user of the INVITE)
 * @sdp: (nullable): must be %NULL in a 200 if the INVITE event said @reliable and a 183 with SDP went before,
 *   otherwise identical to the 183's (the signature in @auth covers it, hence the caller decides)
 * @auth: (nullable): Ipdoor-Auth of this answer
 *
 * If @reliable, the 183 goes by RFC 3262 and a 200 given early waits inside for its PRACK. Unknown calls (already
 * cancelled) are ignored. Errors: INVALID, STOPPED.
 */
gboolean ipd_sip_answer (IpdSip *sip, guint64 call, int status, const char *contact_user, const char *sdp,
                         const char *auth, GError **error);

/**
 * ipd_sip_cancel: withdraws an outgoing call with `Reason: SIP;cause=@cause;text="@text"`; ends in FAILED 487. If the
 * 200 crosses it, a BYE follows by itself. @text: (nullable): UTF-8, at most 64 octets are sent
 */
void ipd_sip_cancel (IpdSip *sip, guint64 call, int cause, const char *text);

/** ipd_sip_bye: ends an answered call, or one not yet answered: CANCEL 487, or 480, of which the event is BYE 480. */
void ipd_sip_bye (IpdSip *sip, guint64 call);

/* ---- calls with third-party stations and phones ---- */

/**
 * ipd_sip_accept_foreign: @call is of a third-party station or phone: say so at its INVITE event, before any answer.
 *
 * Then INFO, MESSAGE, re-INVITE and UPDATE in the dialog are reported, nothing of ours (Ipdoor- headers) is sent, and
 * requests go to the host that the INVITE came from, at the port of its Contact if that is the same host. Give the same
 * SDP in 183 and 200, whatever @reliable said: a 183 is reliable only where the peer demands it, and the SDP of the 200
 * is left out inside where RFC 3262 wants that.
 */
void ipd_sip_accept_foreign (IpdSip *sip, guint64 call);

/**
 * ipd_sip_set_named_hosts: where third-party stations of the plant are (numeric addresses): their calls find room when
 * strangers flood us, as calls to our own Contact users do. Replaces those given before.
 * @hosts: (nullable): %NULL-terminated; what is no numeric address is left out
 */
void ipd_sip_set_named_hosts (IpdSip *sip, const char *const *hosts);

/* ---- inside calls ---- */

/* Between two CSeqs that a program chooses in one dialog: room for requests made inside (PRACK, UPDATE, BYE). */
#define IPD_SIP_CSEQ_STEP 1000

/**
 * ipd_sip_reinvite: offers new media in an answered call; ends in %IPD_SIP_REANSWERED.
 * @cseq: between our programs the signature covers it, so the program chooses: the n-th offer (n = 1, 2, …) of the
 *   caller has its INVITE's CSeq + n * %IPD_SIP_CSEQ_STEP, of the callee n * %IPD_SIP_CSEQ_STEP. 0 in foreign calls
 * @auth: %NULL in foreign calls. Signed are: From-tag = our own tag (caller: the INVITE's; callee: @to_tag of the
 * INVITE event), R-URI user = @contact_user of the INVITE or ANSWERED event, Ipdoor-Visit = the INVITE's (sent again)
 *
 * It waits inside while an offer of the other side is being answered; one of ours at a time. Not in an answered call,
 * or a second one: REANSWERED 500. Errors: INVALID, STOPPED
 */
gboolean ipd_sip_reinvite (IpdSip *sip, guint64 call, guint32 cseq, const char *sdp, const char *auth, GError **error);

/**
 * ipd_sip_answer_reoffer: answers %IPD_SIP_REOFFER. Unknown calls and offers that were withdrawn are ignored.
 * @status: 200, or 300 to 699 (the call goes on as it was): 403 not signed, 488 not possible
 * @sdp: for 200; @auth: (nullable): signed as the answer to an INVITE, with CSeq, tags, R-URI user of the event
 * Errors: INVALID, STOPPED
 */
gboolean ipd_sip_answer_reoffer (IpdSip *sip, guint64 call, int status, const char *sdp, const char *auth,
                                 GError **error);

/**
 * ipd_sip_info: an INFO in an answered foreign call; ends in %IPD_SIP_INFO_DONE. They go out one after the other, each
 * when the one before has its answer.
 * @content_type: "application/dtmf-relay", …; "text/plain" goes as MESSAGE in the dialog instead
 * Errors: INVALID, STOPPED. Returns: request id, 0 on error
 */
guint64 ipd_sip_info (IpdSip *sip, guint64 call, const char *content_type, const char *body, GError **error);

/* ---- messages ---- */

/** ipd_sip_message: one token out of dialog. Errors: INVALID, STOPPED. Returns: request id, 0 on error */
guint64 ipd_sip_message (IpdSip *sip, const IpdSipTarget *target, const char *from_user, const char *token,
                         GError **error);

/**
 * ipd_sip_message_give_up: nothing is heard of it any more. It may still have an effect: Sofia-SIP repeats what it has
 * sent for 8 s. Unknown ids are ignored.
 */
void ipd_sip_message_give_up (IpdSip *sip, guint64 message);

/* ---- for tests and status ---- */

/** IpdSipCounts: what lives inside right now. */
typedef struct {
  guint calls;
  guint registrations;
  guint requests; /* outgoing and incoming that wait for an answer */
  guint dialogs;  /* of the SIP library */
} IpdSipCounts;

/** ipd_sip_get_counts: a snapshot, taken in the SIP thread (waits for it). */
void ipd_sip_get_counts (IpdSip *sip, IpdSipCounts *ret_counts);
