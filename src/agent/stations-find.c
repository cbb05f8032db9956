// SPDX-License-Identifier: Apache-2.0
/* Finds a station by what the network or a person calls it. Main context only. */
#include <string.h>

#include "agent/stations.h"
#include "agent/vendor-station.h"

IpdStation *
ipd_stations_find (IpdStations *self, const char *id)
{
  const GPtrArray *list = ipd_stations_list (self);

  for (guint i = 0; i < list->len; i++)
    {
      IpdStation *station = g_ptr_array_index (list, i);

      if (g_strcmp0 (station->device->id.s, id) == 0)
        return station;
    }
  return NULL;
}

IpdStation *
ipd_stations_find_contact (IpdStations *self, const char *contact_user)
{
  const GPtrArray *list = ipd_stations_list (self);

  for (guint i = 0; i < list->len; i++)
    {
      IpdStation *station = g_ptr_array_index (list, i);

      if (station->reg != 0 && g_strcmp0 (station->contact_user.s, contact_user) == 0)
        return station;
    }
  return NULL;
}

IpdStation *
ipd_stations_find_third_party (IpdStations *self, const char *host)
{
  const GPtrArray *list = ipd_stations_list (self);

  for (guint i = 0; i < list->len; i++)
    {
      IpdStation *station = g_ptr_array_index (list, i);

      if (station->third_party && ipd_vendor_station_is_at (station, host))
        return station;
    }
  return NULL;
}

IpdStation *
ipd_stations_from_word (IpdStations *self, const char *word)
{
  const GPtrArray *list = ipd_stations_list (self);
  IpdStation *found = ipd_stations_find (self, word);

  if (found != NULL)
    return found;
  for (guint i = 0; i < list->len; i++)
    {
      IpdStation *station = g_ptr_array_index (list, i);

      if (*word != '\0' && strcmp (station->device->name.s, word) != 0)
        continue;
      if (found != NULL)
        return NULL;
      found = station;
    }
  return found;
}
