// SPDX-License-Identifier: Apache-2.0
/*
 * What a client may do. The station asks it at every command; whatever is not named is not allowed. Pure, any thread.
 */
#include "core/profile.h"

#include "core/words.h"

#include <glib.h>
#include <string.h>

static const char *const scopes[] = {
  [IPD_HISTORY_NONE] = "none",
  [IPD_HISTORY_OWN] = "own",
  [IPD_HISTORY_ALL] = "all",
};

void
ipd_profile_init (IpdProfile *profile)
{
  memset (profile, 0, sizeof *profile);
}

bool
ipd_profile_add_output (IpdProfile *profile, const char *output_id)
{
  if (profile->n_outputs >= IPD_OUTPUTS_MAX || ipd_profile_allows_output (profile, output_id))
    return false;
  if (!ipd_output_id_from_text (output_id, &profile->outputs[profile->n_outputs]))
    return false;
  profile->n_outputs++;
  return true;
}

bool
ipd_profile_allows_output (const IpdProfile *profile, const char *output_id)
{
  if (!ipd_output_id_valid (output_id))
    return false;
  for (size_t i = 0; i < profile->n_outputs; i++)
    {
      if (strcmp (profile->outputs[i].s, output_id) == 0)
        return true;
    }
  return false;
}

const char *
ipd_history_scope_to_string (IpdHistoryScope scope)
{
  return scopes[scope];
}

bool
ipd_history_scope_from_string (const char *text, IpdHistoryScope *ret_scope)
{
  unsigned i;
  if (!ipd_words_find (scopes, G_N_ELEMENTS (scopes), text, &i))
    return false;
  *ret_scope = (IpdHistoryScope) i;
  return true;
}
