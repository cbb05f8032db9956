// SPDX-License-Identifier: Apache-2.0
// Calls from third-party stations, written by hand: reliable or not, digits by INFO, new media, and where our requests
// go (docs/protocol.md §14).
#include "raw-dialog.h"

#include <string.h>

static const char offer[] = "v=0\r\ns=door\r\n";
static const char answer[] = "v=0\r\ns=answer\r\n";
static const char again[] = "v=0\r\ns=again\r\n";

typedef struct {
  Party *client;
  Raw *raw;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  scene->client = party_new ("127.14.0.2", "clientid", NULL);
  scene->raw = raw_new ("127.14.0.3");
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  party_end (scene->client);
  raw_free (scene->raw);
}

static guint64
ring (Scene *scene, RawDialog *door, const char *more, const char *sdp)
{
  g_autofree char *lines = g_strconcat (*sdp ? SDP_TYPE : "", more, NULL);
  raw_dialog_send (door, "INVITE", lines, sdp);
  g_autoptr (IpdSipEvent) invite = party_expect (scene->client, IPD_SIP_INVITE);
  ipd_sip_accept_foreign (scene->client->sip, invite->call);
  return invite->call;
}

static void
send_answer (Scene *scene, guint64 call, int status, const char *sdp)
{
  g_autoptr (GError) error = NULL;
  ipd_sip_answer (scene->client->sip, call, status, NULL, sdp, "1.must-not-go-out", &error);
  g_assert_no_error (error);
}

/* Who only says that it could do 100rel gets the plain 183, and the same SDP in the 200; nothing of ours is told. */
static void
test_supports_100rel (Scene *scene, gconstpointer data)
{
  g_autoptr (RawDialog) door = raw_dialog_new (scene->raw, scene->client, "supports");
  guint64 call = ring (scene, door, "Supported: 100rel, replaces\r\n", offer);
  send_answer (scene, call, 183, answer);
  send_answer (scene, call, 200, answer);
  g_autofree char *progress = raw_expect (scene->raw, "SIP/2.0 183 ");
  g_autofree char *ok = raw_expect (scene->raw, "SIP/2.0 200 ");
  g_assert_null (strstr (progress, "RSeq"));
  g_assert_null (strstr (progress, "Ipdoor"));
  g_assert_null (strstr (ok, "Ipdoor"));
  g_assert_cmpstr (strstr (progress, "\r\n\r\n"), ==, strstr (ok, "\r\n\r\n"));
  g_autofree char *allow = raw_header (ok, "Allow");
  g_assert_nonnull (strstr (allow, "UPDATE"));
  g_assert_nonnull (strstr (allow, "INFO"));
  g_autofree char *expires = raw_header (ok, "Session-Expires");
  g_assert_null (expires);
  raw_dialog_learn (door, ok);
  raw_dialog_send (door, "ACK", "", "");
  party_skip (scene->client, IPD_SIP_TALKING);
  raw_dialog_end (door);
}

static void
prack (RawDialog *door, const char *progress, const char *more, const char *body, int status)
{
  g_autofree char *rseq = raw_header (progress, "RSeq");
  g_autofree char *cseq = raw_header (progress, "CSeq");
  g_autofree char *rack = g_strdup_printf ("RAck: %s %s\r\n%s", rseq, cseq, more);
  raw_dialog_learn (door, progress);
  raw_dialog_assert (door, "PRACK", rack, body, status);
}

/* Who demands it gets it: the 200 waits for the PRACK and has no SDP, although the program gave some. */
static void
test_requires_100rel (Scene *scene, gconstpointer data)
{
  g_autoptr (RawDialog) door = raw_dialog_new (scene->raw, scene->client, "requires");
  guint64 call = ring (scene, door, "Require: 100rel\r\n", offer);
  send_answer (scene, call, 180, NULL);
  send_answer (scene, call, 183, answer);
  send_answer (scene, call, 200, answer);
  g_autofree char *ringing = raw_expect (scene->raw, "SIP/2.0 180 ");
  prack (door, ringing, "", "", 200);
  g_autofree char *progress = raw_expect (scene->raw, "SIP/2.0 183 ");
  g_assert_nonnull (strstr (progress, answer));
  /* again, for the PRACK could be lost; then a PRACK of something that never was */
  g_autofree char *twice = raw_expect (scene->raw, "SIP/2.0 183 ");
  g_assert_cmpstr (progress, ==, twice);
  raw_dialog_assert (door, "PRACK", "RAck: 1 1 INVITE\r\n", "", 481);
  prack (door, progress, "", "", 200);
  g_autofree char *ok = raw_expect (scene->raw, "SIP/2.0 200 ");
  g_autofree char *length = raw_header (ok, "Content-Length");
  g_assert_cmpstr (length, ==, "0");
  door->cseq = 1;
  raw_dialog_send (door, "ACK", "", "");
  party_skip (scene->client, IPD_SIP_TALKING);
  door->cseq = 5;
  raw_dialog_end (door);
}

/* An offer in the PRACK is more than we do; the call lives on. */
static void
test_offer_in_prack (Scene *scene, gconstpointer data)
{
  g_autoptr (RawDialog) door = raw_dialog_new (scene->raw, scene->client, "offer-in-prack");
  guint64 call = ring (scene, door, "Require: 100rel\r\n", offer);
  send_answer (scene, call, 183, answer);
  g_autofree char *progress = raw_expect (scene->raw, "SIP/2.0 183 ");
  prack (door, progress, SDP_TYPE, again, 488);
  raw_dialog_assert (door, "BYE", "", "", 200);
  g_free (raw_expect (scene->raw, "SIP/2.0 487 "));
  door->cseq = 1;
  raw_dialog_send (door, "ACK", "", "");
  party_skip (scene->client, IPD_SIP_CANCELLED);
}

/* Without SDP in the INVITE, we offer in the 200 and they answer in the ACK. */
static void
test_late_offer (Scene *scene, gconstpointer data)
{
  g_autoptr (RawDialog) door = raw_dialog_new (scene->raw, scene->client, "late-offer");
  guint64 call = ring (scene, door, "", "");
  send_answer (scene, call, 200, offer);
  g_autofree char *ok = raw_expect (scene->raw, "SIP/2.0 200 ");
  raw_dialog_learn (door, ok);
  raw_dialog_send (door, "ACK", SDP_TYPE, answer);
  g_autoptr (IpdSipEvent) talking = party_expect (scene->client, IPD_SIP_TALKING);
  g_assert_cmpstr (talking->body, ==, answer);
  raw_dialog_end (door);
}

static void
expect_info (Scene *scene, guint64 call, const char *type, const char *body)
{
  g_autoptr (IpdSipEvent) info = party_expect (scene->client, IPD_SIP_INFO);
  g_assert_cmpuint (info->call, ==, call);
  g_assert_cmpstr (info->content_type, ==, type);
  g_assert_cmpstr (info->body, ==, body);
}

static void
test_info (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  guint64 call = raw_dialog_make_call (scene->raw, scene->client, "info", "", answer, &dialog);
  g_autoptr (RawDialog) door = dialog;
  raw_dialog_assert (door, "INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=160\r\n", 200);
  expect_info (scene, call, "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
  raw_dialog_assert (door, "INFO", "Content-Type: Application/DTMF; charset=utf-8\r\n", "#", 200);
  expect_info (scene, call, "application/dtmf", "#");
  raw_dialog_assert (door, "INFO", "Content-Type: application/media_control+xml\r\n", "<media_control/>", 200);
  expect_info (scene, call, "application/media_control+xml", "<media_control/>");
  raw_dialog_assert (door, "MESSAGE", "Content-Type: text/plain\r\n", "opened", 200);
  expect_info (scene, call, "text/plain", "opened");
  raw_dialog_assert (door, "INFO", "", "", 200);
  raw_dialog_assert (door, "INFO", "Content-Type: application/x-evil\r\n", "1", 415);
  raw_dialog_assert (door, "INFO", "", "1", 415);
  g_autofree char *long_body = g_strnfill (600, '1');
  raw_dialog_assert (door, "INFO", "Content-Type: application/dtmf\r\n", long_body, 400);
  raw_dialog_end (door);
}

static void
test_reoffer (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  guint64 call = raw_dialog_make_call (scene->raw, scene->client, "reoffer", "", answer, &dialog);
  g_autoptr (RawDialog) door = dialog;
  raw_dialog_send (door, "INVITE", SDP_TYPE, again);
  g_autoptr (IpdSipEvent) reoffer = party_expect (scene->client, IPD_SIP_REOFFER);
  g_assert_cmpuint (reoffer->call, ==, call);
  g_assert_cmpstr (reoffer->body, ==, again);
  /* one of theirs at a time */
  door->cseq++;
  raw_dialog_assert (door, "UPDATE", SDP_TYPE, again, 500);
  ipd_sip_answer_reoffer (scene->client->sip, call, 200, answer, NULL, NULL);
  g_autofree char *ok = raw_expect (scene->raw, "SIP/2.0 200 ");
  g_assert_nonnull (strstr (ok, answer));
  door->cseq = 2;
  raw_dialog_send (door, "ACK", "", "");
  door->cseq = 10;
  /* UPDATE needs no ACK */
  raw_dialog_send (door, "UPDATE", SDP_TYPE, offer);
  g_autoptr (IpdSipEvent) update = party_expect (scene->client, IPD_SIP_REOFFER);
  g_assert_cmpstr (update->body, ==, offer);
  ipd_sip_answer_reoffer (scene->client->sip, call, 488, NULL, NULL, NULL);
  g_free (raw_expect (scene->raw, "SIP/2.0 488 "));
  raw_dialog_end (door);
}

/* A re-INVITE without SDP asks for our offer; one that is withdrawn leaves nothing behind. */
static void
test_empty_reoffer (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  guint64 call = raw_dialog_make_call (scene->raw, scene->client, "empty", "", answer, &dialog);
  g_autoptr (RawDialog) door = dialog;
  raw_dialog_send (door, "INVITE", "", "");
  g_autoptr (IpdSipEvent) reoffer = party_expect (scene->client, IPD_SIP_REOFFER);
  g_assert_null (reoffer->body);
  ipd_sip_answer_reoffer (scene->client->sip, call, 200, offer, NULL, NULL);
  g_free (raw_expect (scene->raw, "SIP/2.0 200 "));
  raw_dialog_send (door, "ACK", SDP_TYPE, again);
  g_autoptr (IpdSipEvent) done = party_expect (scene->client, IPD_SIP_REANSWERED);
  g_assert_cmpint (done->status, ==, 200);
  g_assert_cmpuint (done->cseq, ==, 2);
  g_assert_cmpstr (done->body, ==, again);

  raw_dialog_assert (door, "INVITE", SDP_TYPE, again, 100);
  party_skip (scene->client, IPD_SIP_REOFFER);
  g_autofree char *branch = g_strdup (door->branch);
  g_autofree char *cancel
      = g_strdup_printf ("CANCEL sip:client@127.14.0.2:%u SIP/2.0\r\nVia: SIP/2.0/UDP "
                         "127.14.0.3:%u;branch=%s;rport\r\nMax-Forwards: 70\r\n"
                         "From: %s\r\nTo: %s\r\nCall-ID: empty\r\nCSeq: 3 CANCEL\r\nContent-Length: 0\r\n\r\n",
                         scene->client->port, scene->raw->port, branch, door->local, door->remote);
  raw_send (scene->raw, scene->client, cancel);
  g_free (raw_expect (scene->raw, "SIP/2.0 200 "));
  g_free (raw_expect (scene->raw, "SIP/2.0 487 "));
  ipd_sip_answer_reoffer (scene->client->sip, call, 200, offer, NULL, NULL);
  raw_dialog_end (door);
}

/* Our 200 to it is never acknowledged: we say so and leave. */
static void
test_reoffer_without_ack (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  guint64 call = raw_dialog_make_call (scene->raw, scene->client, "no-ack", "", answer, &dialog);
  g_autoptr (RawDialog) door = dialog;
  raw_dialog_send (door, "INVITE", SDP_TYPE, again);
  party_skip (scene->client, IPD_SIP_REOFFER);
  ipd_sip_answer_reoffer (scene->client->sip, call, 200, answer, NULL, NULL);
  g_autofree char *bye = raw_expect (scene->raw, "BYE ");
  g_autofree char *reason = raw_header (bye, "Reason");
  g_assert_cmpstr (reason, ==, "SIP;cause=408;text=\"No ACK\"");
  raw_dialog_reply (door, bye, "200 OK", "", "");
  party_skip (scene->client, IPD_SIP_BYE);
}

/* A phone may be called from another port of itself; nobody is called because somebody else's Contact says so. */
static void
test_where_requests_go (Scene *scene, gconstpointer data)
{
  g_autoptr (Raw) other_port = raw_new ("127.14.0.3");
  g_autoptr (Raw) elsewhere = raw_new ("127.14.0.4");
  const struct {
    Raw *contact, *expected;
  } cases[] = { { other_port, other_port }, { elsewhere, scene->raw } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RawDialog *dialog;
      g_autofree char *call_id = g_strdup_printf ("where-%u", (guint) i);
      g_autofree char *contact
          = g_strdup_printf ("Contact: <sip:door@%s:%u>\r\n", cases[i].contact->host, cases[i].contact->port);
      guint64 call = raw_dialog_make_call (scene->raw, scene->client, call_id, contact, answer, &dialog);
      g_autoptr (RawDialog) door = dialog;
      ipd_sip_bye (scene->client->sip, call);
      g_autofree char *bye = raw_expect (cases[i].expected, "BYE ");
      raw_dialog_reply (door, bye, "200 OK", "", "");
      party_skip (scene->client, IPD_SIP_BYE);
    }
  raw_assert_quiet (elsewhere, scene->client);
}

/* Some exchanges say "answered elsewhere" in the language of ISDN. */
static void
test_reasons (Scene *scene, gconstpointer data)
{
  const struct {
    const char *line;
    int cause;
    const char *text;
  } cases[] = {
    { "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n", 200, "Call completed elsewhere" },
    { "Reason: Q.850;cause=26\r\n", 200, NULL },
    { "Reason: Q.850;cause=16;text=\"Normal\", SIP;cause=486\r\n", 486, NULL },
    { "Reason: SIP;cause=99999\r\n", 0, NULL },
    { "", 0, NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RawDialog *dialog;
      g_autofree char *call_id = g_strdup_printf ("reason-%u", (guint) i);
      raw_dialog_make_call (scene->raw, scene->client, call_id, "", answer, &dialog);
      g_autoptr (RawDialog) door = dialog;
      raw_dialog_assert (door, "BYE", cases[i].line, "", 200);
      g_autoptr (IpdSipEvent) bye = party_expect (scene->client, IPD_SIP_BYE);
      g_assert_cmpint (bye->cause, ==, cases[i].cause);
      g_assert_cmpstr (bye->text, ==, cases[i].text);
    }
}

/* More than a datagram of ours may hold is refused by name, and TCP is never tried. */
static void
test_oversize_answer (Scene *scene, gconstpointer data)
{
  g_autoptr (RawDialog) door = raw_dialog_new (scene->raw, scene->client, "oversize");
  g_autofree char *huge = g_strnfill (1400, 'x');
  guint64 call = ring (scene, door, "", offer);
  send_answer (scene, call, 200, huge);
  g_free (raw_expect (scene->raw, "SIP/2.0 500 "));
  raw_dialog_send (door, "ACK", "", "");
  g_autoptr (IpdSipEvent) failed = party_expect (scene->client, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, 513);
}

/* More than we read in one datagram is refused by name, INVITE or not, and costs nothing. */
static void
test_oversize_request (Scene *scene, gconstpointer data)
{
  g_autoptr (RawDialog) door = raw_dialog_new (scene->raw, scene->client, "oversize-in");
  g_autofree char *huge = g_strnfill (20000, 'x');
  static const char *const methods[] = { "INVITE", "MESSAGE", "OPTIONS" };
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      raw_dialog_send (door, methods[i], SDP_TYPE, huge);
      g_autofree char *refused = raw_receive (scene->raw);
      g_assert_true (g_str_has_prefix (refused, "SIP/2.0 413 "));
    }
  raw_assert_quiet (scene->raw, scene->client);
  g_assert_true (g_queue_is_empty (&scene->client->events));
}

/* Strangers fill the room; who is named in the plant still rings, until it is forgotten. */
static void
test_rings_in_a_flood (Scene *scene, gconstpointer data)
{
  static const char *const named[] = { "no-address", "127.14.0.5", NULL };
  g_autoptr (Raw) station = raw_new ("127.14.0.5");
  IpdSipCounts counts; /* a snapshot is taken after what was ordered before it; a datagram might overtake that */
  ipd_sip_set_named_hosts (scene->client->sip, named);
  ipd_sip_get_counts (scene->client->sip, &counts);
  for (int i = 0; i < 300; i++)
    {
      g_autofree char *call_id = g_strdup_printf ("flood-%d", i);
      g_autoptr (RawDialog) stranger = raw_dialog_new (scene->raw, scene->client, call_id);
      raw_dialog_send (stranger, "INVITE", SDP_TYPE, offer);
      g_autofree char *said = raw_receive (scene->raw);
      g_assert_true (g_str_has_prefix (said, i < 256 ? "SIP/2.0 100 " : "SIP/2.0 503 "));
    }
  g_autoptr (RawDialog) door = raw_dialog_new (station, scene->client, "rings");
  raw_dialog_assert (door, "INVITE", SDP_TYPE, offer, 100);
  ipd_sip_set_named_hosts (scene->client->sip, NULL);
  ipd_sip_get_counts (scene->client->sip, &counts);
  g_autoptr (RawDialog) forgotten = raw_dialog_new (station, scene->client, "rings-forgotten");
  raw_dialog_assert (forgotten, "INVITE", SDP_TYPE, offer, 503);
  for (int i = 0; i < 257; i++)
    {
      g_autoptr (IpdSipEvent) invite = party_expect (scene->client, IPD_SIP_INVITE);
      ipd_sip_answer (scene->client->sip, invite->call, 403, NULL, NULL, NULL, NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/foreign-in/" name, Scene, NULL, set_up, test, tear_down)
  ADD ("supports-100rel", test_supports_100rel);
  ADD ("requires-100rel", test_requires_100rel);
  ADD ("offer-in-prack", test_offer_in_prack);
  ADD ("late-offer", test_late_offer);
  ADD ("info", test_info);
  ADD ("reoffer", test_reoffer);
  ADD ("empty-reoffer", test_empty_reoffer);
  ADD ("reoffer-without-ack", test_reoffer_without_ack);
  ADD ("where-requests-go", test_where_requests_go);
  ADD ("reasons", test_reasons);
  ADD ("oversize-answer", test_oversize_answer);
  ADD ("rings-in-a-flood", test_rings_in_a_flood);
  ADD ("oversize-request", test_oversize_request);
  return g_test_run ();
}
