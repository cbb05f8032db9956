// SPDX-License-Identifier: Apache-2.0
/* What the stations look like through the contract: dictionaries, and the one sentence why something is not ready. */
#include <glib/gi18n-lib.h>

#include "agent/stations.h"

static const char *
reason_of_third_party (const IpdStation *station)
{
  return station->driver == NULL ? _ ("This program does not know the stations of this maker.") : "";
}

static const char *
reason_of (const IpdStation *station)
{
  if (station->third_party)
    return reason_of_third_party (station);
  if (station->registered)
    return "";
  if (station->host[0] == '\0' || station->sip_port == 0)
    return _ ("The station has not been found yet.");
  switch (station->status)
    {
    case 0:
      return _ ("The station is being asked.");
    case IPD_STATION_NO_ROUTE:
      return _ ("This computer has no network that leads to the station.");
    case 401:
    case 403:
    case 407:
      return _ ("The station refuses this computer: its licence is not valid, or was removed.");
    case 408:
    case 503:
      return _ ("The station does not answer.");
    default:
      return _ ("The station cannot take this computer now.");
    }
}

static const char *
reason_without_sip (IpdStations *self, const IpdStation *station)
{
  if (ipd_stations_sip (self) != NULL || station->host[0] == '\0')
    return reason_of (station);
  if (ipd_stations_lack_port (self))
    return _ ("No calls can come in: all UDP ports from 5060 to 5080 are taken by other programs.");
  return _ ("This computer has no network that leads to the station.");
}

bool
ipd_stations_ready (IpdStations *self, const char **ret_reason)
{
  const GPtrArray *list = ipd_stations_list (self);

  if (!ipd_membership_licence_holds (ipd_stations_agent (self)->membership))
    {
      *ret_reason = _ ("By the clock of this computer its licence is not valid now. Is the clock right?");
      return false;
    }
  *ret_reason = list->len == 0 ? _ ("The plant has no station for this computer.") : "";
  for (guint i = 0; i < list->len; i++)
    {
      const IpdStation *station = g_ptr_array_index (list, i);

      /* A third-party station calls us by address: there is nothing to be ready for. */
      if (station->registered || station->third_party)
        continue;
      *ret_reason = reason_without_sip (self, station);
      return false;
    }
  return list->len > 0;
}

GVariant *
ipd_stations_outputs_to_variant (const IpdDevice *device)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sssb)"));
  for (size_t i = 0; i < device->n_outputs; i++)
    {
      const IpdOutput *output = &device->outputs[i];

      g_variant_builder_add (&builder, "(sssb)", output->id.s, output->name.s, ipd_output_kind_to_string (output->kind),
                             output->has_contact);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
roles_to_variant (IpdRoles roles)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint bit = IPD_ROLE_OUTDOOR; bit <= IPD_ROLE_READER; bit <<= 1)
    if ((roles & bit) != 0)
      g_variant_builder_add (&builder, "s", ipd_role_to_string ((IpdRoles) bit));
  return g_variant_builder_end (&builder);
}

static const char *
maker_of (const IpdStation *station)
{
  if (!station->third_party)
    return "";
  return station->driver != NULL ? station->driver->title : station->device->vendor;
}

GVariant *
ipd_station_to_variant (const IpdStation *station)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", station->device->id.s);
  g_variant_dict_insert (&dict, "name", "s", station->device->name.s);
  g_variant_dict_insert_value (&dict, "role", roles_to_variant (station->device->roles));
  g_variant_dict_insert (&dict, "address", "s", station->host);
  g_variant_dict_insert (&dict, "registered", "b", station->registered);
  g_variant_dict_insert (&dict, "reason", "s", reason_of (station));
  g_variant_dict_insert (&dict, "boot", "s", station->boot.s);
  g_variant_dict_insert (&dict, "maker", "s", maker_of (station));
  g_variant_dict_insert_value (&dict, "outputs", ipd_stations_outputs_to_variant (station->device));
  return g_variant_dict_end (&dict);
}

GVariant *
ipd_stations_to_variant (IpdStations *self)
{
  const GPtrArray *list = ipd_stations_list (self);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < list->len; i++)
    g_variant_builder_add_value (&builder, ipd_station_to_variant (g_ptr_array_index (list, i)));
  return g_variant_builder_end (&builder);
}
