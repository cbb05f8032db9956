// SPDX-License-Identifier: Apache-2.0
// What the media process can do, asked at the agent's start: the agent itself knows no codec. Called by main.c.
#include "agent/codecs.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "platform/paths.h"

typedef void (*TakeName) (IpdCodecs *codecs, const char *name);

static void
take_audio (IpdCodecs *codecs, const char *name)
{
  IpdAudioCodec codec;

  if (ipd_audio_codec_from_string (name, &codec))
    codecs->audio |= 1U << codec;
}

static void
take_video (IpdCodecs *codecs, const char *name)
{
  IpdVideoCodec codec;

  if (ipd_video_codec_from_string (name, &codec))
    codecs->video |= 1U << codec;
}

/* Our own program wrote it, so a form that cannot be read is a broken installation and not an attack. */
static void
take_names (IpdCodecs *codecs, JsonObject *caps, const char *group, TakeName take)
{
  JsonNode *node = caps != NULL ? json_object_get_member (caps, group) : NULL;
  JsonArray *names = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; names != NULL && i < json_array_get_length (names); i++)
    {
      const char *name = json_array_get_string_element (names, i);

      if (name != NULL)
        take (codecs, name);
    }
}

static void
report (const char *text, IpdCodecs *codecs)
{
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *caps = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  IpdCodecs found = { 0 };

  take_names (&found, caps, "audio", take_audio);
  take_names (&found, caps, "video", take_video);
  if ((found.video & 1 << IPD_VIDEO_H264) == 0)
    g_warning ("This computer cannot show pictures: no H.264 decoder is installed.");
  if ((found.audio & 1 << IPD_AUDIO_PCMA) == 0)
    g_warning ("This computer cannot talk: no G.711 codec is installed.");
  if (caps != NULL && !json_object_get_boolean_member_with_default (caps, "srtp", FALSE))
    g_warning ("This computer cannot take part in calls: SRTP is not installed.");
  /* An offer without any sound is none; one that says too much only fails where it would have failed anyway. */
  if (found.audio != 0)
    *codecs = found;
  g_message ("media: the codecs are known");
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GSubprocess) child = G_SUBPROCESS (source);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  if (g_subprocess_communicate_utf8_finish (child, result, &output, NULL, &error))
    report (output, user_data);
  else
    g_subprocess_force_exit (child);
}

void
ipd_codecs_ask (IpdCodecs *codecs)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = ipd_paths_find_program ("ipdoor-media", &error);
  GSubprocess *child = NULL;

  if (program != NULL)
    child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--caps", NULL);
  if (child == NULL)
    g_warning ("%s", error->message);
  else
    g_subprocess_communicate_utf8_async (child, NULL, NULL, on_done, codecs);
}
