// SPDX-License-Identifier: Apache-2.0
#pragma once

/* Shared by sdp-write.c and sdp-parse.c: the words of IpdSdpDirection, in its order. */
extern const char *const ipd_sdp_direction_words[4];
