// SPDX-License-Identifier: Apache-2.0
/*
 * SIP phones at a station (docs/protocol.md §15) against the real program: registration, ring, preview, talk, hold,
 * keys that open and all that must not.
 */
#include "party.h"
#include "raw-phone.h"
#include "station-test.h"

#include <signal.h>
#include <string.h>

#define SECRET "a-secret-of-the-kitchen"
#define CONF                                                                                                           \
  "[visit]\nring-seconds=20\n"                                                                                         \
  "[output door]\ndtmf-code=471147\n[output gate]\nkind=gate\ncontact=none\ndtmf-code=22\n[output "                    \
  "light]\nkind=light\n"                                                                                               \
  "contact=none\ndtmf-code=33\n"                                                                                       \
  "[phone kitchen]\nname=Kitchen\nsecret=" SECRET "\ndtmf=true\noutputs=door,gate\n"                                   \
  "[phone cellar]\nname=Cellar\nsecret=" SECRET "\noutputs=door\n"
#define PCMU  "0 101\r\na=rtpmap:101 telephone-event/8000"
#define H264  "97\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 profile-level-id=42e01f"
#define RELAY "application/dtmf-relay"

typedef struct {
  Program program;
  RawPhone phone;
  char *sdp;
} PhoneTest;

static void
begin_at (PhoneTest *self, const char *user, const char *address)
{
  g_autofree char *bind = g_strconcat ("network.bind=", address, NULL);
  const char *const settings[] = { bind, NULL };
  *self = (PhoneTest){ .program.config = CONF };
  program_start (&self->program, settings);
  raw_phone_open_at (&self->phone, address, address, self->program.sip_port);
  g_assert_cmpint (raw_phone_register (&self->phone, user, SECRET, 120), ==, 200);
}

static void
begin (PhoneTest *self, const char *user)
{
  begin_at (self, user, "127.0.0.1");
}

static void
end (PhoneTest *self)
{
  g_assert_cmpint (program_end (&self->program, SIGTERM), ==, 0);
  g_assert_null (strstr (self->program.log->str, "471147"));
  g_assert_null (strstr (self->program.log->str, SECRET));
  raw_phone_close (&self->phone);
  program_clear (&self->program);
  g_free (self->sdp);
}

static char *
verb (const PhoneTest *self, const char *word, const char *argument)
{
  const char *const words[] = { word, argument, NULL };
  return program_verb (&self->program, words, NULL);
}

static void
press_button (PhoneTest *self)
{
  g_autofree char *pressed = verb (self, "press", "1");
  raw_phone_await_ring (&self->phone);
}

/* Rings, answers, and waits until the station talks. */
static void
begin_talk (PhoneTest *self, const char *user)
{
  begin (self, user);
  press_button (self);
  self->sdp = raw_phone_sdp (&self->phone, PCMU, H264, "sendrecv");
  raw_phone_reply (&self->phone, self->phone.invite, 200, self->sdp);
  g_autofree char *ack = raw_phone_await (&self->phone, "ACK ");
  raw_phone_await_rtp (self->phone.audio, 0, NULL, 0);
}

static int
ask (PhoneTest *self, const char *method, const char *content_type, const char *body)
{
  g_autofree char *answer = raw_phone_ask (&self->phone, method, content_type, body);
  return raw_phone_status (answer);
}

static void
press_by_info (PhoneTest *self, const char *keys)
{
  for (gsize i = 0; keys[i] != '\0'; i++)
    {
      g_autofree char *body = g_strdup_printf ("Signal=%c\r\nDuration=160\r\n", keys[i]);
      g_assert_cmpint (ask (self, "INFO", RELAY, body), ==, 200);
    }
}

static void
press_by_rtp (PhoneTest *self, const char *keys)
{
  raw_phone_send_sound (&self->phone);
  for (gsize i = 0; keys[i] != '\0'; i++)
    raw_phone_press (&self->phone, keys[i]);
}

static guint
openings (const PhoneTest *self, const char *output)
{
  g_autofree char *file = g_strdup_printf ("sim/%s.relay", output);
  return program_count (&self->program, file, " on ");
}

static gboolean
door_is_open (gpointer data)
{
  return openings (data, "door") > 0;
}

static gboolean
gate_is_open (gpointer data)
{
  return openings (data, "gate") > 0;
}

static gboolean
visit_is_over (gpointer data)
{
  return strstr (((PhoneTest *) data)->program.log->str, ": ended") != NULL;
}

static gboolean
is_held (gpointer data)
{
  return strstr (((PhoneTest *) data)->program.log->str, ": held") != NULL;
}

/* What was sent before is dealt with when the end is. */
static void
hang_up (PhoneTest *self)
{
  g_assert_cmpint (ask (self, "BYE", NULL, NULL), ==, 200);
  station_test_until (visit_is_over, self);
}

/* How many visits or accesses of the phone "Kitchen" the station has written that ended in one of @outcomes. Counted in
 * one look: a record goes from one outcome to the next while we watch. */
static guint
records (const PhoneTest *self, IpdHistoryKind kind, const char *const *outcomes)
{
  g_autofree char *path = g_build_filename (self->program.dir, "station.db", NULL);
  g_autoptr (IpdStore) store = ipd_store_open (path, NULL, NULL);
  g_autoptr (GArray) rows = ipd_store_history (store, 100, 0, NULL);
  guint n = 0;
  for (guint i = 0; i < rows->len; i++)
    {
      const IpdHistoryEntry *row = &g_array_index (rows, IpdHistoryEntry, i);
      n += row->kind == kind && g_strv_contains (outcomes, row->outcome) && g_str_equal (row->by.s, "Kitchen");
    }
  return n;
}

static guint
accesses (const PhoneTest *self, const char *outcome)
{
  return records (self, IPD_HISTORY_ACCESS, (const char *const[]){ outcome, NULL });
}

static guint
refusals_in_log (const PhoneTest *self)
{
  g_auto (GStrv) parts = g_strsplit (self->program.log->str, "refused output, phone Kitchen", -1);
  return g_strv_length (parts) - 1;
}

static gboolean
three_were_refused (gpointer data)
{
  return refusals_in_log (data) == 3;
}

static gboolean
it_is_deaf (gpointer data)
{
  return refusals_in_log (data) == 5;
}

/* A log line comes before the end of the step that wrote it: what the step does is done when a verb is answered. */
static void
let_it_finish (const PhoneTest *self)
{
  g_autofree char *status = verb (self, "status", NULL);
  g_assert_nonnull (status);
}

static void
test_register (void)
{
  PhoneTest self;
  begin (&self, "kitchen");
  g_autofree char *phones = verb (&self, "phones", NULL);
  g_assert_nonnull (strstr (phones, "\"id\":\"kitchen\""));
  g_assert_nonnull (strstr (phones, "\"registered\":true"));
  g_assert_nonnull (strstr (phones, "\"address\":\"127.0.0.1\""));
  g_assert_nonnull (strstr (phones, "\"registered\":false"));
  RawPhone other;
  raw_phone_open (&other, self.program.sip_port);
  g_assert_cmpint (raw_phone_register (&other, "kitchen", "not-the-secret-at-all", 120), ==, 401);
  g_assert_cmpint (raw_phone_register (&other, "nobody", SECRET, 120), ==, 401);
  raw_phone_close (&other);
  g_assert_cmpint (raw_phone_register (&self.phone, "kitchen", SECRET, 0), ==, 200);
  g_autofree char *after = verb (&self, "phones", NULL);
  g_assert_null (strstr (after, "\"registered\":true"));
  end (&self);
}

static void
preview_and_talk (const char *address)
{
  PhoneTest self;
  guint8 nal = 0;
  begin_at (&self, "kitchen", address);
  press_button (&self);
  g_assert_null (strstr (self.phone.invite, "Ipdoor-"));
  g_assert_null (strstr (self.phone.invite, "RTP/SAVP"));
  g_assert_nonnull (strstr (self.phone.invite, "From: <sip:Main-entrance@"));
  g_assert_nonnull (strstr (self.phone.invite, ";ob SIP/2.0"));
  self.sdp = raw_phone_sdp (&self.phone, PCMU, H264, "sendrecv");
  raw_phone_reply (&self.phone, self.phone.invite, 183, self.sdp);
  g_assert_cmpuint (raw_phone_await_rtp (self.phone.video, 97, &nal, 1), <=, 1200);
  g_assert_cmpuint (nal & 0x1f, <, 24); /* mode 0: single NAL units only */
  raw_phone_reply (&self.phone, self.phone.invite, 200, self.sdp);
  g_autofree char *ack = raw_phone_await (&self.phone, "ACK ");
  g_assert_cmpuint (raw_phone_await_rtp (self.phone.audio, 0, NULL, 0), ==, 160);
  g_autofree char *status = verb (&self, "status", NULL);
  g_assert_nonnull (strstr (status, "\"visit\":\"talking\""));
  hang_up (&self);
  let_it_finish (&self);
  g_assert_cmpuint (records (&self, IPD_HISTORY_VISIT, (const char *const[]){ "hangup", NULL }), ==, 1);
  end (&self);
}

static void
test_preview_and_talk (void)
{
  preview_and_talk ("127.0.0.1");
}

static void
test_ipv6 (void)
{
  preview_and_talk ("::1");
}

/* The phone answers: the client is told so, and by whom. */
static void
test_phone_answers (void)
{
  PhoneTest self;
  Party client;
  begin (&self, "kitchen");
  party_enrol (&client, &self.program, "Front desk");
  press_button (&self);
  party_await_ring (&client);
  party_answer (&client, 183, FALSE);
  self.sdp = raw_phone_sdp (&self.phone, PCMU, NULL, "sendrecv");
  raw_phone_reply (&self.phone, self.phone.invite, 200, self.sdp);
  party_await_end (&client);
  g_assert_cmpint (client.cause, ==, 200);
  party_await_news (&client, IPD_VISIT_NEWS_ANSWERED);
  g_assert_cmpstr (g_array_index (client.messages, IpdMessage, 0).visit.by.s, ==, "Kitchen");
  g_autofree char *ack = raw_phone_await (&self.phone, "ACK ");
  g_assert_cmpint (ask (&self, "BYE", NULL, NULL), ==, 200);
  party_await_news (&client, IPD_VISIT_NEWS_ENDED);
  party_clear (&client);
  end (&self);
}

/* The other way round. */
static void
test_client_answers (void)
{
  PhoneTest self;
  Party client;
  begin (&self, "kitchen");
  party_enrol (&client, &self.program, "Front desk");
  press_button (&self);
  party_await_ring (&client);
  raw_phone_reply (&self.phone, self.phone.invite, 180, NULL);
  party_answer (&client, 200, FALSE);
  g_autofree char *cancel = raw_phone_await (&self.phone, "CANCEL ");
  g_assert_nonnull (strstr (cancel, "SIP;cause=200"));
  raw_phone_reply (&self.phone, cancel, 200, NULL);
  raw_phone_reply (&self.phone, self.phone.invite, 487, NULL);
  party_clear (&client);
  end (&self);
}

/* Busy or "no" of one is only its own: the other rings on. */
static void
test_rejects (void)
{
  static const int statuses[] = { 486, 603, 302, 480 };
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      PhoneTest self;
      Party client;
      begin (&self, "kitchen");
      party_enrol (&client, &self.program, "Front desk");
      press_button (&self);
      party_await_ring (&client);
      raw_phone_reply (&self.phone, self.phone.invite, statuses[i], NULL);
      g_autofree char *ack = raw_phone_await (&self.phone, "ACK ");
      g_autofree char *status = verb (&self, "status", NULL);
      g_assert_nonnull (strstr (status, "\"visit\":\"ringing\""));
      party_answer (&client, 200, FALSE);
      party_await_news (&client, IPD_VISIT_NEWS_ANSWERED);
      party_clear (&client);
      end (&self);
    }
}

static void
test_opens_by_info (void)
{
  static const char *const opened[] = { "accepted", "actuated", "contact-open", NULL };
  PhoneTest self;
  begin_talk (&self, "kitchen");
  press_by_info (&self, "471147");
  station_test_until (door_is_open, &self);
  g_assert_cmpuint (openings (&self, "gate"), ==, 0);
  g_assert_cmpuint (records (&self, IPD_HISTORY_ACCESS, opened), ==, 1);
  press_by_info (&self, "#22");
  station_test_until (gate_is_open, &self);
  g_assert_cmpuint (openings (&self, "door"), ==, 1);
  end (&self);
}

static void
test_opens_by_rtp (void)
{
  PhoneTest self;
  begin_talk (&self, "kitchen");
  press_by_rtp (&self, "471147");
  station_test_until (door_is_open, &self);
  /* The same key by the other way as well is not another one. */
  press_by_info (&self, "#22");
  press_by_rtp (&self, "#22");
  station_test_until (gate_is_open, &self);
  g_assert_cmpuint (openings (&self, "gate"), ==, 1);
  g_assert_cmpuint (openings (&self, "door"), ==, 1);
  end (&self);
}

/* Codes that are wrong, of an output that is not this phone's, before the answer, of a phone without the right. */
static void
test_opens_nothing (void)
{
  PhoneTest self;
  begin_talk (&self, "kitchen");
  press_by_info (&self, "471148#9471147#33#"); /* 33 is the light's, which is not among its outputs */
  g_assert_cmpuint (openings (&self, "door") + openings (&self, "gate") + openings (&self, "light"), ==, 0);
  station_test_until (three_were_refused, &self);
  let_it_finish (&self);
  g_assert_cmpuint (accesses (&self, "refused"), ==, 3);
  press_by_info (&self, "1#2#471147"); /* five wrong ones: deaf */
  station_test_until (it_is_deaf, &self);
  g_assert_nonnull (strstr (self.program.log->str, "too many wrong codes"));
  let_it_finish (&self);
  g_assert_cmpuint (accesses (&self, "refused"), ==, 5);
  g_assert_cmpuint (openings (&self, "door"), ==, 0);
  end (&self);

  begin_talk (&self, "cellar");
  press_by_info (&self, "471147");
  hang_up (&self);
  g_assert_cmpuint (openings (&self, "door"), ==, 0);
  end (&self);

  begin (&self, "kitchen");
  press_button (&self);
  self.sdp = raw_phone_sdp (&self.phone, PCMU, H264, "sendrecv");
  raw_phone_reply (&self.phone, self.phone.invite, 183, self.sdp);
  raw_phone_await_rtp (self.phone.video, 97, NULL, 0);
  press_by_rtp (&self, "471147");
  raw_phone_reply (&self.phone, self.phone.invite, 200, self.sdp);
  raw_phone_await_rtp (self.phone.audio, 0, NULL, 0);
  hang_up (&self);
  g_assert_cmpuint (openings (&self, "door"), ==, 0);
  end (&self);
}

static void
test_hold (void)
{
  static const char *const ways[] = { "sendonly", "inactive", NULL };
  PhoneTest self;
  begin_talk (&self, "kitchen");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *hold = raw_phone_sdp (&self.phone, PCMU, H264, ways[i] != NULL ? ways[i] : "sendrecv");
      g_autofree char *again = raw_phone_sdp (&self.phone, PCMU, H264, "sendrecv");
      g_auto (GStrv) parts = g_strsplit (hold, "c=IN IP4 127.0.0.1", 2);
      g_autofree char *zero = g_strconcat (parts[0], "c=IN IP4 0.0.0.0", parts[1], NULL);
      g_autofree char *answer = raw_phone_ask (&self.phone, "INVITE", "application/sdp", ways[i] != NULL ? hold : zero);
      g_assert_cmpint (raw_phone_status (answer), ==, 200);
      g_assert_nonnull (strstr (answer, i == 0 ? "a=recvonly" : "a="));
      station_test_until (is_held, &self);
      g_string_truncate (self.program.log, 0);
      g_assert_cmpint (ask (&self, "INVITE", "application/sdp", again), ==, 200);
      raw_phone_await_rtp (self.phone.audio, 0, NULL, 0);
    }
  g_assert_cmpint (ask (&self, "INVITE", "application/sdp", "v=0\r\nnonsense"), ==, 488);
  g_assert_cmpint (ask (&self, "INVITE", NULL, NULL), ==, 200); /* the offer is left to us */
  end (&self);
}

/* After a restart the phone is rung although it has not registered again; one that went away is not. */
static void
test_restart (void)
{
  PhoneTest self;
  begin (&self, "kitchen");
  g_assert_cmpint (program_end (&self.program, SIGKILL), ==, -1);
  g_autofree char *port = g_strdup_printf ("network.sip-ports=%u", self.program.sip_port);
  const char *const settings[] = { port, NULL };
  program_start (&self.program, settings);
  press_button (&self);
  raw_phone_reply (&self.phone, self.phone.invite, 603, NULL);
  station_test_until (visit_is_over, &self);
  g_assert_cmpint (raw_phone_register (&self.phone, "kitchen", SECRET, 0), ==, 200);
  g_assert_cmpint (program_end (&self.program, SIGTERM), ==, 0);
  program_start (&self.program, settings);
  g_autofree char *phones = verb (&self, "phones", NULL);
  g_assert_null (strstr (phones, "\"registered\":true"));
  end (&self);
}

static void
test_calls_are_refused (void)
{
  PhoneTest self;
  begin (&self, "kitchen");
  g_assert_cmpint (raw_phone_call (&self.phone), ==, 403);
  end (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phones/register", test_register);
  g_test_add_func ("/phones/preview-and-talk", test_preview_and_talk);
  g_test_add_func ("/phones/ipv6", test_ipv6);
  g_test_add_func ("/phones/phone-answers", test_phone_answers);
  g_test_add_func ("/phones/client-answers", test_client_answers);
  g_test_add_func ("/phones/rejects", test_rejects);
  g_test_add_func ("/phones/opens-by-info", test_opens_by_info);
  g_test_add_func ("/phones/opens-by-rtp", test_opens_by_rtp);
  g_test_add_func ("/phones/opens-nothing", test_opens_nothing);
  g_test_add_func ("/phones/hold", test_hold);
  g_test_add_func ("/phones/restart", test_restart);
  g_test_add_func ("/phones/calls-are-refused", test_calls_are_refused);
  return g_test_run ();
}
