// SPDX-License-Identifier: Apache-2.0
/*
 * Names of the failures of wire/. Used by its parsers and by whoever logs them. Any thread.
 */

#include "wire/error.h"

G_DEFINE_QUARK (ipd - wire - error - quark, ipd_wire_error)

const char *
ipd_wire_code_name (IpdWireCode code)
{
  switch (code)
    {
    case IPD_WIRE_OK:
      return "ok";
    case IPD_WIRE_SHORT:
      return "short";
    case IPD_WIRE_LONG:
      return "long";
    case IPD_WIRE_SYNTAX:
      return "syntax";
    case IPD_WIRE_RANGE:
      return "range";
    case IPD_WIRE_UNSUPPORTED:
      return "unsupported";
    case IPD_WIRE_MISSING:
      return "missing";
    case IPD_WIRE_FORGED:
      return "forged";
    }
  return "unknown";
}
