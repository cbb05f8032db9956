// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device.h"
#include "wire/json-private.h"

/*
 * Roles as the wire writes them: a JSON array, or words between commas (docs/protocol.md §4, §6, §11). Words that we do
 * not know are skipped, so that a later release may add one.
 */

void ipd_json_set_roles (JsonObject *object, const char *member, IpdRoles roles);
gboolean ipd_json_get_roles (JsonObject *object, const char *member, IpdRoles *ret_roles);

/** ipd_roles_write: Returns: (transfer full): "outdoor,broker" */
char *ipd_roles_write (IpdRoles roles);
/** ipd_roles_read: @text need not end in NUL. */
IpdRoles ipd_roles_read (const char *text, size_t length);
