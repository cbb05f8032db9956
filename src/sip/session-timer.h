// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/call.h"

/*
 * Session timers (RFC 4028): an answered call that nobody confirms any more ends with BYE. Either side may be the one
 * that confirms: by UPDATE without SDP, or, with a foreign peer that knows no UPDATE, by a re-INVITE with the SDP that
 * is agreed. Who does not know session timers has none. Thread: the SIP thread.
 */

#define IPD_SIP_SESSION_SECONDS     1800
#define IPD_SIP_SESSION_MIN_SECONDS 90

/** ipd_sip_session_offer: Session-Expires, and Min-SE after a 422, into a request. @refresher: (nullable): "uac" */
void ipd_sip_session_offer (IpdSipCall *call, msg_t *msg, const char *refresher);
/** ipd_sip_session_answered: a 2xx to a request with ipd_sip_session_offer() came: starts what it says. */
void ipd_sip_session_answered (IpdSipCall *call, const sip_t *answer);
/** ipd_sip_session_lengthen: a 422 came. Returns: %FALSE: it asks for nothing that could be tried */
gboolean ipd_sip_session_lengthen (IpdSipCall *call, const sip_t *answer);

/** ipd_sip_session_too_short: whether @request deserves 422. */
gboolean ipd_sip_session_too_short (IpdSip *sip, const sip_t *request);
/** ipd_sip_session_min: value of Min-SE for that 422. Returns: (transfer full) */
char *ipd_sip_session_min (IpdSip *sip);
/** ipd_sip_session_asked: remembers what an INVITE or UPDATE of theirs wants. */
void ipd_sip_session_asked (IpdSipCall *call, const sip_t *request);
/** ipd_sip_session_answer: puts it into our 2xx and starts it. */
void ipd_sip_session_answer (IpdSipCall *call, msg_t *msg);

/** ipd_sip_session_clear: no timer any more. */
void ipd_sip_session_clear (IpdSipCall *call);
