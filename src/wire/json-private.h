// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"
#include "core/name.h"
#include "core/output.h"
#include "wire/error.h"
#include "wire/keys.h"

#include <json-glib/json-glib.h>
#include <stddef.h>
#include <stdint.h>

/*
 * JSON objects with checked members (docs/protocol.md §1). For the .c files of wire/ only. The ipd_json_get_* functions
 * say %FALSE for a member that is missing, of another type or out of its limits, and then leave their output alone.
 */

#define IPD_JSON_MAX 8192

/**
 * ipd_json_parse: one object of at most @limit octets; @text need not end in NUL.
 * Returns: (transfer full) (nullable). Errors: IPD_WIRE_ERROR_FORM, TOO_LONG.
 */
JsonObject *ipd_json_parse (const char *text, size_t length, size_t limit, GError **error);
/** ipd_json_write: Returns: (transfer full): compact text, members in the order they were set. */
char *ipd_json_write (JsonObject *object);

/** ipd_json_missing: fills @error with IPD_WIRE_ERROR_MEMBER. Returns: %FALSE */
gboolean ipd_json_missing (GError **error);

/** ipd_json_get_string: Returns: (nullable): borrowed from @object; at most @max octets, valid UTF-8. */
const char *ipd_json_get_string (JsonObject *object, const char *member, size_t max);
gboolean ipd_json_get_uint (JsonObject *object, const char *member, uint64_t min, uint64_t max, uint64_t *ret_number);
gboolean ipd_json_get_u16 (JsonObject *object, const char *member, uint16_t min, uint16_t *ret_number);
gboolean ipd_json_get_u32 (JsonObject *object, const char *member, uint32_t *ret_number);
gboolean ipd_json_get_bool (JsonObject *object, const char *member, bool *ret_value);
gboolean ipd_json_get_id (JsonObject *object, const char *member, IpdId *ret_id);
gboolean ipd_json_get_short_id (JsonObject *object, const char *member, IpdShortId *ret_id);
gboolean ipd_json_get_name (JsonObject *object, const char *member, IpdName *ret_name);
gboolean ipd_json_get_output (JsonObject *object, const char *member, IpdOutputId *ret_output);
/** ipd_json_get_octets: exactly @length octets in b64u. */
gboolean ipd_json_get_octets (JsonObject *object, const char *member, uint8_t *ret_octets, size_t length);
/** ipd_json_get_time: RFC 3339 UTC with seconds, to seconds since the epoch. */
gboolean ipd_json_get_time (JsonObject *object, const char *member, int64_t *ret_seconds);
/** ipd_json_get_array: Returns: (nullable): borrowed; at most @max elements. */
JsonArray *ipd_json_get_array (JsonObject *object, const char *member, guint max);
/** ipd_json_get_object: Returns: (nullable): borrowed. */
JsonObject *ipd_json_get_object (JsonObject *object, const char *member);
/** ipd_json_element_object / _string: of an array. Returns: (nullable): borrowed. */
JsonObject *ipd_json_element_object (JsonArray *array, guint index);
const char *ipd_json_element_string (JsonArray *array, guint index, size_t max);

void ipd_json_set_octets (JsonObject *object, const char *member, const void *octets, size_t length);
void ipd_json_set_uint (JsonObject *object, const char *member, uint64_t number);
void ipd_json_set_time (JsonObject *object, const char *member, int64_t seconds);
