// SPDX-License-Identifier: Apache-2.0
// Behind a proxy several phones ring and several may answer: the first 2xx is the call, every other one is acknowledged
// and ended, and all of that goes to the proxy alone (docs/protocol.md §8).
#include "raw-dialog.h"

#include <string.h>

static const char offer[] = "v=0\r\ns=offer\r\n";

typedef struct {
  Party *station;
  Raw *proxy;
  Raw *elsewhere; /* where every Contact points: nothing may arrive there */
  char *contact;
  char *invite;
  guint64 call;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  scene->station = party_new ("127.14.0.1", "stationid", NULL);
  scene->proxy = raw_new ("127.14.0.3");
  scene->elsewhere = raw_new ("127.14.0.4");
  scene->contact = g_strdup_printf ("Contact: <sip:phone@127.14.0.4:%u>\r\n", scene->elsewhere->port);
  IpdSipInvite invite = { .target = { .user = "100", .host = scene->proxy->host, .port = scene->proxy->port },
                          .from_user = "stationid",
                          .from_tag = "own-tag",
                          .call_id = "forked",
                          .cseq = 1,
                          .sdp = offer,
                          .foreign = TRUE };
  scene->call = ipd_sip_invite (scene->station->sip, &invite, &error);
  g_assert_no_error (error);
  scene->invite = raw_expect (scene->proxy, "INVITE ");
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  raw_assert_quiet (scene->elsewhere, scene->station);
  party_end (scene->station);
  raw_free (scene->proxy);
  raw_free (scene->elsewhere);
  g_free (scene->contact);
  g_free (scene->invite);
}

/* An answer of the fork @tag. */
static void
say (Scene *scene, const char *tag, const char *status, const char *more, const char *sdp)
{
  g_autofree char *lines = g_strconcat (scene->contact, *sdp ? SDP_TYPE : "", more, NULL);
  g_autofree char *text = raw_answer (scene->proxy, scene->invite, status, lines, sdp);
  g_auto (GStrv) parts = g_strsplit (text, ";tag=raw", 2);
  g_autofree char *own = g_strdup_printf ("%s;tag=%s%s", parts[0], tag, parts[1]);
  raw_send (scene->proxy, scene->station, own);
}

/* A request to the fork @tag, answered 200 unless it is an ACK. */
static void
expect_request (Scene *scene, const char *method, const char *tag)
{
  g_autofree char *request = raw_receive (scene->proxy);
  g_autofree char *to = raw_header (request, "To");
  g_autofree char *end = g_strdup_printf (";tag=%s", tag);
  if (!g_str_has_prefix (request, method) || !g_str_has_suffix (to, end))
    g_error ("not %s to %s but %s", method, tag, request);
  if (strcmp (method, "ACK ") == 0)
    return;
  g_autofree char *ok = raw_answer (scene->proxy, request, "200 OK", "", "");
  raw_send (scene->proxy, scene->station, ok);
}

static void
expect_progress (Scene *scene, const char *tag, const char *sdp)
{
  g_autoptr (IpdSipEvent) progress = party_expect (scene->station, IPD_SIP_PROGRESS);
  g_assert_cmpstr (progress->to_tag, ==, tag);
  g_assert_cmpstr (progress->body, ==, sdp);
}

static void
hang_up (Scene *scene, const char *tag)
{
  ipd_sip_bye (scene->station->sip, scene->call);
  expect_request (scene, "BYE ", tag);
  party_skip (scene->station, IPD_SIP_BYE);
}

/* Two phones ring with reliable pictures of their own; the second answers, the first answers too late. */
static void
test_two_answer (Scene *scene, gconstpointer data)
{
  say (scene, "a", "183 Here", "Require: 100rel\r\nRSeq: 10\r\n", "v=0\r\ns=a\r\n");
  expect_request (scene, "PRACK ", "a");
  say (scene, "b", "183 Here", "Require: 100rel\r\nRSeq: 7\r\n", "v=0\r\ns=b\r\n");
  expect_request (scene, "PRACK ", "b");
  say (scene, "a", "183 Here", "Require: 100rel\r\nRSeq: 11\r\n", "v=0\r\ns=a2\r\n");
  expect_request (scene, "PRACK ", "a");
  expect_progress (scene, "a", "v=0\r\ns=a\r\n");
  expect_progress (scene, "b", "v=0\r\ns=b\r\n");
  expect_progress (scene, "a", "v=0\r\ns=a2\r\n");

  say (scene, "b", "200 OK", "", "");
  expect_request (scene, "ACK ", "b");
  g_autoptr (IpdSipEvent) answered = party_expect (scene->station, IPD_SIP_ANSWERED);
  g_assert_cmpstr (answered->to_tag, ==, "b");
  g_assert_cmpstr (answered->body, ==, "v=0\r\ns=b\r\n");

  say (scene, "a", "200 OK", "", "v=0\r\ns=a\r\n");
  expect_request (scene, "ACK ", "a");
  expect_request (scene, "BYE ", "a");
  /* either 200 again: an ACK for each and nothing more */
  say (scene, "a", "200 OK", "", "v=0\r\ns=a\r\n");
  expect_request (scene, "ACK ", "a");
  say (scene, "b", "200 OK", "", "");
  expect_request (scene, "ACK ", "b");
  /* one that nobody heard of before */
  say (scene, "c", "200 OK", "", "v=0\r\ns=c\r\n");
  expect_request (scene, "ACK ", "c");
  expect_request (scene, "BYE ", "c");
  raw_assert_quiet (scene->proxy, scene->station);
  g_assert_true (g_queue_is_empty (&scene->station->events));
  hang_up (scene, "b");
}

/* The one that lost hangs up itself; that is not the end of the call. */
static void
test_loser_hangs_up (Scene *scene, gconstpointer data)
{
  g_autoptr (RawDialog) loser = raw_dialog_new_callee (scene->proxy, scene->station, scene->invite, "a");
  say (scene, "a", "180 Ringing", "", "");
  say (scene, "b", "200 OK", "", "v=0\r\ns=b\r\n");
  expect_request (scene, "ACK ", "b");
  party_skip (scene->station, IPD_SIP_PROGRESS);
  party_skip (scene->station, IPD_SIP_ANSWERED);
  raw_dialog_assert (loser, "BYE", "", "", 200);
  raw_dialog_assert (loser, "INFO", "Content-Type: application/dtmf\r\n", "1", 481);
  raw_assert_quiet (scene->proxy, scene->station);
  g_assert_true (g_queue_is_empty (&scene->station->events));
  hang_up (scene, "b");
}

/* Withdrawn, but two answered before the CANCEL came: both are ended. */
static void
test_cancelled_too_late (Scene *scene, gconstpointer data)
{
  say (scene, "a", "180 Ringing", "", "");
  party_skip (scene->station, IPD_SIP_PROGRESS);
  ipd_sip_cancel (scene->station->sip, scene->call, 487, NULL);
  g_autofree char *cancel = raw_expect (scene->proxy, "CANCEL ");
  g_autofree char *ok = raw_answer (scene->proxy, cancel, "200 OK", "", "");
  raw_send (scene->proxy, scene->station, ok);
  say (scene, "a", "200 OK", "", "v=0\r\ns=a\r\n");
  expect_request (scene, "ACK ", "a");
  g_autofree char *bye = raw_receive (scene->proxy);
  g_assert_true (g_str_has_prefix (bye, "BYE "));
  say (scene, "b", "200 OK", "", "v=0\r\ns=b\r\n");
  expect_request (scene, "ACK ", "b");
  expect_request (scene, "BYE ", "b");
  g_autofree char *bye_ok = raw_answer (scene->proxy, bye, "200 OK", "", "");
  raw_send (scene->proxy, scene->station, bye_ok);
  g_autoptr (IpdSipEvent) failed = party_expect (scene->station, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, 487);
}

/* A thousand tags: bounded, and the call can still be answered by one of the first. */
static void
test_flood_of_tags (Scene *scene, gconstpointer data)
{
  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *tag = g_strdup_printf ("tag-%d", i);
      say (scene, tag, "180 Ringing", "", "");
      if (i % 100 == 99)
        raw_assert_quiet (scene->proxy, scene->station);
    }
  IpdSipCounts counts;
  ipd_sip_get_counts (scene->station->sip, &counts);
  g_assert_cmpuint (counts.dialogs, <=, 16);
  say (scene, "tag-3", "200 OK", "", "v=0\r\n");
  expect_request (scene, "ACK ", "tag-3");
  for (gboolean answered = FALSE; !answered;)
    {
      while (g_queue_is_empty (&scene->station->events))
        party_turn ();
      g_autoptr (IpdSipEvent) event = g_queue_pop_head (&scene->station->events);
      answered = event->type == IPD_SIP_ANSWERED;
    }
  hang_up (scene, "tag-3");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/forks/" name, Scene, NULL, set_up, test, tear_down)
  ADD ("two-answer", test_two_answer);
  ADD ("loser-hangs-up", test_loser_hangs_up);
  ADD ("cancelled-too-late", test_cancelled_too_late);
  ADD ("flood-of-tags", test_flood_of_tags);
  return g_test_run ();
}
