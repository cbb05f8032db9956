// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/private.h"

/*
 * Building and reading SIP messages with Sofia's types. Thread: the SIP thread.
 */

#define IPD_SIP_HEADER_AUTH    "Ipdoor-Auth"
#define IPD_SIP_HEADER_VISIT   "Ipdoor-Visit"
#define IPD_SIP_HEADER_LICENCE "Ipdoor-Licence"
#define IPD_SIP_HEADER_BOOT    "Ipdoor-Boot"
#define IPD_SIP_ALLOW          "INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, MESSAGE, OPTIONS"
/* The same in an INVITE, where octets count: what a call can be asked; PRACK goes without saying with 100rel. */
#define IPD_SIP_ALLOW_CALL "INVITE, ACK, CANCEL, BYE, UPDATE, INFO"
#define IPD_SIP_SUPPORTED  "100rel, timer"
#define IPD_SIP_SDP_TYPE   "application/sdp"
#define IPD_SIP_ACCEPT     IPD_SIP_SDP_TYPE ", " IPD_SIP_TOKEN_TYPE

/** ipd_sip_add_header: `@name: @value`; nothing if @value is %NULL. @value must be checked already. */
void ipd_sip_add_header (msg_t *msg, const char *name, const char *value);
/** ipd_sip_add_body: nothing if @body is %NULL. */
void ipd_sip_add_body (msg_t *msg, const char *type, const char *body);
/** ipd_sip_add_contact: `<sip:user@our host:our port>` and then @params, e.g. ";expires=120". */
void ipd_sip_add_contact (IpdSip *sip, msg_t *msg, const char *user, const char *params);

/**
 * ipd_sip_add_abilities: Supported, and for strangers Allow: our own programs know what they can do, and a signed
 * INVITE has no room for 70 octets more.
 */
void ipd_sip_add_abilities (msg_t *msg, gboolean foreign);

/** ipd_sip_target_ok: what IpdSipTarget says about its members. */
gboolean ipd_sip_target_ok (const IpdSipTarget *target, gboolean foreign);
/** ipd_sip_target_uri: the R-URI. Returns: (transfer full) */
char *ipd_sip_target_uri (const IpdSipTarget *target);

/** ipd_sip_fits: whether @msg stays within %IPD_SIP_MESSAGE_MAX; for a request, counting the Via still to come. */
gboolean ipd_sip_fits (IpdSip *sip, msg_t *msg);

/**
 * ipd_sip_request_new: a request outside of any dialog, complete but for headers of the caller's choice.
 * Returns: (transfer full)
 */
msg_t *ipd_sip_request_new (IpdSip *sip, sip_method_t method, const char *name, const char *uri, const char *from_uri,
                            const char *to_uri, const char *call_id, guint32 cseq);

/**
 * ipd_sip_header: value of our header @name.
 * @ret_value: (out) (transfer full) (nullable): %NULL if it is not there
 * Returns: %FALSE if it is there twice or its value cannot be one of ours
 */
gboolean ipd_sip_header (const sip_t *message, const char *name, char **ret_value);

/** ipd_sip_source: where @msg came from, numeric. Returns: (transfer full) */
char *ipd_sip_source (msg_t *msg, guint16 *ret_port);

/** ipd_sip_url_host: without the brackets of IPv6. Returns: (transfer full) (nullable) */
char *ipd_sip_url_host (const url_t *url);
/** ipd_sip_url_port: 5060 if there is none. Returns: %FALSE if it is no port */
gboolean ipd_sip_url_port (const url_t *url, guint16 *ret_port);

/** ipd_sip_content_type: lower case, without parameters. Returns: (transfer full) (nullable) */
char *ipd_sip_content_type (const sip_t *message);
/** ipd_sip_is_sdp: @message has no body, or SDP. */
gboolean ipd_sip_is_sdp (const sip_t *message);

/** ipd_sip_read_reason: cause and text of the Reason of a CANCEL or BYE (RFC 3326) into @event. */
void ipd_sip_read_reason (const sip_t *request, IpdSipEvent *event);

/** ipd_sip_body: @ret_body: (transfer full) (nullable). Returns: %FALSE if there is a NUL inside */
gboolean ipd_sip_body (const sip_t *message, char **ret_body);

/**
 * ipd_sip_event_from_request: from_user, from_tag, ruri_user, call_id, cseq, visit, auth, licence, body, source.
 * Returns: (transfer full) (nullable): %NULL if one of them is not acceptable
 */
IpdSipEvent *ipd_sip_event_from_request (IpdSipEventType type, msg_t *msg, const sip_t *request);

/**
 * ipd_sip_event_from_answer: status, phrase, contact_user, to_tag, auth, boot, body; what is not acceptable is left
 * out.
 */
IpdSipEvent *ipd_sip_event_from_answer (IpdSipEventType type, const sip_t *answer);
