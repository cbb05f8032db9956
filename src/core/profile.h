// SPDX-License-Identifier: Apache-2.0
/*
 * What a client may do. Source: docs/protocol.md §6.  Thread: any.  A plain value, copied by assignment.
 */
#pragma once

#include "core/name.h"
#include "core/output.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum {
  IPD_HISTORY_NONE,
  IPD_HISTORY_OWN,
  IPD_HISTORY_ALL,
} IpdHistoryScope;

typedef struct {
  IpdName name;
  IpdOutputId outputs[IPD_OUTPUTS_MAX]; /* may be opened; there is no "everything" */
  size_t n_outputs;
  bool intercom; /* may call a station that did not ring */
  IpdHistoryScope history;
} IpdProfile;

/* An empty profile: may do nothing. */
void ipd_profile_init (IpdProfile *profile);

/* False when the id is not valid, is there already, or 64 are. */
bool ipd_profile_add_output (IpdProfile *profile, const char *output_id);

/* False for NULL, for an id that is not valid, and for whatever the profile does not name. */
bool ipd_profile_allows_output (const IpdProfile *profile, const char *output_id);

const char *ipd_history_scope_to_string (IpdHistoryScope scope); /* "none" "own" "all" */
bool ipd_history_scope_from_string (const char *text, IpdHistoryScope *ret_scope);
