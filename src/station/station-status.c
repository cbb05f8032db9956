// SPDX-License-Identifier: Apache-2.0
/*
 * What the installer's status and clients show, and the health of the service. Reads the parts, changes nothing.
 */
#include "station/station-private.h"

#include "wire/derived-id.h"

GStrv
ipd_station_degraded (gpointer station)
{
  const IpdStation *self = station;
  const struct {
    const char *word;
    gboolean holds;
  } troubles[] = {
    { "camera", self->lost[IPD_MEDIA_STATION_CAMERA_LOST] },
    { "microphone", self->lost[IPD_MEDIA_STATION_NO_MICROPHONE] },
    { "speaker", self->lost[IPD_MEDIA_STATION_NO_SPEAKER] },
    { "ports", ipd_visit_engine_lacks_ports (self->visits) },
    { "descriptors", ipd_visit_engine_lacks_descriptors (self->visits) },
    { "disk", ipd_recorder_is_waiting (self->recorder) },
  };
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  for (guint i = 0; i < G_N_ELEMENTS (troubles); i++)
    if (troubles[i].holds)
      g_strv_builder_add (words, troubles[i].word);
  return g_strv_builder_end (words);
}

static GVariant *
outputs_of (const IpdStationConfig *config)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sssb)"));
  for (guint i = 0; i < config->outputs->len; i++)
    {
      const IpdOutputConfig *output = config->outputs->pdata[i];
      g_variant_builder_add (&builder, "(sssb)", output->id, output->name, output->kind,
                             output->contact != IPD_CONTACT_PLAN_NONE);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
devices_of (const IpdStation *self)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssss)"));
  for (guint i = 0; i < self->config->devices->len; i++)
    {
      const IpdDeviceConfig *device = self->config->devices->pdata[i];
      IpdId id = ipd_id_of_third_party (&self->identity.authority.id, device->id);
      g_variant_builder_add (&builder, "(ssss)", id.s, device->name, device->driver, device->host);
    }
  return g_variant_builder_end (&builder);
}

GVariant *
ipd_station_get_status (gpointer station)
{
  IpdStation *self = station;
  const IpdVisit *visit = ipd_visit_engine_current (self->visits);
  gboolean busy = visit != NULL && visit->state != IPD_VISIT_ENDED;
  g_auto (GStrv) degraded = ipd_station_degraded (self);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", self->identity.device.id.s);
  g_variant_dict_insert (&dict, "name", "s", self->config->name);
  g_variant_dict_insert (&dict, "plant", "s", self->config->plant);
  g_variant_dict_insert (&dict, "plant-id", "s", self->identity.authority.id.s);
  g_variant_dict_insert (&dict, "role", "^as", self->config->roles);
  g_variant_dict_insert (&dict, "boot", "s", self->boot.s);
  g_variant_dict_insert (&dict, "address", "s", self->address);
  g_variant_dict_insert (&dict, "sip-port", "q", ipd_sip_get_port (self->sip));
  g_variant_dict_insert (&dict, "http-port", "q", ipd_http_get_port (self->http));
  g_variant_dict_insert (&dict, "visit", "s", busy ? ipd_visit_state_to_string (visit->state) : "idle");
  g_variant_dict_insert (&dict, "degraded", "^as", degraded);
  g_variant_dict_insert_value (&dict, "outputs", outputs_of (self->config));
  g_variant_dict_insert_value (&dict, "devices", devices_of (self));
  return g_variant_dict_end (&dict);
}

static GVariant *
describe_client (IpdStation *self, const IpdClient *client)
{
  const IpdBinding *binding = ipd_registrar_find (self->registrar, &client->licence.client);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", client->licence.client.s);
  g_variant_dict_insert (&dict, "name", "s", client->licence.name.s);
  g_variant_dict_insert (&dict, "profile", "s", client->licence.profile.name.s);
  g_variant_dict_insert (&dict, "registered", "b", binding != NULL);
  if (binding != NULL)
    g_variant_dict_insert (&dict, "address", "s", binding->source_host);
  g_variant_dict_insert (&dict, "licence", "s", client->hash.s);
  g_variant_dict_insert (&dict, "expires", "x", client->licence.expires_s * G_USEC_PER_SEC);
  return g_variant_dict_end (&dict);
}

GVariant *
ipd_station_get_clients (gpointer station)
{
  IpdStation *self = station;
  g_autoptr (GPtrArray) clients = ipd_plant_list (self->plant);
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < clients->len; i++)
    g_variant_builder_add_value (&builder, describe_client (self, clients->pdata[i]));
  return g_variant_builder_end (&builder);
}

static GVariant *
describe_phone (const IpdStation *self, const IpdPhone *phone)
{
  gboolean registered = ipd_phones_is_registered (self->phones, phone);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", phone->config->id);
  g_variant_dict_insert (&dict, "name", "s", phone->config->name);
  g_variant_dict_insert (&dict, "registered", "b", registered);
  if (registered)
    g_variant_dict_insert (&dict, "address", "s", phone->source_host);
  g_variant_dict_insert (&dict, "dtmf", "b", phone->config->dtmf);
  g_variant_dict_insert (&dict, "outputs", "^as", phone->config->outputs);
  return g_variant_dict_end (&dict);
}

GVariant *
ipd_station_get_phones (gpointer station)
{
  const IpdStation *self = station;
  const GPtrArray *phones = ipd_phones_list (self->phones);
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < phones->len; i++)
    g_variant_builder_add_value (&builder, describe_phone (self, phones->pdata[i]));
  return g_variant_builder_end (&builder);
}
