// SPDX-License-Identifier: Apache-2.0
/*
 * The words of a visit: as its news, the log and D-Bus say them. Used by station, agent, wire and store; pure, any
 * thread.
 */
#include "core/visit.h"

#include "core/visit-table.h"
#include "core/words.h"

#include <glib.h>

static const char *const reasons[] = {
  [IPD_VISIT_REASON_NONE] = "",
  [IPD_VISIT_REASON_HANGUP] = "hangup",
  [IPD_VISIT_REASON_MISSED] = "missed",
  [IPD_VISIT_REASON_REJECTED] = "rejected",
  [IPD_VISIT_REASON_CANCELLED] = "cancelled",
  [IPD_VISIT_REASON_TIMEOUT] = "timeout",
  [IPD_VISIT_REASON_OPENED] = "opened",
};

static const char *const news_words[] = {
  [IPD_VISIT_NEWS_RINGING] = "ringing",
  [IPD_VISIT_NEWS_ANSWERED] = "answered",
  [IPD_VISIT_NEWS_OPENED] = "opened",
  [IPD_VISIT_NEWS_ENDED] = "ended",
};

const char *
ipd_visit_state_to_string (IpdVisitState state)
{
  return ipd_visit_table ()->states[state];
}

const char *
ipd_visit_reason_to_string (IpdVisitReason reason)
{
  return reasons[reason];
}

bool
ipd_visit_reason_from_string (const char *text, IpdVisitReason *ret_reason)
{
  unsigned i;
  if (!ipd_words_find (reasons, G_N_ELEMENTS (reasons), text, &i))
    return false;
  *ret_reason = (IpdVisitReason) i;
  return true;
}

const char *
ipd_visit_news_to_string (IpdVisitNews news)
{
  return news_words[news];
}

bool
ipd_visit_news_from_string (const char *text, IpdVisitNews *ret_news)
{
  unsigned i;
  if (!ipd_words_find (news_words, G_N_ELEMENTS (news_words), text, &i))
    return false;
  *ret_news = (IpdVisitNews) i;
  return true;
}
