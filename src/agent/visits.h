// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/leg.h"
#include "agent/ui-child.h"
#include "wire/command.h"

/*
 * All legs of this client, newest first: finds the one that an event, a word of the user or a signed visit token is
 * about. Thread: main context.
 */
IpdVisits *ipd_visits_new (IpdAgent *agent);
void ipd_visits_free (IpdVisits *visits);

/* Ends everything that goes on; with @forget, nothing stays. What must still be said goes out by SIP. */
void ipd_visits_end_all (IpdVisits *visits, bool forget);
/* SIP is gone, with the address it was on: what goes on has failed. */
void ipd_visits_lose_sip (IpdVisits *visits);
/* @station runs anew and has forgotten its visits: no microphone stays on for a talk that it knows nothing of. */
void ipd_visits_lose_station (IpdVisits *visits, const IpdStation *station);
/* @station does not answer any more: nobody is left in talking to it. */
void ipd_visits_miss_station (IpdVisits *visits, const IpdStation *station);

/* Called by a leg when nothing more can come for it; it is freed. */
void ipd_visits_forget (IpdVisits *visits, IpdLeg *leg);

/* Everything of calls. */
void ipd_visits_on_sip (IpdVisits *visits, const IpdSipEvent *event);
/* A visit token that verified and is for us; order and meaning are checked here. */
void ipd_visits_on_news (IpdVisits *visits, const IpdId *signer, const IpdVisitToken *token);
/* This client opened @output for @visit, of a third-party station: nothing signed will say so. */
void ipd_visits_opened_here (IpdVisits *visits, const IpdShortId *visit, const IpdOutputId *output);
void ipd_visits_on_ui_ended (IpdVisits *visits, const char *visit, IpdUiEnd end);

/* By id; "" is the newest that goes on. Errors: NO_SUCH_VISIT. */
IpdLeg *ipd_visits_find (IpdVisits *visits, const char *visit, GError **error);

/* The contract's verbs. Errors: NO_SUCH_VISIT, WRONG_STATE, NO_SUCH_DEVICE, NOT_ALLOWED, NOT_REACHABLE. */
bool ipd_visits_answer (IpdVisits *visits, const char *visit, GError **error);
bool ipd_visits_reject (IpdVisits *visits, const char *visit, GError **error);
bool ipd_visits_hang_up (IpdVisits *visits, const char *visit, GError **error);
bool ipd_visits_hold (IpdVisits *visits, const char *visit, GError **error);
bool ipd_visits_resume (IpdVisits *visits, const char *visit, GError **error);
/* Also FAILED: @digits are none. */
bool ipd_visits_send_digits (IpdVisits *visits, const char *visit, const char *digits, GError **error);
char *ipd_visits_call (IpdVisits *visits, const char *device, GError **error);
bool ipd_visits_report_media (IpdVisits *visits, const char *visit, const char *event, const char *detail,
                              GError **error);

/* Whether any is not over. */
bool ipd_visits_go_on (IpdVisits *visits);
/* Something that all of them show has changed. */
void ipd_visits_publish (IpdVisits *visits);

/* aa{sv} of the contract, floating. */
GVariant *ipd_visits_to_variant (IpdVisits *visits);
