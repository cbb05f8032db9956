// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/clock.h"

/*
 * One log line a minute for each source of calls, commands and registrations that are refused (docs/protocol.md §8):
 * a scanner must not fill the log. Thread: the main one.
 */

typedef struct _IpdRefusals IpdRefusals;

IpdRefusals *ipd_refusals_new (const IpdClock *clock);
void ipd_refusals_free (IpdRefusals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdRefusals, ipd_refusals_free)

/* @what: "call", "command"…; @why: for people. Returns: whether a line was written */
gboolean ipd_refusals_log (IpdRefusals *self, const char *source, const char *what, const char *why);

/*
 * What a genuine client or phone does it may repeat as often as it likes: ten lines a minute about each.
 * @who: an id that this plant knows, so their number is bounded
 * Returns: whether a line about @who may be written now
 */
gboolean ipd_refusals_may_tell (IpdRefusals *self, const char *who);
