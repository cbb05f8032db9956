// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/visit.h"
#include "sip/sip.h"
#include "wire/command.h"
#include "wire/enrolment.h"
#include "wire/licence-token.h"
#include "wire/media-keys.h"
#include "wire/sdp.h"

#include <gio/gio.h>

/*
 * A real station program under test, and raw clients for it made of wire/ and sip/ alone: whatever the agent does, they
 * speak as docs/protocol.md says, or break it on purpose.
 */

typedef struct {
  const char *config; /* (nullable): text of its configuration file */
  char *dir;
  GSubprocess *process;
  GDataInputStream *log_stream;
  GString *log; /* all of it */
  gboolean ready;
  guint16 http_port;
  guint16 sip_port;
} Program;

/* Starts ipdoor-station in @self->dir (made if NULL) and waits until it is ready. @settings: GROUP.KEY=VALUE,
 * NULL-ended */
void program_start (Program *self, const char *const *settings);
/* Waits for the end. Returns: the exit code, or -1 for a signal's death */
int program_end (Program *self, int signal);
void program_clear (Program *self);
/* A verb with --json. Returns: (transfer full): what it printed; @ret_code: (optional) */
char *program_verb (const Program *self, const char *const *words, int *ret_code);
/* Lines of a file below the state directory that contain @word. */
guint program_count (const Program *self, const char *file, const char *word);
/* The text of member @name in flat JSON. Returns: (transfer full) */
char *program_member (const char *json, const char *name);

typedef struct {
  const Program *program;
  IpdKeyPair key;
  IpdEnrolPackage package;
  IpdLicence licence;
  IpdShortId licence_hash;
  IpdId station;
  uint8_t station_pk[IPD_PK_OCTETS];
  IpdSip *sip;
  IpdShortId contact_user;
  int registered; /* status of the last answer to REGISTER, 0: none yet */
  char *boot;
  /* the last call */
  IpdSipEvent invite; /* copies of what the signature covers */
  guint64 call;
  IpdSdp offer;
  IpdStationKeys keys;
  IpdSdp answer;
  char *answer_sdp;
  gboolean previews; /* a 183 with the SDP went */
  guint rings;       /* all so far */
  int ended;         /* IpdSipEventType of its end, 0: none yet */
  int cause;
  int status;
  GArray *messages; /* of IpdMessage, verified */
  /* offers inside the call */
  guint offers;
  int offer_status; /* of the last one, 0: none yet */
  char *offer_answer;
} Party;

/* Enrols over HTTP and registers; waits for the verdict. */
void party_enrol (Party *self, const Program *program, const char *name);
void party_register (Party *self);
void party_clear (Party *self);
/* For a driver that owns the SIP stack itself: reads (and verifies) one event, and makes room for the next ring. */
void party_take_event (Party *self, const IpdSipEvent *event);
void party_forget_call (Party *self);

/* Waits for a ring and verifies all of it. */
void party_await_ring (Party *self);
/* Signs as docs/protocol.md §8 unless @forged. */
void party_answer (Party *self, int status, gboolean forged);
void party_send_command (Party *self, const IpdCommandToken *command);
IpdCommandToken party_command (const Party *self);
/* Waits for a result or visit token of that kind. */
void party_await_result (Party *self, IpdOpeningState state);
void party_await_news (Party *self, IpdVisitNews news);
void party_await_end (Party *self);
/* How an offer inside the call may be wrong. */
typedef enum {
  PARTY_OFFER_GOOD,
  PARTY_OFFER_FORGED, /* signed by somebody else */
  PARTY_OFFER_MOVED,  /* signed, but it wants the sound elsewhere */
} PartyOffer;
/* Sends the offer, signed; how it was answered comes as offer_status. */
void party_send_hold (Party *self, gboolean held, PartyOffer how);
/* Holds (or resumes) the call of the last ring. Returns: the final status; a 200 is verified and fits */
int party_hold (Party *self, gboolean held, PartyOffer how);
/* What party.c hands on. */
void party_take_offer_answer (Party *self, const IpdSipEvent *event);

/* A look-out. @call_id: (nullable); @signer: whose key signs, %NULL for no signature at all. */
void party_look_out (Party *self, const char *call_id, const IpdKeyPair *signer);
