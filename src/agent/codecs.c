// SPDX-License-Identifier: Apache-2.0
// What the media process can do, asked at the agent's start: the agent itself knows no codec. Called by main.c.
#include "agent/codecs.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "platform/paths.h"

static gboolean
can (JsonObject *caps, const char *group, const char *codec)
{
  JsonObject *codecs = json_object_has_member (caps, group) ? json_object_get_object_member (caps, group) : NULL;
  JsonNode *node = codecs != NULL ? json_object_get_member (codecs, codec) : NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_boolean_member_with_default (json_node_get_object (node), "decode", FALSE);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_boolean (node);
}

/* Our own program wrote it, so a form that cannot be read is a broken installation and not an attack. */
static void
report (const char *text)
{
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *caps = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;

  if (caps == NULL || !can (caps, "video", "H264"))
    g_warning ("This computer cannot show pictures: no H.264 decoder is installed.");
  if (caps == NULL || !can (caps, "audio", "PCMA"))
    g_warning ("This computer cannot talk: no G.711 codec is installed.");
  if (caps != NULL && !json_object_get_boolean_member_with_default (caps, "srtp", FALSE))
    g_warning ("This computer cannot take part in calls: SRTP is not installed.");
  g_message ("media: the codecs are known");
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GSubprocess) child = G_SUBPROCESS (source);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  if (g_subprocess_communicate_utf8_finish (child, result, &output, NULL, &error))
    report (output);
  else
    g_subprocess_force_exit (child);
}

void
ipd_codecs_check (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = ipd_paths_find_program ("ipdoor-media", &error);
  GSubprocess *child = NULL;

  if (program != NULL)
    child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--caps", NULL);
  if (child == NULL)
    g_warning ("%s", error->message);
  else
    g_subprocess_communicate_utf8_async (child, NULL, NULL, on_done, NULL);
}
