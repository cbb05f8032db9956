// SPDX-License-Identifier: Apache-2.0
/*
 * From the words of the configuration to core values. Used by service.c and station.c. The words were checked by
 * config.c.
 */
#include "station/roles.h"

IpdRoles
ipd_station_roles (const IpdStationConfig *config)
{
  IpdRoles roles = IPD_ROLE_NONE;
  for (guint i = 0; config->roles[i] != NULL; i++)
    {
      IpdRoles role = IPD_ROLE_NONE;
      if (ipd_role_from_string (config->roles[i], &role))
        roles |= role;
    }
  return roles;
}

void
ipd_station_add_outputs (const IpdStationConfig *config, IpdDevice *device)
{
  for (guint i = 0; i < config->outputs->len; i++)
    {
      const IpdOutputConfig *from = config->outputs->pdata[i];
      IpdOutput output = { .has_contact = from->contact != IPD_CONTACT_PLAN_NONE };
      ipd_name_set (&output.name, from->name);
      if (ipd_output_id_from_text (from->id, &output.id) && ipd_output_kind_from_string (from->kind, &output.kind))
        ipd_device_add_output (device, &output);
    }
}
