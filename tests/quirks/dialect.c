// SPDX-License-Identifier: Apache-2.0
/* Reads dialects.json. Called once, at the start. */
#include "dialect.h"

#include <stdlib.h>

/* RFC 7396: null removes, objects merge, anything else replaces. */
static void
merge (JsonObject *into, JsonObject *patch)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, patch);
  while (json_object_iter_next (&iter, &name, &value))
    {
      if (JSON_NODE_HOLDS_NULL (value))
        json_object_remove_member (into, name);
      else if (JSON_NODE_HOLDS_OBJECT (value) && json_object_has_member (into, name))
        merge (json_object_get_object_member (into, name), json_node_get_object (value));
      else
        json_object_set_member (into, name, json_node_copy (value));
    }
}

static void
die (const char *path, const char *why)
{
  g_printerr ("quirk-station: %s: %s\n", path, why);
  exit (2);
}

QuirkDialect *
quirk_dialect_load (const char *path, const char *name, bool worst)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  QuirkDialect *dialect = g_new0 (QuirkDialect, 1);
  JsonObject *all;

  if (!json_parser_load_from_file (parser, path, &error))
    die (path, error->message);
  all = json_node_get_object (json_parser_get_root (parser));
  if (!json_object_has_member (all, name))
    die (path, "there is no such dialect");
  dialect->name = g_strdup (name);
  dialect->worst = worst;
  dialect->quirks = json_object_ref (json_object_get_object_member (all, name));
  if (worst && json_object_has_member (dialect->quirks, "worst"))
    {
      g_autoptr (JsonObject) patch = json_object_ref (json_object_get_object_member (dialect->quirks, "worst"));
      merge (dialect->quirks, patch);
    }
  return dialect;
}

void
quirk_dialect_free (QuirkDialect *dialect)
{
  json_object_unref (dialect->quirks);
  g_free (dialect->name);
  g_free (dialect);
}

void
quirk_dialect_set_flag (QuirkDialect *dialect, const char *group, const char *member)
{
  json_object_set_boolean_member (json_object_get_object_member (dialect->quirks, group), member, TRUE);
}

static JsonNode *
find (const QuirkDialect *dialect, const char *group, const char *member)
{
  JsonNode *node = json_object_get_member (dialect->quirks, group);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  return json_object_get_member (json_node_get_object (node), member);
}

const char *
quirk_text (const QuirkDialect *dialect, const char *group, const char *member, const char *fallback)
{
  JsonNode *node = find (dialect, group, member);
  return node != NULL ? json_node_get_string (node) : fallback;
}

int
quirk_number (const QuirkDialect *dialect, const char *group, const char *member, int fallback)
{
  JsonNode *node = find (dialect, group, member);
  return node != NULL ? (int) json_node_get_int (node) : fallback;
}

bool
quirk_flag (const QuirkDialect *dialect, const char *group, const char *member)
{
  JsonNode *node = find (dialect, group, member);
  return node != NULL && json_node_get_boolean (node);
}

JsonArray *
quirk_list (const QuirkDialect *dialect, const char *group, const char *member)
{
  JsonNode *node = find (dialect, group, member);
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

bool
quirk_list_has (const QuirkDialect *dialect, const char *group, const char *member, const char *word)
{
  JsonArray *list = quirk_list (dialect, group, member);

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    if (g_str_equal (json_array_get_string_element (list, i), word))
      return true;
  return false;
}
