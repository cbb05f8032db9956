// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/private.h"

/*
 * What a REGISTER asks for, read from its Contacts (RFC 3261 §10.3): our clients name one, phones have shapes of their
 * own (several, `*`, q, +sip.instance, parameters, no user). Thread: the SIP thread.
 */

typedef enum {
  IPD_SIP_BINDING_GOOD,
  IPD_SIP_BINDING_QUERY, /* no Contact: only asks */
  IPD_SIP_BINDING_BAD,
} IpdSipBindingVerdict;

/**
 * ipd_sip_binding_read:
 * @ret_event: (out) (transfer full): GOOD: the %IPD_SIP_REGISTER_REQUEST without its id
 * @ret_contact: (out) (transfer full) (nullable): GOOD: the Contact as they wrote it, in brackets and without header
 *   parameters; %NULL for `*`
 */
IpdSipBindingVerdict ipd_sip_binding_read (msg_t *msg, const sip_t *request, IpdSipEvent **ret_event,
                                           char **ret_contact);
