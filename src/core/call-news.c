// SPDX-License-Identifier: Apache-2.0
/*
 * What a call becomes by the word of its station: who answered, who opened, and why it is over. Used by call.c; pure,
 * any thread.
 */
#include "core/call-news.h"

#include <string.h>

static bool
somebody_opened (const IpdCall *call)
{
  return call->output.s[0] != '\0';
}

IpdCallReason
ipd_call_reason_of_facts (const IpdCall *call, IpdCallReason otherwise)
{
  if (call->origin != IPD_VISIT_IN || call->winner == IPD_CALL_WINNER_SELF)
    return otherwise;
  if (call->winner == IPD_CALL_WINNER_OTHER)
    return IPD_CALL_REASON_ANSWERED_ELSEWHERE;
  return somebody_opened (call) ? IPD_CALL_REASON_OPENED : otherwise;
}

IpdCallReason
ipd_call_reason_of_visit (IpdVisitReason reason)
{
  switch (reason)
    {
    case IPD_VISIT_REASON_MISSED:
      return IPD_CALL_REASON_MISSED;
    case IPD_VISIT_REASON_TIMEOUT:
      return IPD_CALL_REASON_TIMEOUT;
    case IPD_VISIT_REASON_HANGUP:
      return IPD_CALL_REASON_HANGUP;
    case IPD_VISIT_REASON_OPENED:
      return IPD_CALL_REASON_OPENED;
    case IPD_VISIT_REASON_NONE:
    case IPD_VISIT_REASON_REJECTED: /* by the others; this user did not */
    case IPD_VISIT_REASON_CANCELLED:
      break;
    }
  return IPD_CALL_REASON_CANCELLED;
}

static void
take_opening (IpdCall *call, const IpdCallEvent *ev)
{
  call->opened_by = ev->by;
  call->output = ev->output;
  call->contact = ev->contact;
}

static void
take_ended (IpdCall *call, const IpdCallEvent *ev)
{
  if (ev->output.s[0] == '\0')
    return;
  if (ipd_output_id_equal (&call->output, &ev->output))
    call->contact = ev->contact;
  else if (ev->news_reason == IPD_VISIT_REASON_OPENED) /* the token that said "opened" was lost */
    take_opening (call, ev);
}

/* A reason that was only a guess of this side; what the user did himself is none. */
static bool
reason_is_open (IpdCallReason reason)
{
  return reason == IPD_CALL_REASON_CANCELLED || reason == IPD_CALL_REASON_MISSED || reason == IPD_CALL_REASON_HANGUP;
}

static void
settle_reason (IpdCall *call)
{
  if (reason_is_open (call->reason))
    call->reason = ipd_call_reason_of_facts (call, call->reason);
}

void
ipd_call_apply_opening (IpdCall *call, const IpdCallEvent *ev)
{
  take_opening (call, ev);
  settle_reason (call);
}

void
ipd_call_apply_news (IpdCall *call, const IpdCallEvent *ev)
{
  switch (ev->news)
    {
    case IPD_VISIT_NEWS_RINGING:
      return;
    case IPD_VISIT_NEWS_ANSWERED:
      call->winner = ev->mine ? IPD_CALL_WINNER_SELF : IPD_CALL_WINNER_OTHER;
      call->answered_by = ev->by;
      break;
    case IPD_VISIT_NEWS_OPENED:
      take_opening (call, ev);
      break;
    case IPD_VISIT_NEWS_ENDED:
      take_ended (call, ev);
      if (call->reason == IPD_CALL_REASON_CANCELLED || call->reason == IPD_CALL_REASON_MISSED)
        call->reason = ipd_call_reason_of_visit (ev->news_reason);
      break;
    }
  settle_reason (call);
}

bool
ipd_call_news_is_new (const IpdCall *call, const IpdCallEvent *ev)
{
  IpdCall with = *call;

  if (call->device.s[0] == '\0') /* an INVITE that was refused has no visit to hear of */
    return false;
  ipd_call_apply_news (&with, ev);
  return with.winner != call->winner || with.contact != call->contact || with.reason != call->reason
         || strcmp (with.answered_by.s, call->answered_by.s) != 0 || strcmp (with.opened_by.s, call->opened_by.s) != 0
         || !ipd_output_id_equal (&with.output, &call->output);
}
