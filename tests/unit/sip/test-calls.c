// SPDX-License-Identifier: Apache-2.0
// Calls between two real parties, all ways they can go, as both sides see them.
#include "party.h"

static const char offer[] = "v=0\r\no=- 1 1 IN IP4 127.14.0.1\r\ns=-\r\nt=0 0\r\nm=audio 7078 RTP/SAVP 8\r\n";
static const char answer[] = "v=0\r\no=- 2 2 IN IP4 127.14.0.2\r\ns=-\r\nt=0 0\r\nm=audio 7080 RTP/SAVP 8\r\n";

typedef struct {
  Party *station;
  Party *client;
} Pair;

static void
set_up (Pair *pair, gconstpointer data)
{
  pair->station = party_new ("127.14.0.1", "stationid", NULL);
  pair->client = party_new ("127.14.0.2", "clientid", NULL);
}

static void
tear_down (Pair *pair, gconstpointer data)
{
  party_end (pair->station);
  party_end (pair->client);
}

static void
send_answer (Party *party, guint64 call, int status, const char *sdp, const char *auth)
{
  g_autoptr (GError) error = NULL;
  ipd_sip_answer (party->sip, call, status, NULL, sdp, auth, &error);
  g_assert_no_error (error);
}

/* INVITE, 183 with PRACK, 200, ACK. Leaves both in a call. */
static void
establish (Pair *pair, const char *call_id, guint64 *ret_out, guint64 *ret_in)
{
  *ret_out = party_invite (pair->station, pair->client, call_id, offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  *ret_in = invite->call;
  send_answer (pair->client, *ret_in, 183, answer, "1.of-the-183");
  g_autoptr (IpdSipEvent) progress = party_expect (pair->station, IPD_SIP_PROGRESS);
  g_assert_cmpint (progress->status, ==, 183);
  send_answer (pair->client, *ret_in, 200, NULL, "1.of-the-200");
  g_autoptr (IpdSipEvent) answered = party_expect (pair->station, IPD_SIP_ANSWERED);
  g_assert_cmpuint (answered->call, ==, *ret_out);
  g_autoptr (IpdSipEvent) talking = party_expect (pair->client, IPD_SIP_TALKING);
  g_assert_cmpuint (talking->call, ==, *ret_in);
}

static void
test_what_is_signed_arrives (Pair *pair, gconstpointer data)
{
  guint64 out = party_invite (pair->station, pair->client, "CallIdOfTheCaller-1", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  g_assert_cmpstr (invite->from_user, ==, "stationid");
  g_assert_cmpstr (invite->from_tag, ==, "Tag-given_by.caller");
  g_assert_cmpstr (invite->ruri_user, ==, "contact-of-callee");
  g_assert_cmpstr (invite->call_id, ==, "CallIdOfTheCaller-1");
  g_assert_cmpuint (invite->cseq, ==, 7);
  g_assert_cmpstr (invite->visit, ==, "visit-1");
  g_assert_cmpstr (invite->auth, ==, "1.signature");
  g_assert_cmpstr (invite->body, ==, offer);
  g_assert_cmpstr (invite->source_host, ==, "127.14.0.1");
  g_assert_cmpuint (invite->source_port, ==, pair->station->port);
  g_assert_true (invite->reliable);

  send_answer (pair->client, invite->call, 183, answer, "1.of-the-183");
  g_autoptr (IpdSipEvent) progress = party_expect (pair->station, IPD_SIP_PROGRESS);
  g_assert_cmpuint (progress->call, ==, out);
  g_assert_cmpint (progress->status, ==, 183);
  g_assert_cmpstr (progress->contact_user, ==, "contact-of-callee");
  g_assert_cmpstr (progress->auth, ==, "1.of-the-183");
  g_assert_cmpstr (progress->body, ==, answer);

  send_answer (pair->client, invite->call, 200, NULL, "1.of-the-200");
  g_autoptr (IpdSipEvent) answered = party_expect (pair->station, IPD_SIP_ANSWERED);
  g_assert_cmpstr (answered->auth, ==, "1.of-the-200");
  g_assert_cmpstr (answered->contact_user, ==, "contact-of-callee");
  g_assert_null (answered->body);
  party_skip (pair->client, IPD_SIP_TALKING);

  ipd_sip_bye (pair->station->sip, out);
  g_autoptr (IpdSipEvent) theirs = party_expect (pair->client, IPD_SIP_BYE);
  g_assert_cmpint (theirs->status, ==, 0);
  g_autoptr (IpdSipEvent) ours = party_expect (pair->station, IPD_SIP_BYE);
  g_assert_cmpint (ours->status, ==, 200);
}

/* The 200 is given while the PRACK of the 183 is still under way: it must wait, not overtake. */
static void
test_200_waits_for_prack (Pair *pair, gconstpointer data)
{
  guint64 out = party_invite (pair->station, pair->client, "early-200", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  send_answer (pair->client, invite->call, 183, answer, "1.a");
  send_answer (pair->client, invite->call, 200, NULL, "1.b");
  party_skip (pair->station, IPD_SIP_PROGRESS);
  party_skip (pair->station, IPD_SIP_ANSWERED);
  party_skip (pair->client, IPD_SIP_TALKING);
  ipd_sip_bye (pair->client->sip, invite->call);
  g_autoptr (IpdSipEvent) bye = party_expect (pair->station, IPD_SIP_BYE);
  g_assert_cmpuint (bye->call, ==, out);
  party_skip (pair->client, IPD_SIP_BYE);
}

static void
test_200_without_183 (Pair *pair, gconstpointer data)
{
  guint64 out = party_invite (pair->station, pair->client, "direct-200", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  send_answer (pair->client, invite->call, 200, answer, "1.b");
  g_autoptr (IpdSipEvent) answered = party_expect (pair->station, IPD_SIP_ANSWERED);
  g_assert_cmpstr (answered->body, ==, answer);
  party_skip (pair->client, IPD_SIP_TALKING);
  ipd_sip_bye (pair->station->sip, out);
  party_skip (pair->client, IPD_SIP_BYE);
  party_skip (pair->station, IPD_SIP_BYE);
}

static void
test_cancel_tells_why (Pair *pair, gconstpointer data)
{
  guint64 out = party_invite (pair->station, pair->client, "cancel", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  send_answer (pair->client, invite->call, 183, answer, "1.a");
  party_skip (pair->station, IPD_SIP_PROGRESS);
  ipd_sip_cancel (pair->station->sip, out, 200, "Opened by \"Anna\" \xc3\xa8");
  g_autoptr (IpdSipEvent) cancelled = party_expect (pair->client, IPD_SIP_CANCELLED);
  g_assert_cmpuint (cancelled->call, ==, invite->call);
  g_assert_cmpint (cancelled->cause, ==, 200);
  g_assert_cmpstr (cancelled->text, ==, "Opened by  Anna  \xc3\xa8");
  g_autoptr (IpdSipEvent) failed = party_expect (pair->station, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, 487);
}

/* At once, before the callee's 100 or 183 can be there. */
static void
test_cancel_at_once (Pair *pair, gconstpointer data)
{
  guint64 out = party_invite (pair->station, pair->client, "cancel-at-once", offer);
  ipd_sip_cancel (pair->station->sip, out, 487, NULL);
  party_skip (pair->client, IPD_SIP_INVITE);
  g_autoptr (IpdSipEvent) cancelled = party_expect (pair->client, IPD_SIP_CANCELLED);
  g_assert_cmpint (cancelled->cause, ==, 487);
  g_assert_null (cancelled->text);
  party_skip (pair->station, IPD_SIP_FAILED);
}

/* The cancel is asked for when the 200 is already on its way or here. */
static void
test_cancel_crosses_200 (Pair *pair, gconstpointer data)
{
  guint64 out = party_invite (pair->station, pair->client, "crossing", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  send_answer (pair->client, invite->call, 200, answer, "1.b");
  party_skip (pair->station, IPD_SIP_ANSWERED);
  ipd_sip_cancel (pair->station->sip, out, 200, NULL);
  g_autoptr (IpdSipEvent) failed = party_expect (pair->station, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, 487);
  party_skip (pair->client, IPD_SIP_TALKING);
  party_skip (pair->client, IPD_SIP_BYE);
  /* the BYE's answer gives no second last event; the end of the call shows in the counts */
  IpdSipCounts counts = { .calls = 1 };
  for (int i = 0; i < 100000 && counts.calls; i++)
    ipd_sip_get_counts (pair->station->sip, &counts);
}

static void
test_reject (Pair *pair, gconstpointer data)
{
  static const int statuses[] = { 403, 480, 486, 603 };
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *call_id = g_strdup_printf ("reject-%d", statuses[i]);
      party_invite (pair->station, pair->client, call_id, offer);
      g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
      send_answer (pair->client, invite->call, statuses[i], NULL, NULL);
      g_autoptr (IpdSipEvent) failed = party_expect (pair->station, IPD_SIP_FAILED);
      g_assert_cmpint (failed->status, ==, statuses[i]);
    }
}

static void
test_reject_after_183 (Pair *pair, gconstpointer data)
{
  party_invite (pair->station, pair->client, "reject-late", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  send_answer (pair->client, invite->call, 183, answer, "1.a");
  /* before the PRACK: the final answer clears the reliable one */
  send_answer (pair->client, invite->call, 603, NULL, NULL);
  party_skip (pair->station, IPD_SIP_PROGRESS);
  g_autoptr (IpdSipEvent) failed = party_expect (pair->station, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, 603);
}

/* The program answered and hung up at once; its 200 never left, since the PRACK had not come. */
static void
test_hang_up_before_the_200 (Pair *pair, gconstpointer data)
{
  party_invite (pair->station, pair->client, "changed-its-mind", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  send_answer (pair->client, invite->call, 183, answer, "1.a");
  send_answer (pair->client, invite->call, 200, NULL, "1.b");
  ipd_sip_bye (pair->client->sip, invite->call);
  g_autoptr (IpdSipEvent) bye = party_expect (pair->client, IPD_SIP_BYE);
  g_assert_cmpuint (bye->call, ==, invite->call);
  g_assert_cmpint (bye->status, ==, 480);
  party_skip (pair->station, IPD_SIP_PROGRESS);
  g_autoptr (IpdSipEvent) failed = party_expect (pair->station, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, 480);
}

static void
test_two_legs (Pair *pair, gconstpointer data)
{
  guint64 out[2], in[2];
  establish (pair, "leg-1", &out[0], &in[0]);
  establish (pair, "leg-2", &out[1], &in[1]);
  g_assert_cmpuint (in[0], !=, in[1]);
  ipd_sip_bye (pair->client->sip, in[1]);
  g_autoptr (IpdSipEvent) second = party_expect (pair->station, IPD_SIP_BYE);
  g_assert_cmpuint (second->call, ==, out[1]);
  party_skip (pair->client, IPD_SIP_BYE);
  ipd_sip_bye (pair->station->sip, out[0]);
  g_autoptr (IpdSipEvent) first = party_expect (pair->client, IPD_SIP_BYE);
  g_assert_cmpuint (first->call, ==, in[0]);
  party_skip (pair->station, IPD_SIP_BYE);
}

static void
test_both_hang_up (Pair *pair, gconstpointer data)
{
  guint64 out, in;
  establish (pair, "both", &out, &in);
  ipd_sip_bye (pair->station->sip, out);
  ipd_sip_bye (pair->client->sip, in);
  party_skip (pair->station, IPD_SIP_BYE);
  party_skip (pair->client, IPD_SIP_BYE);
}

/* Two hundred calls, each one way of ending after the other; nothing may be left of any. */
static void
test_many (Pair *pair, gconstpointer data)
{
  for (int i = 0; i < 200; i++)
    {
      g_autofree char *call_id = g_strdup_printf ("many-%d", i);
      guint64 out = party_invite (pair->station, pair->client, call_id, offer);
      g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
      switch (i % 3)
        {
        case 0:
          send_answer (pair->client, invite->call, 183, answer, "1.a");
          party_skip (pair->station, IPD_SIP_PROGRESS);
          send_answer (pair->client, invite->call, 200, NULL, "1.b");
          party_skip (pair->station, IPD_SIP_ANSWERED);
          party_skip (pair->client, IPD_SIP_TALKING);
          ipd_sip_bye (pair->station->sip, out);
          party_skip (pair->client, IPD_SIP_BYE);
          party_skip (pair->station, IPD_SIP_BYE);
          break;
        case 1:
          ipd_sip_cancel (pair->station->sip, out, 487, NULL);
          party_skip (pair->client, IPD_SIP_CANCELLED);
          party_skip (pair->station, IPD_SIP_FAILED);
          break;
        default:
          send_answer (pair->client, invite->call, 486, NULL, NULL);
          party_skip (pair->station, IPD_SIP_FAILED);
          break;
        }
    }
  party_assert_empty (pair->station);
  party_assert_empty (pair->client);
}

/* UDP doubles and loses: a 200 that comes twice is acknowledged twice and told once, and ends nothing. */
static void
test_200_again (void)
{
  Party *station = party_new ("127.14.0.1", "stationid", NULL);
  g_autoptr (Raw) phone = raw_new ("127.14.0.3");
  Party there = { .host = phone->host, .port = phone->port };
  guint64 call = party_invite (station, &there, "again", offer);
  g_autofree char *invite = raw_expect (phone, "INVITE ");
  g_autofree char *ok = raw_answer (phone, invite, "200 OK", "Content-Type: application/sdp\r\n", answer);
  raw_send (phone, station, ok);
  g_autofree char *ack = raw_receive (phone);
  raw_send (phone, station, ok);
  g_autofree char *ack_again = raw_receive (phone);
  g_assert_true (g_str_has_prefix (ack, "ACK "));
  g_assert_cmpstr (ack, ==, ack_again);
  party_skip (station, IPD_SIP_ANSWERED);
  ipd_sip_bye (station->sip, call);
  g_autofree char *bye = raw_receive (phone);
  g_assert_true (g_str_has_prefix (bye, "BYE "));
  g_autofree char *bye_ok = raw_answer (phone, bye, "200 OK", "", "");
  raw_send (phone, station, bye_ok);
  party_skip (station, IPD_SIP_BYE);
  party_end (station);
}

/* The same for a reliable 183: one event, one PRACK. */
static void
test_183_again (void)
{
  Party *station = party_new ("127.14.0.1", "stationid", NULL);
  g_autoptr (Raw) phone = raw_new ("127.14.0.3");
  Party there = { .host = phone->host, .port = phone->port };
  party_invite (station, &there, "183-again", offer);
  g_autofree char *invite = raw_expect (phone, "INVITE ");
  g_autofree char *progress = raw_answer (phone, invite, "183 Here",
                                          "Require: 100rel\r\nRSeq: 5\r\nContent-Type: application/sdp\r\n", answer);
  raw_send (phone, station, progress);
  raw_send (phone, station, progress);
  g_autofree char *prack = raw_receive (phone);
  g_assert_true (g_str_has_prefix (prack, "PRACK "));
  g_autofree char *rack = raw_header (prack, "RAck");
  g_assert_cmpstr (rack, ==, "5 7 INVITE");
  g_autofree char *prack_ok = raw_answer (phone, prack, "200 OK", "", "");
  raw_send (phone, station, prack_ok);
  g_autofree char *busy = raw_answer (phone, invite, "486 Busy", "", "");
  raw_send (phone, station, busy);
  g_autofree char *ack = raw_receive (phone);
  g_assert_true (g_str_has_prefix (ack, "ACK "));
  party_skip (station, IPD_SIP_PROGRESS);
  g_autoptr (IpdSipEvent) failed = party_expect (station, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, 486);
  party_end (station);
}

/* Two phones that fall silent, one after its 200, one at once: told after 8 s each, at the same time. */
static void
test_peer_disappears (void)
{
  Party *station = party_new ("127.14.0.1", "stationid", NULL);
  g_autoptr (Raw) phone = raw_new ("127.14.0.3");
  g_autoptr (Raw) nobody = raw_new ("127.14.0.4");
  Party there = { .host = phone->host, .port = phone->port };
  Party not_there = { .host = nobody->host, .port = nobody->port };
  guint64 silent = party_invite (station, &not_there, "nobody", offer);
  guint64 call = party_invite (station, &there, "gone", offer);
  g_autofree char *invite = raw_expect (phone, "INVITE ");
  g_autofree char *ok = raw_answer (phone, invite, "200 OK", "Content-Type: application/sdp\r\n", answer);
  raw_send (phone, station, ok);
  party_skip (station, IPD_SIP_ANSWERED);
  ipd_sip_bye (station->sip, call);
  g_autoptr (IpdSipEvent) failed = party_expect (station, IPD_SIP_FAILED);
  g_assert_cmpuint (failed->call, ==, silent);
  g_assert_cmpint (failed->status, ==, 408);
  g_autoptr (IpdSipEvent) bye = party_expect (station, IPD_SIP_BYE);
  g_assert_cmpuint (bye->call, ==, call);
  g_assert_cmpint (bye->status, ==, 408);
  party_end (station);
}

/* The end of the whole while calls are in every state: each side hears of it. */
static void
test_shutdown_says_goodbye (void)
{
  Pair pair;
  set_up (&pair, NULL);
  guint64 out, in;
  establish (&pair, "up", &out, &in);
  party_invite (pair.station, pair.client, "ringing", offer);
  party_skip (pair.client, IPD_SIP_INVITE);
  ipd_sip_shutdown (pair.station->sip);
  int byes = 0, cancels = 0;
  while (byes + cancels < 2)
    {
      while (g_queue_is_empty (&pair.client->events))
        party_turn ();
      g_autoptr (IpdSipEvent) event = g_queue_pop_head (&pair.client->events);
      byes += event->type == IPD_SIP_BYE;
      cancels += event->type == IPD_SIP_CANCELLED;
    }
  g_assert_cmpint (byes, ==, 1);
  for (gboolean stopped = FALSE; !stopped;)
    {
      while (g_queue_is_empty (&pair.station->events))
        party_turn ();
      g_autoptr (IpdSipEvent) event = g_queue_pop_head (&pair.station->events);
      stopped = event->type == IPD_SIP_STOPPED;
    }
  g_autoptr (GError) error = NULL;
  IpdSipTarget target = { .user = "x", .host = "127.14.0.2", .port = 5060 };
  g_assert_cmpuint (ipd_sip_message (pair.station->sip, &target, "y", "v4.public.A.B", &error), ==, 0);
  g_assert_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_STOPPED);
  ipd_sip_free (pair.station->sip);
  g_free (pair.station);
  party_end (pair.client);
}

/* Freed in mid-call, without shutdown: the other side is told all the same. */
static void
test_free_in_a_call (void)
{
  Pair pair;
  set_up (&pair, NULL);
  guint64 out, in;
  establish (&pair, "freed", &out, &in);
  ipd_sip_free (pair.station->sip);
  g_free (pair.station);
  party_skip (pair.client, IPD_SIP_BYE);
  party_end (pair.client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/calls/" name, Pair, NULL, set_up, test, tear_down)
  ADD ("what-is-signed-arrives", test_what_is_signed_arrives);
  ADD ("200-waits-for-prack", test_200_waits_for_prack);
  ADD ("200-without-183", test_200_without_183);
  ADD ("cancel-tells-why", test_cancel_tells_why);
  ADD ("cancel-at-once", test_cancel_at_once);
  ADD ("cancel-crosses-200", test_cancel_crosses_200);
  ADD ("reject", test_reject);
  ADD ("reject-after-183", test_reject_after_183);
  ADD ("hang-up-before-the-200", test_hang_up_before_the_200);
  ADD ("two-legs", test_two_legs);
  ADD ("both-hang-up", test_both_hang_up);
  ADD ("many", test_many);
  g_test_add_func ("/sip/calls/200-again", test_200_again);
  g_test_add_func ("/sip/calls/183-again", test_183_again);
  g_test_add_func ("/sip/calls/peer-disappears", test_peer_disappears);
  g_test_add_func ("/sip/calls/shutdown-says-goodbye", test_shutdown_says_goodbye);
  g_test_add_func ("/sip/calls/free-in-a-call", test_free_in_a_call);
  return g_test_run ();
}
