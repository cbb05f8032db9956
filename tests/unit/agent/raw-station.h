// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#include "agent-contract.h"
#include "sip/sip.h"
#include "wire/command.h"
#include "wire/keys.h"
#include "wire/media-keys.h"

/*
 * A plant of one station made of the wire and sip libraries, with no rule in it: it says whatever a test wants, true or
 * forged, to a real ipdoor-agent that runs as a process of its own on its own address. The client's membership is
 * written to the disk as enrolment would have left it.
 *
 * Everything is waited for by turning the main context; alarm() in the test's main bounds it.
 */
typedef struct {
  guint64 call;
  int status; /* of the last 1xx or 2xx */
  char *auth;
  char *body;
  char *first_body; /* of the first answer that had one */
  char *contact_user;
  int failed; /* final status, 0 = none */
  bool answered;
  bool ended;           /* BYE */
  IpdSipEvent *reoffer; /* the last one of the agent, not answered yet */
  int reanswered;       /* status of the answer to the last one of ours, 0 = none yet */
  char *reanswer_body;
} RawCall;

typedef struct _RawVendor RawVendor;

typedef struct {
  char *dir;
  IpdKeyPair station; /* the authority, too */
  IpdKeyPair client;
  IpdShortId licence_hash;
  IpdShortId secret;
  IpdShortId boot;
  IpdId plant;

  IpdSip *sip;
  const char *host;
  const char *agent_host;
  char *contact_user;
  char *contact_host;
  guint16 contact_port;
  guint registrations;
  int register_status; /* what REGISTER is answered with; 0: with nothing */
  guint expires;       /* granted seconds */
  GPtrArray *calls;    /* of RawCall */
  GQueue messages;     /* of char *: tokens from the agent */
  guint64 incoming;    /* call id of an INVITE from the agent */
  IpdSipEvent *invite; /* borrowed copies of its fields */
  bool incoming_talks;
  bool incoming_over;

  RawVendor *vendor; /* (nullable): a third-party station of this plant; raw-vendor.h */

  GSubprocess *agent;
  IpdBusAgent1 *bus;
  GQueue visits;   /* of GVariant: VisitChanged */
  GQueue commands; /* of GVariant: CommandChanged */
  GQueue wanted;   /* of GVariant (ssuu): DigitsWanted */
  guint media_changes;
} RawPlant;

/*
 * @n: makes the addresses 127.x.@n.1 (station) and 127.x.@n.2 (agent), where x depends on the process, so that the same
 * test may run twice on one machine. @agent_args: (nullable): after --bind
 */
RawPlant *raw_plant_new (guint n, const char *const *agent_args);
/* The same with a third-party station at 127.x.@n.3, whose driver says @driver (JSON); raw-vendor.h. */
RawPlant *raw_plant_new_with_vendor (guint n, const char *const *agent_args, const char *driver);
void raw_plant_free (RawPlant *plant);

/* Starts the agent (again) and waits until it is registered and its socket is open. */
void raw_plant_start_agent (RawPlant *plant, const char *const *agent_args);
/* kill -9, and waits. */
void raw_plant_kill_agent (RawPlant *plant);

/* What a ring is made of; a test spoils what it wants before it sends. */
typedef struct {
  IpdKeyPair signer;
  char from_user[27];
  char receiver[27]; /* in the signature */
  char ruri_user[27];
  IpdShortId visit;
  IpdShortId call_id;
  IpdShortId from_tag;
  IpdStationKeys keys;
  char *sdp;
  char auth[128];
} RawInvite;

/* A good one, signed; or one more for @visit. */
void raw_invite_init (RawPlant *plant, RawInvite *invite);
void raw_invite_init_for (RawPlant *plant, RawInvite *invite, const IpdShortId *visit);
void raw_invite_sign (RawInvite *invite);
void raw_invite_clear (RawInvite *invite);
RawCall *raw_plant_ring (RawPlant *plant, const RawInvite *invite);

/* (transfer full) */
IpdSipEvent *raw_copy_event (const IpdSipEvent *event);

/* Waits until the call has any answer above 100. */
void raw_call_wait_answer (RawCall *call);
/* Waits until VisitChanged says @state; returns that dictionary, borrowed until the next wait. */
GVariant *raw_plant_wait_visit (RawPlant *plant, const char *state);
GVariant *raw_plant_wait_command (RawPlant *plant, const char *state);
/* Waits for a token from the agent of that type and verifies it with the client's key. */
void raw_plant_wait_token (RawPlant *plant, IpdTokenType type, IpdMessage *ret_message);
/* Sends a token to the agent. */
void raw_plant_tell (RawPlant *plant, const IpdKeyPair *signer, const IpdMessage *message);
/* Everything sent before has been handled by the agent when this returns: a call to it over the bus, and one MESSAGE.
 */
void raw_plant_settle (RawPlant *plant);

/* GetVisits, and what the agent logged so far (everything: G_MESSAGES_DEBUG is all). (transfer full) */
GVariant *raw_plant_visits (RawPlant *plant);
char *raw_plant_log (RawPlant *plant);

const char *raw_text (GVariant *dictionary, const char *key);
