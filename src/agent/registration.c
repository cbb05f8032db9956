// SPDX-License-Identifier: Apache-2.0
/*
 * The registration with one station: asked for, made anew, given up, and what the registrar says. Called by stations.c,
 * which knows when. Main context only.
 */
#include "agent/registration.h"

#include "agent/addresses.h"
#include "agent/leg-own.h"
#include "agent/local-address.h"
#include "agent/visits-private.h"
#include "wire/random.h"

/* Call-IDs remembered under one Contact user; beyond it the registration is made anew, which forgets them safely. */
#define CALL_IDS_MAX 4096

void
ipd_station_changed (IpdStation *station)
{
  ipd_contract_emit_device (station->agent->contract, ipd_station_to_variant (station));
  ipd_agent_status_changed (station->agent);
}

void
ipd_registration_forget (IpdStation *station, IpdSip *sip)
{
  if (station->reg != 0 && sip != NULL)
    ipd_sip_unregister (sip, station->reg);
  station->reg = 0;
  station->registered = false;
  g_hash_table_remove_all (station->call_ids);
}

static guint
ask_to_register (const IpdStation *station, IpdSip *sip)
{
  const IpdMembership *membership = station->agent->membership;
  const IpdShortId *secret = ipd_membership_secret (membership, &station->device->id);
  g_autoptr (GError) error = NULL;
  guint reg;

  if (sip == NULL || station->sip_port == 0 || station->host[0] == '\0' || secret == NULL)
    return 0;
  reg = ipd_sip_register (sip,
                          &(IpdSipRegistration){
                              .registrar_host = station->host,
                              .registrar_port = station->sip_port,
                              .user = membership->key.id.s,
                              .secret = secret->s,
                              .contact_user = station->contact_user.s,
                              .licence = membership->licence_hash.s,
                          },
                          &error);
  if (reg == 0)
    g_warning ("%s: cannot register: %s", station->device->id.s, error->message);
  return reg;
}

/* The new Contact goes out before the old one is taken away, so that the station has somebody to ring in between. */
void
ipd_registration_anew (IpdStation *station, IpdSip *sip)
{
  guint reg;

  station->contact_user = ipd_random_short_id ();
  reg = ask_to_register (station, sip);
  ipd_registration_forget (station, sip);
  station->reg = reg;
}

void
ipd_registration_doubt (IpdStation *station, IpdSip *sip, int status)
{
  if (!station->registered || sip == NULL)
    return;
  g_message ("%s: %s, asking to register again", station->device->id.s,
             status == 408 ? "no answer" : "the licence was refused");
  station->registered = false;
  station->status = status;
  ipd_sip_refresh (sip, station->reg);
  ipd_station_changed (station);
}

bool
ipd_registration_has_restarted (IpdStation *station, const IpdShortId *boot)
{
  bool restarted = !ipd_short_id_is_none (&station->boot) && !ipd_short_id_equal (&station->boot, boot);

  station->boot = *boot;
  if (restarted)
    ipd_visits_lose_station (station->agent->visits, station);
  return restarted;
}

/*
 * To the station a ring to a Contact user that is not ours any more is over (docs/protocol.md §7), and one that has
 * restarted knows nothing of it: nobody else would end it here. A visit that still rings there rings us anew.
 */
static void
end_older_rings (IpdStation *station)
{
  IpdVisits *visits = station->agent->visits;

  for (guint i = 0; i < visits->legs->len; i++)
    {
      IpdLeg *leg = ipd_visits_leg (visits, i);

      if (leg->station == station && leg->own != NULL && ipd_call_can_answer (&leg->call)
          && g_strcmp0 (leg->own->dialog.ruri_user, station->contact_user.s) != 0)
        ipd_leg_happens (leg, IPD_CALL_EV_TIMEOUT);
    }
}

static void
on_registered (IpdStation *station, IpdSip *sip, const IpdSipEvent *event)
{
  IpdShortId boot;
  bool restarted = ipd_short_id_from_text (event->boot, &boot) && ipd_registration_has_restarted (station, &boot);
  bool news = !station->registered;

  /* A station that restarted remembers our binding from disk, but not which Call-IDs it has used: start afresh. */
  if (restarted || g_hash_table_size (station->call_ids) > CALL_IDS_MAX)
    {
      g_message ("%s: the station has restarted, registering anew", station->device->id.s);
      ipd_registration_anew (station, sip);
      return;
    }
  station->registered = true;
  station->status = 0;
  if (!news)
    return;
  g_message ("%s: registered at %s port %u", station->device->id.s, station->host, station->sip_port);
  ipd_addresses_put (station->agent->data_dir, &station->device->id, station->host, station->http_port,
                     station->sip_port);
  ipd_station_changed (station);
  end_older_rings (station);
}

static void
on_register_failed (IpdStation *station, const IpdSipEvent *event)
{
  g_autofree char *local = ipd_local_address_towards (station->host);
  int status = local != NULL ? event->status : IPD_STATION_NO_ROUTE;
  bool news = station->registered || station->status != status;

  station->registered = false;
  station->status = status;
  if (event->status == 408)
    ipd_visits_miss_station (station->agent->visits, station);
  if (!news)
    return;
  g_message ("%s: not registered: %d %s", station->device->id.s, event->status,
             event->phrase != NULL ? event->phrase : "");
  ipd_station_changed (station);
}

void
ipd_registration_answered (IpdStation *station, IpdSip *sip, const IpdSipEvent *event)
{
  if (event->type == IPD_SIP_REGISTERED)
    on_registered (station, sip, event);
  else
    on_register_failed (station, event);
}
