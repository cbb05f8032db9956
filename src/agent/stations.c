// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the SIP user agent and the set of stations. Whatever may have changed (network, address, boot id) ends in one of
 * two things: register anew with a new Contact user (registration.c), or refresh. Main context only.
 */
#include "agent/stations.h"

#include <gio/gio.h>
#include <string.h>

#include "agent/addresses.h"
#include "agent/commands.h"
#include "agent/local-address.h"
#include "agent/registration.h"
#include "agent/vendor-station.h"
#include "agent/visits.h"
#include "wire/command.h"
#include "wire/random.h"

#define SIP_FIRST_PORT 5060
#define SIP_LAST_PORT  5080
/* No free SIP port is a fault of this computer that nothing reports the end of: look again. */
#define PORTS_AGAIN_S 10

struct _IpdStations {
  IpdAgent *agent;
  GPtrArray *list; /* of IpdStation */
  IpdSip *sip;
  char *local_host;
  GNetworkMonitor *monitor;
  guint ports_timer;  /* runs while no SIP port was free */
  GPtrArray *leaving; /* of IpdSip: user agents that only say goodbye to a plant that was left */
  void (*stopped) (gpointer user_data);
  gpointer stopped_data;
};

static void
station_free (gpointer data)
{
  IpdStation *station = data;

  ipd_vendor_station_clear (station);
  g_hash_table_unref (station->call_ids);
  g_free (station);
}

/* Of a user agent that leaves: once the message is through, or given up, it ends. */
static void
on_farewell_event (IpdStations *self, IpdSip *sip, const IpdSipEvent *event)
{
  if (event->type == IPD_SIP_MESSAGE_DONE)
    ipd_sip_shutdown (sip);
  else if (event->type == IPD_SIP_STOPPED)
    g_ptr_array_remove (self->leaving, sip);
}

static void
on_sip_event (IpdSip *sip, const IpdSipEvent *event, gpointer user_data)
{
  IpdStations *self = user_data;

  if (sip != self->sip)
    on_farewell_event (self, sip, event);
  else if (event->type == IPD_SIP_STOPPED && self->stopped != NULL)
    self->stopped (self->stopped_data);
  else
    ipd_agent_on_sip (self->agent, event);
}

static void follow_network (IpdStations *self);

static gboolean
on_ports_again (gpointer user_data)
{
  IpdStations *self = user_data;

  self->ports_timer = 0;
  follow_network (self);
  return G_SOURCE_REMOVE;
}

/* Third-party stations ring without a signature; in a flood of strangers their address is what finds them room. */
static void
name_third_parties (IpdStations *self)
{
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < self->list->len; i++)
    {
      const IpdStation *station = g_ptr_array_index (self->list, i);

      if (station->third_party)
        g_strv_builder_add (hosts, station->device->host);
    }
  list = g_strv_builder_end (hosts);
  ipd_sip_set_named_hosts (self->sip, (const char *const *) list);
}

static bool
start_sip (IpdStations *self, const char *local_host)
{
  g_autoptr (GError) error = NULL;

  self->sip = ipd_sip_new (&(IpdSipConfig){ .bind = local_host,
                                            .first_port = SIP_FIRST_PORT,
                                            .last_port = SIP_LAST_PORT,
                                            .user = self->agent->membership->key.id.s },
                           on_sip_event, self, &error);
  if (self->sip == NULL)
    {
      g_warning ("no calls can come in: %s", error->message);
      if (self->ports_timer == 0 && g_error_matches (error, IPD_SIP_ERROR, IPD_SIP_ERROR_NO_PORT))
        self->ports_timer = g_timeout_add_seconds (PORTS_AGAIN_S, on_ports_again, self);
      return false;
    }
  name_third_parties (self);
  g_free (self->local_host);
  self->local_host = g_strdup (local_host);
  g_message ("SIP on %s port %u", local_host, ipd_sip_get_port (self->sip));
  return true;
}

static char *
wanted_local_host (IpdStations *self)
{
  if (self->agent->options.bind != NULL)
    return g_strdup (self->agent->options.bind);
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdStation *station = g_ptr_array_index (self->list, i);
      char *local = station->host[0] != '\0' ? ipd_local_address_towards (station->host) : NULL;

      if (local != NULL)
        return local;
    }
  return NULL;
}

/* The kernel knows at once that a network is gone; the registrar's silence would tell only a minute later. */
static void
note_lost_routes (IpdStations *self)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdStation *station = g_ptr_array_index (self->list, i);
      g_autofree char *local = station->registered ? ipd_local_address_towards (station->host) : NULL;

      if (!station->registered || local != NULL)
        continue;
      g_message ("%s: no network leads there any more", station->device->id.s);
      station->registered = false;
      station->status = IPD_STATION_NO_ROUTE;
      ipd_station_changed (station);
    }
}

/*
 * Binds where the stations can be reached from, if that is not where we are bound already. What is going on over the
 * old address cannot be saved: the address is gone.
 */
static void
follow_network (IpdStations *self)
{
  g_autofree char *wanted = wanted_local_host (self);

  if (wanted == NULL || self->agent->membership == NULL)
    return;
  if (self->sip != NULL && g_strcmp0 (wanted, self->local_host) == 0)
    {
      for (guint i = 0; i < self->list->len; i++)
        {
          IpdStation *station = g_ptr_array_index (self->list, i);

          if (station->reg != 0 && !station->registered)
            ipd_sip_refresh (self->sip, station->reg);
        }
      return;
    }
  for (guint i = 0; i < self->list->len; i++)
    ipd_registration_forget (g_ptr_array_index (self->list, i), self->sip);
  if (self->sip != NULL)
    {
      ipd_visits_lose_sip (self->agent->visits);
      ipd_commands_lose_sip (self->agent->commands);
    }
  g_clear_pointer (&self->sip, ipd_sip_free);
  if (!start_sip (self, wanted))
    return;
  for (guint i = 0; i < self->list->len; i++)
    ipd_registration_anew (g_ptr_array_index (self->list, i), self->sip);
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, IpdStations *self)
{
  note_lost_routes (self);
  follow_network (self);
}

/* ---- the set ---- */

static void
set_address (IpdStation *station, const char *host, guint16 http_port, guint16 sip_port)
{
  g_strlcpy (station->host, host, sizeof station->host);
  station->http_port = http_port;
  station->sip_port = sip_port;
}

static void
add_station (IpdStations *self, const IpdDevice *device)
{
  IpdStation *station = g_new0 (IpdStation, 1);
  g_auto (IpdAddress) known = { 0 };

  station->agent = self->agent;
  station->device = device;
  station->call_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  station->third_party = ipd_device_is_third_party (device);
  if (station->third_party)
    {
      ipd_vendor_station_init (station);
      set_address (station, device->host, ipd_vendor_station_http_port (station),
                   ipd_vendor_station_sip_port (station));
    }
  else if (ipd_addresses_get (self->agent->data_dir, &device->id, &known))
    set_address (station, known.host, known.http_port, known.sip_port);
  else
    set_address (station, device->host, device->http_port, device->sip_port);
  g_ptr_array_add (self->list, station);
}

IpdStations *
ipd_stations_new (IpdAgent *agent)
{
  IpdStations *self = g_new0 (IpdStations, 1);

  self->agent = agent;
  self->list = g_ptr_array_new_with_free_func (station_free);
  self->leaving = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_sip_free);
  self->local_host = g_strdup ("");
  return self;
}

void
ipd_stations_start (IpdStations *self)
{
  GPtrArray *devices = self->agent->membership->directory.devices;

  for (guint i = 0; i < devices->len; i++)
    {
      const IpdDevice *device = g_ptr_array_index (devices, i);

      if (ipd_device_is_third_party (device) || ipd_membership_secret (self->agent->membership, &device->id) != NULL)
        add_station (self, device);
    }
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self);
  follow_network (self);
}

void
ipd_stations_stop (IpdStations *self)
{
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  g_clear_handle_id (&self->ports_timer, g_source_remove);
  for (guint i = 0; i < self->list->len; i++)
    ipd_registration_forget (g_ptr_array_index (self->list, i), self->sip);
  g_ptr_array_set_size (self->list, 0);
  g_clear_pointer (&self->sip, ipd_sip_free);
  g_free (self->local_host);
  self->local_host = g_strdup ("");
}

static bool
send_un_enrol (IpdStations *self, const IpdStation *station)
{
  const IpdMembership *membership = self->agent->membership;
  const IpdSipTarget target = { .user = station->device->id.s, .host = station->host, .port = station->sip_port };
  IpdMessage message = { .type = IPD_TOKEN_UN_ENROL };
  g_autofree char *token = NULL;

  message.un_enrol = (IpdUnEnrolToken){ .id = ipd_random_short_id (), .plant = membership->package.plant };
  token = ipd_message_make (&membership->key, &message);
  return ipd_sip_message (self->sip, &target, membership->key.id.s, token, NULL) != 0;
}

void
ipd_stations_farewell (IpdStations *self)
{
  bool sent = false;

  for (guint i = 0; i < self->list->len; i++)
    {
      const IpdStation *station = g_ptr_array_index (self->list, i);

      if (self->sip != NULL && !station->third_party && (station->device->roles & IPD_ROLE_BROKER) != 0
          && station->sip_port != 0)
        sent = send_un_enrol (self, station) || sent;
    }
  if (sent)
    {
      for (guint i = 0; i < self->list->len; i++)
        ipd_registration_forget (g_ptr_array_index (self->list, i), self->sip);
      g_ptr_array_add (self->leaving, g_steal_pointer (&self->sip));
    }
  ipd_stations_stop (self);
}

void
ipd_stations_free (IpdStations *self)
{
  ipd_stations_stop (self);
  g_ptr_array_unref (self->leaving);
  g_ptr_array_unref (self->list);
  g_free (self->local_host);
  g_free (self);
}

IpdAgent *
ipd_stations_agent (IpdStations *self)
{
  return self->agent;
}

const GPtrArray *
ipd_stations_list (IpdStations *self)
{
  return self->list;
}

IpdSip *
ipd_stations_sip (IpdStations *self)
{
  return self->sip;
}

bool
ipd_stations_lack_port (IpdStations *self)
{
  return self->ports_timer != 0;
}

const char *
ipd_stations_local_host (IpdStations *self)
{
  return self->local_host;
}

void
ipd_stations_proved (IpdStations *self, const IpdId *id, const char *host, guint16 http_port, guint16 sip_port,
                     const IpdShortId *boot)
{
  IpdStation *station = ipd_stations_find (self, id->s);
  bool moved, restarted;

  if (station == NULL || station->third_party)
    return;
  moved = strcmp (station->host, host) != 0 || station->sip_port != sip_port;
  set_address (station, host, http_port, sip_port);
  ipd_addresses_put (self->agent->data_dir, id, host, http_port, sip_port);
  restarted = ipd_registration_has_restarted (station, boot);
  if (self->sip == NULL)
    follow_network (self);
  else if (moved || restarted || station->reg == 0)
    ipd_registration_anew (station, self->sip);
  else if (!station->registered)
    ipd_sip_refresh (self->sip, station->reg);
  ipd_station_changed (station);
}

void
ipd_stations_ask_anew (IpdStations *self)
{
  follow_network (self);
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdStation *station = g_ptr_array_index (self->list, i);

      if (station->third_party)
        continue;
      ipd_registration_anew (station, self->sip);
      station->status = 0;
      ipd_station_changed (station);
    }
}

/* ---- what the registrar says ---- */

static IpdStation *
find_registration (IpdStations *self, guint reg)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      IpdStation *station = g_ptr_array_index (self->list, i);

      if (reg != 0 && station->reg == reg)
        return station;
    }
  return NULL;
}

void
ipd_stations_on_sip (IpdStations *self, const IpdSipEvent *event)
{
  IpdStation *station = find_registration (self, event->reg);

  if (station != NULL)
    ipd_registration_answered (station, self->sip, event);
}

void
ipd_stations_shutdown (IpdStations *self, void (*done) (gpointer user_data), gpointer user_data)
{
  if (self->sip == NULL)
    {
      done (user_data);
      return;
    }
  self->stopped = done;
  self->stopped_data = user_data;
  ipd_sip_shutdown (self->sip);
}
