// SPDX-License-Identifier: Apache-2.0
/*
 * The client's call machine, scene by scene: what the agent does, effect by effect, told as text.
 */
#include "core/call.h"

#include <glib.h>
#include <string.h>

static const char *const effect_words[] = {
  [IPD_CALL_DO_TAKE_MEDIA] = "sockets", [IPD_CALL_DO_SEND_183] = "183",          [IPD_CALL_DO_SEND_200] = "200",
  [IPD_CALL_DO_SEND_FINAL] = NULL,      [IPD_CALL_DO_SEND_INVITE] = "invite",    [IPD_CALL_DO_SEND_CANCEL] = "cancel",
  [IPD_CALL_DO_SEND_BYE] = "bye",       [IPD_CALL_DO_START_DESKTOP] = "desktop", [IPD_CALL_DO_STOP_MEDIA] = "stop",
  [IPD_CALL_DO_PUBLISH] = "publish",    [IPD_CALL_DO_RECORD] = "record",         [IPD_CALL_DO_START_TIMER] = NULL,
  [IPD_CALL_DO_STOP_TIMER] = "-timer",  [IPD_CALL_DO_SEND_HOLD] = "hold",        [IPD_CALL_DO_SEND_RESUME] = "resume",
};

static const char *const timer_words[] = {
  [IPD_CALL_TIMER_RING] = "ring",
  [IPD_CALL_TIMER_ANSWER] = "answer",
  [IPD_CALL_TIMER_DIAL] = "dial",
};

static char *
effects_text (const IpdCallEffects *effects)
{
  GString *text = g_string_new (NULL);

  for (size_t i = 0; i < effects->n; i++)
    {
      const IpdCallEffect *e = &effects->list[i];
      if (i > 0)
        g_string_append_c (text, ' ');
      if (e->type == IPD_CALL_DO_SEND_FINAL)
        g_string_append_printf (text, "%d", e->status);
      else if (e->type == IPD_CALL_DO_START_TIMER)
        g_string_append_printf (text, "+%s", timer_words[e->timer]);
      else
        g_string_append (text, effect_words[e->type]);
    }
  return g_string_free (text, FALSE);
}

/* --- a scene is a list of lines --- */

typedef struct {
  IpdCallEventType type;
  int arg;
  const char *effects; /* NULL: ignored; "!": illegal */
  IpdCallState state;
} Line;

typedef enum {
  NO_NEWS,
  MINE,         /* answered by this client */
  OTHER,        /* answered by Anna */
  OPEN_PENDING, /* Anna opened, contact pending */
  OPEN_OPEN,    /* … and the contact opened */
  OPEN_TIMEOUT, /* … and it did not */
  END_MISSED,
  END_CANCELLED,
  END_OPENED,
  END_REJECTED,
  END_TIMEOUT,
  RING,
} News;

#define INVITE             IPD_CALL_EV_INVITE, 1
#define INVITE_FORGED      IPD_CALL_EV_INVITE, 0
#define DIAL               IPD_CALL_EV_DIAL, 1
#define DIAL_WITHOUT_RIGHT IPD_CALL_EV_DIAL, 0
#define READY              IPD_CALL_EV_MEDIA_READY, 1
#define NO_MEDIA           IPD_CALL_EV_NO_MEDIA, 1
#define FRAME              IPD_CALL_EV_FIRST_FRAME, 1
#define ANSWER             IPD_CALL_EV_USER_ANSWER, 1
#define REJECT             IPD_CALL_EV_USER_REJECT, 1
#define HANGUP             IPD_CALL_EV_USER_HANGUP, 1
#define ACK                IPD_CALL_EV_CONFIRMED, 1
#define OK_200             IPD_CALL_EV_ANSWERED, 1
#define CANCEL(kind)       IPD_CALL_EV_CANCELLED, IPD_CALL_CANCEL_##kind
#define BYE                IPD_CALL_EV_BYE, 1
#define NEWS(news)         IPD_CALL_EV_NEWS, news
#define FAILED(status)     IPD_CALL_EV_FAILED, status
#define GONE               IPD_CALL_EV_DESKTOP_GONE, 1
#define PEER_GONE          IPD_CALL_EV_PEER_GONE, 1
#define TIMER              IPD_CALL_EV_TIMEOUT, 1
#define HOLD               IPD_CALL_EV_USER_HOLD, 1
#define RESUME             IPD_CALL_EV_USER_RESUME, 1
#define DONE               IPD_CALL_EV_HOLD_DONE, 1
#define REFUSED            IPD_CALL_EV_HOLD_REFUSED, 1
#define PEER_HELD          IPD_CALL_EV_PEER_HELD, 1
#define PEER_RESUMED       IPD_CALL_EV_PEER_RESUMED, 1
#define SILENT             IPD_CALL_EV_MEDIA_SILENT, 1
#define OPENED_HERE        IPD_CALL_EV_OPENED_HERE, 1
#define IS(state)          IPD_CALL_##state

#define MAX_LINES 16
typedef struct {
  const char *name;
  IpdCallReason reason;
  const char *by;
  IpdContact contact;
  unsigned n;
  Line lines[MAX_LINES];
} Scene;

#define RINGS                                                                                                          \
  { INVITE, "sockets", IS (OFFERED) }, { READY, "183 desktop +ring publish", IS (RINGING) }
#define PREVIEWS                                                                                                       \
  RINGS, { FRAME, "publish", IS (PREVIEWING) }
#define TALKS                                                                                                          \
  PREVIEWS, { ANSWER, "200 +answer publish", IS (ANSWERING) }, { ACK, "-timer publish", IS (TALKING) }
#define CALLS                                                                                                          \
  { DIAL, "sockets", IS (DIALLING) }, { READY, "invite desktop +dial publish", IS (CALLING) }
#define R(reason)  IPD_CALL_REASON_##reason
#define C(contact) IPD_CONTACT_##contact

// clang-format off
static const Scene scenes[] = {
  { "talk-and-hang-up", R (HANGUP), "", C (NONE), 6,
    { TALKS, { HANGUP, "bye stop publish record", IS (ENDED) } } },
  { "talk-and-they-hang-up", R (HANGUP), "Anna", C (NONE), 8,
    { TALKS, { NEWS (MINE), "publish", IS (TALKING) }, { NEWS (MINE), NULL, IS (TALKING) },
      { BYE, "stop publish record", IS (ENDED) } } },
  { "answer-without-picture", R (HANGUP), "", C (NONE), 5,
    { RINGS, { ANSWER, "200 +answer publish", IS (ANSWERING) }, { FRAME, NULL, IS (ANSWERING) },
      { HANGUP, "bye -timer stop publish record", IS (ENDED) } } },

  { "station-dies-in-a-talk", R (FAILED), "", C (NONE), 6,
    { TALKS, { PEER_GONE, "bye stop publish record", IS (ENDED) } } },
  { "station-dies-before-its-ack", R (FAILED), "", C (NONE), 6,
    { PREVIEWS, { ANSWER, "200 +answer publish", IS (ANSWERING) },
      { PEER_GONE, "bye -timer stop publish record", IS (ENDED) }, { PEER_GONE, NULL, IS (ENDED) } } },
  { "station-silent-while-it-rings", R (MISSED), "", C (NONE), 5,
    { PREVIEWS, { PEER_GONE, NULL, IS (PREVIEWING) }, { TIMER, "480 stop publish record", IS (ENDED) } } },

  { "hold-and-resume", R (HANGUP), "", C (NONE), 14,
    { TALKS, { RESUME, NULL, IS (TALKING) }, { HOLD, "hold publish", IS (HELD) }, { HOLD, NULL, IS (HELD) },
      { DONE, "", IS (HELD) }, { DONE, NULL, IS (HELD) }, { SILENT, NULL, IS (HELD) },
      { RESUME, "resume publish", IS (TALKING) }, { DONE, "", IS (TALKING) },
      { HANGUP, "bye stop publish record", IS (ENDED) } } },
  { "changes-his-mind", R (HANGUP), "", C (NONE), 13, /* one re-INVITE at a time, and the last wish counts */
    { TALKS, { HOLD, "hold publish", IS (HELD) }, { RESUME, "publish", IS (TALKING) },
      { DONE, "resume", IS (TALKING) }, { HOLD, "publish", IS (HELD) }, { RESUME, "publish", IS (TALKING) },
      { HOLD, "publish", IS (HELD) }, { DONE, "hold", IS (HELD) }, { BYE, "stop publish record", IS (ENDED) } } },
  { "hold-is-refused", R (HANGUP), "", C (NONE), 11, /* silent on this side all the same */
    { TALKS, { HOLD, "hold publish", IS (HELD) }, { REFUSED, "", IS (HELD) }, { RESUME, "publish", IS (TALKING) },
      { HOLD, "hold publish", IS (HELD) }, { REFUSED, "", IS (HELD) }, { REJECT, "bye stop publish record", IS (ENDED) } } },
  { "resume-is-refused", R (HANGUP), "", C (NONE), 12,
    { TALKS, { HOLD, "hold publish", IS (HELD) }, { DONE, "", IS (HELD) }, { RESUME, "resume publish", IS (TALKING) },
      { REFUSED, "", IS (TALKING) }, { HOLD, "publish", IS (HELD) }, { RESUME, "resume publish", IS (TALKING) },
      { HANGUP, "bye stop publish record", IS (ENDED) } } },
  { "held-before-its-ack", R (HANGUP), "", C (NONE), 8,
    { PREVIEWS, { ANSWER, "200 +answer publish", IS (ANSWERING) }, { HOLD, "", IS (ANSWERING) },
      { ACK, "-timer hold publish", IS (HELD) }, { RESUME, "publish", IS (TALKING) },
      { HANGUP, "bye stop publish record", IS (ENDED) } } },
  { "held-and-resumed-before-its-ack", R (HANGUP), "", C (NONE), 8,
    { PREVIEWS, { ANSWER, "200 +answer publish", IS (ANSWERING) }, { HOLD, "", IS (ANSWERING) },
      { RESUME, "", IS (ANSWERING) }, { ACK, "-timer publish", IS (TALKING) },
      { HANGUP, "bye stop publish record", IS (ENDED) } } },
  { "look-out-held-before-it-talks", R (HANGUP), "", C (NONE), 5,
    { CALLS, { HOLD, "", IS (CALLING) }, { OK_200, "-timer hold publish", IS (HELD) },
      { HANGUP, "bye stop publish record", IS (ENDED) } } },
  { "station-holds", R (FAILED), "", C (NONE), 13,
    { TALKS, { PEER_RESUMED, NULL, IS (TALKING) }, { PEER_HELD, "publish", IS (TALKING) },
      { PEER_HELD, NULL, IS (TALKING) }, { SILENT, NULL, IS (TALKING) }, { HOLD, "hold publish", IS (HELD) },
      { PEER_RESUMED, "publish", IS (HELD) }, { RESUME, "publish", IS (TALKING) },
      { SILENT, "bye stop publish record", IS (ENDED) } } },
  { "station-dies-while-held", R (FAILED), "", C (NONE), 7,
    { TALKS, { HOLD, "hold publish", IS (HELD) }, { PEER_GONE, "bye stop publish record", IS (ENDED) } } },
  { "dialog-dies-while-held", R (FAILED), "", C (NONE), 8,
    { TALKS, { HOLD, "hold publish", IS (HELD) }, { FAILED (481), "bye stop publish record", IS (ENDED) },
      { DONE, NULL, IS (ENDED) } } },
  { "opened-here-while-it-rings", R (OPENED), "Anna", C (NONE), 5,
    { PREVIEWS, { OPENED_HERE, "603 -timer stop publish record", IS (ENDED) }, { CANCEL (NONE), NULL, IS (ENDED) } } },
  { "opened-here-while-talking", R (HANGUP), "Anna", C (NONE), 9,
    { TALKS, { OPENED_HERE, "publish", IS (TALKING) }, { HOLD, "hold publish", IS (HELD) },
      { OPENED_HERE, "publish", IS (HELD) }, { HANGUP, "bye stop publish record", IS (ENDED) } } },
  { "opened-here-too-late", R (OPENED), "Anna", C (NONE), 5,
    { PREVIEWS, { CANCEL (NONE), "-timer stop publish record", IS (ENDED) },
      { OPENED_HERE, "publish record", IS (ENDED) } } },

  { "forged-invite", R (REFUSED), "", C (NONE), 3,
    { { INVITE_FORGED, "403", IS (ENDED) }, { NEWS (OPEN_OPEN), NULL, IS (ENDED) }, { INVITE, "!", IS (ENDED) } } },
  { "dial-without-right", R (REFUSED), "", C (NONE), 1, { { DIAL_WITHOUT_RIGHT, "publish", IS (ENDED) } } },

  { "answered-elsewhere", R (ANSWERED_ELSEWHERE), "Anna", C (NONE), 5,
    { PREVIEWS, { NEWS (OTHER), "487 -timer stop publish record", IS (ENDED) },
      { CANCEL (ANSWERED), NULL, IS (ENDED) } } },
  { "cancel-before-its-news", R (ANSWERED_ELSEWHERE), "Anna", C (NONE), 5,
    { PREVIEWS, { CANCEL (ANSWERED), "-timer stop publish record", IS (ENDED) },
      { NEWS (OTHER), "publish record", IS (ENDED) } } },
  { "opened-elsewhere", R (OPENED), "Anna", C (OPEN), 5,
    { PREVIEWS, { NEWS (OPEN_PENDING), "487 -timer stop publish record", IS (ENDED) },
      { NEWS (OPEN_OPEN), "publish record", IS (ENDED) } } },
  { "opened-but-stayed-shut", R (OPENED), "Anna", C (TIMEOUT), 6,
    { PREVIEWS, { NEWS (OPEN_PENDING), "487 -timer stop publish record", IS (ENDED) },
      { NEWS (OPEN_TIMEOUT), "publish record", IS (ENDED) }, { NEWS (OPEN_TIMEOUT), NULL, IS (ENDED) } } },
  { "cancel-says-opened-nobody-signs", R (CANCELLED), "", C (NONE), 4,
    { PREVIEWS, { CANCEL (OPENED), "-timer stop publish record", IS (ENDED) } } },
  { "cancel-says-opened-then-signed", R (OPENED), "Anna", C (OPEN), 6,
    { PREVIEWS, { CANCEL (OPENED), "-timer stop publish record", IS (ENDED) },
      { NEWS (OPEN_PENDING), "publish record", IS (ENDED) }, { NEWS (OPEN_OPEN), "publish record", IS (ENDED) } } },
  { "opened-token-lost", R (OPENED), "Anna", C (OPEN), 4,
    { PREVIEWS, { NEWS (END_OPENED), "487 -timer stop publish record", IS (ENDED) } } },
  { "missed", R (MISSED), "", C (NONE), 4, { PREVIEWS, { CANCEL (NONE), "-timer stop publish record", IS (ENDED) } } },
  { "visitor-left", R (CANCELLED), "", C (NONE), 4,
    { RINGS, { CANCEL (NONE), "-timer stop publish record", IS (ENDED) },
      { NEWS (END_CANCELLED), "publish record", IS (ENDED) } } },
  { "missed-by-news", R (MISSED), "", C (NONE), 3,
    { RINGS, { NEWS (END_MISSED), "487 -timer stop publish record", IS (ENDED) } } },
  { "others-rejected", R (CANCELLED), "", C (NONE), 3,
    { RINGS, { NEWS (END_REJECTED), "487 -timer stop publish record", IS (ENDED) } } },
  { "ring-never-ends", R (MISSED), "", C (NONE), 3, { RINGS, { TIMER, "480 stop publish record", IS (ENDED) } } },
  { "ringing-is-no-news", R (NONE), "", C (NONE), 3, { RINGS, { NEWS (RING), NULL, IS (RINGING) } } },

  { "reject", R (REJECTED), "", C (NONE), 4, { PREVIEWS, { REJECT, "603 -timer stop publish record", IS (ENDED) } } },
  { "reject-then-others-answer", R (REJECTED), "Anna", C (NONE), 4,
    { RINGS, { HANGUP, "603 -timer stop publish record", IS (ENDED) }, { NEWS (OTHER), "publish record", IS (ENDED) } } },
  { "reject-before-anything", R (REJECTED), "", C (NONE), 3,
    { { INVITE, "sockets", IS (OFFERED) }, { REJECT, "603 stop publish record", IS (ENDED) },
      { READY, "stop", IS (ENDED) } } },

  { "lost-the-race", R (ANSWERED_ELSEWHERE), "Anna", C (NONE), 6,
    { RINGS, { ANSWER, "200 +answer publish", IS (ANSWERING) }, { CANCEL (ANSWERED), NULL, IS (ANSWERING) },
      { NEWS (OTHER), "bye -timer stop publish record", IS (ENDED) }, { BYE, NULL, IS (ENDED) } } },
  { "lost-the-race-news-between", R (ANSWERED_ELSEWHERE), "Anna", C (NONE), 6,
    { RINGS, { ANSWER, "200 +answer publish", IS (ANSWERING) }, { ACK, "-timer publish", IS (TALKING) },
      { NEWS (OTHER), "bye stop publish record", IS (ENDED) }, { BYE, NULL, IS (ENDED) } } },
  { "lost-the-race-news-late", R (ANSWERED_ELSEWHERE), "Anna", C (NONE), 6,
    { RINGS, { ANSWER, "200 +answer publish", IS (ANSWERING) }, { ACK, "-timer publish", IS (TALKING) },
      { BYE, "stop publish record", IS (ENDED) }, { NEWS (OTHER), "publish record", IS (ENDED) } } },
  { "opened-while-answering", R (OPENED), "Anna", C (PENDING), 5,
    { RINGS, { ANSWER, "200 +answer publish", IS (ANSWERING) }, { NEWS (OPEN_PENDING), "publish", IS (ANSWERING) },
      { BYE, "-timer stop publish record", IS (ENDED) } } },
  { "opened-while-talking", R (HANGUP), "Anna", C (OPEN), 9,
    { TALKS, { NEWS (MINE), "publish", IS (TALKING) }, { NEWS (OPEN_PENDING), "publish", IS (TALKING) },
      { NEWS (OPEN_OPEN), "publish", IS (TALKING) }, { BYE, "stop publish record", IS (ENDED) } } },
  { "opened-then-hung-up", R (HANGUP), "Anna", C (OPEN), 9,
    { TALKS, { NEWS (MINE), "publish", IS (TALKING) }, { NEWS (OPEN_PENDING), "publish", IS (TALKING) },
      { HANGUP, "bye stop publish record", IS (ENDED) }, { NEWS (OPEN_OPEN), "publish record", IS (ENDED) } } },
  { "talk-time-over", R (TIMEOUT), "Anna", C (NONE), 7,
    { TALKS, { NEWS (MINE), "publish", IS (TALKING) }, { NEWS (END_TIMEOUT), "bye stop publish record", IS (ENDED) } } },
  { "no-ack", R (FAILED), "", C (NONE), 4,
    { RINGS, { ANSWER, "200 +answer publish", IS (ANSWERING) }, { TIMER, "bye stop publish record", IS (ENDED) } } },
  { "session-dies", R (FAILED), "", C (NONE), 6, { TALKS, { FAILED (0), "bye stop publish record", IS (ENDED) } } },

  { "ports-taken", R (FAILED), "", C (NONE), 2,
    { { INVITE, "sockets", IS (OFFERED) }, { NO_MEDIA, "480 publish record", IS (ENDED) } } },
  { "ports-taken-dialling", R (FAILED), "", C (NONE), 2,
    { { DIAL, "sockets", IS (DIALLING) }, { NO_MEDIA, "publish record", IS (ENDED) } } },
  { "desktop-dies", R (NONE), "", C (NONE), 5,
    { PREVIEWS, { GONE, "desktop publish", IS (RINGING) }, { FRAME, "publish", IS (PREVIEWING) } } },
  { "desktop-dies-in-call", R (NONE), "", C (NONE), 6, { TALKS, { GONE, "desktop", IS (TALKING) } } },

  { "look-out", R (HANGUP), "", C (NONE), 4,
    { CALLS, { OK_200, "-timer publish", IS (TALKING) }, { HANGUP, "bye stop publish record", IS (ENDED) } } },
  { "look-out-and-open", R (HANGUP), "Anna", C (OPEN), 6,
    { CALLS, { OK_200, "-timer publish", IS (TALKING) }, { NEWS (OPEN_PENDING), "publish", IS (TALKING) },
      { HANGUP, "bye stop publish record", IS (ENDED) }, { NEWS (OPEN_OPEN), "publish record", IS (ENDED) } } },
  { "look-out-ended-by-a-ring", R (CANCELLED), "", C (NONE), 4,
    { CALLS, { OK_200, "-timer publish", IS (TALKING) },
      { NEWS (END_CANCELLED), "bye stop publish record", IS (ENDED) } } },
  { "busy", R (BUSY), "", C (NONE), 3, { CALLS, { FAILED (486), "-timer stop publish record", IS (ENDED) } } },
  { "refused", R (REFUSED), "", C (NONE), 3, { CALLS, { FAILED (403), "-timer stop publish record", IS (ENDED) } } },
  { "no-route", R (TIMEOUT), "", C (NONE), 3, { CALLS, { FAILED (408), "-timer stop publish record", IS (ENDED) } } },
  { "bad-answer", R (FAILED), "", C (NONE), 3, { CALLS, { FAILED (0), "-timer stop publish record", IS (ENDED) } } },
  { "station-silent", R (TIMEOUT), "", C (NONE), 4,
    { CALLS, { TIMER, "cancel stop publish record", IS (ENDED) }, { OK_200, "bye", IS (ENDED) } } },
  { "gave-up", R (HANGUP), "", C (NONE), 4,
    { CALLS, { HANGUP, "cancel -timer stop publish record", IS (ENDED) }, { OK_200, "bye", IS (ENDED) } } },
};
// clang-format on

static void
fill_news (IpdCallEvent *ev, News news)
{
  static const IpdContact contacts[]
      = { [OPEN_PENDING] = IPD_CONTACT_PENDING, [OPEN_OPEN] = IPD_CONTACT_OPEN, [OPEN_TIMEOUT] = IPD_CONTACT_TIMEOUT };
  static const IpdVisitReason ends[] = {
    [END_MISSED] = IPD_VISIT_REASON_MISSED,   [END_CANCELLED] = IPD_VISIT_REASON_CANCELLED,
    [END_OPENED] = IPD_VISIT_REASON_OPENED,   [END_REJECTED] = IPD_VISIT_REASON_REJECTED,
    [END_TIMEOUT] = IPD_VISIT_REASON_TIMEOUT,
  };

  ipd_name_set (&ev->by, "Anna");
  if (news == RING)
    ev->news = IPD_VISIT_NEWS_RINGING;
  else if (news == MINE || news == OTHER)
    ev->news = IPD_VISIT_NEWS_ANSWERED;
  else if (news <= OPEN_TIMEOUT)
    {
      ev->news = IPD_VISIT_NEWS_OPENED;
      ev->contact = contacts[news];
      ev->output = (IpdOutputId){ "door" };
    }
  else
    {
      ev->news = IPD_VISIT_NEWS_ENDED;
      ev->news_reason = ends[news];
    }
  ev->mine = news == MINE;
  if (news == END_OPENED)
    {
      ev->contact = IPD_CONTACT_OPEN;
      ev->output = (IpdOutputId){ "door" };
    }
}

static IpdCallEvent
event_of (const Line *line)
{
  IpdCallEvent ev = {
    .type = line->type, .at_us = 5, .visit = { "AAAAAAAAAAAAAAAAAAAAAA" }, .device = { "aaaaaaaaaaaaaaaaaaaaaaaaaa" }
  };

  ipd_name_set (&ev.device_name, "Main entrance");
  ev.verified = ev.allowed = line->arg == 1;
  ev.status = line->arg;
  if (line->type == IPD_CALL_EV_CANCELLED)
    ev.cancel = (IpdCallCancel) line->arg;
  if (line->type == IPD_CALL_EV_NEWS)
    fill_news (&ev, (News) line->arg);
  if (line->type == IPD_CALL_EV_OPENED_HERE)
    {
      ipd_name_set (&ev.by, "Anna");
      ev.output = (IpdOutputId){ "door" };
    }
  return ev;
}

static void
test_scene (gconstpointer data)
{
  const Scene *scene = data;
  IpdCall call;

  ipd_call_init (&call);
  for (unsigned i = 0; i < scene->n; i++)
    {
      const Line *line = &scene->lines[i];
      IpdCallEvent ev = event_of (line);
      IpdCallEffects effects;
      IpdStep step = ipd_call_step (&call, &ev, &call, &effects);
      g_autofree char *text = effects_text (&effects);
      g_assert_cmpint (step, ==,
                       line->effects == NULL              ? IPD_STEP_IGNORED
                       : strcmp (line->effects, "!") == 0 ? IPD_STEP_ILLEGAL
                                                          : IPD_STEP_OK);
      g_assert_cmpstr (text, ==, step == IPD_STEP_OK ? line->effects : "");
      g_assert_cmpint (call.state, ==, line->state);
    }
  g_assert_cmpstr (ipd_call_reason_to_string (call.reason), ==, ipd_call_reason_to_string (scene->reason));
  g_assert_cmpstr (ipd_call_by (&call), ==, scene->by);
  g_assert_cmpint (call.contact, ==, scene->contact);
}

/* Hanging up and rejecting are legal in every state and lead to the end. */
static void
test_end_from_everywhere (void)
{
  static const IpdCallEventType ways[] = { IPD_CALL_EV_USER_REJECT, IPD_CALL_EV_USER_HANGUP };

  for (unsigned state = 0; state < IPD_CALL_N_STATES; state++)
    {
      for (size_t w = 0; w < G_N_ELEMENTS (ways); w++)
        {
          IpdCall call;
          IpdCallEffects effects;
          IpdCallEvent ev = { .type = ways[w] };
          ipd_call_init (&call);
          call.state = (IpdCallState) state;
          g_assert_cmpint (ipd_call_step (&call, &ev, &call, &effects), !=, IPD_STEP_ILLEGAL);
          g_assert_cmpint (call.state, ==, IPD_CALL_ENDED);
        }
    }
}

static void
test_takes_values (void)
{
  IpdCall call;
  IpdCallEffects effects;
  IpdCallEvent ev = event_of (&(Line){ INVITE, "", IS (OFFERED) });

  ipd_call_init (&call);
  g_assert_false (ipd_call_can_answer (&call));
  ipd_call_step (&call, &ev, &call, &effects);
  g_assert_cmpstr (call.device_name.s, ==, "Main entrance");
  g_assert_cmpstr (call.visit.s, ==, ev.visit.s);
  g_assert_cmpint (call.started_us, ==, 5);
  g_assert_cmpint (call.origin, ==, IPD_VISIT_IN);
  g_assert_cmpstr (ipd_call_state_to_string (call.state), ==, "ringing");
  g_assert_false (ipd_call_can_answer (&call));
  ev = event_of (&(Line){ READY, "", IS (RINGING) });
  ipd_call_step (&call, &ev, &call, &effects);
  g_assert_true (ipd_call_can_answer (&call));
}

static void
test_words (void)
{
  for (unsigned i = IPD_CALL_REASON_NONE; i <= IPD_CALL_REASON_REFUSED; i++)
    for (unsigned j = IPD_CALL_REASON_NONE; j < i; j++)
      g_assert_cmpstr (ipd_call_reason_to_string ((IpdCallReason) i), !=,
                       ipd_call_reason_to_string ((IpdCallReason) j));
  for (unsigned i = 0; i < IPD_CALL_N_STATES; i++)
    g_assert_nonnull (ipd_call_state_to_string ((IpdCallState) i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/call/scene/%s", scenes[i].name);
      g_test_add_data_func (path, &scenes[i], test_scene);
    }
  g_test_add_func ("/call/end-from-everywhere", test_end_from_everywhere);
  g_test_add_func ("/call/takes-values", test_takes_values);
  g_test_add_func ("/call/words", test_words);
  return g_test_run ();
}
