// SPDX-License-Identifier: Apache-2.0
/*
 * The kinds of values that the configuration knows, and for each the words that say what was expected. Used by the
 * tables of config.c; owns nothing, any thread.
 */
#include "station/config-value.h"

#include "core/dtmf-code.h"
#include "station/config.h"

#include <arpa/inet.h>
#include <gio/gio.h>
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

static gboolean
is_ip (const char *text)
{
  struct in_addr ip4;
  struct in6_addr ip6;
  return inet_pton (AF_INET, text, &ip4) == 1 || inet_pton (AF_INET6, text, &ip6) == 1;
}

gboolean
ipd_config_read_address (const char *value, guint min, guint max, void *field, GError **error)
{
  if (*value != '\0' && !is_ip (value))
    return fail (error, _ ("an IPv4 or IPv6 address of this machine, or nothing, is expected"));
  g_free (*(char **) field);
  *(char **) field = *value != '\0' ? g_strdup (value) : NULL;
  return TRUE;
}

/* Whoever has this address is believed to be that device, so it must be one machine's, and written in the one form that
 * a datagram's source is shown in. */
gboolean
ipd_config_read_host (const char *value, guint min, guint max, void *field, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (value);
  if (address == NULL || g_inet_address_get_is_any (address) || g_inet_address_get_is_multicast (address))
    return fail (error, _ ("the numeric IPv4 or IPv6 address of one machine is expected"));
  g_free (*(char **) field);
  *(char **) field = g_inet_address_to_string (address);
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
ipd_config_read_picture_size (const char *value, guint min, guint max, void *field, GError **error)
{
  g_auto (GStrv) sides = g_strsplit (value, "x", 3);
  guint64 width, height;
  gboolean good = g_strv_length (sides) == 2 && g_ascii_string_to_unsigned (sides[0], 10, 160, 1280, &width, NULL)
                  && g_ascii_string_to_unsigned (sides[1], 10, 120, 720, &height, NULL) && width % 2 == 0
                  && height % 2 == 0;
  if (!good)
    return fail (error, _ ("WIDTHxHEIGHT is expected, even numbers from 160x120 to 1280x720"));
  *(IpdPictureSize *) field = (IpdPictureSize){ (guint) width, (guint) height };
  return TRUE;
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

/* "gpio:CHIP:LINE[:active-low]". */
static gboolean
parse_gpio (const char *value, IpdGpioLine *ret_line)
{
  g_auto (GStrv) parts = g_strsplit (value, ":", 5);
  guint n = g_strv_length (parts);
  IpdGpioLine line = { .active_low = n == 4 };
  if (n < 3 || n > 4 || !g_str_equal (parts[0], "gpio") || (n == 4 && !g_str_equal (parts[3], "active-low")))
    return FALSE;
  if (parts[1][0] == '\0' || (strchr (parts[1], '/') != NULL && parts[1][0] != '/')
      || g_strlcpy (line.chip, parts[1], sizeof line.chip) >= sizeof line.chip
      || !ipd_config_read_number (parts[2], 0, G_MAXUINT16, &line.line, NULL))
    return FALSE;
  *ret_line = line;
  return TRUE;
}

gboolean
ipd_config_read_relay (const char *value, guint min, guint max, void *field, GError **error)
{
  IpdGpioLine *line = field;
  if (g_str_equal (value, "sim"))
    memset (line, 0, sizeof *line);
  else if (!parse_gpio (value, line))
    return fail (error, _ ("sim or gpio:CHIP:LINE[:active-low] is expected, for instance gpio:gpiochip0:17"));
  return TRUE;
}

/* Writes several members, so @field is the whole output. */
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
  else if (parse_gpio (value, &output->contact_line))
    output->contact = IPD_CONTACT_PLAN_GPIO;
  else
    return fail (error, _ ("opens, never, none, `late MILLISECONDS' or gpio:CHIP:LINE[:active-low] is expected"));
  return TRUE;
}

gboolean
ipd_config_read_secret (const char *value, guint min, guint max, void *field, GError **error)
{
  gsize n = strlen (value), i = 0;
  while (g_ascii_isgraph (value[i]))
    i++;
  if (n < min || n > max || i != n)
    {
      g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE,
                   _ ("%u to %u letters, digits and signs without spaces are expected"), min, max);
      return FALSE;
    }
  g_free (*(char **) field);
  *(char **) field = g_strdup (value);
  return TRUE;
}

gboolean
ipd_config_read_dtmf_code (const char *value, guint min, guint max, void *field, GError **error)
{
  if (!ipd_dtmf_code_valid (value))
    return fail (error, _ ("1 to 8 of the keys 0 to 9 and A to D are expected, * or # only as the last one"));
  g_free (*(char **) field);
  *(char **) field = g_strdup (value);
  return TRUE;
}

/* [a-z0-9-]{1,16} */
static gboolean
is_small_word (const char *text)
{
  gsize n = strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-");
  return n >= 1 && n <= 16 && text[n] == '\0';
}

gboolean
ipd_config_read_output_list (const char *value, guint min, guint max, void *field, GError **error)
{
  g_auto (GStrv) ids = g_strsplit (value, ",", (int) max + 1);
  gboolean good = g_strv_length (ids) <= max;
  for (guint i = 0; ids[i] != NULL; i++)
    good = good && is_small_word (g_strstrip (ids[i]));
  if (!good)
    return fail (error, _ ("the ids of outputs, with a comma between them, are expected"));
  g_strfreev (*(char ***) field);
  *(char ***) field = g_steal_pointer (&ids);
  return TRUE;
}

gboolean
ipd_config_read_driver (const char *value, guint min, guint max, void *field, GError **error)
{
  if (!is_small_word (value))
    return fail (error, _ ("the name of a driver is expected, for instance generic"));
  g_free (*(char **) field);
  *(char **) field = g_strdup (value);
  return TRUE;
}
