// SPDX-License-Identifier: Apache-2.0
/*
 * The visit machine, scene by scene: what the station does, effect by effect, told as text.
 */
#include "core/visit.h"

#include <glib.h>
#include <string.h>

static const char *const cause_words[] = {
  [IPD_VISIT_CAUSE_ANSWERED] = "answered", [IPD_VISIT_CAUSE_OPENED] = "opened",   [IPD_VISIT_CAUSE_GONE] = "gone",
  [IPD_VISIT_CAUSE_TIMEOUT] = "timeout",   [IPD_VISIT_CAUSE_REFUSED] = "refused",
};

static const char *const tone_words[] = {
  [IPD_VISIT_TONE_NONE] = "none",
  [IPD_VISIT_TONE_RINGING] = "ringing",
  [IPD_VISIT_TONE_BUSY] = "busy",
  [IPD_VISIT_TONE_OPENED] = "opened",
};

static const char *
timer_word (IpdVisitTimer timer)
{
  return timer == IPD_VISIT_TIMER_RING ? "ring" : timer == IPD_VISIT_TIMER_TALK ? "talk" : "close";
}

static void
append_effect (GString *text, const IpdVisitEffect *e)
{
  switch (e->type)
    {
    case IPD_VISIT_DO_INVITE:
      return g_string_append_printf (text, "invite %d; ", e->leg);
    case IPD_VISIT_DO_PREVIEW:
      return g_string_append_printf (text, "preview %d; ", e->leg);
    case IPD_VISIT_DO_TALK:
      return g_string_append_printf (text, "talk %d; ", e->leg);
    case IPD_VISIT_DO_ANSWER:
      return g_string_append_printf (text, "200 %d; ", e->leg);
    case IPD_VISIT_DO_REFUSE_BUSY:
      g_string_append (text, "486; ");
      return;
    case IPD_VISIT_DO_REFUSE_RIGHT:
      g_string_append (text, "403; ");
      return;
    case IPD_VISIT_DO_CANCEL:
      return g_string_append_printf (text, "cancel %d %s; ", e->leg, cause_words[e->cause]);
    case IPD_VISIT_DO_BYE:
      return g_string_append_printf (text, "bye %d %s; ", e->leg, cause_words[e->cause]);
    case IPD_VISIT_DO_STOP_MEDIA:
      return g_string_append_printf (text, "stop %d; ", e->leg);
    case IPD_VISIT_DO_START_TIMER:
      return g_string_append_printf (text, "+%s; ", timer_word (e->timer));
    case IPD_VISIT_DO_STOP_TIMER:
      return g_string_append_printf (text, "-%s; ", timer_word (e->timer));
    case IPD_VISIT_DO_TONE:
      return g_string_append_printf (text, "tone %s; ", tone_words[e->tone]);
    case IPD_VISIT_DO_NOTIFY:
      return g_string_append_printf (text, "tell %s; ", ipd_visit_news_to_string (e->news));
    case IPD_VISIT_DO_RECORD:
      g_string_append (text, "record; ");
      return;
    case IPD_VISIT_DO_PRESS_BUSY:
      g_string_append (text, "press busy; ");
      return;
    case IPD_VISIT_DO_PRESS_AGAIN:
      g_string_append (text, "press again; ");
      return;
    case IPD_VISIT_DO_HOLD:
      return g_string_append_printf (text, "hold %d; ", e->leg);
    case IPD_VISIT_DO_RESUME:
      return g_string_append_printf (text, "resume %d; ", e->leg);
    }
  g_assert_not_reached ();
}

/* --- a scene is a list of lines --- */

typedef struct {
  IpdVisitEventType type;
  int arg;             /* leg, number of legs, or button */
  const char *effects; /* NULL: ignored; "!": illegal */
  IpdVisitState state;
} Line;

#define PRESS(button)  IPD_VISIT_EV_PRESS, button
#define LOOK_OUT(may)  IPD_VISIT_EV_LOOK_OUT, may
#define PROGRESS(leg)  IPD_VISIT_EV_LEG_PROGRESS, leg
#define ANSWERED(leg)  IPD_VISIT_EV_LEG_ANSWERED, leg
#define REJECTED(leg)  IPD_VISIT_EV_LEG_REJECTED, leg
#define FAILED(leg)    IPD_VISIT_EV_LEG_FAILED, leg
#define BYE(leg)       IPD_VISIT_EV_LEG_BYE, leg
#define HELD(leg)      IPD_VISIT_EV_LEG_HELD, leg
#define RESUMED(leg)   IPD_VISIT_EV_LEG_RESUMED, leg
#define SILENT(leg)    IPD_VISIT_EV_LEG_SILENT, leg
#define JOIN(who)      IPD_VISIT_EV_JOIN, who
#define JOIN_ANEW(who) IPD_VISIT_EV_JOIN, ANEW + who
#define OPENED         IPD_VISIT_EV_OPENED, 1 /* the door, which has a contact */
#define OPENED_GATE    IPD_VISIT_EV_OPENED, 0 /* a gate without one */
#define OPENED_FORGED  IPD_VISIT_EV_OPENED, -1
#define CONTACT(word)  IPD_VISIT_EV_CONTACT, IPD_CONTACT_##word
#define RING_OVER      IPD_VISIT_EV_RING_TIMEOUT, 0
#define TALK_OVER      IPD_VISIT_EV_TALK_TIMEOUT, 0
#define CLOSE_OVER     IPD_VISIT_EV_CLOSE_TIMEOUT, 0
#define CANCEL         IPD_VISIT_EV_CANCEL, 0
#define IS(state)      IPD_VISIT_##state

enum { N_CLIENTS = 4, ANEW = 100 };

typedef struct {
  const char *name;
  unsigned n_legs; /* that a press finds; the third may not talk */
  IpdVisitReason reason;
  IpdContact contact;
  Line lines[10];
} Scene;

// clang-format off
static const Scene scenes[] = {
  { "answer-and-hang-up", 1, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { PROGRESS (0), "preview 0; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; talk 0; +talk; tell answered; ", IS (TALKING) },
    { BYE (0), "-talk; stop 0; tell ended; record; ", IS (ENDED) } } },

  { "first-answer-wins", 2, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { PROGRESS (0), "preview 0; ", IS (RINGING) },
    { ANSWERED (1), "-ring; tone none; preview 1; talk 1; +talk; tell answered; cancel 0 answered; stop 0; ", IS (TALKING) },
    { FAILED (0), NULL, IS (TALKING) }, /* its 487 */
    { BYE (1), "-talk; stop 1; tell ended; record; ", IS (ENDED) } } },

  { "two-answers-at-once", 2, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; cancel 1 answered; ", IS (TALKING) },
    { ANSWERED (1), "bye 1 answered; ", IS (TALKING) },
    { ANSWERED (0), NULL, IS (TALKING) },
    { BYE (1), NULL, IS (TALKING) },
    { BYE (0), "-talk; stop 0; tell ended; record; ", IS (ENDED) } } },

  { "one-rejects-others-ring", 2, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { PROGRESS (0), "preview 0; ", IS (RINGING) },
    { REJECTED (0), "stop 0; ", IS (RINGING) },
    { REJECTED (0), NULL, IS (RINGING) },
    { ANSWERED (1), "-ring; tone none; preview 1; talk 1; +talk; tell answered; ", IS (TALKING) },
    { BYE (1), "-talk; stop 1; tell ended; record; ", IS (ENDED) } } },

  { "hold-and-resume", 2, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { HELD (0), NULL, IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; cancel 1 answered; ", IS (TALKING) },
    { RESUMED (0), NULL, IS (TALKING) },
    { HELD (0), "hold 0; tone ringing; ", IS (TALKING) },
    { HELD (0), NULL, IS (TALKING) },
    { HELD (1), NULL, IS (TALKING) }, /* not the one who talks */
    { RESUMED (0), "tone none; resume 0; ", IS (TALKING) },
    { SILENT (0), "-talk; tell ended; bye 0 timeout; stop 0; record; ", IS (ENDED) } } },

  { "dies-while-it-holds", 1, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { HELD (0), "hold 0; tone ringing; ", IS (TALKING) },
    { SILENT (0), "-talk; tell ended; bye 0 timeout; tone none; stop 0; record; ", IS (ENDED) } } },

  { "comes-back-while-it-rings", 2, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { PROGRESS (0), "preview 0; ", IS (RINGING) },
    { JOIN (0), NULL, IS (RINGING) }, /* it rings there already */
    { JOIN_ANEW (0), "cancel 0 gone; stop 0; invite 2; ", IS (RINGING) },
    { FAILED (0), NULL, IS (RINGING) }, /* its 487 */
    { PROGRESS (2), "preview 2; ", IS (RINGING) },
    { ANSWERED (2), "-ring; tone none; talk 2; +talk; tell answered; cancel 1 answered; ", IS (TALKING) },
    { JOIN (1), NULL, IS (TALKING) },
    { JOIN_ANEW (3), NULL, IS (TALKING) },
    { BYE (2), "-talk; stop 2; tell ended; record; ", IS (ENDED) } } },

  { "the-only-one-comes-back", 1, IPD_VISIT_REASON_MISSED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { JOIN_ANEW (0), "cancel 0 gone; invite 1; ", IS (RINGING) },
    { ANSWERED (0), "bye 0 gone; ", IS (RINGING) }, /* it crossed the CANCEL */
    { JOIN_ANEW (0), "cancel 1 gone; invite 2; ", IS (RINGING) },
    { FAILED (1), NULL, IS (RINGING) },
    { JOIN_ANEW (0), "cancel 2 gone; invite 3; ", IS (RINGING) },
    { JOIN_ANEW (0), NULL, IS (RINGING) }, /* that was often enough */
    { FAILED (3), "-ring; tone busy; tell ended; record; ", IS (ENDED) },
    { JOIN_ANEW (0), NULL, IS (ENDED) } } },

  { "comes-while-it-rings", 1, IPD_VISIT_REASON_OPENED, IPD_CONTACT_PENDING, {
    { JOIN (0), NULL, IS (IDLE) },
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { JOIN (1), "invite 1; ", IS (RINGING) }, /* it was not there at the press */
    { FAILED (1), "", IS (RINGING) },
    { JOIN (1), "invite 2; ", IS (RINGING) }, /* and could not be reached */
    { OPENED, "-ring; tone opened; tell opened; cancel 0 opened; cancel 2 opened; +close; ", IS (CLOSING) },
    { JOIN_ANEW (1), NULL, IS (CLOSING) } } },

  { "said-no-and-comes-back", 2, IPD_VISIT_REASON_REJECTED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { REJECTED (0), "", IS (RINGING) },
    { JOIN_ANEW (0), NULL, IS (RINGING) },
    { FAILED (1), "-ring; tone busy; tell ended; record; ", IS (ENDED) } } },

  { "hangs-up-while-it-holds", 1, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { HELD (0), "hold 0; tone ringing; ", IS (TALKING) },
    { HELD (7), "!", IS (TALKING) },
    { BYE (0), "-talk; tone none; stop 0; tell ended; record; ", IS (ENDED) },
    { RESUMED (0), NULL, IS (ENDED) },
    { SILENT (0), NULL, IS (ENDED) } } },

  { "talk-time-runs-on-while-it-holds", 1, IPD_VISIT_REASON_TIMEOUT, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { HELD (0), "hold 0; tone ringing; ", IS (TALKING) },
    { TALK_OVER, "tell ended; bye 0 timeout; tone none; stop 0; record; ", IS (ENDED) } } },

  { "silent-while-the-contact-is-awaited", 1, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_OPEN, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { SILENT (0), NULL, IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { OPENED, "tell opened; ", IS (TALKING) },
    { SILENT (0), "-talk; bye 0 timeout; stop 0; +close; ", IS (CLOSING) },
    { CONTACT (OPEN), "-close; tell opened; tell ended; record; ", IS (ENDED) } } },

  { "last-rejects", 2, IPD_VISIT_REASON_REJECTED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { FAILED (0), "", IS (RINGING) },
    { REJECTED (1), "-ring; tone busy; tell ended; record; ", IS (ENDED) } } },

  { "rejected-then-last-fails", 2, IPD_VISIT_REASON_REJECTED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { REJECTED (0), "", IS (RINGING) },
    { FAILED (1), "-ring; tone busy; tell ended; record; ", IS (ENDED) } } },

  { "nobody-reachable", 1, IPD_VISIT_REASON_MISSED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { FAILED (0), "-ring; tone busy; tell ended; record; ", IS (ENDED) } } },

  { "nobody-to-ring", 0, IPD_VISIT_REASON_MISSED, IPD_CONTACT_NONE, {
    { PRESS (1), "tone busy; record; ", IS (ENDED) } } },

  { "missed", 2, IPD_VISIT_REASON_MISSED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { PROGRESS (1), "preview 1; ", IS (RINGING) },
    { RING_OVER, "tone busy; tell ended; cancel 0 timeout; cancel 1 timeout; stop 1; record; ", IS (ENDED) },
    { ANSWERED (0), "bye 0 timeout; ", IS (ENDED) } } },

  { "silent-open", 2, IPD_VISIT_REASON_OPENED, IPD_CONTACT_OPEN, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { PROGRESS (0), "preview 0; ", IS (RINGING) },
    { OPENED, "-ring; tone opened; tell opened; cancel 0 opened; stop 0; cancel 1 opened; +close; ", IS (CLOSING) },
    { ANSWERED (1), "bye 1 opened; ", IS (CLOSING) },
    { PRESS (1), "press busy; ", IS (CLOSING) },
    { CONTACT (OPEN), "-close; tell opened; tell ended; record; ", IS (ENDED) },
    { CONTACT (TIMEOUT), NULL, IS (ENDED) } } },

  { "silent-open-door-stays-shut", 1, IPD_VISIT_REASON_OPENED, IPD_CONTACT_TIMEOUT, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { OPENED, "-ring; tone opened; tell opened; cancel 0 opened; +close; ", IS (CLOSING) },
    { CONTACT (PENDING), NULL, IS (CLOSING) },
    { CONTACT (TIMEOUT), "-close; tell opened; tell ended; record; ", IS (ENDED) } } },

  { "contact-never-speaks", 1, IPD_VISIT_REASON_OPENED, IPD_CONTACT_TIMEOUT, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { OPENED, "-ring; tone opened; tell opened; cancel 0 opened; +close; ", IS (CLOSING) },
    { CLOSE_OVER, "tell opened; tell ended; record; ", IS (ENDED) } } },

  { "output-without-contact", 1, IPD_VISIT_REASON_OPENED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { OPENED_GATE, "-ring; tone opened; tell opened; cancel 0 opened; tell ended; record; ", IS (ENDED) } } },

  { "second-door-while-closing", 1, IPD_VISIT_REASON_OPENED, IPD_CONTACT_OPEN, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { OPENED, "-ring; tone opened; tell opened; cancel 0 opened; +close; ", IS (CLOSING) },
    { OPENED_GATE, NULL, IS (CLOSING) },
    { OPENED, "tell opened; -close; +close; ", IS (CLOSING) },
    { CONTACT (OPEN), "-close; tell opened; tell ended; record; ", IS (ENDED) } } },

  { "open-while-talking", 2, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_OPEN, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; cancel 1 answered; ", IS (TALKING) },
    { OPENED, "tell opened; ", IS (TALKING) },
    { CONTACT (OPEN), "tell opened; ", IS (TALKING) },
    { CONTACT (OPEN), NULL, IS (TALKING) },
    { BYE (0), "-talk; stop 0; tell ended; record; ", IS (ENDED) } } },

  { "hang-up-before-the-contact", 1, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_OPEN, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { OPENED, "tell opened; ", IS (TALKING) },
    { BYE (0), "-talk; stop 0; +close; ", IS (CLOSING) },
    { CONTACT (OPEN), "-close; tell opened; tell ended; record; ", IS (ENDED) } } },

  { "open-without-grant", 1, IPD_VISIT_REASON_NONE, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { OPENED_FORGED, "!", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { OPENED_FORGED, "!", IS (TALKING) } } },

  { "talk-time-over", 1, IPD_VISIT_REASON_TIMEOUT, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { RING_OVER, NULL, IS (TALKING) }, /* fired while it was being stopped */
    { TALK_OVER, "tell ended; bye 0 timeout; stop 0; record; ", IS (ENDED) } } },

  { "talk-time-over-contact-pending", 1, IPD_VISIT_REASON_TIMEOUT, IPD_CONTACT_OPEN, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { OPENED, "tell opened; ", IS (TALKING) },
    { TALK_OVER, "bye 0 timeout; stop 0; +close; ", IS (CLOSING) },
    { CONTACT (OPEN), "-close; tell opened; tell ended; record; ", IS (ENDED) } } },

  { "visitor-leaves", 2, IPD_VISIT_REASON_CANCELLED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; +ring; tone ringing; ", IS (RINGING) },
    { CANCEL, "-ring; tone none; tell ended; cancel 0 gone; cancel 1 gone; record; ", IS (ENDED) },
    { ANSWERED (1), "bye 1 gone; ", IS (ENDED) },
    { CANCEL, NULL, IS (ENDED) } } },

  { "cancel-while-talking", 1, IPD_VISIT_REASON_CANCELLED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { CANCEL, "-talk; tell ended; bye 0 gone; stop 0; record; ", IS (ENDED) } } },

  { "cancel-while-closing", 1, IPD_VISIT_REASON_OPENED, IPD_CONTACT_PENDING, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { OPENED, "-ring; tone opened; tell opened; cancel 0 opened; +close; ", IS (CLOSING) },
    { CANCEL, "-close; tell ended; record; ", IS (ENDED) } } },

  { "cancel-while-idle", 1, IPD_VISIT_REASON_CANCELLED, IPD_CONTACT_NONE, {
    { CANCEL, "", IS (ENDED) },
    { PRESS (1), "!", IS (ENDED) } } },

  { "press-while-on", 1, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { PRESS (1), NULL, IS (RINGING) },
    { PRESS (2), "press busy; ", IS (RINGING) },
    { LOOK_OUT (1), "486; ", IS (RINGING) },
    { ANSWERED (0), "-ring; tone none; preview 0; talk 0; +talk; tell answered; ", IS (TALKING) },
    { PRESS (1), "press busy; ", IS (TALKING) },
    { LOOK_OUT (1), "486; ", IS (TALKING) },
    { FAILED (0), "-talk; stop 0; tell ended; record; ", IS (ENDED) } } },

  { "look-out", 0, IPD_VISIT_REASON_HANGUP, IPD_CONTACT_NONE, {
    { LOOK_OUT (1), "200 0; preview 0; talk 0; +talk; ", IS (TALKING) },
    { BYE (0), "-talk; stop 0; tell ended; record; ", IS (ENDED) },
    { LOOK_OUT (1), "!", IS (ENDED) } } },

  { "look-out-without-right", 0, IPD_VISIT_REASON_NONE, IPD_CONTACT_NONE, {
    { LOOK_OUT (0), "403; ", IS (IDLE) } } },

  { "look-out-gives-way", 1, IPD_VISIT_REASON_CANCELLED, IPD_CONTACT_NONE, {
    { LOOK_OUT (1), "200 0; preview 0; talk 0; +talk; ", IS (TALKING) },
    { PRESS (1), "-talk; tell ended; bye 0 gone; stop 0; record; press again; ", IS (ENDED) } } },

  { "may-not-talk", 3, IPD_VISIT_REASON_MISSED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; invite 2; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (2), "bye 2 refused; ", IS (RINGING) },
    { ANSWERED (2), "bye 2 gone; ", IS (RINGING) },
    { FAILED (0), "", IS (RINGING) },
    { BYE (1), "-ring; tone busy; tell ended; record; ", IS (ENDED) } } },

  { "last-may-not-talk", 3, IPD_VISIT_REASON_REJECTED, IPD_CONTACT_NONE, {
    { PRESS (1), "invite 0; invite 1; invite 2; +ring; tone ringing; ", IS (RINGING) },
    { REJECTED (0), "", IS (RINGING) },
    { REJECTED (1), "", IS (RINGING) },
    { PROGRESS (2), "preview 2; ", IS (RINGING) },
    { ANSWERED (2), "bye 2 refused; stop 2; -ring; tone busy; tell ended; record; ", IS (ENDED) } } },

  { "no-such-leg", 1, IPD_VISIT_REASON_NONE, IPD_CONTACT_NONE, {
    { ANSWERED (0), "!", IS (IDLE) },
    { PRESS (1), "invite 0; +ring; tone ringing; ", IS (RINGING) },
    { ANSWERED (1), "!", IS (RINGING) },
    { BYE (-1), "!", IS (RINGING) },
    { PROGRESS (64), "!", IS (RINGING) } } },
};
// clang-format on

static void
fill_legs (IpdVisitLeg *legs, size_t n)
{
  memset (legs, 0, n * sizeof *legs);
  for (size_t i = 0; i < n; i++)
    {
      memset (legs[i].client.s, 'a' + (int) i, sizeof legs[i].client.s - 1);
      legs[i].may_talk = i != 2;
    }
}

static IpdVisitEvent
event_of (const Scene *scene, const Line *line, IpdVisitLeg *legs)
{
  IpdVisitEvent ev = { .type = line->type, .leg = line->arg, .legs = legs, .at_us = 1000 };

  switch (line->type)
    {
    case IPD_VISIT_EV_PRESS:
      ev.button = (unsigned) line->arg;
      ev.n_legs = scene->n_legs;
      break;
    case IPD_VISIT_EV_LOOK_OUT:
      ev.n_legs = 1;
      legs[0].may_talk = line->arg != 0;
      break;
    case IPD_VISIT_EV_OPENED:
      ev.granted = line->arg >= 0;
      ev.has_contact = line->arg == 1;
      ev.output = (IpdOutputId){ "door" };
      ipd_name_set (&ev.by_name, "Anna");
      break;
    case IPD_VISIT_EV_CONTACT:
      ev.contact = (IpdContact) line->arg;
      ev.output = (IpdOutputId){ "door" };
      break;
    case IPD_VISIT_EV_JOIN:
      ev.n_legs = 1;
      ev.anew = line->arg >= ANEW;
      ev.legs = &legs[line->arg % ANEW];
      break;
    case IPD_VISIT_EV_LEG_PROGRESS:
    case IPD_VISIT_EV_LEG_ANSWERED:
    case IPD_VISIT_EV_LEG_REJECTED:
    case IPD_VISIT_EV_LEG_FAILED:
    case IPD_VISIT_EV_LEG_BYE:
    case IPD_VISIT_EV_RING_TIMEOUT:
    case IPD_VISIT_EV_TALK_TIMEOUT:
    case IPD_VISIT_EV_CLOSE_TIMEOUT:
    case IPD_VISIT_EV_CANCEL:
    case IPD_VISIT_EV_LEG_HELD:
    case IPD_VISIT_EV_LEG_RESUMED:
    case IPD_VISIT_EV_LEG_SILENT:
      break;
    }
  return ev;
}

static void
check_line (const Line *line, IpdStep step, const IpdVisitEffects *effects)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (size_t i = 0; i < effects->n; i++)
    append_effect (text, &effects->list[i]);
  if (line->effects == NULL)
    g_assert_cmpint (step, ==, IPD_STEP_IGNORED);
  else if (strcmp (line->effects, "!") == 0)
    g_assert_cmpint (step, ==, IPD_STEP_ILLEGAL);
  else
    g_assert_cmpint (step, ==, IPD_STEP_OK);
  g_assert_cmpstr (text->str, ==, step == IPD_STEP_OK ? line->effects : "");
}

static void
test_scene (gconstpointer data)
{
  const Scene *scene = data;
  IpdVisit visit;

  ipd_visit_init (&visit);
  for (size_t i = 0; i < G_N_ELEMENTS (scene->lines); i++)
    {
      const Line *line = &scene->lines[i];
      IpdVisitLeg legs[N_CLIENTS];
      IpdVisitEffects effects;
      if (line->type == IPD_VISIT_EV_PRESS && line->arg == 0) /* no such button: the rest is empty */
        break;
      fill_legs (legs, G_N_ELEMENTS (legs));
      IpdVisitEvent ev = event_of (scene, line, legs);
      IpdStep step = ipd_visit_step (&visit, &ev, &visit, &effects);
      check_line (line, step, &effects);
      g_assert_cmpstr (ipd_visit_state_to_string (visit.state), ==, ipd_visit_state_to_string (line->state));
    }
  g_assert_cmpstr (ipd_visit_reason_to_string (visit.reason), ==, ipd_visit_reason_to_string (scene->reason));
  g_assert_cmpstr (ipd_contact_to_string (visit.contact), ==, ipd_contact_to_string (scene->contact));
}

static void
test_takes_values (void)
{
  IpdVisit visit;
  IpdVisitEffects effects;
  IpdVisitLeg legs[2];

  ipd_visit_init (&visit);
  fill_legs (legs, 2);
  IpdVisitEvent press = {
    .type = IPD_VISIT_EV_PRESS, .id = { "AAAAAAAAAAAAAAAAAAAAAA" }, .button = 3, .at_us = 77, .legs = legs, .n_legs = 2
  };
  ipd_visit_step (&visit, &press, &visit, &effects);
  g_assert_cmpstr (visit.id.s, ==, press.id.s);
  g_assert_cmpuint (visit.button, ==, 3);
  g_assert_cmpint (visit.started_us, ==, 77);
  g_assert_null (ipd_visit_winner (&visit));

  IpdVisitEvent answer = { .type = IPD_VISIT_EV_LEG_ANSWERED, .leg = 1 };
  ipd_visit_step (&visit, &answer, &visit, &effects);
  g_assert_true (ipd_id_equal (&ipd_visit_winner (&visit)->client, &legs[1].client));

  IpdVisitEvent opened = { .type = IPD_VISIT_EV_OPENED,
                           .by = legs[0].client,
                           .by_name = { "Anna" },
                           .output = { "door" },
                           .granted = true,
                           .has_contact = true };
  ipd_visit_step (&visit, &opened, &visit, &effects);
  g_assert_cmpstr (visit.opened_by_name.s, ==, "Anna");
  g_assert_true (ipd_id_equal (&visit.opened_by, &legs[0].client));
  g_assert_cmpint (visit.contact, ==, IPD_CONTACT_PENDING);

  /* The contact of another output says nothing about this one. */
  IpdVisitEvent other = { .type = IPD_VISIT_EV_CONTACT, .output = { "gate" }, .contact = IPD_CONTACT_OPEN };
  g_assert_cmpint (ipd_visit_step (&visit, &other, &visit, &effects), ==, IPD_STEP_IGNORED);
}

static void
test_sixty_four_legs (void)
{
  IpdVisit visit;
  IpdVisitEffects effects;
  g_autofree IpdVisitLeg *legs = g_new0 (IpdVisitLeg, 70);

  for (size_t i = 0; i < 70; i++)
    legs[i].may_talk = true;
  ipd_visit_init (&visit);
  IpdVisitEvent press = { .type = IPD_VISIT_EV_PRESS, .legs = legs, .n_legs = 70 };
  ipd_visit_step (&visit, &press, &visit, &effects);
  g_assert_cmpuint (visit.n_legs, ==, IPD_VISIT_LEGS_MAX);
  for (int i = 0; i < IPD_VISIT_LEGS_MAX; i++)
    {
      IpdVisitEvent progress = { .type = IPD_VISIT_EV_LEG_PROGRESS, .leg = i };
      g_assert_cmpint (ipd_visit_step (&visit, &progress, &visit, &effects), ==, IPD_STEP_OK);
    }
  IpdVisitLeg late = { .client = { "late" }, .may_talk = true };
  IpdVisitEvent join = { .type = IPD_VISIT_EV_JOIN, .legs = &late, .n_legs = 1 };
  g_assert_cmpint (ipd_visit_step (&visit, &join, &visit, &effects), ==, IPD_STEP_IGNORED);
  IpdVisitEvent cancel = { .type = IPD_VISIT_EV_CANCEL };
  ipd_visit_step (&visit, &cancel, &visit, &effects);
  g_assert_cmpuint (effects.n, ==, 2 * IPD_VISIT_LEGS_MAX + 4);
}

static void
test_words (void)
{
  for (unsigned i = IPD_VISIT_REASON_NONE; i <= IPD_VISIT_REASON_OPENED; i++)
    {
      IpdVisitReason reason;
      g_assert_true (ipd_visit_reason_from_string (ipd_visit_reason_to_string ((IpdVisitReason) i), &reason));
      g_assert_cmpint (reason, ==, i);
    }
  for (unsigned i = IPD_VISIT_NEWS_RINGING; i <= IPD_VISIT_NEWS_ENDED; i++)
    {
      IpdVisitNews news;
      g_assert_true (ipd_visit_news_from_string (ipd_visit_news_to_string ((IpdVisitNews) i), &news));
      g_assert_cmpint (news, ==, i);
    }
  IpdVisitNews news;
  g_assert_false (ipd_visit_news_from_string ("", &news));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/visit/scene/%s", scenes[i].name);
      g_test_add_data_func (path, &scenes[i], test_scene);
    }
  g_test_add_func ("/visit/takes-values", test_takes_values);
  g_test_add_func ("/visit/sixty-four-legs", test_sixty_four_legs);
  g_test_add_func ("/visit/words", test_words);
  return g_test_run ();
}
