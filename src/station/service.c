// SPDX-License-Identifier: Apache-2.0
/*
 * Handlers of the service HTTP: identity, health, enrolment. The table is given to http.c by station.c.
 */
#include "station/service.h"

#include "station/roles.h"
#include "wire/identity.h"

#include <json-glib/json-glib.h>

static guint
on_device (const IpdHttpRequest *request, char **ret_json, gpointer data)
{
  const IpdService *self = data;
  IpdIdentity identity = { .roles = ipd_station_roles (self->config),
                           .plant = self->identity->authority.id,
                           .boot = self->boot,
                           .sip_port = self->sip_port,
                           .version = IPD_VERSION };
  if (!ipd_short_id_from_text (request->nonce, &identity.nonce))
    {
      *ret_json = g_strdup ("{\"error\":\"nonce\"}");
      return 400;
    }
  ipd_name_set (&identity.name, self->config->name);
  g_strlcpy (identity.host, self->address, sizeof identity.host);
  *ret_json = ipd_identity_write (&self->identity->device, &identity);
  return 200;
}

static guint
on_health (const IpdHttpRequest *request, char **ret_json, gpointer data)
{
  const IpdService *self = data;
  g_auto (GStrv) reasons = self->degraded (self->data);
  gboolean well = reasons[0] == NULL;
  g_autoptr (GVariant) health
      = g_variant_ref_sink (well ? g_variant_new_parsed ("{'status': <'ok'>}")
                                 : g_variant_new_parsed ("{'status': <'degraded'>, 'reasons': <%^as>}", reasons));
  *ret_json = json_gvariant_serialize_data (health, NULL);
  return well ? 200 : 503;
}

static guint
on_enrol_start (const IpdHttpRequest *request, char **ret_json, gpointer data)
{
  const IpdService *self = data;
  return ipd_enrol_server_start (self->enrol, request->body, request->body_octets, ret_json);
}

static guint
on_enrol_finish (const IpdHttpRequest *request, char **ret_json, gpointer data)
{
  const IpdService *self = data;
  return ipd_enrol_server_finish (self->enrol, request->source, request->body, request->body_octets, ret_json);
}

const IpdHttpRoute ipd_service_routes[] = {
  { "GET", "/v1/device", on_device },
  { "GET", "/v1/health", on_health },
  { "POST", "/v1/enrol/start", on_enrol_start },
  { "POST", "/v1/enrol/finish", on_enrol_finish },
  { NULL, NULL, NULL },
};
