// SPDX-License-Identifier: Apache-2.0
// The characters that may go into and come out of SIP messages. Called by all of src/sip, from either thread.
#include "sip/check.h"

#include <gio/gio.h>
#include <string.h>

#define USER_MAX        64
#define VALUE_MAX       128
#define REASON_TEXT_MAX 64

static gboolean
all_of (const char *text, gsize length, const char *also)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0' || (!g_ascii_isalnum (text[i]) && !strchr (also, text[i])))
      return FALSE;
  return TRUE;
}

gboolean
ipd_sip_user_ok (const char *user)
{
  gsize length = user ? strlen (user) : 0;
  return length > 0 && length <= USER_MAX && all_of (user, length, "-_.~");
}

gboolean
ipd_sip_uri_user_ok (const char *user)
{
  gsize length = user ? strlen (user) : 0;
  return length > 0 && length <= USER_MAX && all_of (user, length, "-_.!~*'()%&=+$,;?/");
}

gboolean
ipd_sip_params_ok (const char *params)
{
  gsize length = params ? strlen (params) : 0;
  return length > 0 && length <= VALUE_MAX && all_of (params, length, "-_.!~*'()%[]/:&+$=;");
}

gboolean
ipd_sip_host_ok (const char *host)
{
  return host && strlen (host) < 46 && g_hostname_is_ip_address (host) && !strchr (host, '%');
}

gboolean
ipd_sip_value_ok (const char *value)
{
  gsize length = value ? strlen (value) : 0;
  return length > 0 && length <= VALUE_MAX && all_of (value, length, "-_.~!*'+@:=/");
}

gboolean
ipd_sip_token_ok (const char *octets, gsize length)
{
  static const char start[] = "v4.public.";
  const gsize head = sizeof start - 1;
  if (length <= head || memcmp (octets, start, head) != 0)
    return FALSE;
  const char *body = octets + head;
  const char *dot = memchr (body, '.', length - head);
  if (!dot || dot == body)
    return FALSE;
  gsize footer = length - (gsize) (dot + 1 - octets);
  return footer > 0 && all_of (body, (gsize) (dot - body), "-_") && all_of (dot + 1, footer, "-_");
}

char *
ipd_sip_clean (const char *text)
{
  if (!text || !g_utf8_validate (text, -1, NULL))
    return NULL;
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return NULL;
  return g_strdup (text);
}

static char *
authority (const char *host, guint16 port)
{
  return strchr (host, ':') ? g_strdup_printf ("[%s]:%u", host, port) : g_strdup_printf ("%s:%u", host, port);
}

char *
ipd_sip_uri (const char *user, const char *host, guint16 port)
{
  g_autofree char *where = authority (host, port);
  return user ? g_strdup_printf ("sip:%s@%s", user, where) : g_strdup_printf ("sip:%s", where);
}

char *
ipd_sip_via_uri (const char *host, guint16 port)
{
  g_autofree char *where = authority (host, port);
  return g_strdup_printf ("sip:%s;transport=udp", where);
}

char *
ipd_sip_reason (int cause, const char *text)
{
  GString *value = g_string_new (NULL);
  g_string_printf (value, "SIP;cause=%d", cause);
  g_autofree char *valid = text ? g_utf8_make_valid (text, -1) : NULL;
  if (valid && *valid)
    {
      gsize start = value->len;
      g_string_append (value, ";text=\"");
      for (const char *p = valid; *p && value->len - start < REASON_TEXT_MAX; p = g_utf8_next_char (p))
        {
          gunichar c = g_utf8_get_char (p);
          /* a quote or a line end would end the value early */
          g_string_append_unichar (value, c == '"' || c == '\\' || g_unichar_iscntrl (c) ? ' ' : c);
        }
      g_string_append_c (value, '"');
    }
  return g_string_free (value, FALSE);
}
