// SPDX-License-Identifier: Apache-2.0
/*
 * The TXT record of _ipdoor._tcp. Used by the mDNS child (writes) and by discovery (reads). Any thread.
 */

#include "wire/txt.h"

#include "wire/error-private.h"
#include "wire/number-private.h"
#include "wire/roles-private.h"

#include <string.h>

/* What of a record was seen so far; a value of NULL is "not yet". Values borrow from the record. */
typedef struct {
  const char *text;
  size_t length;
} Value;

enum { KEY_V, KEY_ID, KEY_ROLE, KEY_PLANT, KEY_SIP, KEY_BOOT, N_KEYS };
static const char *const keys[N_KEYS] = { "v", "id", "role", "plant", "sip", "boot" };

char **
ipd_txt_write (const IpdTxt *txt)
{
  g_autofree char *roles = ipd_roles_write (txt->roles);
  char **strings = g_new0 (char *, N_KEYS + 1);
  strings[KEY_V] = g_strdup ("v=1");
  strings[KEY_ID] = g_strconcat ("id=", txt->id.s, NULL);
  strings[KEY_ROLE] = g_strconcat ("role=", roles, NULL);
  strings[KEY_PLANT] = g_strconcat ("plant=", txt->plant.s, NULL);
  strings[KEY_SIP] = g_strdup_printf ("sip=%u", txt->sip_port);
  strings[KEY_BOOT] = g_strconcat ("boot=", txt->boot.s, NULL);
  return strings;
}

/* RFC 6763 §6.4: no "=" or nothing before it: no key of ours, skipped; the first of a key counts. */
static void
note_string (const char *text, size_t length, Value values[static N_KEYS])
{
  const char *equals = length == 0 ? NULL : memchr (text, '=', length);
  size_t key_length = equals == NULL ? 0 : (size_t) (equals - text);

  for (unsigned i = 0; i < N_KEYS; i++)
    if (key_length == strlen (keys[i]) && g_ascii_strncasecmp (text, keys[i], key_length) == 0
        && values[i].text == NULL)
      values[i] = (Value){ equals + 1, length - key_length - 1 };
}

static gboolean
read_id (Value value, IpdId *ret_id)
{
  char text[IPD_ID_LENGTH + 1] = { 0 };
  if (value.length != IPD_ID_LENGTH)
    return FALSE;
  memcpy (text, value.text, value.length);
  return ipd_id_from_text (text, ret_id);
}

static gboolean
read_short_id (Value value, IpdShortId *ret_id)
{
  char text[IPD_SHORT_ID_LENGTH + 1] = { 0 };
  if (value.length != IPD_SHORT_ID_LENGTH)
    return FALSE;
  memcpy (text, value.text, value.length);
  return ipd_short_id_from_text (text, ret_id);
}

static gboolean
read_values (const Value values[static N_KEYS], IpdTxt *ret_txt, IpdWireError *reterr)
{
  IpdTxt txt = { 0 };
  uint64_t port;

  for (unsigned i = 0; i < N_KEYS; i++)
    if (values[i].text == NULL)
      return ipd_wire_fail (reterr, IPD_WIRE_MISSING, 0);
  if (values[KEY_V].length != 1 || values[KEY_V].text[0] != '1')
    return ipd_wire_fail (reterr, IPD_WIRE_UNSUPPORTED, 0);
  if (!read_id (values[KEY_ID], &txt.id) || !read_id (values[KEY_PLANT], &txt.plant)
      || !read_short_id (values[KEY_BOOT], &txt.boot))
    return ipd_wire_fail (reterr, IPD_WIRE_SYNTAX, 0);
  if (!ipd_parse_uint (values[KEY_SIP].text, values[KEY_SIP].length, 1, G_MAXUINT16, &port))
    return ipd_wire_fail (reterr, IPD_WIRE_RANGE, 0);
  txt.sip_port = (uint16_t) port;
  txt.roles = ipd_roles_read (values[KEY_ROLE].text, values[KEY_ROLE].length);
  *ret_txt = txt;
  return TRUE;
}

gboolean
ipd_txt_parse (const uint8_t *octets, size_t length, IpdTxt *ret_txt, IpdWireError *reterr)
{
  Value values[N_KEYS] = { { NULL, 0 } };

  if (length > IPD_TXT_MAX)
    return ipd_wire_fail (reterr, IPD_WIRE_LONG, IPD_TXT_MAX);
  for (size_t at = 0; at < length;)
    {
      size_t n = octets[at];
      if (n > length - at - 1)
        return ipd_wire_fail (reterr, IPD_WIRE_SHORT, at);
      note_string ((const char *) octets + at + 1, n, values);
      at += n + 1;
    }
  return read_values (values, ret_txt, reterr);
}

gboolean
ipd_txt_parse_strings (const char *const *strings, IpdTxt *ret_txt, IpdWireError *reterr)
{
  Value values[N_KEYS] = { { NULL, 0 } };
  size_t total = 0;

  for (size_t i = 0; strings[i] != NULL; i++)
    {
      size_t n = strnlen (strings[i], IPD_TXT_STRING_MAX + 1);
      total += n + 1;
      if (n > IPD_TXT_STRING_MAX || total > IPD_TXT_MAX)
        return ipd_wire_fail (reterr, IPD_WIRE_LONG, i);
      note_string (strings[i], n, values);
    }
  return read_values (values, ret_txt, reterr);
}
