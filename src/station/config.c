// SPDX-License-Identifier: Apache-2.0
/*
 * Reads the station's configuration: which keys there are, their limits and what they are without a file; how a value
 * is read is in config-value.c. Called by main.c before anything runs. A wrong value stops the start with a sentence
 * that names it: a door with a misread setting is worse than none.
 */
#include "station/config.h"

#include "station/config-value.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_QUARK (ipd - config - error - quark, ipd_config_error)

typedef struct {
  const char *group;
  const char *key;
  IpdConfigReader read;
  guint min;
  guint max;
  gsize offset;
} Key;

#define FIELD(name) G_STRUCT_OFFSET (IpdStationConfig, name)
static const Key station_keys[] = {
  { "station", "name", ipd_config_read_text, 1, 64, FIELD (name) },
  { "station", "plant", ipd_config_read_text, 1, 64, FIELD (plant) },
  { "station", "roles", ipd_config_read_roles, 0, 0, FIELD (roles) },
  { "station", "buttons", ipd_config_read_number, 1, 64, FIELD (buttons) },
  { "network", "bind", ipd_config_read_address, 0, 0, FIELD (bind) },
  { "network", "http-port", ipd_config_read_port, 0, 65535, FIELD (http_port) },
  { "network", "sip-ports", ipd_config_read_ports, 1, 65535, FIELD (sip_ports) },
  { "network", "audio-ports", ipd_config_read_ports, 2, 65535, FIELD (audio_ports) },
  { "network", "video-ports", ipd_config_read_ports, 2, 65535, FIELD (video_ports) },
  { "network", "publish", ipd_config_read_bool, 0, 0, FIELD (publish) },
  { "media", "camera", ipd_config_read_camera, 0, 0, FIELD (camera) },
  { "media", "microphone", ipd_config_read_microphone, 0, 0, FIELD (microphone) },
  { "media", "speaker", ipd_config_read_speaker, 0, 0, FIELD (speaker) },
  { "visit", "ring-seconds", ipd_config_read_number, 1, 600, FIELD (ring_seconds) },
  { "visit", "talk-seconds", ipd_config_read_number, 1, 3600, FIELD (talk_seconds) },
};
#undef FIELD

#define FIELD(name) G_STRUCT_OFFSET (IpdOutputConfig, name)
static const Key output_keys[] = {
  { "output", "name", ipd_config_read_text, 1, 64, FIELD (name) },
  { "output", "kind", ipd_config_read_kind, 0, 0, FIELD (kind) },
  { "output", "driver", ipd_config_read_driver, 0, 0, FIELD (driver) },
  { "output", "pulse-ms", ipd_config_read_number, 50, 60000, FIELD (pulse_ms) },
  { "output", "contact", ipd_config_read_contact, 0, 600000, 0 },
  { "output", "contact-timeout-ms", ipd_config_read_number, 50, 600000, FIELD (contact_timeout_ms) },
};
#undef FIELD

static void
output_config_free (gpointer data)
{
  IpdOutputConfig *self = data;
  g_free (self->name);
  g_free (self->kind);
  g_free (self->driver);
  g_free (self);
}

static IpdOutputConfig *
output_config_new (const char *id)
{
  IpdOutputConfig *self = g_new0 (IpdOutputConfig, 1);
  g_strlcpy (self->id, id, sizeof self->id);
  self->name = g_strdup (id);
  self->kind = g_strdup ("lock");
  self->driver = g_strdup ("sim");
  self->pulse_ms = 3000;
  self->contact = IPD_CONTACT_PLAN_OPENS;
  self->contact_delay_ms = 300;
  self->contact_timeout_ms = 5000;
  return self;
}

IpdStationConfig *
ipd_station_config_new (void)
{
  IpdStationConfig *self = g_new0 (IpdStationConfig, 1);
  self->name = g_strdup ("Main entrance");
  self->plant = g_strdup ("ipdoor");
  self->roles = g_strsplit ("outdoor,broker", ",", 2);
  self->buttons = 1;
  self->http_port = 8001;
  self->sip_ports = (IpdPortRange){ 5060, 5080 };
  self->audio_ports = (IpdPortRange){ 7078, 7099 };
  self->video_ports = (IpdPortRange){ 9078, 9099 };
  self->publish = TRUE;
  self->camera = g_strdup ("test");
  self->microphone = g_strdup ("test");
  self->ring_seconds = 45;
  self->talk_seconds = 180;
  self->outputs = g_ptr_array_new_with_free_func (output_config_free);
  IpdOutputConfig *door = output_config_new ("door");
  g_free (door->name);
  door->name = g_strdup (_ ("Door"));
  g_ptr_array_add (self->outputs, door);
  return self;
}

void
ipd_station_config_free (IpdStationConfig *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->plant);
  g_strfreev (self->roles);
  g_free (self->bind);
  g_free (self->camera);
  g_free (self->microphone);
  g_free (self->speaker);
  g_ptr_array_unref (self->outputs);
  g_free (self);
}

static gboolean
set_by_table (const Key *keys, gsize n_keys, void *record, const char *group, const char *key, const char *value,
              const char *shown_group, GError **error)
{
  for (gsize i = 0; i < n_keys; i++)
    if (g_str_equal (keys[i].group, group) && g_str_equal (keys[i].key, key))
      {
        g_autoptr (GError) why = NULL;
        if (keys[i].read (value, keys[i].min, keys[i].max, (char *) record + keys[i].offset, &why))
          return TRUE;
        g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE,
                     _ ("The configuration has [%s] %s=%s, which cannot be used: %s."), shown_group, key, value,
                     why->message);
        return FALSE;
      }
  g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_UNKNOWN,
               _ ("The configuration has a key “%s” in [%s], which does not exist."), key, shown_group);
  return FALSE;
}

gboolean
ipd_station_config_set (IpdStationConfig *self, const char *group, const char *key, const char *value, GError **error)
{
  return set_by_table (station_keys, G_N_ELEMENTS (station_keys), self, group, key, value, group, error);
}

static gboolean
output_id_is_valid (const char *id)
{
  gsize n = strspn (id, "abcdefghijklmnopqrstuvwxyz0123456789-");
  return n >= 1 && n <= 16 && id[n] == '\0';
}

/* The output that a group "output ID" stands for, made when the group is new. */
static IpdOutputConfig *
add_output (IpdStationConfig *self, const char *group, GError **error)
{
  const char *id = group + strlen ("output ");
  if (!output_id_is_valid (id) || self->outputs->len >= 64)
    {
      g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE,
                   _ ("The configuration has a group [%s]: an output needs an id of 1 to 16 characters a-z, 0-9 and -, "
                      "and there are at most 64 of them."),
                   group);
      return NULL;
    }
  IpdOutputConfig *output = output_config_new (id);
  g_ptr_array_add (self->outputs, output);
  return output;
}

static gboolean
read_group (IpdStationConfig *self, GKeyFile *file, const char *group, GError **error)
{
  gboolean is_output = g_str_has_prefix (group, "output ");
  IpdOutputConfig *output = NULL;
  if (is_output && (output = add_output (self, group, error)) == NULL)
    return FALSE;
  if (!is_output && !g_str_equal (group, "station") && !g_str_equal (group, "network") && !g_str_equal (group, "media")
      && !g_str_equal (group, "visit"))
    {
      g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_UNKNOWN,
                   _ ("The configuration has a group [%s], which does not exist."), group);
      return FALSE;
    }
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_value (file, group, keys[i], NULL);
      gboolean good = is_output ? set_by_table (output_keys, G_N_ELEMENTS (output_keys), output, "output", keys[i],
                                                value, group, error)
                                : ipd_station_config_set (self, group, keys[i], value, error);
      if (!good)
        return FALSE;
    }
  return TRUE;
}

static IpdStationConfig *
read_file (GKeyFile *file, GError **error)
{
  g_autoptr (IpdStationConfig) self = ipd_station_config_new ();
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  gboolean has_outputs = FALSE;
  for (guint i = 0; groups[i] != NULL; i++)
    has_outputs |= g_str_has_prefix (groups[i], "output ");
  if (has_outputs)
    g_ptr_array_set_size (self->outputs, 0);
  for (guint i = 0; groups[i] != NULL; i++)
    if (!read_group (self, file, groups[i], error))
      return NULL;
  return g_steal_pointer (&self);
}

static void
explain_file_error (GError **error, const GError *why, const char *path)
{
  g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_FILE, _ ("The configuration %s cannot be read: %s"), path,
               why->message);
}

IpdStationConfig *
ipd_station_config_load (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) why = NULL;
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &why))
    {
      explain_file_error (error, why, path);
      return NULL;
    }
  return read_file (file, error);
}

IpdStationConfig *
ipd_station_config_parse (const char *text, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) why = NULL;
  if (!g_key_file_load_from_data (file, text, (gsize) -1, G_KEY_FILE_NONE, &why))
    {
      explain_file_error (error, why, _ ("text"));
      return NULL;
    }
  return read_file (file, error);
}
