// SPDX-License-Identifier: Apache-2.0
/*
 * The raw phone as a program, for the system tests:
 *   raw-phone HERE STATION PORT USER SECRET
 * registers and then does what it reads, a line each: "ring" (waits for one, previews until a picture came), "answer",
 * "keys DIGITS" (by INFO), "hold", "resume", "hang-up", "forget" (says nothing any more, as if its plug was pulled),
 * "reject", "told" (waits until its ring is taken back, and why), "try" (answers when others may, and sees who was
 * first). One line on standard output for each thing that is done.
 */
#include "raw-phone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOUND   "0 101\r\na=rtpmap:101 telephone-event/8000"
#define PICTURE "97\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 profile-level-id=42e01f"

static void
say (const char *what)
{
  printf ("%s\n", what);
  fflush (stdout);
}

static void
ring (RawPhone *self, const char *argument)
{
  raw_phone_await_ring (self);
  g_autofree char *sdp = raw_phone_sdp (self, SOUND, PICTURE, "sendrecv");
  raw_phone_reply (self, self->invite, 183, sdp);
  raw_phone_await_rtp (self->video, 97, NULL, 0);
  say ("sees who rings");
}

static void
answer (RawPhone *self, const char *argument)
{
  g_autofree char *sdp = raw_phone_sdp (self, SOUND, PICTURE, "sendrecv");
  raw_phone_reply (self, self->invite, 200, sdp);
  raw_phone_await_rtp (self->audio, 0, NULL, 0);
  say ("talks");
}

static void
keys (RawPhone *self, const char *argument)
{
  for (gsize i = 0; argument[i] != '\0'; i++)
    {
      g_autofree char *body = g_strdup_printf ("Signal=%c\r\nDuration=160\r\n", argument[i]);
      g_autofree char *done = raw_phone_ask (self, "INFO", "application/dtmf-relay", body);
      g_assert_cmpint (raw_phone_status (done), ==, 200);
    }
  say ("keys pressed");
}

static void
offer (RawPhone *self, const char *direction, const char *done)
{
  g_autofree char *sdp = raw_phone_sdp (self, SOUND, PICTURE, direction);
  g_autofree char *answer = raw_phone_ask (self, "INVITE", "application/sdp", sdp);
  g_assert_cmpint (raw_phone_status (answer), ==, 200);
  say (done);
}

static void
hold (RawPhone *self, const char *argument)
{
  offer (self, "sendonly", "holds");
}

static void
resume (RawPhone *self, const char *argument)
{
  offer (self, "sendrecv", "is back");
}

static void
hang_up (RawPhone *self, const char *argument)
{
  g_autofree char *done = raw_phone_ask (self, "BYE", NULL, NULL);
  g_assert_cmpint (raw_phone_status (done), ==, 200);
  say ("hung up");
}

static void
told (RawPhone *self, const char *argument)
{
  g_autofree char *cancel = raw_phone_await (self, "CANCEL");
  g_autofree char *reason = raw_phone_header (cancel, "Reason");
  raw_phone_reply (self, cancel, 200, NULL);
  raw_phone_reply (self, self->invite, 487, NULL);
  printf ("told %s\n", reason != NULL ? reason : "nothing");
  fflush (stdout);
}

/* Whoever was late is in a call that the other side ends at once: it says so again and again until it is answered. */
static void
try (RawPhone *self, const char *argument)
{
  g_autofree char *sdp = raw_phone_sdp (self, SOUND, PICTURE, "sendrecv");
  raw_phone_reply (self, self->invite, 200, sdp);
  g_autofree char *ack = raw_phone_await (self, "ACK");
  g_autofree char *bye = raw_phone_sees (self, "BYE", 1500) ? raw_phone_await (self, "BYE") : NULL;
  if (bye != NULL)
    raw_phone_reply (self, bye, 200, NULL);
  say (bye != NULL ? "was late" : "was first");
}

static void
reject (RawPhone *self, const char *argument)
{
  raw_phone_reply (self, self->invite, 486, NULL);
  say ("rejected");
}

static void
forget (RawPhone *self, const char *argument)
{
  close (self->audio);
  close (self->video);
  self->audio = self->video = -1;
  say ("gone");
}

static const struct {
  const char *word;
  void (*run) (RawPhone *self, const char *argument);
} orders[] = { { "ring", ring },       { "answer", answer }, { "keys", keys }, { "hold", hold }, { "resume", resume },
               { "hang-up", hang_up }, { "forget", forget }, { "told", told }, { "try", try },   { "reject", reject } };

static void
obey (RawPhone *self, char *line)
{
  char *argument = strchr (g_strchomp (line), ' ');
  if (argument != NULL)
    *argument++ = '\0';
  if (self->invite != NULL && self->audio >= 0) /* a sign of life: a talk that is silent for ten seconds is ended */
    raw_phone_send_sound (self);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    if (g_str_equal (orders[i].word, line))
      orders[i].run (self, argument);
}

int
main (int argc, char **argv)
{
  RawPhone phone;
  char line[128];
  if (argc != 6)
    {
      fprintf (stderr, "raw-phone HERE STATION PORT USER SECRET\n");
      return 2;
    }
  raw_phone_open_at (&phone, argv[1], argv[2], (guint16) atoi (argv[3]));
  if (raw_phone_register (&phone, argv[4], argv[5], 120) != 200)
    return 1;
  say ("registered");
  while (fgets (line, sizeof line, stdin) != NULL)
    obey (&phone, line);
  raw_phone_close (&phone);
  return 0;
}
