// SPDX-License-Identifier: Apache-2.0
/*
 * Wires the parts of a station together: makes them in order, passes SIP events to the part they are for, and takes
 * everything down. Used by main.c and control.c; main thread.
 */
#include "station/station-private.h"

#include "platform/paths.h"
#include "station/roles.h"
#include "station/sockets.h"
#include "wire/random.h"
#include "wire/secret.h"
#include "wire/sip-auth.h"

#include <glib/gi18n.h>

#define DEFAULT_PROFILE "resident"
/* A nonce of a visit may be used as long as the visit: this is how long one can be, and a little more. */
#define VISIT_SLACK_SECONDS 60

/* ---- SIP ---- */

/* Called in the SIP thread; reads what never changes. Every id has a secret, so a stranger cannot tell who exists. */
static char *
secret_of (const char *user, gpointer data)
{
  const IpdStation *self = data;
  IpdId client;
  if (!ipd_id_from_text (user, &client))
    return NULL;
  IpdShortId secret = ipd_sip_secret (self->identity.k_station, &client);
  char *text = g_strdup (secret.s);
  ipd_wipe (&secret, sizeof secret);
  return text;
}

static void
emit (IpdStation *self, const char *kind, const char *id, const char *state)
{
  ipd_control_emit (self->control, kind, g_variant_new_parsed ("{'id': <%s>, 'state': <%s>}", id, state));
}

static void
on_register (IpdStation *self, const IpdSipEvent *event)
{
  guint expires = 0;
  IpdRegistrarVerdict verdict = ipd_registrar_take (self->registrar, event, &expires);
  ipd_sip_register_reply (self->sip, event->request, verdict == IPD_REGISTRAR_REFUSED ? 403 : 200, self->boot.s,
                          expires);
  if (verdict == IPD_REGISTRAR_REFUSED)
    ipd_refusals_log (self->refusals, event->source_host, "registration", "no valid licence");
  if (verdict != IPD_REGISTRAR_NEW && verdict != IPD_REGISTRAR_GONE)
    return;
  const char *state = verdict == IPD_REGISTRAR_NEW ? "registered" : "unregistered";
  g_message ("client %s %s from %s:%u", event->from_user, state, event->source_host, event->source_port);
  emit (self, "client", event->from_user, state);
}

static void
on_message (IpdStation *self, const IpdSipEvent *event)
{
  IpdMessageSource source = { event->source_host, event->source_port };
  ipd_commands_receive (self->commands, event->body, &source);
}

static void
on_stopped (IpdStation *self)
{
  void (*stopped) (gpointer data) = g_steal_pointer (&self->stopped);
  if (stopped != NULL)
    stopped (self->stopped_data);
}

static void
on_sip_event (IpdSip *sip, const IpdSipEvent *event, gpointer data)
{
  IpdStation *self = data;
  switch (event->type)
    {
    case IPD_SIP_REGISTER_REQUEST:
      on_register (self, event);
      break;
    case IPD_SIP_MESSAGE:
      on_message (self, event);
      break;
    case IPD_SIP_STOPPED:
      on_stopped (self);
      break;
    case IPD_SIP_INVITE:
    case IPD_SIP_PROGRESS:
    case IPD_SIP_ANSWERED:
    case IPD_SIP_TALKING:
    case IPD_SIP_FAILED:
    case IPD_SIP_CANCELLED:
    case IPD_SIP_BYE:
      ipd_visit_engine_take_sip (self->visits, event);
      break;
    case IPD_SIP_MESSAGE_DONE:
      if (event->status >= 300)
        g_debug ("a message was not delivered: %d", event->status);
      break;
    case IPD_SIP_REGISTERED:
    case IPD_SIP_REGISTER_FAILED:
      break; /* a station registers nowhere */
    }
}

/* To where the client is registered; to @source, which it wrote from, when it is not (any more). */
static void
send_token (const IpdId *client, const IpdMessageSource *source, const char *token, gpointer data)
{
  IpdStation *self = data;
  const IpdBinding *binding = ipd_registrar_find (self->registrar, client);
  g_autoptr (GError) error = NULL;
  IpdSipTarget target = { .user = client->s };
  if (binding != NULL)
    target = (IpdSipTarget){ binding->contact_user.s, binding->contact_host, binding->contact_port,
                             binding->source_host, binding->source_port };
  else if (source != NULL)
    target = (IpdSipTarget){ client->s, source->host, source->port, source->host, source->port };
  else
    return; /* gone, and nobody waits */
  if (ipd_sip_message (self->sip, &target, self->identity.device.id.s, token, &error) == 0)
    g_warning ("client %s cannot be told: %s", client->s, error->message);
}

static void
send_news (const IpdId *client, const char *token, gpointer data)
{
  send_token (client, NULL, token, data);
}

/* ---- between commands and visits ---- */

static IpdShortId
current_visit (gpointer data)
{
  const IpdStation *self = data;
  const IpdVisit *visit = ipd_visit_engine_current (self->visits);
  return visit != NULL && visit->state != IPD_VISIT_ENDED ? visit->id : (IpdShortId){ "" };
}

static void
on_opened (const IpdClient *by, const IpdOutputConfig *output, gpointer data)
{
  ipd_visit_engine_opened (((IpdStation *) data)->visits, by, output);
}

static void
on_contact (const char *output, gboolean open, gpointer data)
{
  ipd_visit_engine_contact (((IpdStation *) data)->visits, output, open);
}

static gboolean
end_licence (IpdStation *self, const IpdId *client, GError **error)
{
  gboolean kept = ipd_plant_remove (self->plant, client, error);
  ipd_visit_engine_drop_client (self->visits, client);
  ipd_registrar_forget (self->registrar, client);
  ipd_commands_forget_client (self->commands, client);
  g_message ("client %s: licence removed", client->s);
  emit (self, "client", client->s, "removed");
  return kept;
}

static void
on_un_enrol (const IpdId *client, gpointer data)
{
  g_autoptr (GError) error = NULL;
  if (!end_licence (data, client, &error))
    g_warning ("the end of the licence of client %s will not survive a restart: %s", client->s, error->message);
}

static void
on_visit_changed (const IpdVisit *visit, gpointer data)
{
  emit (data, "visit", visit->id.s, ipd_visit_state_to_string (visit->state));
}

static void
on_media_event (IpdMediaStation *media, IpdMediaStationEvent event, guint leg, const char *detail, gpointer data)
{
  IpdStation *self = data;
  switch (event)
    {
    case IPD_MEDIA_STATION_CAMERA_READY:
      self->lost[IPD_MEDIA_STATION_CAMERA_LOST] = FALSE;
      break;
    case IPD_MEDIA_STATION_CAMERA_LOST:
      g_message ("Camera lost: %s Visits ring without a live picture.", detail);
      self->lost[event] = TRUE;
      break;
    case IPD_MEDIA_STATION_NO_MICROPHONE:
      g_message ("No microphone: %s", detail);
      self->lost[event] = TRUE;
      break;
    case IPD_MEDIA_STATION_NO_SPEAKER:
      g_message ("No speaker: %s", detail);
      self->lost[event] = TRUE;
      break;
    case IPD_MEDIA_STATION_VIEWER_SEEN:
      g_debug ("leg %u: its packets arrive", leg);
      break;
    }
}

static void
on_publisher_state (IpdMdnsPublisher *publisher, IpdMdnsState state, const char *name, gpointer data)
{
  if (state == IPD_MDNS_DOWN)
    g_message ("not announced by multicast DNS for now: %s", name);
  else
    g_message ("announced by multicast DNS as “%s”", name);
}

/* ---- construction, one step each ---- */

static gboolean
make_safe (IpdStation *self, GError **error)
{
  for (guint i = 0; i < self->config->outputs->len; i++)
    if (!ipd_relay_make_safe (self->config->outputs->pdata[i], self->state_dir, error))
      return FALSE;
  return TRUE;
}

static gboolean
open_state (IpdStation *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_dir, "station.db", NULL);
  IpdStoreFlags flags = 0;
  unsigned interrupted = 0;
  self->store = ipd_store_open (path, &flags, error);
  if (self->store == NULL || !ipd_store_interrupt_accesses (self->store, &interrupted, error))
    return FALSE;
  if (flags & IPD_STORE_REPLACED)
    g_warning ("the database was damaged and put aside: clients must be enrolled again");
  if (interrupted > 0)
    g_message ("%u commands were interrupted by the last stop", interrupted);
  self->recorder = ipd_recorder_new (self->store);
  self->refusals = ipd_refusals_new (&ipd_clock_system);
  return TRUE;
}

static gboolean
make_plant (IpdStation *self, GError **error)
{
  self->plant = ipd_plant_new (self->config->plant, &self->identity, self->store, &ipd_clock_system, error);
  if (self->plant == NULL)
    return FALSE;
  self->registrar = ipd_registrar_new (self->plant, self->store, &ipd_clock_system, error);
  self->enrol = ipd_enrol_server_new (&self->identity, self->plant, &ipd_clock_system);
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
  IpdCommandPorts ports = { send_token, current_visit, on_opened, on_contact, on_un_enrol, self };
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
  };
  self->media = ipd_media_station_new (&config, on_media_event, self, error);
  return self->media != NULL;
}

static gboolean
make_sip (IpdStation *self, GError **error)
{
  IpdSipConfig config = { .bind = self->address,
                          .first_port = self->config->sip_ports.first,
                          .last_port = self->config->sip_ports.last,
                          .user = self->identity.device.id.s,
                          .registrar = TRUE,
                          .secret_lookup = secret_of,
                          .secret_data = self };
  self->sip = ipd_sip_new (&config, on_sip_event, self, error);
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
                          .recorder = self->recorder,
                          .commands = self->commands,
                          .refusals = self->refusals,
                          .clock = &ipd_clock_system,
                          .sip = self->sip,
                          .media = self->media,
                          .address = self->address,
                          .send = send_news,
                          .changed = on_visit_changed,
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
  return ipd_plant_set_device (self->plant, &device, error);
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
  self->publisher = ipd_mdns_publish (&service, NULL, on_publisher_state, self, &why);
  if (self->publisher == NULL)
    g_message ("not announced by multicast DNS: %s", why->message);
  return TRUE;
}

static gboolean
make_control (IpdStation *self, GError **error)
{
  self->control = ipd_control_new (self, self->state_dir, error);
  return self->control != NULL;
}

static gboolean
load_identity (IpdStation *self, GError **error)
{
  return ipd_station_identity_load (self->state_dir, &self->identity, error);
}

/* The control socket first: it tells whether somebody else runs here. Then the outputs, before anything can fail. */
static gboolean (*const steps[]) (IpdStation *self, GError **error) = {
  make_control, make_safe, load_identity, open_state, make_plant,     make_commands,
  make_media,   make_sip,  make_visits,   make_http,  make_directory, publish,
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

/* ---- the installer's verbs ---- */

gboolean
ipd_station_press (IpdStation *self, guint button, IpdShortId *ret_visit, GError **error)
{
  if (button >= 1 && button <= self->config->buttons)
    return ipd_visit_engine_press (self->visits, button, ret_visit, error);
  g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_NO_BUTTON, _ ("This station has buttons 1 to %u."),
               self->config->buttons);
  return FALSE;
}

gboolean
ipd_station_enrol_code (IpdStation *self, const char *name, const char *profile, char **ret_code, gint64 *ret_expires,
                        GError **error)
{
  const char *wanted = *profile != '\0' ? profile : DEFAULT_PROFILE;
  if (!ipd_plant_profile_exists (wanted))
    {
      g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_NO_PROFILE,
                   _ ("There is no profile “%s”; there are resident, manager and viewer."), wanted);
      return FALSE;
    }
  if (ipd_enrol_server_add_code (self->enrol, name, wanted, ret_code, ret_expires))
    return TRUE;
  g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_TOO_MANY,
               _ ("%d enrolment codes wait already; use one of them or let them expire."), IPD_ENROL_CODES_MAX);
  return FALSE;
}

gboolean
ipd_station_remove_licence (IpdStation *self, const char *client, GError **error)
{
  IpdId id;
  g_autoptr (GError) why = NULL;
  const IpdClient *known = ipd_id_from_text (client, &id) ? ipd_plant_find (self->plant, &id) : NULL;
  if (known == NULL || known->removed)
    {
      g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_NO_CLIENT, _ ("No client %s is enrolled here."), client);
      return FALSE;
    }
  if (end_licence (self, &id, &why))
    return TRUE;
  g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_STATE,
               _ ("The licence is removed, but the disk could not keep that, so it would be back after a restart: %s"),
               why->message);
  return FALSE;
}
