// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/keys.h"

/*
 * The keys a station owns (docs/protocol.md §2, §6), files of mode 0600 in its state directory: identity.key,
 * authority.key (it is the broker of its plant) and sip.key. Made at the first start. Thread: any, immutable
 * afterwards.
 */

typedef struct {
  IpdKeyPair device;
  IpdKeyPair authority;  /* its id is the id of the plant */
  uint8_t k_station[32]; /* SIP secrets are derived from it */
} IpdStationIdentity;

/*
 * ipd_station_identity_load:
 * @ret_identity: wiped by ipd_station_identity_clear()
 *
 * Errors: IPD_WIRE_ERROR_KEY, IPD_PLATFORM_ERROR, G_FILE_ERROR: all of them should stop the start.
 */
gboolean ipd_station_identity_load (const char *state_dir, IpdStationIdentity *ret_identity, GError **error);
void ipd_station_identity_clear (IpdStationIdentity *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdStationIdentity, ipd_station_identity_clear)
