// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/agent.h"
#include "core/device.h"
#include "wire/driver.h"

/* In the place of a SIP status: the kernel has no route. */
#define IPD_STATION_NO_ROUTE (-1)

/*
 * The stations of the plant as this client reaches them: where each is, and whether it is registered there
 * (docs/protocol.md §7). A registration is claimed only after the station's 200; each has a Contact user of its own,
 * new whenever the registration is made anew.
 *
 * Thread: main context.
 */
typedef struct {
  IpdAgent *agent;
  const IpdDevice *device; /* of the directory; borrowed from the membership */
  char host[IPD_HOST_CHARS + 1];
  guint16 http_port;
  guint16 sip_port;
  IpdShortId boot; /* the last one it said, "" = none yet */
  IpdShortId contact_user;
  guint reg; /* 0: no registration is being kept */
  bool registered;
  int status;           /* of the last refusal; 0 = none, or IPD_STATION_NO_ROUTE */
  GHashTable *call_ids; /* seen under this Contact user: what is in here is a replay */

  /* Of a third-party station (vendor-station.h), which is never registered. */
  bool third_party;
  IpdDriver *driver;            /* owned; NULL: it cannot be used */
  const IpdEnrolVendor *vendor; /* (nullable): of the membership */
  gint64 sip_free_us;           /* monotonic: before this no SIP request of ours */
} IpdStation;

IpdStations *ipd_stations_new (IpdAgent *agent);
void ipd_stations_free (IpdStations *stations);

/* Begins to register with all stations of the agent's membership; stop ends that and forgets them. */
void ipd_stations_start (IpdStations *stations);
void ipd_stations_stop (IpdStations *stations);

/* Tells the authority that this client leaves, in the background, and stops. */
void ipd_stations_farewell (IpdStations *stations);

/* Whose they are. (transfer none) */
IpdAgent *ipd_stations_agent (IpdStations *stations);
/* Of IpdStation; borrowed, as everything in it. */
const GPtrArray *ipd_stations_list (IpdStations *stations);

/* The SIP user agent, or %NULL while there is no address to speak from. */
IpdSip *ipd_stations_sip (IpdStations *stations);
/* Why there is none: every port that SIP may use is taken. It is tried again by itself. */
bool ipd_stations_lack_port (IpdStations *stations);
/* The local address that SIP and media are bound to; "" while there is none. */
const char *ipd_stations_local_host (IpdStations *stations);

/* Lookups; %NULL when there is none. Borrowed until stop. */
IpdStation *ipd_stations_find (IpdStations *stations, const char *id);
IpdStation *ipd_stations_find_contact (IpdStations *stations, const char *contact_user);
/* The third-party station that lives at this numeric address. */
IpdStation *ipd_stations_find_third_party (IpdStations *stations, const char *host);
/* @word: an id or a name that only one has; "" = the only one. */
IpdStation *ipd_stations_from_word (IpdStations *stations, const char *word);

/*
 * An address that was proved by the device's signed identity. A new address or boot id makes the registration anew, at
 * once; the same ones only cut a waiting retry short.
 */
void ipd_stations_proved (IpdStations *stations, const IpdId *id, const char *host, guint16 http_port, guint16 sip_port,
                          const IpdShortId *boot);

/* Nothing that was known of them is claimed any more: all registrations are made anew. */
void ipd_stations_ask_anew (IpdStations *stations);

void ipd_stations_on_sip (IpdStations *stations, const IpdSipEvent *event);

/* Whether all are registered; if not, @ret_reason is one clear sentence (static or interned, translated). */
bool ipd_stations_ready (IpdStations *stations, const char **ret_reason);

/* a{sv} of the contract, and the list of all: aa{sv}; floating. */
GVariant *ipd_station_to_variant (const IpdStation *station);
GVariant *ipd_stations_to_variant (IpdStations *stations);
/* a(sssb), floating. */
GVariant *ipd_stations_outputs_to_variant (const IpdDevice *device);

/* Ends SIP; @done is called when that is complete (at once where there is none). */
void ipd_stations_shutdown (IpdStations *stations, void (*done) (gpointer user_data), gpointer user_data);
