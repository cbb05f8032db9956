// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * Reads @value, as it stands in the file, into the field of its kind: what was there is freed, and kept on failure.
 * @min, @max: limits of the key; those that a kind does not name it does not look at.
 * Errors: IPD_CONFIG_ERROR_VALUE, a part of a sentence that says what is expected.   Thread: any.
 */
typedef gboolean (*IpdConfigReader) (const char *value, guint min, guint max, void *field, GError **error);

/* char *: @min to @max octets of UTF-8 */
gboolean ipd_config_read_text (const char *value, guint min, guint max, void *field, GError **error);
/* guint: @min to @max */
gboolean ipd_config_read_number (const char *value, guint min, guint max, void *field, GError **error);
/* guint16: @min to @max */
gboolean ipd_config_read_port (const char *value, guint min, guint max, void *field, GError **error);
/* IpdPortRange: "5060-5080" or "5060", of at least @min ports, none above @max */
gboolean ipd_config_read_ports (const char *value, guint min, guint max, void *field, GError **error);
/* char *: IPv4 or IPv6; %NULL when empty */
gboolean ipd_config_read_address (const char *value, guint min, guint max, void *field, GError **error);
/* gboolean */
gboolean ipd_config_read_bool (const char *value, guint min, guint max, void *field, GError **error);
/* GStrv */
gboolean ipd_config_read_roles (const char *value, guint min, guint max, void *field, GError **error);
/* char *, as media/station.h takes them */
gboolean ipd_config_read_camera (const char *value, guint min, guint max, void *field, GError **error);
/* IpdPictureSize: "WIDTHxHEIGHT" */
gboolean ipd_config_read_picture_size (const char *value, guint min, guint max, void *field, GError **error);
gboolean ipd_config_read_microphone (const char *value, guint min, guint max, void *field, GError **error);
gboolean ipd_config_read_speaker (const char *value, guint min, guint max, void *field, GError **error);
/* char *: of an output */
gboolean ipd_config_read_kind (const char *value, guint min, guint max, void *field, GError **error);
/* IpdGpioLine: "sim" (no chip) or "gpio:CHIP:LINE[:active-low]" */
gboolean ipd_config_read_relay (const char *value, guint min, guint max, void *field, GError **error);
/* the whole IpdOutputConfig: its plan, for "gpio:…" its line, and for "late MILLISECONDS" (@min to @max) its delay */
gboolean ipd_config_read_contact (const char *value, guint min, guint max, void *field, GError **error);
/* char *: @min to @max printable ASCII characters without spaces */
gboolean ipd_config_read_secret (const char *value, guint min, guint max, void *field, GError **error);
/* char *: as core/dtmf-code.h wants it */
gboolean ipd_config_read_dtmf_code (const char *value, guint min, guint max, void *field, GError **error);
/* GStrv: ids of outputs, with commas between them, at most @max */
gboolean ipd_config_read_output_list (const char *value, guint min, guint max, void *field, GError **error);
/* char *: a driver's name, [a-z0-9-]{1,16} */
gboolean ipd_config_read_driver (const char *value, guint min, guint max, void *field, GError **error);
/* char *: a numeric IPv4 or IPv6 address that is one machine's */
gboolean ipd_config_read_host (const char *value, guint min, guint max, void *field, GError **error);
