// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "discovery/mdns.h"
#include "station/commands.h"
#include "station/control.h"
#include "station/registrar.h"
#include "station/service.h"
#include "station/station.h"
#include "station/visit-engine.h"

/*
 * All parts of a station and nothing else; station.c makes them in this order and frees them in the opposite one,
 * station-status.c reads them. A part knows those it was given, never this struct. Thread: the main one.
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

/* Words for what does not work, none if all is well. Returns: (transfer full) */
GStrv ipd_station_degraded (gpointer station);
