// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

/*
 * What the agent says about a visit and about a command, as values: the a{sv} dictionaries of
 * data/io.ipdoor.Agent1.xml with their words turned into closed enums.
 *
 * Thread: any; the values own everything they point to. A dictionary with a word that this version does not know is
 * refused whole, so that an older desktop never shows a state it would have to guess.
 */

typedef enum {
  IPD_DESK_STATE_RINGING,
  IPD_DESK_STATE_PREVIEWING,
  IPD_DESK_STATE_ANSWERING,
  IPD_DESK_STATE_CALLING,
  IPD_DESK_STATE_TALKING,
  IPD_DESK_STATE_HELD,
  IPD_DESK_STATE_ENDED,
} IpdDeskState;

typedef enum {
  IPD_DESK_REASON_NONE,
  IPD_DESK_REASON_HANGUP,
  IPD_DESK_REASON_REJECTED,
  IPD_DESK_REASON_MISSED,
  IPD_DESK_REASON_CANCELLED,
  IPD_DESK_REASON_TIMEOUT,
  IPD_DESK_REASON_BUSY,
  IPD_DESK_REASON_FAILED,
  IPD_DESK_REASON_ANSWERED_ELSEWHERE,
  IPD_DESK_REASON_OPENED,
  IPD_DESK_REASON_REFUSED,
} IpdDeskReason;

typedef enum {
  IPD_DESK_CONTACT_NONE,
  IPD_DESK_CONTACT_PENDING,
  IPD_DESK_CONTACT_OPEN,
  IPD_DESK_CONTACT_TIMEOUT,
} IpdDeskContact;

typedef enum {
  IPD_DESK_COMMAND_REQUESTED,
  IPD_DESK_COMMAND_ACCEPTED,
  IPD_DESK_COMMAND_ACTUATED,
  IPD_DESK_COMMAND_CONTACT_OPEN,
  IPD_DESK_COMMAND_CONTACT_TIMEOUT,
  IPD_DESK_COMMAND_REFUSED,
  IPD_DESK_COMMAND_INTERRUPTED,
  IPD_DESK_COMMAND_NO_ANSWER,
  IPD_DESK_COMMAND_UNCONFIRMED,
} IpdDeskCommandState;

/* id and name are shown and sent back as they are; kind is "lock", "gate", "aux", "light" or "floor". */
typedef struct {
  char *id;
  char *name;
  char *kind;
  gboolean has_contact;
} IpdDeskOutput;

typedef struct {
  char *id;
  char *device;
  char *device_name;
  gboolean outgoing;
  IpdDeskState state;
  gint64 started_us; /* since the epoch; 0: not known */
  char *by;          /* who answered or opened; %NULL: not known */
  char *output;      /* id of the output that was opened; %NULL: none */
  IpdDeskContact contact;
  IpdDeskReason reason; /* NONE unless ended */
  GPtrArray *outputs;   /* of IpdDeskOutput, never %NULL */
  gboolean encrypted;   /* %TRUE when absent: only a said "no" is a warning */
  gboolean digits;      /* a keypad makes sense now */
  gboolean held_by_peer;
  char *notice; /* a sentence about what does not work; %NULL: none */
} IpdDeskVisit;

typedef struct {
  char *id;
  char *visit;  /* %NULL: not tied to one */
  char *output; /* %NULL: not known */
  IpdDeskCommandState state;
  char *reason; /* %NULL unless refused; a code of docs/protocol.md §10 */
} IpdDeskCommand;

/* Both return (transfer full) (nullable): the value, or %NULL when a member is missing, mistyped or not understood. */
IpdDeskVisit *ipd_desk_visit_parse (GVariant *dict);
IpdDeskCommand *ipd_desk_command_parse (GVariant *dict);

void ipd_desk_visit_free (IpdDeskVisit *visit);
void ipd_desk_command_free (IpdDeskCommand *command);

/* Whether it rings here and waits for a decision. */
gboolean ipd_desk_visit_waits (const IpdDeskVisit *visit);

/* Returns: (nullable): the output with that id, borrowed from @visit */
const IpdDeskOutput *ipd_desk_visit_find_output (const IpdDeskVisit *visit, const char *id);

/* Whether the command came to its end and no other state will follow. */
gboolean ipd_desk_command_is_final (const IpdDeskCommand *command, const IpdDeskVisit *visit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdDeskVisit, ipd_desk_visit_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdDeskCommand, ipd_desk_command_free)
