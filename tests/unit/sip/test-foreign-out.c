// SPDX-License-Identifier: Apache-2.0
// Calls to third-party stations and phones, written by hand: early media, digits, challenges, glare, redirections
// (docs/protocol.md §8, §14, §15).
#include "raw-dialog.h"

#include <string.h>

static const char offer[] = "v=0\r\ns=offer\r\n";
static const char answer[] = "v=0\r\ns=answer\r\n";
static const char hold[] = "v=0\r\ns=hold\r\na=inactive\r\n";

typedef struct {
  Party *station;
  Raw *raw;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  scene->station = party_new ("127.14.0.1", "stationid", NULL);
  scene->raw = raw_new ("127.14.0.3");
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  party_end (scene->station);
  raw_free (scene->raw);
}

static IpdSipInvite
invite_to (Scene *scene, const char *user, const char *params, const char *call_id)
{
  return (IpdSipInvite){
    .target = { .user = user, .host = scene->raw->host, .port = scene->raw->port, .params = params },
    .from_user = "stationid",
    .from_tag = "own-tag",
    .call_id = call_id,
    .cseq = 1,
    .sdp = offer,
    .foreign = TRUE,
  };
}

static guint64
call_out (Scene *scene, const char *call_id, char **ret_invite)
{
  g_autoptr (GError) error = NULL;
  IpdSipInvite invite = invite_to (scene, "100", NULL, call_id);
  guint64 call = ipd_sip_invite (scene->station->sip, &invite, &error);
  g_assert_no_error (error);
  *ret_invite = raw_expect (scene->raw, "INVITE ");
  return call;
}

static void
refuse (Scene *scene, const char *request, const char *status, const char *more)
{
  g_autofree char *text = raw_answer (scene->raw, request, status, more, "");
  raw_send (scene->raw, scene->station, text);
}

static void
expect_failed (Scene *scene, int status)
{
  g_autoptr (IpdSipEvent) failed = party_expect (scene->station, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, status);
}

/* R-URIs as phones register them, and what the INVITE says of us. */
static void
test_request_uri (Scene *scene, gconstpointer data)
{
  const struct {
    const char *user, *params, *before, *after;
  } cases[] = {
    { "100", NULL, "100@", "" },
    { NULL, NULL, "", "" },
    { "", NULL, "", "" },
    { "1001-0x55d0%40home", "line=x1;ob", "1001-0x55d0%40home@", ";line=x1;ob" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *call_id = g_strdup_printf ("uri-%u", (guint) i);
      IpdSipInvite invite = invite_to (scene, cases[i].user, cases[i].params, call_id);
      guint64 call = ipd_sip_invite (scene->station->sip, &invite, &error);
      g_assert_no_error (error);
      g_autofree char *request = raw_expect (scene->raw, "INVITE ");
      g_autofree char *line = g_strdup_printf ("INVITE sip:%s127.14.0.3:%u%s SIP/2.0\r\n", cases[i].before,
                                               scene->raw->port, cases[i].after);
      g_assert_true (g_str_has_prefix (request, line));
      g_assert_null (strstr (request, "Ipdoor"));
      g_autofree char *supported = raw_header (request, "Supported");
      g_assert_cmpstr (supported, ==, "100rel, timer");
      g_autofree char *expires = raw_header (request, "Session-Expires");
      g_assert_cmpstr (expires, ==, "1800");
      g_autofree char *allow = raw_header (request, "Allow");
      g_assert_nonnull (strstr (allow, "INFO"));
      refuse (scene, request, "486 Busy Here", "");
      g_free (raw_expect (scene->raw, "ACK "));
      g_autoptr (IpdSipEvent) failed = party_expect (scene->station, IPD_SIP_FAILED);
      g_assert_cmpuint (failed->call, ==, call);
    }
}

/* What could end a line, or would be signed, never goes into a foreign call. */
static void
test_bad_orders (Scene *scene, gconstpointer data)
{
  IpdSipInvite signed_one = invite_to (scene, "100", NULL, "x");
  signed_one.auth = "1.x";
  IpdSipInvite visit = invite_to (scene, "100", NULL, "x");
  visit.visit = "v";
  IpdSipInvite user = invite_to (scene, "10 0", NULL, "x");
  IpdSipInvite params = invite_to (scene, "100", "a>\r\nX: y", "x");
  IpdSipInvite ours = invite_to (scene, "100", "line=1", "x");
  ours.foreign = FALSE;
  const IpdSipInvite *orders[] = { &signed_one, &visit, &user, &params, &ours };
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_cmpuint (ipd_sip_invite (scene->station->sip, orders[i], &error), ==, 0);
      g_assert_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_INVALID);
    }
}

/* A reliable 183 shows the picture; the 200 after it is empty, and the program is told the SDP all the same. */
static void
test_early_media (Scene *scene, gconstpointer data)
{
  g_autofree char *invite = NULL;
  guint64 call = call_out (scene, "early", &invite);
  g_autoptr (RawDialog) phone = raw_dialog_new_callee (scene->raw, scene->station, invite, "raw");
  raw_dialog_reply (phone, invite, "180 Ringing", "", "");
  g_autoptr (IpdSipEvent) ringing = party_expect (scene->station, IPD_SIP_PROGRESS);
  g_assert_cmpint (ringing->status, ==, 180);
  g_assert_cmpstr (ringing->to_tag, ==, "raw");
  raw_dialog_reply (phone, invite, "183 Here", "Require: 100rel\r\nRSeq: 900\r\n" SDP_TYPE, answer);
  g_autofree char *prack = raw_expect (scene->raw, "PRACK ");
  raw_dialog_reply (phone, prack, "200 OK", "", "");
  g_autoptr (IpdSipEvent) early = party_expect (scene->station, IPD_SIP_PROGRESS);
  g_assert_cmpstr (early->body, ==, answer);
  /* repeated, and one out of turn: neither is told or acknowledged */
  raw_dialog_reply (phone, invite, "183 Here", "Require: 100rel\r\nRSeq: 900\r\n" SDP_TYPE, answer);
  raw_dialog_reply (phone, invite, "183 Here", "Require: 100rel\r\nRSeq: 999\r\n" SDP_TYPE, answer);
  raw_assert_quiet (scene->raw, scene->station);
  raw_dialog_reply (phone, invite, "200 OK", "", "");
  g_free (raw_expect (scene->raw, "ACK "));
  g_autoptr (IpdSipEvent) answered = party_expect (scene->station, IPD_SIP_ANSWERED);
  g_assert_cmpuint (answered->call, ==, call);
  g_assert_cmpstr (answered->body, ==, answer);
  raw_dialog_end (phone);
}

/* Digits one after the other; the second is not sent before the first is answered. */
static void
test_digits (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  guint64 call = raw_dialog_answer_call (scene->raw, scene->station, "digits", "", answer, &dialog);
  g_autoptr (RawDialog) phone = dialog;
  guint64 first
      = ipd_sip_info (scene->station->sip, call, "application/dtmf-relay", "Signal=1\r\nDuration=250\r\n", NULL);
  guint64 second = ipd_sip_info (scene->station->sip, call, "application/dtmf", "2", NULL);
  guint64 third = ipd_sip_info (scene->station->sip, call, "text/plain", "4711", NULL);
  g_autofree char *one = raw_expect (scene->raw, "INFO ");
  g_assert_true (g_str_has_suffix (one, "\r\n\r\nSignal=1\r\nDuration=250\r\n"));
  raw_assert_quiet (scene->raw, scene->station);
  raw_dialog_reply (phone, one, "200 OK", "", "");
  g_autofree char *two = raw_expect (scene->raw, "INFO ");
  raw_dialog_reply (phone, two, "405 Method Not Allowed", "", "");
  g_autofree char *three = raw_expect (scene->raw, "MESSAGE ");
  g_assert_true (g_str_has_suffix (three, "\r\n\r\n4711"));
  raw_dialog_reply (phone, three, "202 Accepted", "", "");
  const struct {
    guint64 request;
    int status;
  } wanted[] = { { first, 200 }, { second, 405 }, { third, 202 } };
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autoptr (IpdSipEvent) done = party_expect (scene->station, IPD_SIP_INFO_DONE);
      g_assert_cmpuint (done->request, ==, wanted[i].request);
      g_assert_cmpint (done->status, ==, wanted[i].status);
    }
  /* those that wait when the call ends are told, each */
  ipd_sip_info (scene->station->sip, call, "application/dtmf", "3", NULL);
  ipd_sip_info (scene->station->sip, call, "application/dtmf", "4", NULL);
  g_free (raw_expect (scene->raw, "INFO "));
  /* counted after the second was queued */
  IpdSipCounts counts;
  ipd_sip_get_counts (scene->station->sip, &counts);
  raw_dialog_assert (phone, "BYE", "", "", 200);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (IpdSipEvent) done = party_expect (scene->station, IPD_SIP_INFO_DONE);
      g_assert_cmpint (done->status, ==, 481);
    }
  party_skip (scene->station, IPD_SIP_BYE);
}

static void
assert_no_credentials (const char *request)
{
  g_assert_null (strstr (request, "Authorization"));
}

/* digest leak: a callee challenges everything we say; it gets refusals noted, and never a credential. */
static void
test_digest_leak (Scene *scene, gconstpointer data)
{
  static const char challenge[]
      = "WWW-Authenticate: Digest realm=\"ipdoor\", nonce=\"n\", algorithm=MD5, qop=\"auth\"\r\n"
        "Proxy-Authenticate: Digest realm=\"ipdoor\", nonce=\"n\", algorithm=MD5, qop=\"auth\"\r\n";
  static const char *const statuses[] = { "401 Unauthorized", "407 Proxy Authentication Required" };
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      int status = atoi (statuses[i]);
      g_autofree char *invite = NULL;
      g_autofree char *call_id = g_strdup_printf ("leak-%d", status);
      call_out (scene, call_id, &invite);
      refuse (scene, invite, statuses[i], challenge);
      g_autofree char *ack = raw_expect (scene->raw, "ACK ");
      assert_no_credentials (ack);
      expect_failed (scene, status);

      RawDialog *dialog;
      g_autofree char *up_id = g_strdup_printf ("leak-up-%d", status);
      guint64 call = raw_dialog_answer_call (scene->raw, scene->station, up_id, "", answer, &dialog);
      g_autoptr (RawDialog) phone = dialog;
      ipd_sip_info (scene->station->sip, call, "application/dtmf", "1", NULL);
      g_autofree char *info = raw_expect (scene->raw, "INFO ");
      assert_no_credentials (info);
      raw_dialog_reply (phone, info, statuses[i], challenge, "");
      g_autoptr (IpdSipEvent) info_done = party_expect (scene->station, IPD_SIP_INFO_DONE);
      g_assert_cmpint (info_done->status, ==, status);
      ipd_sip_reinvite (scene->station->sip, call, 0, hold, NULL, NULL);
      g_autofree char *again = raw_expect (scene->raw, "INVITE ");
      raw_dialog_reply (phone, again, statuses[i], challenge, "");
      g_autofree char *again_ack = raw_expect (scene->raw, "ACK ");
      assert_no_credentials (again_ack);
      g_autoptr (IpdSipEvent) refused = party_expect (scene->station, IPD_SIP_REANSWERED);
      g_assert_cmpint (refused->status, ==, status);
      ipd_sip_bye (scene->station->sip, call);
      g_autofree char *bye = raw_expect (scene->raw, "BYE ");
      raw_dialog_reply (phone, bye, statuses[i], challenge, "");
      g_autoptr (IpdSipEvent) over = party_expect (scene->station, IPD_SIP_BYE);
      g_assert_cmpint (over->status, ==, status);
      raw_assert_quiet (scene->raw, scene->station);
    }
}

/* Both offer at once: ours comes again by itself, with a new CSeq. */
static void
test_glare (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  guint64 call = raw_dialog_make_call (scene->raw, scene->station, "glare", "", answer, &dialog);
  g_autoptr (RawDialog) door = dialog;
  ipd_sip_reinvite (scene->station->sip, call, 0, hold, NULL, NULL);
  g_autofree char *ours = raw_expect (scene->raw, "INVITE ");
  raw_dialog_assert (door, "INVITE", SDP_TYPE, offer, 491);
  raw_dialog_assert (door, "UPDATE", SDP_TYPE, offer, 491);
  raw_dialog_reply (door, ours, "491 Request Pending", "", "");
  g_free (raw_expect (scene->raw, "ACK "));
  g_autofree char *again = raw_expect (scene->raw, "INVITE ");
  g_autofree char *first = raw_header (ours, "CSeq");
  g_autofree char *second = raw_header (again, "CSeq");
  g_assert_cmpint (atoi (second), ==, atoi (first) + 1);
  /* twice, for the ACK may be lost: told once, acknowledged twice */
  raw_dialog_reply (door, again, "200 OK", SDP_TYPE, answer);
  g_free (raw_expect (scene->raw, "ACK "));
  raw_dialog_reply (door, again, "200 OK", SDP_TYPE, answer);
  g_free (raw_expect (scene->raw, "ACK "));
  g_autoptr (IpdSipEvent) done = party_expect (scene->station, IPD_SIP_REANSWERED);
  g_assert_cmpint (done->status, ==, 200);
  g_assert_cmpstr (done->body, ==, answer);
  raw_dialog_end (door);
}

/* 481 to an offer: there is no call at their end, so none at ours. */
static void
test_offer_kills (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  guint64 call = raw_dialog_answer_call (scene->raw, scene->station, "kills", "", answer, &dialog);
  g_autoptr (RawDialog) phone = dialog;
  ipd_sip_reinvite (scene->station->sip, call, 0, hold, NULL, NULL);
  g_autofree char *ours = raw_expect (scene->raw, "INVITE ");
  raw_dialog_reply (phone, ours, "481 Call/Transaction Does Not Exist", "", "");
  g_autofree char *bye = raw_expect (scene->raw, "BYE ");
  raw_dialog_reply (phone, bye, "481 Call/Transaction Does Not Exist", "", "");
  g_autoptr (IpdSipEvent) done = party_expect (scene->station, IPD_SIP_REANSWERED);
  g_assert_cmpint (done->status, ==, 481);
  party_skip (scene->station, IPD_SIP_BYE);
}

/* No answer to an offer at all: the same. */
static void
test_offer_unanswered (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  guint64 call = raw_dialog_answer_call (scene->raw, scene->station, "unanswered", "", answer, &dialog);
  g_autoptr (RawDialog) phone = dialog;
  ipd_sip_reinvite (scene->station->sip, call, 0, hold, NULL, NULL);
  g_autofree char *bye = raw_expect (scene->raw, "BYE ");
  raw_dialog_reply (phone, bye, "200 OK", "", "");
  g_autoptr (IpdSipEvent) done = party_expect (scene->station, IPD_SIP_REANSWERED);
  g_assert_cmpint (done->status, ==, 408);
  party_skip (scene->station, IPD_SIP_BYE);
}

/* A redirection is a refusal; nobody is called because a callee says so. */
static void
test_redirected (Scene *scene, gconstpointer data)
{
  g_autoptr (Raw) elsewhere = raw_new ("127.14.0.4");
  g_autofree char *contact = g_strdup_printf ("Contact: <sip:x@127.14.0.4:%u>\r\n", elsewhere->port);
  g_autofree char *invite = NULL;
  call_out (scene, "redirected", &invite);
  refuse (scene, invite, "302 Moved Temporarily", contact);
  g_free (raw_expect (scene->raw, "ACK "));
  expect_failed (scene, 302);
  raw_assert_quiet (elsewhere, scene->station);
}

/* RFC 4028 §6: the callee wants a longer session, and gets it; one that never has enough is given up. */
static void
test_longer_session (Scene *scene, gconstpointer data)
{
  g_autofree char *invite = NULL;
  call_out (scene, "longer", &invite);
  refuse (scene, invite, "422 Session Interval Too Small", "Min-SE: 3600\r\n");
  g_free (raw_expect (scene->raw, "ACK "));
  g_autofree char *again = raw_expect (scene->raw, "INVITE ");
  g_autofree char *expires = raw_header (again, "Session-Expires");
  g_autofree char *min = raw_header (again, "Min-SE");
  g_autofree char *cseq = raw_header (again, "CSeq");
  g_assert_cmpstr (expires, ==, "3600");
  g_assert_cmpstr (min, ==, "3600");
  g_assert_cmpstr (cseq, ==, "2 INVITE");
  refuse (scene, again, "422 Session Interval Too Small", "Min-SE: 3600\r\n");
  g_free (raw_expect (scene->raw, "ACK "));
  expect_failed (scene, 422);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/foreign-out/" name, Scene, NULL, set_up, test, tear_down)
  ADD ("request-uri", test_request_uri);
  ADD ("bad-orders", test_bad_orders);
  ADD ("early-media", test_early_media);
  ADD ("digits", test_digits);
  ADD ("digest-leak", test_digest_leak);
  ADD ("glare", test_glare);
  ADD ("offer-kills", test_offer_kills);
  ADD ("offer-unanswered", test_offer_unanswered);
  ADD ("redirected", test_redirected);
  ADD ("longer-session", test_longer_session);
  return g_test_run ();
}
