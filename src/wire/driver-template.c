// SPDX-License-Identifier: Apache-2.0
/*
 * Templates of driver files: values put into URLs and bodies, escaped for where they stand, and taken out of answers.
 * Used by the agent for each request to a third-party station. Any thread.
 */

#include "wire/driver-private.h"

#include "core/device.h"
#include "wire/json-private.h"
#include "wire/sdp-private.h"
#include "wire/secret.h"

#include <string.h>

#define OUTPUT_MAX 4096
#define TAKEN_MAX  256
#define ANSWER_MAX 8192

static const char *const known_values[] = { IPD_DRIVER_VALUES };

/* --- pieces: literal text, or what stands between braces --- */

typedef struct {
  IpdSpan text;
  gboolean named; /* {text} */
} Piece;

/* "{{" and "}}" stand for themselves; a brace alone is a mistake. */
static gboolean
next_piece (IpdSpan *rest, Piece *ret_piece)
{
  char first = rest->text[0];
  gboolean brace = first == '{' || first == '}';
  size_t length = 0;

  if (brace && rest->length > 1 && rest->text[1] == first)
    {
      *ret_piece = (Piece){ .text = { rest->text, 1 } };
      rest->text += 2;
      rest->length -= 2;
      return TRUE;
    }
  if (first == '{')
    {
      const char *end = memchr (rest->text, '}', rest->length);
      if (end == NULL)
        return FALSE;
      ipd_span_next (rest, '{');
      *ret_piece = (Piece){ .text = ipd_span_next (rest, '}'), .named = TRUE };
      return TRUE;
    }
  if (brace)
    return FALSE;
  while (length < rest->length && rest->text[length] != '{' && rest->text[length] != '}')
    length++;
  *ret_piece = (Piece){ .text = { rest->text, length } };
  rest->text += length;
  rest->length -= length;
  return TRUE;
}

/* {md5:a:b}: cuts the function off; @ret_upper: as hex digits are wanted. */
static gboolean
is_md5 (IpdSpan *name, gboolean *ret_upper)
{
  IpdSpan rest = *name;
  IpdSpan function = ipd_span_next (&rest, ':');

  if (rest.length == 0 || !ipd_span_is_word (function, "md5"))
    return FALSE;
  *ret_upper = ipd_span_is (function, "MD5");
  *name = rest;
  return TRUE;
}

/* --- checked when a driver is read --- */

static gboolean
knows (IpdSpan name, GPtrArray *taken)
{
  for (size_t i = 0; i < G_N_ELEMENTS (known_values); i++)
    if (ipd_span_is (name, known_values[i]))
      return TRUE;
  for (guint i = 0; taken != NULL && i < taken->len; i++)
    if (ipd_span_is (name, g_ptr_array_index (taken, i)))
      return TRUE;
  return FALSE;
}

static gboolean
knows_all (IpdSpan name, GPtrArray *taken)
{
  gboolean upper, good = TRUE;

  if (!is_md5 (&name, &upper))
    return knows (name, taken);
  while (name.length > 0 && good)
    good = knows (ipd_span_next (&name, ':'), taken);
  return good;
}

gboolean
ipd_driver_template_fits (const char *text, GPtrArray *taken)
{
  IpdSpan rest = { text, strlen (text) };
  Piece piece;

  if (rest.length > IPD_DRIVER_TEXT_MAX)
    return FALSE;
  while (rest.length > 0)
    if (!next_piece (&rest, &piece) || (piece.named && !knows_all (piece.text, taken)))
      return FALSE;
  return TRUE;
}

/* --- expanded --- */

typedef struct {
  IpdDriverPlace place;
  const IpdDriverValue *values;
  size_t n_values;
  GString *output;
} Expansion;

static gboolean
fail (GError **error, IpdWireErrorCode code, const char *why)
{
  g_set_error_literal (error, IPD_WIRE_ERROR, (gint) code, why);
  return FALSE;
}

/* A control character would end a line of HTTP and begin one of somebody's choice. */
static gboolean
has_control (const char *text)
{
  for (; *text != '\0'; text++)
    if ((unsigned char) *text < 0x20 || *text == 0x7f)
      return TRUE;
  return FALSE;
}

static gboolean
find_value (const Expansion *expansion, IpdSpan name, const char **ret_value, GError **error)
{
  for (size_t i = 0; i < expansion->n_values; i++)
    {
      if (!ipd_span_is (name, expansion->values[i].name))
        continue;
      const char *value = expansion->values[i].value != NULL ? expansion->values[i].value : "";
      if (has_control (value))
        return fail (error, IPD_WIRE_ERROR_MISMATCH, "a value for a driver has a control character in it");
      *ret_value = value;
      return TRUE;
    }
  return fail (error, IPD_WIRE_ERROR_MEMBER, "a driver asks for a value that there is not");
}

static char *
escape_json (const char *value)
{
  GString *text = g_string_sized_new (strlen (value) + 8);
  for (const char *p = value; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *p);
    }
  return g_string_free (text, FALSE);
}

static char *
escape (IpdDriverPlace place, const char *value)
{
  switch (place)
    {
    case IPD_DRIVER_URL:
      return g_uri_escape_string (value, "*", FALSE); /* a code may be just that, and not everybody decodes */
    case IPD_DRIVER_JSON:
      return escape_json (value);
    case IPD_DRIVER_XML:
      return g_markup_escape_text (value, -1);
    case IPD_DRIVER_PLAIN:
      break;
    }
  return g_strdup (value);
}

static void
append_wiped (GString *output, char *text)
{
  g_string_append (output, text);
  ipd_wipe_string (text);
}

/* A host is no text of somebody's choice: it was checked, and percent signs would make another one of it. */
static gboolean
append_host (Expansion *expansion, const char *host, GError **error)
{
  if (!ipd_host_valid (host))
    return fail (error, IPD_WIRE_ERROR_MISMATCH, "a driver is used without a host");
  if (strchr (host, ':') != NULL)
    g_string_append_printf (expansion->output, "[%s]", host);
  else
    g_string_append (expansion->output, host);
  return TRUE;
}

static gboolean
append_md5 (Expansion *expansion, IpdSpan names, gboolean upper, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  const char *value;

  for (gboolean first = TRUE; names.length > 0; first = FALSE)
    {
      if (!find_value (expansion, ipd_span_next (&names, ':'), &value, error))
        return FALSE;
      if (!first)
        g_checksum_update (checksum, (const guchar *) ":", 1);
      g_checksum_update (checksum, (const guchar *) value, -1);
    }
  const char *hex = g_checksum_get_string (checksum);
  append_wiped (expansion->output, upper ? g_ascii_strup (hex, -1) : g_strdup (hex));
  return TRUE;
}

static gboolean
append_piece (Expansion *expansion, const Piece *piece, GError **error)
{
  IpdSpan name = piece->text;
  const char *value;
  gboolean upper;

  if (!piece->named)
    {
      g_string_append_len (expansion->output, name.text, (gssize) name.length);
      return TRUE;
    }
  if (is_md5 (&name, &upper))
    return append_md5 (expansion, name, upper, error);
  if (!find_value (expansion, name, &value, error))
    return FALSE;
  if (ipd_span_is (name, "host"))
    return append_host (expansion, value, error);
  append_wiped (expansion->output, escape (expansion->place, value));
  return TRUE;
}

char *
ipd_driver_expand (const char *text, IpdDriverPlace place, const IpdDriverValue *values, size_t n_values,
                   GError **error)
{
  /* As large as it may get, so that nothing secret stays behind in a block that was left for a larger one. */
  Expansion expansion
      = { .place = place, .values = values, .n_values = n_values, .output = g_string_sized_new (2 * OUTPUT_MAX) };
  IpdSpan rest = { text, strlen (text) };
  gboolean good = TRUE;
  Piece piece;

  while (good && rest.length > 0)
    {
      good = next_piece (&rest, &piece) || fail (error, IPD_WIRE_ERROR_FORM, "a template has half a pair of braces");
      good = good && append_piece (&expansion, &piece, error);
      if (good && expansion.output->len > OUTPUT_MAX)
        good = fail (error, IPD_WIRE_ERROR_TOO_LONG, "a request to a station became too long");
    }
  char *expanded = g_string_free (expansion.output, FALSE);
  if (good)
    return expanded;
  ipd_wipe_string (expanded);
  return NULL;
}

/* --- taken out of an answer --- */

static char *find_member (JsonObject *object, const char *name);

static char *
value_text (JsonNode *node)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return NULL;
}

/* The reader has refused what is deeper than IPD_JSON_DEPTH_MAX. */
static char *
find_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  char *found = node != NULL ? value_text (node) : NULL;
  g_autoptr (GList) nodes = json_object_get_values (object);

  for (GList *at = nodes; at != NULL && found == NULL; at = at->next)
    if (JSON_NODE_HOLDS_OBJECT ((JsonNode *) at->data))
      found = find_member (json_node_get_object (at->data), name);
  return found;
}

/* <name>text</name> or <name attribute="…">text</name>, wherever it stands. */
static char *
find_element (const char *body, size_t length, const char *name)
{
  IpdSpan rest = { body, length };

  while (rest.length > 0)
    {
      ipd_span_next (&rest, '<');
      IpdSpan after = rest;
      IpdSpan tag = ipd_span_next (&after, '>');
      IpdSpan element = ipd_span_next (&tag, ' ');
      if (!ipd_span_is (element, name) || after.length == 0)
        continue;
      IpdSpan text = ipd_span_trim (ipd_span_next (&after, '<'));
      return g_strndup (text.text, text.length);
    }
  return NULL;
}

char *
ipd_driver_take (const char *body, size_t length, const char *name)
{
  g_autoptr (JsonObject) object = ipd_json_parse (body, length, ANSWER_MAX, NULL);
  char *found = object != NULL         ? find_member (object, name)
                : length <= ANSWER_MAX ? find_element (body, length, name)
                                       : NULL;

  if (found != NULL && found[0] != '\0' && strlen (found) <= TAKEN_MAX && !has_control (found))
    return found;
  ipd_wipe_string (found);
  return NULL;
}
