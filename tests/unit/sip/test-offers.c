// SPDX-License-Identifier: Apache-2.0
// Offers inside calls between our own programs: who chooses which CSeq, what arrives for the signature, and what is
// refused without asking (docs/protocol.md §8).
#include "raw-dialog.h"

#include <string.h>

static const char offer[] = "v=0\r\ns=offer\r\n";
static const char answer[] = "v=0\r\ns=answer\r\n";
static const char hold[] = "v=0\r\ns=hold\r\na=inactive\r\n";
static const char held[] = "v=0\r\ns=held\r\na=inactive\r\n";

typedef struct {
  Party *station;
  Party *client;
  guint64 out, in; /* one call, up */
  char *callee_tag;
} Pair;

static void
set_up (Pair *pair, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  pair->station = party_new ("127.14.0.1", "stationid", NULL);
  pair->client = party_new ("127.14.0.2", "clientid", NULL);
  pair->out = party_invite (pair->station, pair->client, "the-call", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  g_assert_cmpstr (invite->contact_user, ==, "stationid");
  pair->in = invite->call;
  pair->callee_tag = g_strdup (invite->to_tag);
  ipd_sip_answer (pair->client->sip, pair->in, 183, NULL, answer, "1.a", &error);
  ipd_sip_answer (pair->client->sip, pair->in, 200, NULL, NULL, "1.b", &error);
  g_assert_no_error (error);
  party_skip (pair->station, IPD_SIP_PROGRESS);
  g_autoptr (IpdSipEvent) answered = party_expect (pair->station, IPD_SIP_ANSWERED);
  g_assert_cmpstr (answered->to_tag, ==, pair->callee_tag);
  g_assert_null (answered->body);
  party_skip (pair->client, IPD_SIP_TALKING);
}

static void
tear_down (Pair *pair, gconstpointer data)
{
  ipd_sip_bye (pair->station->sip, pair->out);
  party_skip (pair->client, IPD_SIP_BYE);
  party_skip (pair->station, IPD_SIP_BYE);
  party_end (pair->station);
  party_end (pair->client);
  g_free (pair->callee_tag);
}

static void
reinvite (Party *party, guint64 call, guint32 cseq, const char *sdp)
{
  g_autoptr (GError) error = NULL;
  ipd_sip_reinvite (party->sip, call, cseq, sdp, "1.of-the-offer", &error);
  g_assert_no_error (error);
}

static void
answer_reoffer (Party *party, guint64 call, int status, const char *sdp, const char *auth)
{
  g_autoptr (GError) error = NULL;
  ipd_sip_answer_reoffer (party->sip, call, status, sdp, auth, &error);
  g_assert_no_error (error);
}

/* All that the signature covers arrives, in both directions. */
static void
test_hold_by_caller (Pair *pair, gconstpointer data)
{
  reinvite (pair->station, pair->out, 7 + IPD_SIP_CSEQ_STEP, hold);
  g_autoptr (IpdSipEvent) reoffer = party_expect (pair->client, IPD_SIP_REOFFER);
  g_assert_cmpuint (reoffer->call, ==, pair->in);
  g_assert_cmpuint (reoffer->cseq, ==, 7 + IPD_SIP_CSEQ_STEP);
  g_assert_cmpstr (reoffer->from_tag, ==, "Tag-given_by.caller");
  g_assert_cmpstr (reoffer->ruri_user, ==, "contact-of-callee");
  g_assert_cmpstr (reoffer->call_id, ==, "the-call");
  g_assert_cmpstr (reoffer->visit, ==, "visit-1");
  g_assert_cmpstr (reoffer->auth, ==, "1.of-the-offer");
  g_assert_cmpstr (reoffer->body, ==, hold);
  answer_reoffer (pair->client, pair->in, 200, held, "1.of-the-answer");
  g_autoptr (IpdSipEvent) done = party_expect (pair->station, IPD_SIP_REANSWERED);
  g_assert_cmpuint (done->call, ==, pair->out);
  g_assert_cmpint (done->status, ==, 200);
  g_assert_cmpuint (done->cseq, ==, 7 + IPD_SIP_CSEQ_STEP);
  g_assert_cmpstr (done->auth, ==, "1.of-the-answer");
  g_assert_cmpstr (done->body, ==, held);
}

static void
test_hold_by_callee (Pair *pair, gconstpointer data)
{
  reinvite (pair->client, pair->in, IPD_SIP_CSEQ_STEP, hold);
  g_autoptr (IpdSipEvent) reoffer = party_expect (pair->station, IPD_SIP_REOFFER);
  g_assert_cmpuint (reoffer->cseq, ==, IPD_SIP_CSEQ_STEP);
  g_assert_cmpstr (reoffer->from_tag, ==, pair->callee_tag);
  g_assert_cmpstr (reoffer->ruri_user, ==, "stationid");
  g_assert_cmpstr (reoffer->visit, ==, "visit-1");
  answer_reoffer (pair->station, pair->out, 200, held, "1.x");
  party_skip (pair->client, IPD_SIP_REANSWERED);
  /* and on again */
  reinvite (pair->client, pair->in, 2 * IPD_SIP_CSEQ_STEP, offer);
  party_skip (pair->station, IPD_SIP_REOFFER);
  answer_reoffer (pair->station, pair->out, 200, answer, "1.y");
  g_autoptr (IpdSipEvent) done = party_expect (pair->client, IPD_SIP_REANSWERED);
  g_assert_cmpuint (done->cseq, ==, 2 * IPD_SIP_CSEQ_STEP);
}

/* The call goes on as it was. */
static void
test_refused (Pair *pair, gconstpointer data)
{
  static const int statuses[] = { 403, 488 };
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      reinvite (pair->station, pair->out, 7 + (i + 1) * IPD_SIP_CSEQ_STEP, hold);
      party_skip (pair->client, IPD_SIP_REOFFER);
      answer_reoffer (pair->client, pair->in, statuses[i], NULL, NULL);
      g_autoptr (IpdSipEvent) done = party_expect (pair->station, IPD_SIP_REANSWERED);
      g_assert_cmpint (done->status, ==, statuses[i]);
      g_assert_null (done->body);
    }
}

static void
test_one_at_a_time (Pair *pair, gconstpointer data)
{
  reinvite (pair->station, pair->out, 7 + IPD_SIP_CSEQ_STEP, hold);
  reinvite (pair->station, pair->out, 7 + 2 * IPD_SIP_CSEQ_STEP, offer);
  g_autoptr (IpdSipEvent) refused = party_expect (pair->station, IPD_SIP_REANSWERED);
  g_assert_cmpint (refused->status, ==, 500);
  g_assert_cmpuint (refused->cseq, ==, 7 + 2 * IPD_SIP_CSEQ_STEP);
  party_skip (pair->client, IPD_SIP_REOFFER);
  answer_reoffer (pair->client, pair->in, 200, held, "1.x");
  party_skip (pair->station, IPD_SIP_REANSWERED);
  /* a CSeq that was used */
  reinvite (pair->station, pair->out, 7 + IPD_SIP_CSEQ_STEP, hold);
  g_autoptr (IpdSipEvent) late = party_expect (pair->station, IPD_SIP_REANSWERED);
  g_assert_cmpint (late->status, ==, 500);
}

/* While theirs is being answered, ours waits for its turn. */
static void
test_waits_for_theirs (Pair *pair, gconstpointer data)
{
  reinvite (pair->station, pair->out, 7 + IPD_SIP_CSEQ_STEP, hold);
  party_skip (pair->client, IPD_SIP_REOFFER);
  reinvite (pair->client, pair->in, IPD_SIP_CSEQ_STEP, offer);
  answer_reoffer (pair->client, pair->in, 200, held, "1.x");
  party_skip (pair->station, IPD_SIP_REANSWERED);
  g_autoptr (IpdSipEvent) theirs = party_expect (pair->station, IPD_SIP_REOFFER);
  g_assert_cmpstr (theirs->body, ==, offer);
  answer_reoffer (pair->station, pair->out, 200, answer, "1.y");
  party_skip (pair->client, IPD_SIP_REANSWERED);
}

static void
test_oversize (Pair *pair, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (2000, 'x');
  reinvite (pair->station, pair->out, 7 + IPD_SIP_CSEQ_STEP, huge);
  g_autoptr (IpdSipEvent) ours = party_expect (pair->station, IPD_SIP_REANSWERED);
  g_assert_cmpint (ours->status, ==, 513);
  reinvite (pair->station, pair->out, 7 + 2 * IPD_SIP_CSEQ_STEP, hold);
  party_skip (pair->client, IPD_SIP_REOFFER);
  answer_reoffer (pair->client, pair->in, 200, huge, "1.x");
  g_autoptr (IpdSipEvent) theirs = party_expect (pair->client, IPD_SIP_REANSWERED);
  g_assert_cmpint (theirs->status, ==, 513);
  g_autoptr (IpdSipEvent) done = party_expect (pair->station, IPD_SIP_REANSWERED);
  g_assert_cmpint (done->status, ==, 500);
}

/* INFO belongs to calls with strangers. */
static void
test_no_info (Pair *pair, gconstpointer data)
{
  guint64 request = ipd_sip_info (pair->station->sip, pair->out, "application/dtmf", "1", NULL);
  g_autoptr (IpdSipEvent) done = party_expect (pair->station, IPD_SIP_INFO_DONE);
  g_assert_cmpuint (done->request, ==, request);
  g_assert_cmpint (done->status, ==, 481);
}

/* A call that ends in mid-offer ends, and nothing else comes for it. */
static void
test_bye_in_mid_offer (Pair *pair, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 out = party_invite (pair->station, pair->client, "short", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (pair->client, IPD_SIP_INVITE);
  ipd_sip_answer (pair->client->sip, invite->call, 200, NULL, answer, "1.b", &error);
  party_skip (pair->station, IPD_SIP_ANSWERED);
  party_skip (pair->client, IPD_SIP_TALKING);
  reinvite (pair->station, out, 7 + IPD_SIP_CSEQ_STEP, hold);
  party_skip (pair->client, IPD_SIP_REOFFER);
  ipd_sip_bye (pair->client->sip, invite->call);
  party_skip (pair->station, IPD_SIP_BYE);
  party_skip (pair->client, IPD_SIP_BYE);
  answer_reoffer (pair->client, invite->call, 200, held, "1.x");
}

/* Both at once: each gets 491; the one who does not own the Call-ID is told first, and both are told to sign anew. */
static void
test_glare (void)
{
  Party *station = party_new ("127.14.0.1", "stationid", NULL);
  g_autoptr (Raw) raw = raw_new ("127.14.0.3");
  Party there = { .host = raw->host, .port = raw->port };
  guint64 call = party_invite (station, &there, "glare", offer);
  g_autofree char *invite = raw_expect (raw, "INVITE ");
  g_autoptr (RawDialog) client = raw_dialog_new_callee (raw, station, invite, "raw");
  raw_dialog_reply (client, invite, "200 OK", SDP_TYPE, answer);
  g_free (raw_expect (raw, "ACK "));
  party_skip (station, IPD_SIP_ANSWERED);

  reinvite (station, call, 7 + IPD_SIP_CSEQ_STEP, hold);
  g_autofree char *ours = raw_expect (raw, "INVITE ");
  raw_dialog_assert (client, "INVITE", SDP_TYPE "Ipdoor-Auth: 1.theirs\r\n", hold, 491);
  raw_dialog_reply (client, ours, "491 Request Pending", "", "");
  g_free (raw_expect (raw, "ACK "));
  g_autoptr (IpdSipEvent) done = party_expect (station, IPD_SIP_REANSWERED);
  g_assert_cmpint (done->status, ==, 491);
  g_assert_cmpuint (done->cseq, ==, 7 + IPD_SIP_CSEQ_STEP);
  /* the way is free again, in both directions */
  raw_dialog_assert (client, "INVITE", SDP_TYPE "Ipdoor-Auth: 1.theirs\r\n", hold, 100);
  party_skip (station, IPD_SIP_REOFFER);
  answer_reoffer (station, call, 200, held, "1.x");
  g_free (raw_expect (raw, "SIP/2.0 200 "));
  raw_dialog_send (client, "ACK", "", "");
  raw_dialog_end (client);
  party_end (station);
}

/* What is refused without asking, from a peer that is no program of ours but got into a call all the same. */
static void
test_default_deny (void)
{
  Party *client = party_new ("127.14.0.2", "clientid", NULL);
  g_autoptr (Raw) raw = raw_new ("127.14.0.3");
  g_autoptr (RawDialog) door = raw_dialog_new (raw, client, "deny");
  raw_dialog_send (door, "INVITE", SDP_TYPE, offer);
  g_autoptr (IpdSipEvent) invite = party_expect (client, IPD_SIP_INVITE);
  ipd_sip_answer (client->sip, invite->call, 200, NULL, answer, "1.a", NULL);
  g_autofree char *ok = raw_expect (raw, "SIP/2.0 200 ");
  raw_dialog_learn (door, ok);
  raw_dialog_send (door, "ACK", "", "");
  party_skip (client, IPD_SIP_TALKING);
  raw_dialog_assert (door, "INVITE", SDP_TYPE, hold, 403);
  raw_dialog_assert (door, "INVITE", "Ipdoor-Auth: 1.x\r\n", "", 488);
  raw_dialog_assert (door, "INVITE", "Content-Type: text/plain\r\nIpdoor-Auth: 1.x\r\n", "hello", 415);
  raw_dialog_assert (door, "INVITE", SDP_TYPE "Ipdoor-Auth: 1.x\r\nIpdoor-Auth: 1.y\r\n", hold, 400);
  raw_dialog_assert (door, "UPDATE", SDP_TYPE "Ipdoor-Auth: 1.x\r\n", hold, 488);
  raw_dialog_assert (door, "UPDATE", "", "", 200);
  raw_dialog_assert (door, "INFO", "Content-Type: application/dtmf\r\n", "1", 405);
  raw_dialog_assert (door, "MESSAGE", "Content-Type: text/plain\r\n", "1", 405);
  raw_dialog_assert (door, "REFER", "Refer-To: <sip:x@127.0.0.1>\r\n", "", 405);
  raw_dialog_assert (door, "OPTIONS", "", "", 200);
  /* a replay: the same CSeq again, under another branch */
  raw_dialog_assert (door, "INVITE", SDP_TYPE "Ipdoor-Auth: 1.x\r\n", hold, 100);
  party_skip (client, IPD_SIP_REOFFER);
  ipd_sip_answer_reoffer (client->sip, invite->call, 200, held, "1.y", NULL);
  g_free (raw_expect (raw, "SIP/2.0 200 "));
  raw_dialog_send (door, "ACK", "", "");
  door->cseq--;
  raw_dialog_assert (door, "INVITE", SDP_TYPE "Ipdoor-Auth: 1.x\r\n", hold, 500);
  raw_dialog_end (door);
  party_end (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/offers/" name, Pair, NULL, set_up, test, tear_down)
  ADD ("hold-by-caller", test_hold_by_caller);
  ADD ("hold-by-callee", test_hold_by_callee);
  ADD ("refused", test_refused);
  ADD ("one-at-a-time", test_one_at_a_time);
  ADD ("waits-for-theirs", test_waits_for_theirs);
  ADD ("oversize", test_oversize);
  ADD ("no-info", test_no_info);
  ADD ("bye-in-mid-offer", test_bye_in_mid_offer);
  g_test_add_func ("/sip/offers/glare", test_glare);
  g_test_add_func ("/sip/offers/default-deny", test_default_deny);
  return g_test_run ();
}
