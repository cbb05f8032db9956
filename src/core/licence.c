// SPDX-License-Identifier: Apache-2.0
/*
 * Licences as values. Asked at registration, at ring and at command; pure, any thread.
 */
#include "core/licence.h"

#include "core/words.h"

#include <glib.h>
#include <string.h>

static const char *const kinds[] = {
  [IPD_LICENCE_LOCAL] = "local",
};

void
ipd_licence_init (IpdLicence *licence)
{
  memset (licence, 0, sizeof *licence);
}

IpdLicenceVerdict
ipd_licence_check (const IpdLicence *licence, int64_t now_s, int64_t floor_s)
{
  int64_t time_s = MAX (now_s, floor_s);

  if (time_s >= licence->expires_s)
    return IPD_LICENCE_EXPIRED;
  if (time_s < licence->not_before_s)
    return IPD_LICENCE_NOT_YET;
  return IPD_LICENCE_OK;
}

const char *
ipd_licence_kind_to_string (IpdLicenceKind kind)
{
  return kinds[kind];
}

bool
ipd_licence_kind_from_string (const char *text, IpdLicenceKind *ret_kind)
{
  unsigned i;
  if (!ipd_words_find (kinds, G_N_ELEMENTS (kinds), text, &i))
    return false;
  *ret_kind = (IpdLicenceKind) i;
  return true;
}
