// SPDX-License-Identifier: Apache-2.0
// The JSON lines between ipdoor-mdns and its parent, for both ends.
#include "discovery/mdns-line.h"

#include <string.h>

#include "wire/json-check.h"

char *
ipd_mdns_line_format (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_set_object (node, object);
  text = json_to_string (node, FALSE);
  return g_strconcat (text, "\n", NULL);
}

JsonObject *
ipd_mdns_line_parse (const char *line, gsize length)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonNode *root;

  if (length == 0 || length > IPD_MDNS_LINE_MAX || !g_utf8_validate_len (line, length, NULL)
      || !ipd_json_check (line, length, NULL))
    return NULL;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, line, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  return json_node_dup_object (root);
}

static JsonNode *
value_of_type (JsonObject *object, const char *member, GType type)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return NULL;
  return node;
}

const char *
ipd_mdns_line_string (JsonObject *object, const char *member, gsize max)
{
  JsonNode *node = value_of_type (object, member, G_TYPE_STRING);
  const char *text = node != NULL ? json_node_get_string (node) : NULL;
  gsize length = text != NULL ? strlen (text) : 0;

  return length >= 1 && length <= max ? text : NULL;
}

bool
ipd_mdns_line_number (JsonObject *object, const char *member, guint max, guint *ret_value)
{
  JsonNode *node = value_of_type (object, member, G_TYPE_INT64);
  gint64 value = node != NULL ? json_node_get_int (node) : 0;

  if (value < 1 || value > (gint64) max)
    return false;
  *ret_value = (guint) value;
  return true;
}
