// SPDX-License-Identifier: Apache-2.0
/*
 * The call machine walked at random, and what must hold after every step. A failure prints the seed; run with --seed to
 * repeat it.
 */
#include "core/call.h"

#include <glib.h>
#include <string.h>

#define WALK_STEPS 200000

/* What somebody outside has seen of one leg. */
typedef struct {
  bool verified, allowed;
  bool sockets, ready, stopped;
  bool user_answered, got_200, we_called;
  unsigned finals, sent_200;
  bool timer;
  bool opened_news, contact_open_news, other_news, other_claimed;
  bool asking, asked, told; /* of hold */
} Seen;

static void
see_send (Seen *seen, const IpdCallEffect *e, const IpdCallEvent *ev)
{
  switch (e->type)
    {
    case IPD_CALL_DO_SEND_183:
      g_assert_true (seen->verified && seen->ready && seen->finals == 0);
      return;
    case IPD_CALL_DO_SEND_200:
      g_assert_true (seen->verified && seen->user_answered);
      g_assert_cmpuint (++seen->sent_200, ==, 1);
      return;
    case IPD_CALL_DO_SEND_FINAL:
      g_assert_cmpuint (++seen->finals, ==, 1);
      g_assert_cmpuint (seen->sent_200, ==, 0);
      g_assert_false (seen->we_called);
      g_assert_cmpint (e->status, >=, 400);
      return;
    case IPD_CALL_DO_SEND_INVITE:
      g_assert_true (seen->allowed && seen->ready && !seen->we_called);
      seen->we_called = true;
      return;
    case IPD_CALL_DO_SEND_CANCEL:
      g_assert_true (seen->we_called && !seen->got_200);
      return;
    case IPD_CALL_DO_SEND_BYE:
      g_assert_true (seen->sent_200 == 1 || seen->got_200 || ev->type == IPD_CALL_EV_ANSWERED);
      return;
    case IPD_CALL_DO_TAKE_MEDIA:
    case IPD_CALL_DO_START_DESKTOP:
    case IPD_CALL_DO_STOP_MEDIA:
    case IPD_CALL_DO_PUBLISH:
    case IPD_CALL_DO_RECORD:
    case IPD_CALL_DO_START_TIMER:
    case IPD_CALL_DO_STOP_TIMER:
      return;
    case IPD_CALL_DO_SEND_HOLD:
    case IPD_CALL_DO_SEND_RESUME:
      g_assert_true (seen->sent_200 == 1 || seen->got_200 || ev->type == IPD_CALL_EV_ANSWERED);
      g_assert_false (seen->asking);                                      /* one at a time */
      g_assert_cmpint (seen->told, !=, e->type == IPD_CALL_DO_SEND_HOLD); /* and never what it knows */
      seen->asking = true;
      seen->asked = e->type == IPD_CALL_DO_SEND_HOLD;
      return;
    }
}

static void
see_local (Seen *seen, const IpdCall *before, const IpdCall *after, const IpdCallEffect *e)
{
  if (e->type == IPD_CALL_DO_TAKE_MEDIA)
    {
      g_assert_true ((seen->verified || seen->allowed) && !seen->sockets);
      seen->sockets = true;
    }
  if (e->type == IPD_CALL_DO_START_DESKTOP)
    g_assert_true (seen->ready && after->state != IPD_CALL_ENDED);
  if (e->type == IPD_CALL_DO_STOP_MEDIA)
    seen->stopped = true;
  if (e->type == IPD_CALL_DO_PUBLISH || e->type == IPD_CALL_DO_RECORD)
    g_assert_true (after->device.s[0] != '\0');
  if (e->type == IPD_CALL_DO_START_TIMER)
    seen->timer = true;
  if (e->type == IPD_CALL_DO_STOP_TIMER)
    {
      g_assert_true (seen->timer);
      seen->timer = false;
    }
  if (before->state == IPD_CALL_ENDED)
    g_assert_true (e->type == IPD_CALL_DO_SEND_BYE || e->type == IPD_CALL_DO_STOP_MEDIA
                   || e->type == IPD_CALL_DO_PUBLISH || e->type == IPD_CALL_DO_RECORD);
}

static bool
timer_runs_in (IpdCallState state)
{
  switch (state)
    {
    case IPD_CALL_RINGING:
    case IPD_CALL_PREVIEWING:
    case IPD_CALL_ANSWERING:
    case IPD_CALL_CALLING:
      return true;
    case IPD_CALL_IDLE:
    case IPD_CALL_OFFERED:
    case IPD_CALL_DIALLING:
    case IPD_CALL_TALKING:
    case IPD_CALL_HELD:
    case IPD_CALL_ENDED:
      break;
    }
  return false;
}

static void
check_value (const Seen *seen, const IpdCall *call)
{
  g_assert_cmpint (call->reason != IPD_CALL_REASON_NONE, ==, call->state == IPD_CALL_ENDED);
  g_assert_cmpint (seen->timer, ==, timer_runs_in (call->state));
  if (call->state == IPD_CALL_ENDED && seen->ready)
    g_assert_true (seen->stopped);
  /* Nobody is told "opened" or "answered elsewhere" unless the station said so. */
  g_assert_true (call->opened_by.s[0] == '\0' || seen->opened_news);
  g_assert_true (call->reason != IPD_CALL_REASON_OPENED || seen->opened_news);
  g_assert_true (call->contact != IPD_CONTACT_OPEN || seen->contact_open_news);
  g_assert_true (call->winner != IPD_CALL_WINNER_OTHER || seen->other_news);
  g_assert_true (call->reason != IPD_CALL_REASON_ANSWERED_ELSEWHERE || seen->other_news || seen->other_claimed);
}

static IpdCallEvent
random_event (const IpdCall *call)
{
  static const int statuses[] = { 0, 403, 408, 480, 486, 500, 600, 603 };
  IpdCallEvent ev = { .type = (IpdCallEventType) g_test_rand_int_range (0, IPD_CALL_N_EVENTS) };

  if (call->state == IPD_CALL_IDLE && g_test_rand_int_range (0, 2) == 0)
    ev.type = (IpdCallEventType) g_test_rand_int_range (IPD_CALL_EV_INVITE, IPD_CALL_EV_DIAL + 1);
  ev.verified = g_test_rand_int_range (0, 5) > 0;
  ev.allowed = g_test_rand_int_range (0, 5) > 0;
  ev.device = (IpdId){ "aaaaaaaaaaaaaaaaaaaaaaaaaa" };
  ev.cancel = (IpdCallCancel) g_test_rand_int_range (0, 3);
  ev.news = (IpdVisitNews) g_test_rand_int_range (0, 4);
  ev.mine = g_test_rand_int_range (0, 2) == 0;
  ipd_name_set (&ev.by, g_test_rand_int_range (0, 2) == 0 ? "Anna" : "Bruno");
  ev.news_reason = (IpdVisitReason) g_test_rand_int_range (IPD_VISIT_REASON_HANGUP, IPD_VISIT_REASON_OPENED + 1);
  if (ev.news == IPD_VISIT_NEWS_OPENED
      || (ev.news == IPD_VISIT_NEWS_ENDED && ev.news_reason == IPD_VISIT_REASON_OPENED))
    {
      ev.output = (IpdOutputId){ "door" };
      ev.contact = (IpdContact) g_test_rand_int_range (0, 4);
    }
  ev.status = statuses[g_test_rand_int_range (0, G_N_ELEMENTS (statuses))];
  if (ev.type == IPD_CALL_EV_OPENED_HERE)
    {
      ev.output = (IpdOutputId){ "gate" };
      ev.contact = IPD_CONTACT_NONE;
    }
  return ev;
}

/* A program only reports what can be: its own timer if it runs, media only after it was asked for. */
static bool
can_happen (const Seen *seen, const IpdCallEvent *ev)
{
  if (ev->type == IPD_CALL_EV_TIMEOUT)
    return seen->timer;
  if (ev->type == IPD_CALL_EV_MEDIA_READY || ev->type == IPD_CALL_EV_NO_MEDIA)
    return seen->sockets && !seen->ready;
  if (ev->type == IPD_CALL_EV_ANSWERED)
    return seen->we_called;
  if (ev->type == IPD_CALL_EV_HOLD_DONE || ev->type == IPD_CALL_EV_HOLD_REFUSED)
    return seen->asking;
  return true;
}

static void
note_event (Seen *seen, const IpdCall *before, const IpdCallEvent *ev)
{
  bool news = ev->type == IPD_CALL_EV_NEWS;

  if (before->state == IPD_CALL_IDLE && ev->type == IPD_CALL_EV_INVITE)
    seen->verified = ev->verified;
  if (before->state == IPD_CALL_IDLE && ev->type == IPD_CALL_EV_DIAL)
    seen->allowed = ev->allowed;
  seen->ready = seen->ready || ev->type == IPD_CALL_EV_MEDIA_READY;
  seen->user_answered = seen->user_answered || ev->type == IPD_CALL_EV_USER_ANSWER;
  seen->timer = seen->timer && ev->type != IPD_CALL_EV_TIMEOUT;
  if (ev->type == IPD_CALL_EV_HOLD_DONE)
    seen->told = seen->asked;
  if (ev->type == IPD_CALL_EV_HOLD_DONE || ev->type == IPD_CALL_EV_HOLD_REFUSED)
    seen->asking = false;
  seen->opened_news = seen->opened_news || ev->type == IPD_CALL_EV_OPENED_HERE
                      || (news && ev->news == IPD_VISIT_NEWS_OPENED)
                      || (news && ev->news == IPD_VISIT_NEWS_ENDED && ev->news_reason == IPD_VISIT_REASON_OPENED);
  seen->contact_open_news = seen->contact_open_news || (news && ev->contact == IPD_CONTACT_OPEN);
  seen->other_news = seen->other_news || (news && ev->news == IPD_VISIT_NEWS_ANSWERED && !ev->mine);
  seen->other_claimed
      = seen->other_claimed || (ev->type == IPD_CALL_EV_CANCELLED && ev->cancel == IPD_CALL_CANCEL_ANSWERED);
}

static void
walk_step (Seen *seen, IpdCall *call, const IpdCallEvent *ev)
{
  IpdCall next, in_place = *call;
  IpdCallEffects effects, effects_in_place;
  IpdStep step = ipd_call_step (call, ev, &next, &effects);

  g_assert_cmpint (ipd_call_step (&in_place, ev, &in_place, &effects_in_place), ==, step);
  g_assert_cmpmem (&next, sizeof next, &in_place, sizeof in_place);
  if (step != IPD_STEP_OK)
    {
      g_assert_cmpmem (&next, sizeof next, call, sizeof *call);
      g_assert_cmpuint (effects.n, ==, 0);
    }
  if (call->state == IPD_CALL_ENDED)
    g_assert_cmpint (next.state, ==, IPD_CALL_ENDED);
  note_event (seen, call, ev);
  for (size_t i = 0; i < effects.n; i++)
    {
      see_send (seen, &effects.list[i], ev);
      see_local (seen, call, &next, &effects.list[i]);
    }
  seen->got_200 = seen->got_200 || ev->type == IPD_CALL_EV_ANSWERED;
  check_value (seen, &next);
  *call = next;
}

static void
test_walk (void)
{
  bool met[IPD_CALL_N_STATES] = { 0 };
  unsigned reasons[IPD_CALL_REASON_REFUSED + 1] = { 0 };
  unsigned after_end = 0;
  Seen seen = { 0 };
  IpdCall call;

  ipd_call_init (&call);
  for (unsigned i = 0; i < WALK_STEPS; i++)
    {
      IpdCallEvent ev = random_event (&call);
      if (!can_happen (&seen, &ev))
        continue;
      walk_step (&seen, &call, &ev);
      met[call.state] = true;
      if (call.state != IPD_CALL_ENDED || after_end++ < 6)
        continue;
      reasons[call.reason]++;
      after_end = 0;
      seen = (Seen){ 0 };
      ipd_call_init (&call);
    }
  for (unsigned r = IPD_CALL_REASON_HANGUP; r <= IPD_CALL_REASON_REFUSED; r++)
    g_assert_cmpuint (reasons[r], >, 0);
  for (unsigned s = IPD_CALL_OFFERED; s < IPD_CALL_N_STATES; s++)
    g_assert_true (met[s]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call/walk", test_walk);
  return g_test_run ();
}
