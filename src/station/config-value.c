// SPDX-License-Identifier: Apache-2.0
/*
 * The kinds of values that the configuration knows, and for each the words that say what was expected. Used by the
 * tables of config.c; owns nothing, any thread.
 */
#include "station/config-value.h"

#include "station/config.h"

#include <arpa/inet.h>
#include <glib/gi18n.h>
#include <string.h>

static gboolean
fail (GError **error, const char *expected)
{
  g_set_error_literal (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE, expected);
  return FALSE;
}

gboolean
ipd_config_read_text (const char *value, guint min, guint max, void *field, GError **error)
{
  gsize octets = strlen (value);
  if (octets < min || octets > max || !g_utf8_validate (value, -1, NULL))
    return fail (error, _ ("a name of 1 to 64 octets of UTF-8 is expected"));
  g_free (*(char **) field);
  *(char **) field = g_strdup (value);
  return TRUE;
}

gboolean
ipd_config_read_number (const char *value, guint min, guint max, void *field, GError **error)
{
  guint64 number = 0;
  if (!g_ascii_string_to_unsigned (value, 10, min, max, &number, NULL))
    {
      g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE, _ ("a whole number from %u to %u is expected"), min,
                   max);
      return FALSE;
    }
  *(guint *) field = (guint) number;
  return TRUE;
}

gboolean
ipd_config_read_port (const char *value, guint min, guint max, void *field, GError **error)
{
  guint number = 0;
  if (!ipd_config_read_number (value, min, max, &number, error))
    return FALSE;
  *(guint16 *) field = (guint16) number;
  return TRUE;
}

/* "5060-5080" or "5060"; @min is the number of ports that the range must have at least. */
gboolean
ipd_config_read_ports (const char *value, guint min, guint max, void *field, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (value, "-", 3);
  guint n = g_strv_length (parts);
  guint first = 0, last = 0;
  if (n < 1 || n > 2 || !ipd_config_read_number (parts[0], 1, max, &first, NULL)
      || !ipd_config_read_number (parts[n - 1], 1, max, &last, NULL) || last < first || last - first + 1 < min)
    return fail (error, _ ("a range of ports such as 7078-7099 is expected"));
  *(IpdPortRange *) field = (IpdPortRange){ (guint16) first, (guint16) last };
  return TRUE;
}

gboolean
ipd_config_read_address (const char *value, guint min, guint max, void *field, GError **error)
{
  struct in_addr ip;
  if (*value != '\0' && inet_pton (AF_INET, value, &ip) != 1)
    return fail (error, _ ("an IPv4 address of this machine, or nothing, is expected"));
  g_free (*(char **) field);
  *(char **) field = *value != '\0' ? g_strdup (value) : NULL;
  return TRUE;
}

gboolean
ipd_config_read_bool (const char *value, guint min, guint max, void *field, GError **error)
{
  if (!g_str_equal (value, "true") && !g_str_equal (value, "false"))
    return fail (error, _ ("true or false is expected"));
  *(gboolean *) field = g_str_equal (value, "true");
  return TRUE;
}

gboolean
ipd_config_read_roles (const char *value, guint min, guint max, void *field, GError **error)
{
  static const char *const known[] = { "outdoor", "broker", NULL };
  g_auto (GStrv) roles = g_strsplit (value, ",", 8);
  gboolean outdoor = FALSE, broker = FALSE;
  for (guint i = 0; roles[i] != NULL; i++)
    {
      g_strstrip (roles[i]);
      if (!g_strv_contains (known, roles[i]))
        return fail (error, _ ("the roles outdoor and broker are known, with a comma between them"));
      outdoor |= g_str_equal (roles[i], "outdoor");
      broker |= g_str_equal (roles[i], "broker");
    }
  if (!outdoor || !broker)
    return fail (error, _ ("a plant of one station needs both roles, outdoor and broker"));
  g_strfreev (*(char ***) field);
  *(char ***) field = g_steal_pointer (&roles);
  return TRUE;
}

/* "word", or "prefix:anything"; which ones is the difference between camera, microphone and speaker. */
static gboolean
source_is_one_of (const char *value, const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      gsize n = strlen (words[i]);
      gboolean prefix = words[i][n - 1] == ':';
      if (prefix ? strncmp (value, words[i], n) == 0 && value[n] != '\0' : g_str_equal (value, words[i]))
        return TRUE;
    }
  return FALSE;
}

static gboolean
set_source (const char *value, const char *const *words, void *field, const char *expected, GError **error)
{
  if (!source_is_one_of (value, words))
    return fail (error, expected);
  g_free (*(char **) field);
  *(char **) field = g_strdup (value);
  return TRUE;
}

gboolean
ipd_config_read_camera (const char *value, guint min, guint max, void *field, GError **error)
{
  static const char *const words[] = { "test", "v4l2:", "file:", "rtsp:", "none", NULL };
  return set_source (value, words, field, _ ("test, v4l2:DEVICE, file:PATH, rtsp:URL or none is expected"), error);
}

gboolean
ipd_config_read_microphone (const char *value, guint min, guint max, void *field, GError **error)
{
  static const char *const words[] = { "test", "test:", "device", "device:", "file:", "none", NULL };
  return set_source (value, words, field, _ ("test, test:HZ, device, device:NAME, file:PATH or none is expected"),
                     error);
}

gboolean
ipd_config_read_speaker (const char *value, guint min, guint max, void *field, GError **error)
{
  static const char *const words[] = { "device", "device:", "file:", "none", NULL };
  return set_source (value, words, field, _ ("device, device:NAME, file:PATH or none is expected"), error);
}

gboolean
ipd_config_read_kind (const char *value, guint min, guint max, void *field, GError **error)
{
  static const char *const kinds[] = { "lock", "gate", "aux", "light", "floor", NULL };
  if (!g_strv_contains (kinds, value))
    return fail (error, _ ("lock, gate, aux, light or floor is expected"));
  g_free (*(char **) field);
  *(char **) field = g_strdup (value);
  return TRUE;
}

gboolean
ipd_config_read_driver (const char *value, guint min, guint max, void *field, GError **error)
{
  if (!g_str_equal (value, "sim"))
    return fail (error, _ ("the only driver so far is sim"));
  g_free (*(char **) field);
  *(char **) field = g_strdup (value);
  return TRUE;
}

/* Writes two members, so @field is the whole output. */
gboolean
ipd_config_read_contact (const char *value, guint min, guint max, void *field, GError **error)
{
  IpdOutputConfig *output = field;
  if (g_str_equal (value, "none"))
    output->contact = IPD_CONTACT_PLAN_NONE;
  else if (g_str_equal (value, "never"))
    output->contact = IPD_CONTACT_PLAN_NEVER;
  else if (g_str_equal (value, "opens"))
    output->contact = IPD_CONTACT_PLAN_OPENS;
  else if (g_str_has_prefix (value, "late ")
           && ipd_config_read_number (value + 5, min, max, &output->contact_delay_ms, NULL))
    output->contact = IPD_CONTACT_PLAN_OPENS;
  else
    return fail (error, _ ("opens, never, none or `late MILLISECONDS' is expected"));
  return TRUE;
}
