// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/sip-event.h"
#include "wire/sip-auth.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * The Ipdoor-Auth that an event brought (docs/protocol.md §8). Both programs read it alike, so it is read here. Thread:
 * any, no state.
 */

/**
 * ipd_sip_event_auth: what the request of @event (INVITE or REOFFER) is signed over, by its own words. Borrows from all
 * three.
 * @signer, @receiver: ids
 */
IpdSipAuth ipd_sip_event_auth (const IpdSipEvent *event, const char *signer, const char *receiver);

/** ipd_sip_event_is_signed: whether @event came with a signature of @pk over @auth. */
gboolean ipd_sip_event_is_signed (const IpdSipEvent *event, const IpdSipAuth *auth,
                                  const uint8_t pk[static IPD_PK_OCTETS]);

G_END_DECLS
