// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * Ids of what has no key of its own. They name; they prove nothing. Thread: any.
 */

/** ipd_id_of_third_party: of another maker's station: @group is the name of its group in the configuration
 * (docs/protocol.md §14). */
IpdId ipd_id_of_third_party (const IpdId *plant, const char *group);
/** ipd_id_of_phone: of the leg of a SIP phone: @phone is its ID in the configuration (docs/protocol.md §15). */
IpdId ipd_id_of_phone (const IpdId *plant, const char *phone);

G_END_DECLS
