// SPDX-License-Identifier: Apache-2.0
/*
 * States to words. Called by popup and call window whenever the agent says something new. A switch over a state lists
 * every value, so that a new state cannot be forgotten here.
 */
#include "desktop/wording.h"

#include <glib/gi18n.h>

static void
set_line (IpdDeskLine *line, IpdDeskTone tone, const char *text)
{
  line->tone = tone;
  line->text = g_strdup (text);
}

void
ipd_desk_line_clear (IpdDeskLine *line)
{
  g_clear_pointer (&line->text, g_free);
}

const char *
ipd_desk_wording_station (const IpdDeskVisit *visit)
{
  return visit->device_name != NULL ? visit->device_name : _ ("Door station");
}

char *
ipd_desk_wording_elapsed (gint64 seconds)
{
  int total = (int) CLAMP (seconds, 0, 359999);

  if (total >= 3600)
    return g_strdup_printf ("%d:%02d:%02d", total / 3600, total / 60 % 60, total % 60);
  return g_strdup_printf ("%d:%02d", total / 60, total % 60);
}

/* The codes of docs/protocol.md §10 as one sentence each. */
static const char *
refusal_sentence (const char *reason)
{
  static const struct {
    const char *code, *sentence;
  } refusals[] = {
    { "licence", N_ ("This PC is no longer enabled for this plant.") },
    { "profile", N_ ("You are not authorised to open this door.") },
    { "nonce", N_ ("The station did not accept the request. Try again.") },
    { "output", N_ ("The station has no such door.") },
    { "busy", N_ ("The door is already being opened.") },
    { "driver", N_ ("The station could not operate the lock.") },
    { "rate", N_ ("Too many requests. Wait a moment and try again.") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (g_strcmp0 (reason, refusals[i].code) == 0)
      return _ (refusals[i].sentence);
  return _ ("The station refused to open the door.");
}

static void
say_command (const IpdDeskVisit *visit, const IpdDeskCommand *command, IpdDeskLine *line)
{
  switch (command->state)
    {
    case IPD_DESK_COMMAND_REQUESTED:
      set_line (line, IPD_DESK_TONE_WAIT, _ ("Opening requested…"));
      return;
    case IPD_DESK_COMMAND_ACCEPTED:
      set_line (line, IPD_DESK_TONE_WAIT, _ ("The station has accepted…"));
      return;
    case IPD_DESK_COMMAND_ACTUATED:
      if (ipd_desk_command_is_final (command, visit))
        set_line (line, IPD_DESK_TONE_CALM, _ ("Lock released"));
      else
        set_line (line, IPD_DESK_TONE_WAIT, _ ("Lock released, waiting for the door"));
      return;
    case IPD_DESK_COMMAND_CONTACT_OPEN:
      set_line (line, IPD_DESK_TONE_GOOD, _ ("Door open"));
      return;
    case IPD_DESK_COMMAND_CONTACT_TIMEOUT:
      set_line (line, IPD_DESK_TONE_WORRY, _ ("The door did not open"));
      return;
    case IPD_DESK_COMMAND_REFUSED:
      set_line (line, IPD_DESK_TONE_WORRY, refusal_sentence (command->reason));
      return;
    case IPD_DESK_COMMAND_INTERRUPTED:
      set_line (line, IPD_DESK_TONE_WORRY, _ ("The station restarted. Check the door."));
      return;
    case IPD_DESK_COMMAND_NO_ANSWER:
      set_line (line, IPD_DESK_TONE_WORRY, _ ("The station did not answer. Check the door."));
      return;
    case IPD_DESK_COMMAND_UNCONFIRMED:
      set_line (line, IPD_DESK_TONE_CALM, _ ("Code sent. This station does not say whether the door opened."));
      return;
    }
  g_return_if_reached ();
}

/* "Opened by Anna" and, on the same line, what the contact says of it. */
static void
say_opened (const IpdDeskVisit *visit, IpdDeskLine *line)
{
  const char *who = visit->by != NULL ? visit->by : _ ("somebody else");

  switch (visit->contact)
    {
    case IPD_DESK_CONTACT_NONE:
      line->tone = IPD_DESK_TONE_CALM;
      /* Translators: %s is a person or a PC */
      line->text = g_strdup_printf (_ ("Opened by %s"), who);
      return;
    case IPD_DESK_CONTACT_PENDING:
      line->tone = IPD_DESK_TONE_WAIT;
      line->text = g_strdup_printf (_ ("Opened by %s, waiting for the door"), who);
      return;
    case IPD_DESK_CONTACT_OPEN:
      line->tone = IPD_DESK_TONE_GOOD;
      line->text = g_strdup_printf (_ ("Opened by %s, door open"), who);
      return;
    case IPD_DESK_CONTACT_TIMEOUT:
      line->tone = IPD_DESK_TONE_WORRY;
      line->text = g_strdup_printf (_ ("Opened by %s, but the door did not open"), who);
      return;
    }
  g_return_if_reached ();
}

static void
say_answered_elsewhere (const IpdDeskVisit *visit, IpdDeskLine *line)
{
  line->tone = IPD_DESK_TONE_CALM;
  if (visit->by != NULL)
    /* Translators: %s is a person or a PC */
    line->text = g_strdup_printf (_ ("Answered by %s"), visit->by);
  else
    line->text = g_strdup (_ ("Answered elsewhere"));
}

static void
say_end (const IpdDeskVisit *visit, IpdDeskLine *line)
{
  switch (visit->reason)
    {
    case IPD_DESK_REASON_NONE:
    case IPD_DESK_REASON_HANGUP:
      set_line (line, IPD_DESK_TONE_CALM, _ ("Call ended"));
      return;
    case IPD_DESK_REASON_REJECTED:
      set_line (line, IPD_DESK_TONE_CALM, _ ("Rejected"));
      return;
    case IPD_DESK_REASON_MISSED:
      set_line (line, IPD_DESK_TONE_WORRY, _ ("Missed visit"));
      return;
    case IPD_DESK_REASON_CANCELLED:
      set_line (line, IPD_DESK_TONE_CALM,
                visit->outgoing ? _ ("The call made way for a visitor") : _ ("The visitor has gone"));
      return;
    case IPD_DESK_REASON_TIMEOUT:
      /* A ring that nobody answers is missed; what times out is a call, or the wait of one that we began. */
      set_line (line, IPD_DESK_TONE_WORRY, visit->outgoing ? _ ("Time is up") : _ ("The time to talk is over"));
      return;
    case IPD_DESK_REASON_BUSY:
      set_line (line, IPD_DESK_TONE_WORRY, _ ("The station is busy"));
      return;
    case IPD_DESK_REASON_FAILED:
      set_line (line, IPD_DESK_TONE_WORRY, _ ("The connection was lost"));
      return;
    case IPD_DESK_REASON_ANSWERED_ELSEWHERE:
      say_answered_elsewhere (visit, line);
      return;
    case IPD_DESK_REASON_OPENED:
      say_opened (visit, line);
      return;
    case IPD_DESK_REASON_REFUSED:
      set_line (line, IPD_DESK_TONE_WORRY, _ ("The station refused the call"));
      return;
    }
  g_return_if_reached ();
}

static void
say_state (const IpdDeskVisit *visit, IpdDeskLine *line)
{
  switch (visit->state)
    {
    case IPD_DESK_STATE_RINGING:
    case IPD_DESK_STATE_PREVIEWING:
      set_line (line, IPD_DESK_TONE_CALM, _ ("Somebody is at the door"));
      return;
    case IPD_DESK_STATE_ANSWERING:
      set_line (line, IPD_DESK_TONE_WAIT, _ ("Connecting…"));
      return;
    case IPD_DESK_STATE_CALLING:
      set_line (line, IPD_DESK_TONE_WAIT, _ ("Calling the station…"));
      return;
    case IPD_DESK_STATE_TALKING:
      if (visit->held_by_peer)
        set_line (line, IPD_DESK_TONE_CALM, _ ("The other side has put you on hold"));
      else if (visit->output != NULL)
        say_opened (visit, line);
      else
        set_line (line, IPD_DESK_TONE_CALM, _ ("In conversation"));
      return;
    case IPD_DESK_STATE_HELD:
      set_line (line, IPD_DESK_TONE_CALM, _ ("On hold: neither side is heard"));
      return;
    case IPD_DESK_STATE_ENDED:
      say_end (visit, line);
      return;
    }
  g_return_if_reached ();
}

/* A command that came to nothing does not hide how the visit ended; one that moved the lock is the end of it. */
static gboolean
command_is_news (const IpdDeskVisit *visit, const IpdDeskCommand *command)
{
  if (command == NULL)
    return FALSE;
  if (visit->state != IPD_DESK_STATE_ENDED || !ipd_desk_command_is_final (command, visit))
    return TRUE;
  return visit->reason == IPD_DESK_REASON_OPENED && command->state != IPD_DESK_COMMAND_REFUSED;
}

void
ipd_desk_wording (const IpdDeskVisit *visit, const IpdDeskCommand *command, IpdDeskLine *ret_line)
{
  if (command_is_news (visit, command))
    say_command (visit, command, ret_line);
  else
    say_state (visit, ret_line);
}
