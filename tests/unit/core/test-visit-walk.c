// SPDX-License-Identifier: Apache-2.0
/*
 * The visit machine walked at random, and what must hold after every step. A failure prints the seed; run with --seed
 * to repeat it.
 */
#include "core/visit.h"

#include <glib.h>
#include <string.h>

#define WALK_STEPS 200000
#define MAX_LEGS   5 /* of a press; as many clients there are */

/* What somebody outside has seen of one visit. */
typedef struct {
  unsigned invites[IPD_VISIT_LEGS_MAX];
  bool media[IPD_VISIT_LEGS_MAX];
  unsigned talks, records, told_ended;
  unsigned timers;
  bool opened, contact_open, was_rung;
} Seen;

static void
see_timer (Seen *seen, const IpdVisitEffect *e, bool start)
{
  if (start)
    g_assert_cmpuint (seen->timers & e->timer, ==, 0);
  else
    g_assert_cmpuint (seen->timers & e->timer, ==, e->timer);
  seen->timers ^= e->timer;
}

static void
see_media (Seen *seen, int leg, bool on)
{
  g_assert_cmpint (seen->media[leg], ==, !on);
  seen->media[leg] = on;
}

static void
see_talk (Seen *seen, const IpdVisit *after, const IpdVisitEffect *e)
{
  g_assert_true (after->legs[e->leg].may_talk);
  g_assert_true (seen->media[e->leg]);
  g_assert_cmpuint (++seen->talks, ==, 1); /* one winner a visit, for ever */
}

static void
see_news (Seen *seen, const IpdVisit *after, IpdVisitNews news)
{
  switch (news)
    {
    case IPD_VISIT_NEWS_RINGING:
      g_assert_not_reached (); /* the INVITE says it */
    case IPD_VISIT_NEWS_ANSWERED:
      g_assert_nonnull (ipd_visit_winner (after));
      return;
    case IPD_VISIT_NEWS_OPENED:
      g_assert_true (seen->opened);
      return;
    case IPD_VISIT_NEWS_ENDED:
      g_assert_cmpint (after->state, ==, IPD_VISIT_ENDED);
      g_assert_cmpuint (++seen->told_ended, ==, 1);
      return;
    }
}

/* Each leg once; whom it is for neither twice at a time, nor without end, nor after a no. */
static void
see_invite (Seen *seen, const IpdVisit *before, const IpdVisit *after, int leg)
{
  unsigned each = 0, living = 0;

  g_assert_true (before->state == IPD_VISIT_IDLE || before->state == IPD_VISIT_RINGING);
  g_assert_cmpuint (++seen->invites[leg], ==, 1);
  for (size_t i = 0; i < after->n_legs; i++)
    {
      const IpdVisitLeg *other = &after->legs[i];
      if (!ipd_id_equal (&other->client, &after->legs[leg].client))
        continue;
      g_assert_false (other->rejected);
      living += other->state != IPD_LEG_GONE ? 1 : 0;
      each++;
    }
  g_assert_cmpuint (living, ==, 1);
  g_assert_cmpuint (each, <=, IPD_VISIT_LEGS_EACH_MAX);
}

static void
see (Seen *seen, const IpdVisit *before, const IpdVisit *after, const IpdVisitEffect *e)
{
  if (before->state == IPD_VISIT_ENDED) /* nothing starts after the end */
    g_assert_cmpint (e->type, ==, IPD_VISIT_DO_BYE);
  switch (e->type)
    {
    case IPD_VISIT_DO_INVITE:
      return see_invite (seen, before, after, e->leg);
    case IPD_VISIT_DO_PREVIEW:
      return see_media (seen, e->leg, true);
    case IPD_VISIT_DO_STOP_MEDIA:
      return see_media (seen, e->leg, false);
    case IPD_VISIT_DO_TALK:
      return see_talk (seen, after, e);
    case IPD_VISIT_DO_START_TIMER:
      return see_timer (seen, e, true);
    case IPD_VISIT_DO_STOP_TIMER:
      return see_timer (seen, e, false);
    case IPD_VISIT_DO_NOTIFY:
      return see_news (seen, after, e->news);
    case IPD_VISIT_DO_TONE:
      g_assert_true (e->tone != IPD_VISIT_TONE_OPENED || seen->opened);
      return;
    case IPD_VISIT_DO_RECORD:
      g_assert_cmpuint (++seen->records, ==, 1);
      return;
    case IPD_VISIT_DO_CANCEL:
    case IPD_VISIT_DO_BYE:
      g_assert_cmpint (after->legs[e->leg].state, ==, IPD_LEG_GONE);
      g_assert_true (e->cause != IPD_VISIT_CAUSE_OPENED || seen->opened);
      g_assert_true (e->cause != IPD_VISIT_CAUSE_ANSWERED || seen->talks == 1);
      return;
    case IPD_VISIT_DO_ANSWER:
    case IPD_VISIT_DO_REFUSE_RIGHT:
      g_assert_cmpint (before->state, ==, IPD_VISIT_IDLE);
      return;
    case IPD_VISIT_DO_PRESS_AGAIN:
      g_assert_cmpint (after->state, ==, IPD_VISIT_ENDED);
      return;
    case IPD_VISIT_DO_HOLD:
    case IPD_VISIT_DO_RESUME:
      g_assert_cmpint (e->leg, ==, after->winner);
      g_assert_cmpint (before->legs[e->leg].held, ==, e->type == IPD_VISIT_DO_RESUME);
      return;
    case IPD_VISIT_DO_REFUSE_BUSY:
    case IPD_VISIT_DO_PRESS_BUSY:
      g_assert_cmpint (before->state, ==, after->state);
      return;
    }
}

static unsigned
timer_of (IpdVisitState state)
{
  switch (state)
    {
    case IPD_VISIT_RINGING:
      return IPD_VISIT_TIMER_RING;
    case IPD_VISIT_TALKING:
      return IPD_VISIT_TIMER_TALK;
    case IPD_VISIT_CLOSING:
      return IPD_VISIT_TIMER_CLOSE;
    case IPD_VISIT_IDLE:
    case IPD_VISIT_ENDED:
      break;
    }
  return 0;
}

static void
check_legs (const Seen *seen, const IpdVisit *visit)
{
  unsigned answered = 0, ringing = 0;

  for (size_t i = 0; i < visit->n_legs; i++)
    {
      IpdLegState state = visit->legs[i].state;
      answered += state == IPD_LEG_ANSWERED ? 1 : 0;
      ringing += state == IPD_LEG_INVITING || state == IPD_LEG_PREVIEWING ? 1 : 0;
      g_assert_true (!visit->legs[i].held || state == IPD_LEG_ANSWERED);
      g_assert_cmpint (seen->media[i], ==, state == IPD_LEG_PREVIEWING || state == IPD_LEG_ANSWERED);
    }
  g_assert_cmpuint (answered, ==, visit->state == IPD_VISIT_TALKING ? 1 : 0);
  if (visit->state == IPD_VISIT_RINGING)
    g_assert_cmpuint (ringing, >, 0);
  else
    g_assert_cmpuint (ringing, ==, 0);
}

static void
check_value (const Seen *seen, const IpdVisit *visit)
{
  g_assert_cmpuint (visit->timers, ==, seen->timers);
  g_assert_cmpuint (visit->timers, ==, timer_of (visit->state));
  g_assert_cmpint (visit->reason != IPD_VISIT_REASON_NONE, ==,
                   visit->state == IPD_VISIT_ENDED || visit->state == IPD_VISIT_CLOSING);
  g_assert_true (visit->contact != IPD_CONTACT_OPEN || seen->contact_open);
  g_assert_true (visit->output.s[0] == '\0' || seen->opened);
  g_assert_true (visit->reason != IPD_VISIT_REASON_OPENED || seen->opened);
  if (visit->state == IPD_VISIT_CLOSING)
    g_assert_cmpint (visit->contact, ==, IPD_CONTACT_PENDING);
  if (visit->state == IPD_VISIT_ENDED)
    g_assert_cmpuint (seen->records, ==, seen->was_rung ? 1 : 0);
  check_legs (seen, visit);
}

/* Each second visit has a client that starts again and again. */
static bool
is_restless (const IpdVisit *visit)
{
  return visit->state == IPD_VISIT_RINGING && visit->button == 2 && g_test_rand_int_range (0, 8) > 0;
}

static IpdVisitEvent
random_event (const IpdVisit *visit, IpdVisitLeg *legs)
{
  static const char *const outputs[] = { "door", "gate" };
  IpdVisitEvent ev = { .type = (IpdVisitEventType) g_test_rand_int_range (0, IPD_VISIT_N_EVENTS), .legs = legs };

  memset (legs, 0, MAX_LEGS * sizeof *legs);
  for (size_t i = 0; i < MAX_LEGS; i++)
    {
      legs[i].client.s[0] = (char) ('a' + i);
      legs[i].may_talk = g_test_rand_int_range (0, 5) > 0;
    }
  /* Most events belong to the middle of a visit, or every walk would be a short one. */
  if ((ev.type == IPD_VISIT_EV_CANCEL || ev.type == IPD_VISIT_EV_RING_TIMEOUT) && g_test_rand_int_range (0, 4) > 0)
    ev.type = IPD_VISIT_EV_LEG_PROGRESS;
  if (is_restless (visit))
    ev.type = IPD_VISIT_EV_JOIN;
  ev.n_legs = ev.type == IPD_VISIT_EV_LOOK_OUT ? 1 : (size_t) g_test_rand_int_range (0, MAX_LEGS + 1);
  if (ev.type == IPD_VISIT_EV_JOIN)
    {
      ev.legs = &legs[g_test_rand_int_range (0, MAX_LEGS)];
      ev.n_legs = 1;
      ev.anew = g_test_rand_int_range (0, 2) > 0;
    }
  ev.leg = g_test_rand_int_range (-1, 3 * MAX_LEGS);
  ev.button = (unsigned) g_test_rand_int_range (1, 3);
  ev.granted = g_test_rand_int_range (0, 4) > 0;
  ev.has_contact = g_test_rand_int_range (0, 3) > 0;
  ev.contact = (IpdContact) g_test_rand_int_range (0, 4);
  ipd_output_id_from_text (outputs[g_test_rand_int_range (0, 2)], &ev.output);
  return ev;
}

static void
note_event (Seen *seen, const IpdVisit *before, const IpdVisit *after, const IpdVisitEvent *ev, IpdStep step)
{
  if (step != IPD_STEP_OK)
    return;
  if (ev->type == IPD_VISIT_EV_OPENED)
    {
      g_assert_true (ev->granted);
      seen->opened = true;
    }
  if (ev->type == IPD_VISIT_EV_CONTACT)
    {
      g_assert_true (ipd_output_id_equal (&before->output, &ev->output));
      seen->contact_open = seen->contact_open || ev->contact == IPD_CONTACT_OPEN;
    }
  if (ev->type == IPD_VISIT_EV_RING_TIMEOUT)
    seen->timers &= ~(unsigned) IPD_VISIT_TIMER_RING;
  if (ev->type == IPD_VISIT_EV_TALK_TIMEOUT)
    seen->timers &= ~(unsigned) IPD_VISIT_TIMER_TALK;
  if (ev->type == IPD_VISIT_EV_CLOSE_TIMEOUT)
    seen->timers &= ~(unsigned) IPD_VISIT_TIMER_CLOSE;
  if (after->state != IPD_VISIT_IDLE && (ev->type == IPD_VISIT_EV_PRESS || ev->type == IPD_VISIT_EV_LOOK_OUT))
    seen->was_rung = true;
}

static void
walk_step (Seen *seen, IpdVisit *visit, bool (*met)[IPD_VISIT_N_EVENTS])
{
  IpdVisitLeg legs[MAX_LEGS];
  IpdVisitEvent ev = random_event (visit, legs);
  IpdVisit next, in_place = *visit;
  IpdVisitEffects effects, effects_in_place;

  met[visit->state][ev.type] = true;
  IpdStep step = ipd_visit_step (visit, &ev, &next, &effects);
  g_assert_cmpint (ipd_visit_step (&in_place, &ev, &in_place, &effects_in_place), ==, step);
  g_assert_cmpmem (&next, sizeof next, &in_place, sizeof in_place); /* same input, same output; aliasing is fine */
  g_assert_cmpuint (effects.n, ==, effects_in_place.n);
  if (step != IPD_STEP_OK)
    {
      g_assert_cmpmem (&next, sizeof next, visit, sizeof *visit);
      g_assert_cmpuint (effects.n, ==, 0);
    }
  note_event (seen, visit, &next, &ev, step);
  for (size_t i = 0; i < effects.n; i++)
    see (seen, visit, &next, &effects.list[i]);
  check_value (seen, &next);
  if (visit->state == IPD_VISIT_ENDED)
    g_assert_cmpint (next.state, ==, IPD_VISIT_ENDED);
  *visit = next;
}

static void
test_walk (void)
{
  bool met[IPD_VISIT_N_STATES][IPD_VISIT_N_EVENTS] = { 0 };
  unsigned reasons[IPD_VISIT_REASON_OPENED + 1] = { 0 };
  unsigned after_end = 0;
  Seen seen = { 0 };
  IpdVisit visit;

  ipd_visit_init (&visit);
  for (unsigned i = 0; i < WALK_STEPS; i++)
    {
      walk_step (&seen, &visit, met);
      if (visit.state != IPD_VISIT_ENDED || after_end++ < 8)
        continue;
      reasons[visit.reason]++;
      after_end = 0;
      seen = (Seen){ 0 };
      ipd_visit_init (&visit);
    }
  for (unsigned r = IPD_VISIT_REASON_HANGUP; r <= IPD_VISIT_REASON_OPENED; r++)
    g_assert_cmpuint (reasons[r], >, 0);
  for (unsigned s = 0; s < IPD_VISIT_N_STATES; s++)
    {
      for (unsigned e = 0; e < IPD_VISIT_N_EVENTS; e++)
        g_assert_true (met[s][e]); /* the walk really went everywhere */
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/visit/walk", test_walk);
  return g_test_run ();
}
