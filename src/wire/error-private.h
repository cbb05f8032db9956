// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/error.h"

/** ipd_wire_fail: fills @reterr if there is one. Returns: %FALSE, so that a parser can return it. */
static inline gboolean
ipd_wire_fail (IpdWireError *reterr, IpdWireCode code, size_t offset)
{
  if (reterr != NULL)
    *reterr = (IpdWireError){ .code = code, .offset = offset };
  return FALSE;
}
