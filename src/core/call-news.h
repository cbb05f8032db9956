// SPDX-License-Identifier: Apache-2.0
/*
 * Facts of a visit as its station tells them: by signed news, which may come late, twice or not at all, and by the
 * answer to a command. They change what a call says of itself, never its state. Private to call.c.
 */
#pragma once

#include "core/call.h"

/* Takes what @ev (NEWS) tells. */
void ipd_call_apply_news (IpdCall *call, const IpdCallEvent *ev);
/* Takes that @ev (OPENED_HERE) opened, maybe after the ring was over for another reason. */
void ipd_call_apply_opening (IpdCall *call, const IpdCallEvent *ev);

/* Whether ipd_call_apply_news() would change anything that people or the history see. */
bool ipd_call_news_is_new (const IpdCall *call, const IpdCallEvent *ev);

/* The reason that the facts give for a ring that ended for us; @otherwise if they give none. */
IpdCallReason ipd_call_reason_of_facts (const IpdCall *call, IpdCallReason otherwise);
/* Why the call is over when the visit is, for @reason. */
IpdCallReason ipd_call_reason_of_visit (IpdVisitReason reason);
