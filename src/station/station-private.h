// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "discovery/mdns.h"
#include "station/commands.h"
#include "station/control.h"
#include "station/phones.h"
#include "station/registrar.h"
#include "station/service.h"
#include "station/station.h"
#include "station/visit-engine.h"

/*
 * All parts of a station and nothing else: station.c makes them in this order and frees them in the opposite one,
 * routes.c hands on what they say, installer.c and station-status.c serve the control socket. A part knows those it was
 * given, never this struct. Thread: the main one.
 */
struct _IpdStation {
  IpdStationConfig *config;
  char *state_dir;
  char *address;
  IpdShortId boot;
  IpdControl *control;
  IpdStationIdentity identity;
  IpdStore *store;
  IpdRecorder *recorder;
  IpdRefusals *refusals;
  IpdPlant *plant;
  IpdRegistrar *registrar;
  IpdPhones *phones;
  IpdEnrolServer *enrol;
  IpdCommands *commands;
  IpdMediaStation *media;
  IpdSip *sip;
  IpdVisitEngine *visits;
  IpdService service;
  IpdHttp *http;
  IpdMdnsPublisher *publisher;

  gboolean lost[IPD_MEDIA_STATION_VIEWER_SEEN]; /* by IpdMediaStationEvent: CAMERA_LOST, NO_MICROPHONE, NO_SPEAKER */
  void (*stopped) (gpointer data);
  gpointer stopped_data;
};

/* ---- routes.c: given to the parts, with the station as their data ---- */

/* IpdSipSecretLookup; called in the SIP thread. */
char *ipd_station_secret_of (const char *user, gpointer station);
void ipd_station_on_sip (IpdSip *sip, const IpdSipEvent *event, gpointer station);
void ipd_station_on_media (IpdMediaStation *media, IpdMediaStationEvent event, guint leg, const char *detail,
                           gpointer station);
void ipd_station_on_publisher (IpdMdnsPublisher *publisher, IpdMdnsState state, const char *name, gpointer station);
void ipd_station_on_visit (const IpdVisit *visit, gpointer station);
/* One token to where @client is registered; none to who is gone. */
void ipd_station_send_news (const IpdId *client, const char *token, gpointer station);
IpdCommandPorts ipd_station_command_ports (IpdStation *self);

/* Ends all that @client may do here, at once. Returns: whether the disk could keep that; errors of the store */
gboolean ipd_station_end_licence (IpdStation *self, const IpdId *client, GError **error);

/* ---- installer.c and station-status.c ---- */

extern const IpdControlVerbs ipd_installer_verbs;

/* Returns: (transfer floating): a{sv} and aa{sv}, members as in data/io.ipdoor.Station1.xml */
GVariant *ipd_station_get_status (gpointer station);
GVariant *ipd_station_get_clients (gpointer station);
GVariant *ipd_station_get_phones (gpointer station);

/* Words for what does not work, none if all is well. Returns: (transfer full) */
GStrv ipd_station_degraded (gpointer station);
