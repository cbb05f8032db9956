// SPDX-License-Identifier: Apache-2.0
/*
 * The signed list of a plant's devices. Made by the broker station, kept by every client. Any thread.
 */

#include "wire/directory.h"

#include "wire/roles-private.h"
#include "wire/token-private.h"

#include <string.h>

#define KIND_WORD_MAX 16

void
ipd_directory_init (IpdDirectory *ret_directory)
{
  *ret_directory = (IpdDirectory){ .devices = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_device_free) };
}

void
ipd_directory_clear (IpdDirectory *directory)
{
  g_clear_pointer (&directory->devices, g_ptr_array_unref);
  directory->version = 0;
  directory->time = 0;
}

const IpdDevice *
ipd_directory_find (const IpdDirectory *directory, const IpdId *device)
{
  for (guint i = 0; directory->devices != NULL && i < directory->devices->len; i++)
    {
      const IpdDevice *candidate = g_ptr_array_index (directory->devices, i);
      if (ipd_id_equal (&candidate->id, device))
        return candidate;
    }
  return NULL;
}

static JsonObject *
output_object (const IpdOutput *output)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "id", output->id.s);
  json_object_set_string_member (object, "name", output->name.s);
  json_object_set_string_member (object, "kind", ipd_output_kind_to_string (output->kind));
  json_object_set_boolean_member (object, "contact", output->has_contact);
  return object;
}

static JsonObject *
device_object (const IpdDevice *device)
{
  JsonObject *object = json_object_new ();
  JsonArray *outputs = json_array_new ();

  for (size_t i = 0; i < device->n_outputs; i++)
    json_array_add_object_element (outputs, output_object (&device->outputs[i]));
  json_object_set_string_member (object, "id", device->id.s);
  json_object_set_string_member (object, "name", device->name.s);
  ipd_json_set_roles (object, "role", device->roles);
  json_object_set_string_member (object, "host", device->host);
  ipd_json_set_uint (object, "http", device->http_port);
  ipd_json_set_uint (object, "sip", device->sip_port);
  if (ipd_device_is_third_party (device))
    {
      json_object_set_string_member (object, "vendor", device->vendor);
      ipd_json_set_uint (object, "rtsp", device->rtsp_port);
    }
  else
    ipd_json_set_octets (object, "pk", device->pk, IPD_PK_OCTETS);
  json_object_set_array_member (object, "outputs", outputs);
  return object;
}

char *
ipd_directory_token_make (const IpdKeyPair *authority, const IpdDirectory *directory, GError **error)
{
  JsonObject *object = ipd_token_new (IPD_TOKEN_DIRECTORY);
  JsonArray *devices = json_array_new ();

  for (guint i = 0; i < directory->devices->len; i++)
    json_array_add_object_element (devices, device_object (g_ptr_array_index (directory->devices, i)));
  ipd_json_set_uint (object, "version", directory->version);
  ipd_json_set_time (object, "time", directory->time);
  json_object_set_array_member (object, "devices", devices);

  g_autofree char *token = ipd_token_sign (authority, IPD_TOKEN_DIRECTORY, object);
  if (directory->devices->len <= IPD_DIRECTORY_DEVICES_MAX && strlen (token) <= ipd_token_limit (IPD_TOKEN_DIRECTORY))
    return g_steal_pointer (&token);
  g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG, "the directory has more devices than fit");
  return NULL;
}

static gboolean
read_output (JsonObject *object, IpdDevice *device)
{
  IpdOutput output = { 0 };
  return object != NULL && ipd_json_get_output (object, "id", &output.id)
         && ipd_json_get_name (object, "name", &output.name)
         && ipd_output_kind_from_string (ipd_json_get_string (object, "kind", KIND_WORD_MAX), &output.kind)
         && ipd_json_get_bool (object, "contact", &output.has_contact) && ipd_device_add_output (device, &output);
}

/* "" is a host, too: not known. */
static gboolean
read_host (JsonObject *object, IpdDevice *device)
{
  const char *host = ipd_json_get_string (object, "host", IPD_HOST_CHARS);
  if (host == NULL || (host[0] != '\0' && !ipd_host_valid (host)))
    return FALSE;
  g_strlcpy (device->host, host, sizeof device->host);
  return TRUE;
}

/* A key of its own, or the driver of a third party; never both, never neither. */
static gboolean
read_maker (JsonObject *object, IpdDevice *device)
{
  if (!json_object_has_member (object, "vendor"))
    return ipd_json_get_octets (object, "pk", device->pk, IPD_PK_OCTETS);
  const char *vendor = ipd_json_get_string (object, "vendor", IPD_VENDOR_CHARS);
  if (!ipd_vendor_valid (vendor) || json_object_has_member (object, "pk") || device->host[0] == '\0'
      || !ipd_json_get_u16 (object, "rtsp", 0, &device->rtsp_port))
    return FALSE;
  g_strlcpy (device->vendor, vendor, sizeof device->vendor);
  return TRUE;
}

static IpdDevice *
read_device (JsonObject *object)
{
  g_autoptr (IpdDevice) device = ipd_device_new ();
  JsonArray *outputs = object == NULL ? NULL : ipd_json_get_array (object, "outputs", IPD_OUTPUTS_MAX);

  if (outputs == NULL || !ipd_json_get_id (object, "id", &device->id)
      || !ipd_json_get_name (object, "name", &device->name) || !ipd_json_get_roles (object, "role", &device->roles)
      || !read_host (object, device) || !ipd_json_get_u16 (object, "http", 0, &device->http_port)
      || !ipd_json_get_u16 (object, "sip", 0, &device->sip_port) || !read_maker (object, device))
    return NULL;
  for (guint i = 0; i < json_array_get_length (outputs); i++)
    if (!read_output (ipd_json_element_object (outputs, i), device))
      return NULL;
  return g_steal_pointer (&device);
}

static gboolean
read_devices (JsonArray *array, IpdDirectory *directory, GError **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      IpdDevice *device = read_device (ipd_json_element_object (array, i));
      if (device == NULL)
        return ipd_json_missing (error);
      gboolean known = ipd_directory_find (directory, &device->id) != NULL;
      g_ptr_array_add (directory->devices, device);
      if (!known && (ipd_device_is_third_party (device) || ipd_id_fits_pk (&device->id, device->pk)))
        continue;
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MISMATCH,
                   "directory with a device that is there twice or whose id does not fit its key");
      return FALSE;
    }
  return TRUE;
}

gboolean
ipd_directory_token_verify (const char *token, const uint8_t authority_pk[static IPD_PK_OCTETS], uint64_t known_version,
                            IpdDirectory *ret_directory, GError **error)
{
  g_auto (IpdDirectory) directory = { 0 };
  g_autoptr (JsonObject) object = ipd_token_open (token, strlen (token), IPD_TOKEN_DIRECTORY, authority_pk, error);

  if (object == NULL)
    return FALSE;
  ipd_directory_init (&directory);
  JsonArray *devices = ipd_json_get_array (object, "devices", IPD_DIRECTORY_DEVICES_MAX);
  if (devices == NULL || !ipd_json_get_uint (object, "version", 0, G_MAXINT64, &directory.version)
      || !ipd_json_get_time (object, "time", &directory.time))
    return ipd_json_missing (error);
  if (directory.version < known_version)
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_ROLLBACK, "directory older than the one that is known");
      return FALSE;
    }
  if (!read_devices (devices, &directory, error))
    return FALSE;
  *ret_directory = directory;
  directory.devices = NULL;
  return TRUE;
}
