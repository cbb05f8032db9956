// SPDX-License-Identifier: Apache-2.0
/*
 * JSON objects with checked members, over json-glib behind our strict recogniser. Used by all readers and writers of
 * wire/ that speak JSON. Any thread.
 */

#include "wire/base64.h"
#include "wire/json-check.h"
#include "wire/json-private.h"

#include <string.h>

#define TIME_LENGTH 20
#define TIME_FORMAT "%Y-%m-%dT%H:%M:%SZ"

JsonObject *
ipd_json_parse (const char *text, size_t length, size_t limit, GError **error)
{
  IpdWireError why;

  if (length > limit)
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG,
                   "JSON of %" G_GSIZE_FORMAT " octets, above %" G_GSIZE_FORMAT, length, limit);
      return NULL;
    }
  if (!ipd_json_check (text, length, &why))
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_FORM, "not JSON (%s at octet %" G_GSIZE_FORMAT ")",
                   ipd_wire_code_name (why.code), why.offset);
      return NULL;
    }
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;
  if (json_parser_load_from_data (parser, text, (gssize) length, NULL))
    root = json_parser_get_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    return json_object_ref (json_node_get_object (root));
  g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_FORM, "not a JSON object");
  return NULL;
}

char *
ipd_json_write (JsonObject *object)
{
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  json_generator_set_root (generator, root);
  return json_generator_to_data (generator, NULL);
}

gboolean
ipd_json_missing (GError **error)
{
  g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MEMBER,
               "a member is missing, of another type or out of its limits");
  return FALSE;
}

static const char *
node_string (JsonNode *node, size_t max)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  const char *text = json_node_get_string (node);
  return text != NULL && strlen (text) <= max && g_utf8_validate (text, -1, NULL) ? text : NULL;
}

const char *
ipd_json_get_string (JsonObject *object, const char *member, size_t max)
{
  return node_string (json_object_get_member (object, member), max);
}

gboolean
ipd_json_get_uint (JsonObject *object, const char *member, uint64_t min, uint64_t max, uint64_t *ret_number)
{
  JsonNode *node = json_object_get_member (object, member);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  int64_t number = json_node_get_int (node);
  if (number < 0 || (uint64_t) number < min || (uint64_t) number > max)
    return FALSE;
  *ret_number = (uint64_t) number;
  return TRUE;
}

gboolean
ipd_json_get_u16 (JsonObject *object, const char *member, uint16_t min, uint16_t *ret_number)
{
  uint64_t number;
  if (!ipd_json_get_uint (object, member, min, G_MAXUINT16, &number))
    return FALSE;
  *ret_number = (uint16_t) number;
  return TRUE;
}

gboolean
ipd_json_get_u32 (JsonObject *object, const char *member, uint32_t *ret_number)
{
  uint64_t number;
  if (!ipd_json_get_uint (object, member, 0, G_MAXUINT32, &number))
    return FALSE;
  *ret_number = (uint32_t) number;
  return TRUE;
}

gboolean
ipd_json_get_bool (JsonObject *object, const char *member, bool *ret_value)
{
  JsonNode *node = json_object_get_member (object, member);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *ret_value = json_node_get_boolean (node) != FALSE;
  return TRUE;
}

gboolean
ipd_json_get_id (JsonObject *object, const char *member, IpdId *ret_id)
{
  return ipd_id_from_text (ipd_json_get_string (object, member, IPD_ID_LENGTH), ret_id);
}

gboolean
ipd_json_get_short_id (JsonObject *object, const char *member, IpdShortId *ret_id)
{
  return ipd_short_id_from_text (ipd_json_get_string (object, member, IPD_SHORT_ID_LENGTH), ret_id);
}

gboolean
ipd_json_get_name (JsonObject *object, const char *member, IpdName *ret_name)
{
  const char *text = ipd_json_get_string (object, member, IPD_NAME_OCTETS);
  if (!ipd_name_valid (text))
    return FALSE;
  ipd_name_set (ret_name, text);
  return TRUE;
}

gboolean
ipd_json_get_output (JsonObject *object, const char *member, IpdOutputId *ret_output)
{
  return ipd_output_id_from_text (ipd_json_get_string (object, member, IPD_OUTPUT_ID_CHARS), ret_output);
}

gboolean
ipd_json_get_octets (JsonObject *object, const char *member, uint8_t *ret_octets, size_t length)
{
  const char *text = ipd_json_get_string (object, member, IPD_B64U_LENGTH (length));
  return text != NULL && ipd_b64u_decode_exact (text, strlen (text), ret_octets, length);
}

/* "2026-11-22T10:00:00Z" and nothing else; g_date_time_new_utc() then knows which days there are. */
gboolean
ipd_json_get_time (JsonObject *object, const char *member, int64_t *ret_seconds)
{
  static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
  const char *text = ipd_json_get_string (object, member, TIME_LENGTH);
  int part[6] = { 0 };
  unsigned n = 0;

  if (text == NULL || strlen (text) != TIME_LENGTH)
    return FALSE;
  for (unsigned i = 0; i < TIME_LENGTH; i++)
    {
      if (form[i] == 'd' ? !g_ascii_isdigit (text[i]) : text[i] != form[i])
        return FALSE;
      if (form[i] == 'd')
        part[n] = part[n] * 10 + (text[i] - '0');
      else
        n++;
    }
  g_autoptr (GDateTime) time = part[0] < 1970 || part[5] > 59
                                   ? NULL
                                   : g_date_time_new_utc (part[0], part[1], part[2], part[3], part[4], part[5]);
  if (time == NULL)
    return FALSE;
  *ret_seconds = g_date_time_to_unix (time);
  return TRUE;
}

JsonArray *
ipd_json_get_array (JsonObject *object, const char *member, guint max)
{
  JsonNode *node = json_object_get_member (object, member);
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  JsonArray *array = json_node_get_array (node);
  return json_array_get_length (array) <= max ? array : NULL;
}

JsonObject *
ipd_json_get_object (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonObject *
ipd_json_element_object (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

const char *
ipd_json_element_string (JsonArray *array, guint index, size_t max)
{
  return node_string (json_array_get_element (array, index), max);
}

void
ipd_json_set_octets (JsonObject *object, const char *member, const void *octets, size_t length)
{
  char *text = ipd_b64u_encode (octets, length);
  json_object_set_string_member (object, member, text);
  ipd_wipe_string (text);
}

void
ipd_json_set_uint (JsonObject *object, const char *member, uint64_t number)
{
  g_assert (number <= G_MAXINT64);
  json_object_set_int_member (object, member, (gint64) number);
}

void
ipd_json_set_time (JsonObject *object, const char *member, int64_t seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_assert (time != NULL);
  g_autofree char *text = g_date_time_format (time, TIME_FORMAT);
  json_object_set_string_member (object, member, text);
}
