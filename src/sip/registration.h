// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/private.h"

/** ipd_sip_registrations_new: table of our registrations. Thread: any; used in the SIP thread. */
GHashTable *ipd_sip_registrations_new (void);

/** ipd_sip_registrations_expect: is @user (nullable) a Contact user that one of our registrations gave out? SIP thread.
 */
gboolean ipd_sip_registrations_expect (GHashTable *registrations, const char *user);
