// SPDX-License-Identifier: Apache-2.0
/* Reads drivers from the data folder, and puts a station's values into their templates. Main context only. */
#include "agent/vendor-station.h"

#include <gio/gio.h>

#include "platform/paths.h"

#define SIP_PORT  5060
#define HTTP_PORT 80
#define RTSP_PORT 554

#define TAKEN_MAX 16 /* values of one opening: a few steps, a few names each */

static IpdDriver *
load_driver (const char *name, GError **error)
{
  g_autofree char *file = NULL;
  g_autofree char *path = NULL;
  g_autofree char *json = NULL;
  gsize length;

  if (!ipd_driver_name_valid (name))
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_FORM, "“%s” is no name of a driver", name);
      return NULL;
    }
  file = g_strconcat ("vendors/", name, ".json", NULL);
  path = ipd_paths_data_file (file);
  if (!g_file_get_contents (path, &json, &length, error))
    return NULL;
  return ipd_driver_read (name, json, length, error);
}

static const IpdEnrolVendor *
find_vendor (const IpdMembership *membership, const IpdId *device)
{
  for (unsigned i = 0; i < membership->package.n_vendors; i++)
    if (ipd_id_equal (&membership->package.vendors[i].device, device))
      return &membership->package.vendors[i];
  return NULL;
}

void
ipd_vendor_station_init (IpdStation *station)
{
  g_autoptr (GError) error = NULL;

  station->driver = load_driver (station->device->vendor, &error);
  if (station->driver == NULL)
    g_warning ("%s cannot be used, its driver is not good: %s", station->device->id.s, error->message);
  station->vendor = find_vendor (station->agent->membership, &station->device->id);
}

void
ipd_vendor_station_clear (IpdStation *station)
{
  g_clear_pointer (&station->driver, ipd_driver_free);
}

bool
ipd_vendor_station_is_at (const IpdStation *station, const char *host)
{
  g_autoptr (GInetAddress) ours = g_inet_address_new_from_string (station->device->host);
  g_autoptr (GInetAddress) theirs = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  return ours != NULL && theirs != NULL && g_inet_address_equal (ours, theirs);
}

guint16
ipd_vendor_station_sip_port (const IpdStation *station)
{
  return station->device->sip_port != 0 ? station->device->sip_port : SIP_PORT;
}

guint16
ipd_vendor_station_http_port (const IpdStation *station)
{
  return station->device->http_port != 0 ? station->device->http_port : HTTP_PORT;
}

const char *
ipd_vendor_station_code (const IpdStation *station, const IpdOutputId *output, guint *ret_number)
{
  const IpdEnrolVendor *vendor = station->vendor;

  *ret_number = 1;
  for (unsigned i = 0; vendor != NULL && output != NULL && i < vendor->n_outputs; i++)
    if (ipd_output_id_equal (&vendor->outputs[i].id, output))
      {
        *ret_number = MAX (vendor->outputs[i].number, 1);
        return vendor->outputs[i].code;
      }
  return NULL;
}

static gsize
add_taken (GHashTable *taken, IpdDriverValue *values, gsize n)
{
  GHashTableIter iter;
  gpointer name, value;

  if (taken == NULL)
    return n;
  g_hash_table_iter_init (&iter, taken);
  for (gsize room = TAKEN_MAX; room > 0 && g_hash_table_iter_next (&iter, &name, &value); room--)
    values[n++] = (IpdDriverValue){ name, value };
  return n;
}

char *
ipd_vendor_station_expand (const IpdStation *station, const IpdOutputId *output, GHashTable *taken, const char *text,
                           IpdDriverPlace place, GError **error)
{
  const IpdDevice *device = station->device;
  guint number;
  const char *code = ipd_vendor_station_code (station, output, &number);
  g_autofree char *number_text = g_strdup_printf ("%u", number);
  g_autofree char *sip = g_strdup_printf ("%u", ipd_vendor_station_sip_port (station));
  g_autofree char *http = g_strdup_printf ("%u", ipd_vendor_station_http_port (station));
  g_autofree char *rtsp = g_strdup_printf ("%u", device->rtsp_port != 0 ? device->rtsp_port : RTSP_PORT);
  IpdDriverValue values[9 + TAKEN_MAX] = {
    { "host", device->host },
    { "sip-port", sip },
    { "http-port", http },
    { "rtsp-port", rtsp },
    { "user", station->vendor != NULL ? station->vendor->user : NULL },
    { "password", station->vendor != NULL ? station->vendor->password : NULL },
    { "code", code },
    { "number", number_text },
    { "output", output != NULL ? output->s : NULL },
  };

  return ipd_driver_expand (text, place, values, add_taken (taken, values, 9), error);
}

guint
ipd_vendor_station_pace (IpdStation *station)
{
  gint64 now = g_get_monotonic_time ();
  gint64 at = MAX (now, station->sip_free_us);

  station->sip_free_us = at + (gint64) station->driver->limits.sip_interval_ms * 1000;
  return (guint) ((at - now + 999) / 1000);
}
