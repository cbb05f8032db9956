// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/visit.h"
#include "media/station.h"
#include "sip/sip.h"
#include "station/commands.h"
#include "station/phones.h"
#include "station/plant.h"
#include "station/recorder.h"
#include "station/refusals.h"
#include "station/registrar.h"

/*
 * Visits as they happen: feeds the machine of core/visit.h from buttons, SIP and commands, and carries its effects out.
 * Thread: the main one.
 */

typedef struct _IpdVisitEngine IpdVisitEngine;

/* All of these outlive the engine. */
typedef struct {
  const IpdStationIdentity *identity;
  const IpdShortId *boot; /* the Contact user of this start: only INVITEs to it are looked at */
  const IpdStationConfig *config;
  IpdPlant *plant;
  IpdRegistrar *registrar;
  IpdPhones *phones;
  IpdRecorder *recorder;
  IpdCommands *commands;
  IpdRefusals *refusals;
  const IpdClock *clock;
  IpdSip *sip;
  IpdMediaStation *media;
  const char *address; /* this station's, for SDP and sockets */
  /* One token to a client, wherever it is registered. */
  void (*send) (const IpdId *client, const char *token, gpointer data);
  /* @visit entered its state. */
  void (*changed) (const IpdVisit *visit, gpointer data);
  gpointer data;
} IpdVisitParts;

IpdVisitEngine *ipd_visit_engine_new (const IpdVisitParts *parts);
void ipd_visit_engine_free (IpdVisitEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdVisitEngine, ipd_visit_engine_free)

/* Errors: IPD_STATION_ERROR_BUSY, _NO_PORTS (the visit is recorded as missed all the same). */
gboolean ipd_visit_engine_press (IpdVisitEngine *self, guint button, IpdShortId *ret_visit, GError **error);

/* Any event of a call; others are not looked at. */
void ipd_visit_engine_take_sip (IpdVisitEngine *self, const IpdSipEvent *event);

/* From the media, about @leg of the visit that goes on: an RFC 4733 event ended; its talk has gone silent. */
void ipd_visit_engine_take_digit (IpdVisitEngine *self, guint leg, char digit);
void ipd_visit_engine_talk_silent (IpdVisitEngine *self, guint leg);

/* A verified command or code of the visit that goes on moved a relay; then what its contact says. */
void ipd_visit_engine_opened (IpdVisitEngine *self, const IpdActor *by, const IpdOutputConfig *output);
void ipd_visit_engine_contact (IpdVisitEngine *self, const char *output, gboolean open);

/* The client lost its licence: its leg ends. */
void ipd_visit_engine_drop_client (IpdVisitEngine *self, const IpdId *client);

/*
 * @client registered. While a visit rings it is rung, if nobody rings it already (docs/protocol.md §8).
 * @anew: under another Contact: it has started again, and what it was called for before, it knows nothing of
 */
void ipd_visit_engine_join_client (IpdVisitEngine *self, const IpdId *client, gboolean anew);

/* The program stops. */
void ipd_visit_engine_cancel (IpdVisitEngine *self);

/* The visit that goes on, or %NULL. Borrowed until the next call. */
const IpdVisit *ipd_visit_engine_current (const IpdVisitEngine *self);

/* Whether the last press found no free media ports. */
gboolean ipd_visit_engine_lacks_ports (const IpdVisitEngine *self);
/* Whether so many files are open that the next visit may not work whole. */
gboolean ipd_visit_engine_lacks_descriptors (const IpdVisitEngine *self);
