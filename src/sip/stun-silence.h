// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/**
 * ipd_sip_silence_stun: makes Sofia answer no STUN, in the whole process; once, before the first socket.
 * TPTAG_STUN_SERVER (0) is not enough: the library then answers every STUN request "600 Not Implemented".
 * Returns: %FALSE if the library does not take it; then TPTAG_STUN_SERVER (0) is the best there is.
 */
gboolean ipd_sip_silence_stun (void);
