// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/contract.h"
#include "agent/history.h"
#include "agent/membership.h"
#include "agent/options.h"
#include "core/codec.h"
#include "platform/reserve.h"
#include "sip/sip.h"

/*
 * The agent as a whole: what its parts share, and the one place where they meet. Each part (stations, visits, commands,
 * …) has a file of its own and knows the others through this struct.
 *
 * Thread: main context, all of it. Other threads (SIP, GDBus) only deliver events to it.
 */
typedef struct _IpdAgent IpdAgent;
typedef struct _IpdStations IpdStations;
typedef struct _IpdVisits IpdVisits;
typedef struct _IpdCommands IpdCommands;
typedef struct _IpdFinder IpdFinder;
typedef struct _IpdUiChild IpdUiChild;
typedef struct _IpdRateLimit IpdRateLimit;
typedef struct _IpdSleepWatch IpdSleepWatch;

struct _IpdAgent {
  IpdAgentOptions options;
  IpdCodecs codecs; /* what our media process can play and send */
  char *data_dir;
  IpdContract *contract;
  IpdHistory *history;
  IpdMembership *membership; /* (nullable): not enrolled */
  IpdStations *stations;
  IpdVisits *visits;
  IpdCommands *commands;
  IpdFinder *finder;
  IpdUiChild *ui;
  IpdSleepWatch *sleep;
  IpdReserve *reserve;     /* descriptors; a visit has them while it goes on */
  IpdRateLimit *strangers; /* one log line a minute for each source that is refused */
  bool enrolling;
};

/* @options: (transfer full): taken over. Nothing is sent or bound before start. Errors: IPD_PLATFORM_ERROR. */
IpdAgent *ipd_agent_new (IpdAgentOptions *options, GError **error);

/* Takes up the membership on the disk, if there is one. Called when this agent is known to be the only one. */
void ipd_agent_start (IpdAgent *agent);

/* Hangs up and unregisters; then calls @done, once. */
void ipd_agent_shutdown (IpdAgent *agent, void (*done) (gpointer user_data), gpointer user_data);

void ipd_agent_free (IpdAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdAgent, ipd_agent_free)

IpdContract *ipd_agent_get_contract (IpdAgent *agent);

/* Something that GetStatus shows has changed. */
void ipd_agent_status_changed (IpdAgent *agent);

/* What comes from the network, handed to the part it is for. @event: borrowed. */
void ipd_agent_on_sip (IpdAgent *agent, const IpdSipEvent *event);

/* a{sv} of the contract, floating. */
GVariant *ipd_agent_status (IpdAgent *agent);

/* Becomes a member: @membership: (transfer full). Ends the one before it. */
void ipd_agent_join (IpdAgent *agent, IpdMembership *membership);

/* Ends the membership and wipes what belonged to it. */
void ipd_agent_leave (IpdAgent *agent);
