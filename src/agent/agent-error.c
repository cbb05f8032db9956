// SPDX-License-Identifier: Apache-2.0
/*
 * The error domain of the contract and its names on the bus. Registration happens at the first use of the quark, so
 * both ends need do nothing but use the domain. Any thread.
 */
#include "agent/agent-error.h"

#include <gio/gio.h>

static const GDBusErrorEntry names[] = {
  { IPD_AGENT_ERROR_NOT_ENROLLED, "io.ipdoor.Error.NotEnrolled" },
  { IPD_AGENT_ERROR_NO_SUCH_DEVICE, "io.ipdoor.Error.NoSuchDevice" },
  { IPD_AGENT_ERROR_NO_SUCH_VISIT, "io.ipdoor.Error.NoSuchVisit" },
  { IPD_AGENT_ERROR_NO_SUCH_OUTPUT, "io.ipdoor.Error.NoSuchOutput" },
  { IPD_AGENT_ERROR_WRONG_STATE, "io.ipdoor.Error.WrongState" },
  { IPD_AGENT_ERROR_NOT_REACHABLE, "io.ipdoor.Error.NotReachable" },
  { IPD_AGENT_ERROR_BAD_CODE, "io.ipdoor.Error.BadCode" },
  { IPD_AGENT_ERROR_NOT_FOUND, "io.ipdoor.Error.NotFound" },
  { IPD_AGENT_ERROR_NOT_ALLOWED, "io.ipdoor.Error.NotAllowed" },
  { IPD_AGENT_ERROR_FAILED, "io.ipdoor.Error.Failed" },
  { IPD_AGENT_ERROR_ALREADY_RUNNING, "io.ipdoor.Error.AlreadyRunning" },
  { IPD_AGENT_ERROR_CONFIG, "io.ipdoor.Error.Config" },
};

GQuark
ipd_agent_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("ipd-agent-error-quark", &quark, names, G_N_ELEMENTS (names));
  return (GQuark) quark;
}
