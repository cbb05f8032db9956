// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/commands.h"
#include "core/nonces.h"
#include "station/commands.h"

/*
 * Shared by commands.c (what a message is worth) and opening-run.c (what a command does) and nobody else. Thread: the
 * main one.
 */

struct _IpdCommands {
  IpdCommandParts parts;
  IpdCommandPorts ports;
  GPtrArray *relays;  /* of IpdRelay */
  GPtrArray *running; /* of IpdOpeningRun: the contact has not spoken yet */
  IpdNonceTable *nonces;
  IpdCommandTable *seen;
  GHashTable *rates; /* client id to Rate */
};

/* One verified command, or code of a phone, until nothing more is to be said about it. */
typedef struct {
  IpdCommands *owner;
  IpdOpening opening;
  IpdAccess access;
  gboolean of_visit; /* of the visit that went on when it came */
  char *host;        /* of its source; %NULL: nobody waits for signed results */
  guint16 port;
  guint32 seq;
  guint contact_timer;
} IpdOpeningRun;

/* In @owner's list until nothing more is to be said. @relay: (nullable): the one of its output, if there is one.
 * @source: (nullable): %NULL for a phone, which gets no tokens */
IpdOpeningRun *ipd_opening_run_new (IpdCommands *owner, const IpdActor *by, const IpdCommandToken *command,
                                    const IpdRelay *relay, const IpdMessageSource *source);
void ipd_opening_run_free (IpdOpeningRun *run);

/* The verdict. Either may free @run. */
void ipd_opening_run_actuate (IpdOpeningRun *run, IpdRelay *relay, const IpdActor *by);
void ipd_opening_run_refuse (IpdOpeningRun *run, IpdRefusal refusal);

/* What the contact says, or that its time is over. Frees @run. */
void ipd_opening_run_contact (IpdOpeningRun *run, gboolean open);

/*
 * Signs @message and sends it to @client, or to @source when that is not registered.
 * @remember_for: (nullable): the command that it is a result of: a duplicate gets the same token
 */
void ipd_commands_send (IpdCommands *self, const IpdId *client, const IpdMessageSource *source,
                        const IpdMessage *message, const IpdShortId *remember_for);
