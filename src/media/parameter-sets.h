// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * IpdParameterSets: the newest SPS and PPS that passed by. Some stations send them once, at the start: whoever begins
 * anew in the middle needs them still. Zero it; clear it. Thread: one at a time.
 */
typedef struct {
  char *sps; /* base64, as in sprop-parameter-sets */
  char *pps;
} IpdParameterSets;

/** ipd_parameter_sets_look: @payload: of one RTP packet that ipd_payload_is_sound(): alone or in a STAP-A. */
void ipd_parameter_sets_look (IpdParameterSets *sets, const uint8_t *payload, size_t len);

/** ipd_parameter_sets_get_sprop: (transfer full) (nullable): %NULL until both came. RFC 6184 section 8.1. */
char *ipd_parameter_sets_get_sprop (const IpdParameterSets *sets);
void ipd_parameter_sets_clear (IpdParameterSets *sets);
