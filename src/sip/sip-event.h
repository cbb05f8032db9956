// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/**
 * IpdSipEventType: what happened. After each type: the members of #IpdSipEvent that are set besides the id.
 *
 * Strings that are not listed for a type are %NULL, numbers 0. A header that was not in the message is %NULL.
 * Each call ends with exactly one of FAILED, CANCELLED or BYE; nothing comes for its id afterwards, but the INFO_DONE
 * 481 of an INFO that was asked for too late.
 *
 * Our own registrations (id @reg):
 * @IPD_SIP_REGISTERED: @boot, @expires. Once per 200, so again at each refresh
 * @IPD_SIP_REGISTER_FAILED: @status, @phrase. 408 = not answering (told after 4 s, then at each further try);
 *   it goes on trying by itself (1, 2, 4 … 30 s) until ipd_sip_unregister()
 *
 * Registrar (id @request; answer with ipd_sip_register_reply()):
 * @IPD_SIP_REGISTER_REQUEST: digest was verified. @from_user (client or phone id), @contact_user, @contact_host,
 *   @contact_port, @contact_params, @source_host, @source_port, @licence (%NULL: a phone), @expires (0 = it goes away).
 *   Of several Contacts the last one that stays is given. Only from phones: @contact_user is "" for a Contact without
 *   user, and "*" (with @expires 0) when all bindings of @from_user go away
 *
 * Calls (id @call):
 * @IPD_SIP_INVITE: a new incoming call; nothing but 100 was sent. @from_user, @from_tag, @ruri_user, @call_id, @cseq,
 *   @visit, @auth, @body (SDP, may be %NULL), @source_host, @source_port, @reliable; and for signing an offer of ours
 *   later: @to_tag (our own tag), @contact_user (its R-URI user)
 * @IPD_SIP_PROGRESS: outgoing, each 1xx above 100 (one that was not reliable may come again). @status, @contact_user,
 *   @auth, @body, @to_tag (theirs: behind a proxy several phones may ring, each with its own tag and SDP)
 * @IPD_SIP_ANSWERED: outgoing, the first 2xx; the ACK is already sent. @status, @contact_user, @auth, @to_tag, @body
 *   (%NULL after a reliable 183, as protocol.md §9 wants; in a foreign call then the body of that 183)
 * @IPD_SIP_TALKING: incoming, the ACK of our 200 came. Foreign: @body, the answer, if the INVITE had no SDP
 * @IPD_SIP_FAILED: outgoing, refused or unreachable. @status (408 = no answer, 487 after ipd_sip_cancel(), 513 = over
 *   1,300 octets, not sent), @phrase.
 *   Incoming: @status 408, our 183 or 200 was never acknowledged; 513 as above
 * @IPD_SIP_CANCELLED: incoming, cancelled before the answer. @cause (200, 487, …; 0 without a Reason header), @text
 * @IPD_SIP_BYE: the other side hung up, or answered our BYE or did not answer it. @status: 0 = it was them,
 *   otherwise the final status of our own BYE. @cause, @text: why, if they said (as CANCELLED)
 *
 * In calls (id @call):
 * @IPD_SIP_REOFFER: they change the media; answer with ipd_sip_answer_reoffer(). @from_tag (theirs), @ruri_user,
 *   @call_id, @cseq, @visit, @auth, @body (%NULL only in foreign calls: we offer in the 200, and their answer comes in
 *   REANSWERED). Between our programs it is always signed: one without @auth was refused with 403 already
 * @IPD_SIP_REANSWERED: end of an ipd_sip_reinvite(); the ACK is already sent. @cseq, @status, @phrase, @auth, @body.
 *   491 = both sides offered at once, and the wait of RFC 3261 §14.1 is over: sign with a new CSeq and try again now
 *   (foreign calls were tried again already, three times). 408 and 481 end the call too: BYE follows.
 *   Foreign calls also tell so when a session refresh brought another SDP than before (@cseq 0). 513 with the CSeq of a
 *   REOFFER: our answer to it was too long, and 500 was sent
 * @IPD_SIP_INFO: foreign calls only, answered 200 already: an INFO, or a MESSAGE in the dialog. @content_type (lower
 *   case, without parameters: "application/dtmf-relay", "application/dtmf", "audio/telephone-event",
 *   "application/media_control+xml", "text/plain"), @body
 * @IPD_SIP_INFO_DONE: end of ipd_sip_info(). @request, @status, @phrase (408 = no answer, 481 = the call was over, 513)
 *
 * Messages:
 * @IPD_SIP_MESSAGE: answered 200 already. @from_user, @ruri_user, @body (one token), @source_host, @source_port
 * @IPD_SIP_MESSAGE_DONE: id @request. @status, @phrase (408 = no answer, 513 as above)
 *
 * The whole:
 * @IPD_SIP_STOPPED: ipd_sip_shutdown() is complete; the last event
 */
typedef enum {
  IPD_SIP_REGISTERED,
  IPD_SIP_REGISTER_FAILED,
  IPD_SIP_REGISTER_REQUEST,
  IPD_SIP_INVITE,
  IPD_SIP_PROGRESS,
  IPD_SIP_ANSWERED,
  IPD_SIP_TALKING,
  IPD_SIP_FAILED,
  IPD_SIP_CANCELLED,
  IPD_SIP_BYE,
  IPD_SIP_REOFFER,
  IPD_SIP_REANSWERED,
  IPD_SIP_INFO,
  IPD_SIP_INFO_DONE,
  IPD_SIP_MESSAGE,
  IPD_SIP_MESSAGE_DONE,
  IPD_SIP_STOPPED,
} IpdSipEventType;

/**
 * IpdSipEvent: one event; owns its strings, borrowed by the handler for the length of the call.
 *
 * All text is as the peer sent it (bounded by the datagram, valid UTF-8 and without control characters except in
 * @body): hostile until ipd_sip_auth_verify() or a token says otherwise.
 */
typedef struct {
  IpdSipEventType type;
  guint64 call;    /* ours; never reused in this process */
  guint64 request; /* MESSAGE_DONE, INFO_DONE, REGISTER_REQUEST */
  guint reg;

  int status;
  char *phrase;

  char *from_user;
  char *from_tag;
  char *to_tag;
  char *ruri_user;
  char *call_id;
  guint32 cseq;
  char *visit;   /* Ipdoor-Visit */
  char *auth;    /* Ipdoor-Auth, as it stands in the header */
  char *licence; /* Ipdoor-Licence */
  char *boot;    /* Ipdoor-Boot */
  char *body;    /* NUL-terminated; a body with a NUL inside is never delivered */
  char *content_type;
  gboolean reliable;

  char *contact_user;
  char *contact_host;
  guint16 contact_port;
  char *contact_params; /* of the URI, without the first semicolon */
  char *source_host;    /* where the datagram came from, numeric */
  guint16 source_port;

  guint expires; /* seconds */
  int cause;
  char *text;
} IpdSipEvent;

/** ipd_sip_event_name: for logs and tests. Returns: (transfer none): "invite", "progress", … */
const char *ipd_sip_event_name (IpdSipEventType type);

/** ipd_sip_event_free: @event: (transfer full) (nullable): an event with its strings. Thread: any. */
void ipd_sip_event_free (IpdSipEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdSipEvent, ipd_sip_event_free)
