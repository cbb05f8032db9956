// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/plant.h"
#include "station/recorder.h"
#include "station/refusals.h"
#include "station/relay.h"
#include "wire/command.h"

/*
 * What clients ask by MESSAGE (docs/protocol.md §10): commands, nonces, un-enrolment. It decides, moves the relay and
 * answers; it knows no SIP and no visit machine, both are behind IpdCommandPorts. Thread: the main one.
 */

typedef struct _IpdCommands IpdCommands;

/* Where a token came from: where the answer goes when the client has no binding (any more). */
typedef struct {
  const char *host;
  guint16 port;
} IpdMessageSource;

/* Who opened: a client by a signed command, or a SIP phone by the code of an output. */
typedef struct {
  IpdId id;
  IpdName name;
} IpdActor;

typedef struct {
  void (*send) (const IpdId *client, const IpdMessageSource *source, const char *token, gpointer data);
  /* The id of the visit that goes on, none if none. */
  IpdShortId (*current_visit) (gpointer data);
  /* A command or code of the current visit moved a relay. */
  void (*opened) (const IpdActor *by, const IpdOutputConfig *output, gpointer data);
  void (*contact) (const char *output, gboolean open, gpointer data); /* open, or timed out */
  void (*un_enrol) (const IpdId *client, gpointer data);
  gpointer data;
} IpdCommandPorts;

typedef struct {
  const IpdStationIdentity *identity;
  const IpdStationConfig *config;
  IpdPlant *plant;
  IpdRecorder *recorder;
  IpdRefusals *refusals;
  const IpdClock *clock;
  const char *state_dir;  /* for the drivers */
  guint32 visit_nonce_ms; /* how long a nonce of a visit can be of use */
} IpdCommandParts;

/* Makes the relays, and so switches all outputs off. Parts must outlive it. Errors: IPD_RELAY_ERROR. */
IpdCommands *ipd_commands_new (const IpdCommandParts *parts, const IpdCommandPorts *ports, GError **error);

/* Switches all outputs off. */
void ipd_commands_free (IpdCommands *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdCommands, ipd_commands_free)

/* One MESSAGE body. */
void ipd_commands_receive (IpdCommands *self, const char *token, const IpdMessageSource *source);

/*
 * The phone @by, which talks in the visit that goes on, keyed the code of @output and may open it (docs/protocol.md
 * §15). As with a command: on disk first, then the relay. @output %NULL: the code was wrong; recorded, nothing moves.
 */
void ipd_commands_take_code (IpdCommands *self, const IpdActor *by, const IpdOutputConfig *output);

/* A nonce that goes sealed into a leg. Returns: %FALSE when the client has eight of visits already */
gboolean ipd_commands_visit_nonce (IpdCommands *self, const IpdId *client, const IpdShortId *visit,
                                   IpdShortId *ret_nonce);
void ipd_commands_end_visit (IpdCommands *self, const IpdShortId *visit);
void ipd_commands_forget_client (IpdCommands *self, const IpdId *client);
