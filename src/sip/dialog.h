// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/call.h"

/*
 * Writing and sending requests inside the dialog of a call: its CSeq, its route, its address. Thread: the SIP thread.
 */

/**
 * ipd_sip_dialog_request: a request on @leg with From, To, Call-ID, route and CSeq.
 * @cseq: 0 = the next one; else it must be above the last
 * Returns: (transfer full) (nullable)
 */
msg_t *ipd_sip_dialog_request (IpdSipCall *call, nta_leg_t *leg, sip_method_t method, const char *name, guint32 cseq);

/**
 * ipd_sip_dialog_send: @msg: (transfer full). @callback: (nullable): then the answer interests nobody.
 * Returns: (nullable): %NULL if it could not be sent, or @callback is %NULL
 */
nta_outgoing_t *ipd_sip_dialog_send (IpdSipCall *call, msg_t *msg, nta_response_f *callback);

/** ipd_sip_dialog_ack: of the 2xx to the INVITE with @cseq on @leg. */
void ipd_sip_dialog_ack (IpdSipCall *call, nta_leg_t *leg, guint32 cseq);

/** ipd_sip_dialog_prack: of the reliable 1xx @answer. */
void ipd_sip_dialog_prack (IpdSipCall *call, nta_leg_t *leg, const sip_t *answer);

/**
 * ipd_sip_dialog_is_from_peer: whether @irq may be believed to be of the other side. Nothing in a foreign dialog is
 * signed, so it stays with its address (docs/protocol.md §14), or who has read its tags could press keys in it.
 */
gboolean ipd_sip_dialog_is_from_peer (const IpdSipCall *call, nta_incoming_t *irq);

/**
 * ipd_sip_dialog_learn_address: the port of a foreign dialog's next hop, if it is on the host that the dialog belongs
 * to. A Contact elsewhere is not followed: nobody may point our requests at a third party.
 */
void ipd_sip_dialog_learn_address (IpdSipCall *call, nta_leg_t *leg);
