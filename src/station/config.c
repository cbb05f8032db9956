// SPDX-License-Identifier: Apache-2.0
/*
 * Reads the station's configuration: which groups and keys there are and their limits; what they are without a file is
 * in config-records.c, how a value is read in config-value.c. Called by main.c before anything runs. A wrong value
 * stops the start with a sentence that names it: a door with a misread setting is worse than none.
 */
#include "core/ids.h"
#include "station/config-records.h"
#include "station/config-value.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

G_DEFINE_QUARK (ipd - config - error - quark, ipd_config_error)

typedef struct {
  const char *group;
  const char *key;
  IpdConfigReader read;
  guint min;
  guint max;
  gsize offset;
  gboolean secret; /* never shown, not even when it is wrong */
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
  { "media", "picture", ipd_config_read_picture_size, 0, 0, FIELD (picture) },
  { "media", "fps", ipd_config_read_number, 5, 30, FIELD (fps) },
  { "media", "kbps", ipd_config_read_number, 100, 8000, FIELD (kbps) },
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
  { "output", "driver", ipd_config_read_relay, 0, 0, FIELD (relay_line) },
  { "output", "pulse-ms", ipd_config_read_number, 50, 60000, FIELD (pulse_ms) },
  { "output", "contact", ipd_config_read_contact, 0, 600000, 0 },
  { "output", "contact-timeout-ms", ipd_config_read_number, 50, 600000, FIELD (contact_timeout_ms) },
  { "output", "dtmf-code", ipd_config_read_dtmf_code, 0, 0, FIELD (dtmf_code), TRUE },
};
#undef FIELD

#define FIELD(name) G_STRUCT_OFFSET (IpdPhoneConfig, name)
static const Key phone_keys[] = {
  { "phone", "name", ipd_config_read_text, 1, 64, FIELD (name) },
  { "phone", "secret", ipd_config_read_secret, 16, 64, FIELD (secret), TRUE },
  { "phone", "outputs", ipd_config_read_output_list, 0, 64, FIELD (outputs) },
  { "phone", "dtmf", ipd_config_read_bool, 0, 0, FIELD (dtmf) },
};
#undef FIELD

#define FIELD(name) G_STRUCT_OFFSET (IpdDeviceConfig, name)
static const Key device_keys[] = {
  { "device", "name", ipd_config_read_text, 1, 64, FIELD (name) },
  { "device", "driver", ipd_config_read_driver, 0, 0, FIELD (driver) },
  { "device", "host", ipd_config_read_host, 0, 0, FIELD (host) },
  { "device", "sip-port", ipd_config_read_port, 1, 65535, FIELD (sip_port) },
  { "device", "http-port", ipd_config_read_port, 1, 65535, FIELD (http_port) },
  { "device", "rtsp-port", ipd_config_read_port, 1, 65535, FIELD (rtsp_port) },
  { "device", "user", ipd_config_read_secret, 1, 64, FIELD (user) },
  { "device", "password", ipd_config_read_secret, 1, 64, FIELD (password), TRUE },
};
#undef FIELD

#define FIELD(name) G_STRUCT_OFFSET (IpdDeviceOutputConfig, name)
static const Key device_output_keys[] = {
  { "device-output", "name", ipd_config_read_text, 1, 64, FIELD (name) },
  { "device-output", "kind", ipd_config_read_kind, 0, 0, FIELD (kind) },
  { "device-output", "code", ipd_config_read_secret, 1, 32, FIELD (code), TRUE },
  { "device-output", "number", ipd_config_read_number, 1, 64, FIELD (number) },
};
#undef FIELD

/* ---- groups ---- */

typedef struct {
  const char *prefix; /* of the group's name; its words follow */
  const char *shown;  /* group of its keys */
  const Key *keys;
  gsize n_keys;
  /* The record that the group fills, made when the group is of a list. @words: what follows the prefix. */
  void *(*add) (IpdStationConfig *self, const char *group, const char *words, GError **error);
} GroupKind;

static void *
the_station (IpdStationConfig *self, const char *group, const char *words, GError **error)
{
  return self;
}

static void *
refuse_group (GError **error, const char *group, const char *expected)
{
  g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE, _ ("The configuration has a group [%s]: %s."), group,
               expected);
  return NULL;
}

static gboolean
is_id (const char *id, const char *allowed, gsize max)
{
  gsize n = strspn (id, allowed);
  return n >= 1 && n <= max && id[n] == '\0';
}

#define SMALL_WORD "abcdefghijklmnopqrstuvwxyz0123456789-"
#define PHONE_WORD G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-"

static void *
add_output (IpdStationConfig *self, const char *group, const char *words, GError **error)
{
  if (!is_id (words, SMALL_WORD, 16) || self->outputs->len >= 64)
    return refuse_group (error, group,
                         _ ("an output needs an id of 1 to 16 characters a-z, 0-9 and -, and there are at most 64 of "
                            "them"));
  IpdOutputConfig *output = ipd_output_config_new (words);
  g_ptr_array_add (self->outputs, output);
  return output;
}

/* A client's SIP user is its id: a phone that has the form of one could not be told from it. */
static void *
add_phone (IpdStationConfig *self, const char *group, const char *words, GError **error)
{
  IpdId client;
  if (!is_id (words, PHONE_WORD, 32) || ipd_id_from_text (words, &client) || self->phones->len >= IPD_PHONES_MAX)
    return refuse_group (error, group,
                         _ ("a phone needs a SIP user of 1 to 32 letters, digits, dots, _ and -, and there are at "
                            "most 32 of them"));
  IpdPhoneConfig *phone = ipd_phone_config_new (words);
  g_ptr_array_add (self->phones, phone);
  return phone;
}

static void *
add_device (IpdStationConfig *self, const char *group, const char *words, GError **error)
{
  if (!is_id (words, SMALL_WORD, 16))
    return refuse_group (error, group, _ ("a device needs an id of 1 to 16 characters a-z, 0-9 and -"));
  IpdDeviceConfig *device = ipd_device_config_new (words);
  g_ptr_array_add (self->devices, device);
  return device;
}

static void *
add_device_output (IpdStationConfig *self, const char *group, const char *words, GError **error)
{
  g_auto (GStrv) ids = g_strsplit (words, " ", 3);
  IpdDeviceConfig *device = g_strv_length (ids) == 2 ? ipd_station_config_find_device (self, ids[0]) : NULL;
  if (device == NULL)
    return refuse_group (error, group, _ ("“device-output DEVICE OUTPUT” names a device that has a group"));
  if (!is_id (ids[1], SMALL_WORD, 16) || device->outputs->len >= 64)
    return refuse_group (error, group,
                         _ ("an output needs an id of 1 to 16 characters a-z, 0-9 and -, and there are at most 64 of "
                            "them"));
  IpdDeviceOutputConfig *output = ipd_device_output_config_new (ids[1]);
  g_ptr_array_add (device->outputs, output);
  return output;
}

#define KEYS(name) name, G_N_ELEMENTS (name)
/* Read in this order, whatever the order of the file. */
static const GroupKind kinds[] = {
  { "station", "station", KEYS (station_keys), the_station },
  { "network", "network", KEYS (station_keys), the_station },
  { "media", "media", KEYS (station_keys), the_station },
  { "visit", "visit", KEYS (station_keys), the_station },
  { "output ", "output", KEYS (output_keys), add_output },
  { "phone ", "phone", KEYS (phone_keys), add_phone },
  { "device ", "device", KEYS (device_keys), add_device },
  { "device-output ", "device-output", KEYS (device_output_keys), add_device_output },
};

static const GroupKind *
find_kind (const char *group)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gboolean of_list = g_str_has_suffix (kinds[i].prefix, " ");
      if (of_list ? g_str_has_prefix (group, kinds[i].prefix) : g_str_equal (group, kinds[i].prefix))
        return &kinds[i];
    }
  return NULL;
}

/* ---- keys ---- */

static const Key *
find_key (const Key *keys, gsize n_keys, const char *group, const char *key)
{
  for (gsize i = 0; i < n_keys; i++)
    if (g_str_equal (keys[i].group, group) && g_str_equal (keys[i].key, key))
      return &keys[i];
  return NULL;
}

static gboolean
set_key (const GroupKind *kind, void *record, const char *group, const char *key, const char *value, GError **error)
{
  const Key *known = find_key (kind->keys, kind->n_keys, kind->shown, key);
  g_autoptr (GError) why = NULL;
  if (known == NULL)
    g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_UNKNOWN,
                 _ ("The configuration has a key “%s” in [%s], which does not exist."), key, group);
  else if (known->read (value, known->min, known->max, (char *) record + known->offset, &why))
    return TRUE;
  else
    g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE,
                 _ ("The configuration has [%s] %s=%s, which cannot be used: %s."), group, key,
                 known->secret ? "…" : value, why->message);
  return FALSE;
}

gboolean
ipd_station_config_set (IpdStationConfig *self, const char *group, const char *key, const char *value, GError **error)
{
  const GroupKind *kind = find_kind (group);
  if (kind != NULL && kind->add == the_station)
    return set_key (kind, self, group, key, value, error);
  g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_UNKNOWN,
               _ ("The configuration has a group [%s], which does not exist."), group);
  return FALSE;
}

static gboolean
read_group (IpdStationConfig *self, const GroupKind *kind, GKeyFile *file, const char *group, GError **error)
{
  void *record = kind->add (self, group, group + strlen (kind->prefix), error);
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);
  gboolean good = record != NULL;
  for (guint i = 0; good && keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_value (file, group, keys[i], NULL);
      good = set_key (kind, record, group, keys[i], value, error);
    }
  return good;
}

static gboolean
read_groups_of (IpdStationConfig *self, const GroupKind *kind, GKeyFile *file, char **groups, GError **error)
{
  for (guint i = 0; groups[i] != NULL; i++)
    if (find_kind (groups[i]) == kind && !read_group (self, kind, file, groups[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_groups (char **groups, gboolean *ret_has_outputs, GError **error)
{
  *ret_has_outputs = FALSE;
  for (guint i = 0; groups[i] != NULL; i++)
    {
      const GroupKind *kind = find_kind (groups[i]);
      if (kind == NULL)
        {
          g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_UNKNOWN,
                       _ ("The configuration has a group [%s], which does not exist."), groups[i]);
          return FALSE;
        }
      *ret_has_outputs |= kind->keys == output_keys;
    }
  return TRUE;
}

static IpdStationConfig *
read_file (GKeyFile *file, GError **error)
{
  g_autoptr (IpdStationConfig) self = ipd_station_config_new ();
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  gboolean has_outputs = FALSE;
  if (!check_groups (groups, &has_outputs, error))
    return NULL;
  if (has_outputs)
    g_ptr_array_set_size (self->outputs, 0);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (!read_groups_of (self, &kinds[i], file, groups, error))
      return NULL;
  return ipd_station_config_check (self, error) ? g_steal_pointer (&self) : NULL;
}

static void
explain_file_error (GError **error, const GError *why, const char *path)
{
  g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_FILE, _ ("The configuration %s cannot be read: %s"), path,
               why->message);
}

/* Not an error: a door that does not start is worse. */
static void
warn_of_readers (const IpdStationConfig *self, const char *path)
{
  GStatBuf file;
  if (self->phones->len + self->devices->len > 0 && g_stat (path, &file) == 0 && (file.st_mode & 077) != 0)
    g_warning ("%s holds secrets of phones or devices, and others than its owner may read it", path);
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
  IpdStationConfig *self = read_file (file, error);
  if (self != NULL)
    warn_of_readers (self, path);
  return self;
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
