// SPDX-License-Identifier: Apache-2.0
/*
 * Wires the parts of a station together: makes them in order, stops them, and takes everything down. What they say to
 * each other goes through routes.c. Used by main.c; main thread.
 */
#include "station/station-private.h"

#include "platform/paths.h"
#include "station/roles.h"
#include "station/sockets.h"
#include "station/station-error.h"
#include "station/third-party.h"
#include "wire/error.h"
#include "wire/random.h"

#include <glib/gi18n.h>
#include <string.h>

/* A nonce of a visit may be used as long as the visit: this is how long one can be, and a little more. */
#define VISIT_SLACK_SECONDS 60

/* ---- construction, one step each ---- */

static gboolean
make_safe (IpdStation *self, GError **error)
{
  for (guint i = 0; i < self->config->outputs->len; i++)
    if (!ipd_relay_make_safe (self->config->outputs->pdata[i], self->state_dir, error))
      return FALSE;
  return TRUE;
}

/* A door does not stay shut because its disk is full: who was enrolled rings and opens, records wait in memory. */
static IpdStore *
open_store (const char *path, GError **error)
{
  g_autoptr (GError) why = NULL;
  IpdStoreFlags flags = 0;
  IpdStore *store = ipd_store_open (path, &flags, &why);
  if (flags & IPD_STORE_REPLACED)
    g_warning ("the database was damaged and put aside: clients must be enrolled again");
  if (store != NULL)
    return store;
  if (!g_error_matches (why, IPD_STORE_ERROR, IPD_STORE_ERROR_BUSY))
    store = ipd_store_open_limited (path, NULL);
  if (store == NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  else
    g_warning ("the database can only be read: %s", why->message);
  return store;
}

static gboolean
open_state (IpdStation *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_dir, "station.db", NULL);
  self->store = open_store (path, error);
  if (self->store == NULL)
    return FALSE;
  self->recorder = ipd_recorder_new (self->store);
  ipd_recorder_begin (self->recorder);
  self->refusals = ipd_refusals_new (&ipd_clock_system);
  return TRUE;
}

static gboolean
make_plant (IpdStation *self, GError **error)
{
  self->plant = ipd_plant_new (self->config->plant, &self->identity, self->store, &ipd_clock_system, error);
  if (self->plant == NULL)
    return FALSE;
  self->phones = ipd_phones_new (self->config, &self->identity.authority.id, &ipd_clock_system, self->state_dir);
  self->registrar = ipd_registrar_new (self->plant, self->store, &ipd_clock_system, error);
  self->enrol = ipd_enrol_server_new (self->config, &self->identity, self->plant, self->refusals, &ipd_clock_system);
  return self->registrar != NULL;
}

static gboolean
make_commands (IpdStation *self, GError **error)
{
  IpdCommandParts parts = { .identity = &self->identity,
                            .config = self->config,
                            .plant = self->plant,
                            .recorder = self->recorder,
                            .refusals = self->refusals,
                            .clock = &ipd_clock_system,
                            .state_dir = self->state_dir };
  IpdCommandPorts ports = ipd_station_command_ports (self);
  parts.visit_nonce_ms = (self->config->ring_seconds + self->config->talk_seconds + VISIT_SLACK_SECONDS) * 1000;
  self->commands = ipd_commands_new (&parts, &ports, error);
  return self->commands != NULL;
}

static gboolean
make_media (IpdStation *self, GError **error)
{
  g_autofree char *speaker_file = g_build_filename (self->state_dir, "speaker.wav", NULL);
  g_autofree char *default_speaker = g_strconcat ("file:", speaker_file, NULL);
  IpdMediaStationConfig config = {
    .camera = self->config->camera,
    .mic = self->config->microphone,
    .speaker = self->config->speaker != NULL ? self->config->speaker : default_speaker,
    .width = (int) self->config->picture.width,
    .height = (int) self->config->picture.height,
    .fps = (int) self->config->fps,
    .bitrate_kbps = (int) self->config->kbps,
  };
  self->media = ipd_media_station_new (&config, ipd_station_on_media, self, error);
  return self->media != NULL;
}

static gboolean
make_sip (IpdStation *self, GError **error)
{
  IpdSipConfig config = { .bind = self->address,
                          .first_port = self->config->sip_ports.first,
                          .last_port = self->config->sip_ports.last,
                          .user = self->identity.device.id.s,
                          .boot = self->boot.s,
                          .registrar = TRUE,
                          .secret_lookup = ipd_station_secret_of,
                          .secret_data = self };
  self->sip = ipd_sip_new (&config, ipd_station_on_sip, self, error);
  return self->sip != NULL;
}

static gboolean
make_visits (IpdStation *self, GError **error)
{
  IpdVisitParts parts = { .identity = &self->identity,
                          .boot = &self->boot,
                          .config = self->config,
                          .plant = self->plant,
                          .registrar = self->registrar,
                          .phones = self->phones,
                          .recorder = self->recorder,
                          .commands = self->commands,
                          .refusals = self->refusals,
                          .clock = &ipd_clock_system,
                          .sip = self->sip,
                          .media = self->media,
                          .address = self->address,
                          .send = ipd_station_send_news,
                          .changed = ipd_station_on_visit,
                          .data = self };
  self->visits = ipd_visit_engine_new (&parts);
  return TRUE;
}

static gboolean
make_http (IpdStation *self, GError **error)
{
  self->service = (IpdService){ .identity = &self->identity,
                                .config = self->config,
                                .enrol = self->enrol,
                                .boot = self->boot,
                                .address = self->address,
                                .sip_port = ipd_sip_get_port (self->sip),
                                .degraded = ipd_station_degraded,
                                .data = self };
  self->http = ipd_http_new (self->address, self->config->http_port, ipd_service_routes, &self->service, error);
  return self->http != NULL;
}

/* Once the ports are known. */
static gboolean
make_directory (IpdStation *self, GError **error)
{
  g_auto (IpdDevice) device = { 0 };
  ipd_device_init (&device);
  device.id = self->identity.device.id;
  memcpy (device.pk, self->identity.device.pk, sizeof device.pk);
  ipd_name_set (&device.name, self->config->name);
  device.roles = ipd_station_roles (self->config);
  g_strlcpy (device.host, self->address, sizeof device.host);
  device.http_port = ipd_http_get_port (self->http);
  device.sip_port = ipd_sip_get_port (self->sip);
  ipd_station_add_outputs (self->config, &device);
  g_autoptr (GPtrArray) others = ipd_third_party_list (self->config, &self->identity.authority.id);
  g_autoptr (GError) why = NULL;
  if (ipd_plant_set_devices (self->plant, &device, others, &why))
    return TRUE;
  if (g_error_matches (why, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG))
    g_set_error_literal (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE,
                         _ ("The plant does not fit its directory, which holds 8,192 octets: name fewer third-party "
                            "stations or outputs, or give them shorter names."));
  else
    g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* A station that cannot be announced still works for those who know its address. */
static gboolean
publish (IpdStation *self, GError **error)
{
  g_autoptr (GError) why = NULL;
  IpdMdnsService service = { .id = self->identity.device.id,
                             .plant = self->identity.authority.id,
                             .boot = self->boot,
                             .roles = ipd_station_roles (self->config),
                             .name = self->config->name,
                             .host = self->address,
                             .http_port = ipd_http_get_port (self->http),
                             .sip_port = ipd_sip_get_port (self->sip) };
  if (!self->config->publish)
    return TRUE;
  if (strchr (self->address, ':') != NULL)
    {
      g_message ("not announced by multicast DNS, which speaks IPv4 here: clients need the address");
      return TRUE;
    }
  self->publisher = ipd_mdns_publish (&service, NULL, ipd_station_on_publisher, self, &why);
  if (self->publisher == NULL)
    g_message ("not announced by multicast DNS: %s", why->message);
  return TRUE;
}

static gboolean
make_control (IpdStation *self, GError **error)
{
  g_autoptr (GError) why = NULL;
  self->control = ipd_control_new (self->state_dir, &ipd_installer_verbs, self, &why);
  if (self->control != NULL)
    return TRUE;
  if (g_error_matches (why, IPD_STATION_ERROR, IPD_STATION_ERROR_RUNNING))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  g_warning ("nobody can command this station: %s", why->message);
  return TRUE;
}

static gboolean
check_third_parties (IpdStation *self, GError **error)
{
  return ipd_third_party_check (self->config, self->address, error);
}

static gboolean
load_identity (IpdStation *self, GError **error)
{
  return ipd_station_identity_load (self->state_dir, &self->identity, error);
}

/*
 * The media library looks for its plug-ins, at the very first start for seconds. Who presses meanwhile would have all
 * of the station wait for it, the relays too: it is ready when this is over.
 */
static gboolean
await_media (IpdStation *self, GError **error)
{
  IpdCodecs codecs;

  ipd_media_station_get_codecs (&codecs);
  return TRUE;
}

/* The control socket first: it tells whether somebody else runs here. Then the outputs, before anything can fail. */
static gboolean (*const steps[]) (IpdStation *self, GError **error) = {
  make_control, make_safe, check_third_parties, load_identity, open_state,     make_plant, make_commands,
  make_media,   make_sip,  make_visits,         make_http,     make_directory, publish,    await_media,
};

IpdStation *
ipd_station_new (IpdStationConfig *config, const char *state_dir, GError **error)
{
  g_autoptr (IpdStation) self = g_new0 (IpdStation, 1);
  self->config = config;
  self->state_dir = g_strdup (state_dir);
  self->address = config->bind != NULL ? g_strdup (config->bind) : ipd_primary_address ();
  self->boot = ipd_random_short_id ();
  if (!ipd_paths_ensure_private (state_dir, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!steps[i](self, error))
      return NULL;
  g_message ("ready: “%s” %s on %s, SIP %u, HTTP %u, plant %s", config->name, self->identity.device.id.s, self->address,
             ipd_sip_get_port (self->sip), ipd_http_get_port (self->http), self->identity.authority.id.s);
  return g_steal_pointer (&self);
}

void
ipd_station_stop (IpdStation *self, void (*stopped) (gpointer data), gpointer data)
{
  self->stopped = stopped;
  self->stopped_data = data;
  ipd_visit_engine_cancel (self->visits);
  g_clear_pointer (&self->publisher, ipd_mdns_publisher_free);
  ipd_sip_shutdown (self->sip);
}

/* Parts are freed in the opposite order; whoever could still call has to be gone first. */
void
ipd_station_free (IpdStation *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->publisher, ipd_mdns_publisher_free);
  g_clear_pointer (&self->http, ipd_http_free);
  g_clear_pointer (&self->sip, ipd_sip_free);
  g_clear_pointer (&self->commands, ipd_commands_free);
  g_clear_pointer (&self->visits, ipd_visit_engine_free);
  g_clear_pointer (&self->media, ipd_media_station_free);
  g_clear_pointer (&self->enrol, ipd_enrol_server_free);
  g_clear_pointer (&self->registrar, ipd_registrar_free);
  g_clear_pointer (&self->phones, ipd_phones_free);
  g_clear_pointer (&self->plant, ipd_plant_free);
  g_clear_pointer (&self->refusals, ipd_refusals_free);
  g_clear_pointer (&self->recorder, ipd_recorder_free);
  g_clear_pointer (&self->store, ipd_store_close);
  g_clear_pointer (&self->control, ipd_control_free);
  ipd_station_identity_clear (&self->identity);
  ipd_station_config_free (self->config);
  g_free (self->address);
  g_free (self->state_dir);
  g_free (self);
}
