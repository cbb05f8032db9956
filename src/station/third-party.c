// SPDX-License-Identifier: Apache-2.0
/*
 * From the configuration of third-party stations to directory and enrolment package. Used by station.c and
 * enrol-server.c; main thread.
 */
#include "station/third-party.h"

#include "platform/paths.h"
#include "wire/derived-id.h"
#include "wire/driver.h"
#include "wire/dtmf.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

/* ---- against their drivers ---- */

static IpdDriver *
read_driver (const IpdDeviceConfig *device, GError **error)
{
  g_autofree char *name = g_strdup_printf ("vendors/%s.json", device->driver);
  g_autofree char *path = ipd_paths_data_file (name);
  g_autofree char *json = NULL;
  g_autoptr (GError) why = NULL;
  gsize length = 0;
  IpdDriver *driver
      = g_file_get_contents (path, &json, &length, &why) ? ipd_driver_read (device->driver, json, length, &why) : NULL;
  if (driver == NULL)
    g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE,
                 _ ("The configuration has [device %s] driver=%s, but its file %s cannot be used: %s"), device->id,
                 device->driver, path, why->message);
  return driver;
}

/* Whether every way to open is one of keys: then the code must be keys. */
static gboolean
opens_by_keys_only (const IpdDriver *driver)
{
  for (unsigned i = 0; i < driver->n_openings; i++)
    if (driver->openings[i].way == IPD_DRIVER_BY_HTTP)
      return FALSE;
  return TRUE;
}

static gboolean
check_output (const IpdDeviceConfig *device, const IpdDeviceOutputConfig *output, const IpdDriver *driver,
              GError **error)
{
  const char *wrong = NULL;
  if (driver->n_openings == 0)
    wrong = _ ("its driver has no way to open anything");
  else if (opens_by_keys_only (driver)
           && (output->code == NULL || !ipd_dtmf_digits_valid (output->code, IPD_ENROL_CODE_MAX)))
    wrong = _ ("its driver opens by digits only, and a code of 0 to 9, *, # and A to D is missing");
  if (wrong != NULL)
    g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE,
                 _ ("The configuration has [device-output %s %s], which cannot work: %s."), device->id, output->id,
                 wrong);
  return wrong == NULL;
}

static gboolean
check_device (const IpdDeviceConfig *device, GError **error)
{
  g_autoptr (IpdDriver) driver = read_driver (device, error);
  if (driver == NULL)
    return FALSE;
  for (guint i = 0; i < device->outputs->len; i++)
    if (!check_output (device, device->outputs->pdata[i], driver, error))
      return FALSE;
  return TRUE;
}

static gboolean
is_same_address (const char *a, const char *b)
{
  g_autoptr (GInetAddress) one = g_inet_address_new_from_string (a);
  g_autoptr (GInetAddress) other = g_inet_address_new_from_string (b);
  return one != NULL && other != NULL && g_inet_address_equal (one, other);
}

/* Clients take whatever comes from the address for the device: our own calls too, if it were ours. */
static gboolean
check_address (const IpdDeviceConfig *device, const char *own, GError **error)
{
  if (!is_same_address (device->host, own))
    return TRUE;
  g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE,
               _ ("The configuration has [device %s] host=%s, which is the address of this station."), device->id,
               device->host);
  return FALSE;
}

gboolean
ipd_third_party_check (const IpdStationConfig *config, const char *own, GError **error)
{
  for (guint i = 0; i < config->devices->len; i++)
    if (!check_address (config->devices->pdata[i], own, error) || !check_device (config->devices->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* ---- the directory ---- */

static IpdDevice *
describe (const IpdDeviceConfig *from, const IpdId *plant)
{
  IpdDevice *device = ipd_device_new ();
  device->id = ipd_id_of_third_party (plant, from->id);
  ipd_name_set (&device->name, from->name);
  device->roles = IPD_ROLE_OUTDOOR;
  g_strlcpy (device->host, from->host, sizeof device->host);
  device->http_port = from->http_port;
  device->sip_port = from->sip_port;
  device->rtsp_port = from->rtsp_port;
  g_strlcpy (device->vendor, from->driver, sizeof device->vendor);
  for (guint i = 0; i < from->outputs->len; i++)
    {
      const IpdDeviceOutputConfig *output = from->outputs->pdata[i];
      IpdOutput listed = { .has_contact = false };
      ipd_name_set (&listed.name, output->name);
      if (ipd_output_id_from_text (output->id, &listed.id) && ipd_output_kind_from_string (output->kind, &listed.kind))
        ipd_device_add_output (device, &listed);
    }
  return device;
}

GPtrArray *
ipd_third_party_list (const IpdStationConfig *config, const IpdId *plant)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_device_free);
  for (guint i = 0; i < config->devices->len; i++)
    g_ptr_array_add (list, describe (config->devices->pdata[i], plant));
  return list;
}

/* ---- the package ---- */

static void
pack (const IpdDeviceConfig *from, const IpdId *plant, const IpdProfile *profile, IpdEnrolVendor *vendor)
{
  vendor->device = ipd_id_of_third_party (plant, from->id);
  for (guint i = 0; i < from->outputs->len; i++)
    {
      const IpdDeviceOutputConfig *output = from->outputs->pdata[i];
      if (!ipd_profile_allows_output (profile, output->id))
        continue;
      ipd_output_id_from_text (output->id, &vendor->outputs[vendor->n_outputs].id);
      g_strlcpy (vendor->outputs[vendor->n_outputs].code, output->code != NULL ? output->code : "",
                 sizeof vendor->outputs[0].code);
      vendor->outputs[vendor->n_outputs].number = (uint16_t) output->number;
      vendor->n_outputs++;
    }
  if (vendor->n_outputs == 0 && from->outputs->len > 0)
    return;
  g_strlcpy (vendor->user, from->user != NULL ? from->user : "", sizeof vendor->user);
  g_strlcpy (vendor->password, from->password != NULL ? from->password : "", sizeof vendor->password);
}

void
ipd_third_party_pack (const IpdStationConfig *config, const IpdId *plant, const IpdProfile *profile,
                      IpdEnrolPackage *package)
{
  package->n_vendors = config->devices->len;
  package->vendors = g_new0 (IpdEnrolVendor, package->n_vendors);
  for (guint i = 0; i < config->devices->len; i++)
    pack (config->devices->pdata[i], plant, profile, &package->vendors[i]);
}
