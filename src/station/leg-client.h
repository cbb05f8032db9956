// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/leg.h"

/*
 * What only a leg to a client of ours can do: be started by that client, a look-out (docs/protocol.md §8). All else is
 * in its table, ipd_leg_kind_client. Thread: the main one.
 */

/* Verifies the signature of a look-out INVITE of @client. */
gboolean ipd_leg_client_invite_is_signed (const IpdStationIdentity *identity, const IpdClient *client,
                                          const IpdSipEvent *event);

/* Takes over a look-out INVITE that is signed. @self: empty. Returns: %FALSE when SDP or keys cannot be used */
gboolean ipd_leg_client_take_invite (IpdLeg *self, const IpdStationIdentity *identity, const IpdClient *client,
                                     const IpdSipEvent *event);

/* The answer to a look-out: SDP in @self->local_sdp, signature in @ret_auth. */
gboolean ipd_leg_client_answer (IpdLeg *self, const IpdLegContext *with, char ret_auth[static IPD_SIP_AUTH_LENGTH + 1]);
