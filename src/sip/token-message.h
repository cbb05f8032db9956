// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/private.h"

/** ipd_sip_token_messages_new: table of MESSAGEs that wait for their answer. Thread: any; used in the SIP thread. */
GHashTable *ipd_sip_token_messages_new (void);
