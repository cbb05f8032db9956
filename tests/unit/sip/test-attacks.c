// SPDX-License-Identifier: Apache-2.0
// What strangers may send to a party, from a bare socket and from the usual tools, and that it lives on.
#include "party.h"

#include <string.h>

static const char user[] = "clientid";

typedef struct {
  Party *party;
  Raw *raw;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  scene->party = party_new ("127.14.0.2", user, NULL);
  scene->raw = raw_new ("127.14.0.3");
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  party_end (scene->party);
  raw_free (scene->raw);
}

/* @more: header lines ending in CRLF. Branch and Call-ID are made from @name. */
static char *
request (Raw *raw, const char *method, const char *name, const char *more, const char *body)
{
  return g_strdup_printf ("%s sip:contact@127.14.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3:%u;branch=z9hG4bK-%s\r\n"
                          "Max-Forwards: 70\r\nFrom: <sip:stranger@127.14.0.3>;tag=their-tag\r\n"
                          "To: <sip:contact@127.14.0.2>\r\nCall-ID: %s\r\nCSeq: 3 %s\r\n"
                          "Contact: <sip:stranger@127.14.0.3:%u>\r\n%sContent-Length: %u\r\n\r\n%s",
                          method, raw->port, name, name, method, raw->port, more, (guint) strlen (body), body);
}

static char *
ask (Scene *scene, const char *method, const char *name, const char *more, const char *body)
{
  g_autofree char *text = request (scene->raw, method, name, more, body);
  raw_send (scene->raw, scene->party, text);
  return raw_receive (scene->raw);
}

static void
assert_status (Scene *scene, int status, const char *method, const char *name, const char *more, const char *body)
{
  g_autofree char *answer = ask (scene, method, name, more, body);
  g_autofree char *start = g_strdup_printf ("SIP/2.0 %d ", status);
  if (!g_str_has_prefix (answer, start))
    g_error ("%s %s: not %d but %s", method, name, status, answer);
}

static void
expect (Scene *scene, const char *start)
{
  g_autofree char *text = raw_expect (scene->raw, start);
  g_assert_nonnull (text);
}

/* Alive, and everything sent before was dealt with without an answer. */
static void
assert_next_is_ours (Scene *scene)
{
  static int count;
  g_autofree char *name = g_strdup_printf ("probe-%d", ++count);
  g_autofree char *answer = ask (scene, "OPTIONS", name, "", "");
  g_assert_true (g_str_has_prefix (answer, "SIP/2.0 200 "));
  g_autofree char *call_id = raw_header (answer, "Call-ID");
  g_assert_cmpstr (call_id, ==, name);
}

/* ghost call: nothing but 100 goes back until the program says 403; above all no 180 */
static void
test_ghost_invite (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *trying = ask (scene, "INVITE", "ghost", "", "");
  g_assert_true (g_str_has_prefix (trying, "SIP/2.0 100 "));
  g_autoptr (IpdSipEvent) invite = party_expect (scene->party, IPD_SIP_INVITE);
  g_assert_cmpstr (invite->from_user, ==, "stranger");
  g_assert_cmpstr (invite->ruri_user, ==, "contact");
  g_assert_null (invite->auth);
  g_assert_null (invite->body);
  g_assert_cmpstr (invite->source_host, ==, "127.14.0.3");
  g_assert_false (invite->reliable);
  assert_next_is_ours (scene);
  ipd_sip_answer (scene->party->sip, invite->call, 403, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *refused = raw_receive (scene->raw);
  g_assert_true (g_str_has_prefix (refused, "SIP/2.0 403 "));
}

/* The same datagram twice is one call. */
static void
test_invite_again (Scene *scene, gconstpointer data)
{
  assert_status (scene, 100, "INVITE", "twice", "", "");
  assert_status (scene, 100, "INVITE", "twice", "", "");
  g_autoptr (IpdSipEvent) invite = party_expect (scene->party, IPD_SIP_INVITE);
  assert_next_is_ours (scene);
  g_assert_true (g_queue_is_empty (&scene->party->events));
  ipd_sip_answer (scene->party->sip, invite->call, 403, NULL, NULL, NULL, NULL);
  expect (scene, "SIP/2.0 403 ");
}

/* An old phone without 100rel: the 183 goes plainly, the 200 carries the same SDP; then it tries to change the media.
 */
static void
test_plain_caller (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  assert_status (scene, 100, "INVITE", "plain", "Content-Type: application/sdp\r\n", "v=0\r\n");
  g_autoptr (IpdSipEvent) invite = party_expect (scene->party, IPD_SIP_INVITE);
  g_assert_cmpstr (invite->body, ==, "v=0\r\n");
  ipd_sip_answer (scene->party->sip, invite->call, 183, NULL, "v=0\r\ns=answer\r\n", NULL, &error);
  ipd_sip_answer (scene->party->sip, invite->call, 200, NULL, "v=0\r\ns=answer\r\n", NULL, &error);
  g_assert_no_error (error);
  g_autofree char *progress = raw_receive (scene->raw);
  g_assert_true (g_str_has_prefix (progress, "SIP/2.0 183 "));
  g_assert_null (strstr (progress, "100rel"));
  g_autofree char *ok = raw_receive (scene->raw);
  g_assert_true (g_str_has_prefix (ok, "SIP/2.0 200 "));
  g_assert_cmpstr (strstr (progress, "\r\n\r\n"), ==, strstr (ok, "\r\n\r\n"));

  g_autofree char *to = raw_header (ok, "To");
  g_autofree char *head = g_strdup_printf ("Via: SIP/2.0/UDP 127.14.0.3:%u;branch=z9hG4bK-in-dialog\r\n"
                                           "From: <sip:stranger@127.14.0.3>;tag=their-tag\r\nTo: %s\r\n"
                                           "Call-ID: plain\r\nContent-Length: 0\r\n",
                                           scene->raw->port, to);
  g_autofree char *ack = g_strdup_printf ("ACK sip:contact@127.14.0.2 SIP/2.0\r\n%sCSeq: 3 ACK\r\n\r\n", head);
  raw_send (scene->raw, scene->party, ack);
  party_skip (scene->party, IPD_SIP_TALKING);
  g_autofree char *again = g_strdup_printf ("INVITE sip:contact@127.14.0.2 SIP/2.0\r\n%sCSeq: 4 INVITE\r\n"
                                            "Contact: <sip:stranger@127.14.0.3:%u>\r\n\r\n",
                                            head, scene->raw->port);
  raw_send (scene->raw, scene->party, again);
  g_autofree char *no = raw_expect (scene->raw, "SIP/2.0 4");
  g_assert_true (g_str_has_prefix (no, "SIP/2.0 403 "));
  g_autofree char *info = g_strdup_printf ("INFO sip:contact@127.14.0.2 SIP/2.0\r\n%sCSeq: 5 INFO\r\n\r\n", head);
  raw_send (scene->raw, scene->party, info);
  expect (scene, "SIP/2.0 405 ");
  g_autofree char *bye = g_strdup_printf ("BYE sip:contact@127.14.0.2 SIP/2.0\r\n%sCSeq: 6 BYE\r\n\r\n", head);
  raw_send (scene->raw, scene->party, bye);
  expect (scene, "SIP/2.0 200 ");
  party_skip (scene->party, IPD_SIP_BYE);
}

/* Off-path: a CANCEL and a BYE that guess all but what is random change nothing. */
static void
test_forged_cancel_and_bye (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  assert_status (scene, 100, "INVITE", "victim", "", "");
  g_autoptr (IpdSipEvent) invite = party_expect (scene->party, IPD_SIP_INVITE);
  g_autofree char *cancel = request (scene->raw, "CANCEL", "victim", "", "");
  char *branch = strstr (cancel, "z9hG4bK-victim");
  memcpy (branch, "z9hG4bK-guess!", 14);
  raw_send (scene->raw, scene->party, cancel);
  g_autofree char *no = raw_receive (scene->raw);
  g_assert_true (g_str_has_prefix (no, "SIP/2.0 481 "));
  assert_status (scene, 481, "BYE", "victim", "", "");
  g_assert_true (g_queue_is_empty (&scene->party->events));
  ipd_sip_answer (scene->party->sip, invite->call, 480, NULL, NULL, NULL, &error);
  expect (scene, "SIP/2.0 480 ");
}

static void
test_default_deny (Scene *scene, gconstpointer data)
{
  static const struct {
    const char *method;
    int status;
  } cases[] = {
    { "OPTIONS", 200 }, { "REGISTER", 405 }, { "SUBSCRIBE", 405 }, { "PUBLISH", 405 }, { "REFER", 405 },
    { "NOTIFY", 405 },  { "INFO", 405 },     { "UPDATE", 405 },    { "PRACK", 481 },   { "BYE", 481 },
    { "CANCEL", 481 },  { "WHATEVER", 501 }, { "MESSAGE", 415 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_status (scene, cases[i].status, cases[i].method, cases[i].method, "", "");
  assert_status (scene, 420, "INVITE", "extension", "Require: something-new\r\n", "");
  assert_status (scene, 415, "INVITE", "not-sdp", "Content-Type: text/plain\r\n", "hello");
  assert_status (scene, 400, "INVITE", "two-signatures", "Ipdoor-Auth: 1.a\r\nIpdoor-Auth: 1.b\r\n", "");
  assert_status (scene, 400, "INVITE", "bad-signature", "Ipdoor-Auth: 1.a\"b\r\n", "");
  assert_next_is_ours (scene);
}

static void
test_message (Scene *scene, gconstpointer data)
{
#define TYPE "Content-Type: " IPD_SIP_TOKEN_TYPE "\r\n"
  assert_status (scene, 415, "MESSAGE", "m1", "Content-Type: text/plain\r\n", "v4.public.AAAA.BBBB");
  assert_status (scene, 400, "MESSAGE", "m2", TYPE, "v4.public.AAAA");
  assert_status (scene, 400, "MESSAGE", "m3", TYPE, "v4.public.AA AA.BBBB");
  assert_status (scene, 400, "MESSAGE", "m4", TYPE, "v4.public.AAAA.BBBB.CCCC");
  assert_status (scene, 400, "MESSAGE", "m5", TYPE, "");
  g_assert_true (g_queue_is_empty (&scene->party->events));
  assert_status (scene, 200, "MESSAGE", "m6", TYPE, "v4.public.AAAA.BBBB");
  /* the same datagram again: the same answer, no second event */
  assert_status (scene, 200, "MESSAGE", "m6", TYPE, "v4.public.AAAA.BBBB");
  g_autoptr (IpdSipEvent) message = party_expect (scene->party, IPD_SIP_MESSAGE);
  g_assert_cmpstr (message->body, ==, "v4.public.AAAA.BBBB");
  g_assert_cmpstr (message->from_user, ==, "stranger");
  g_assert_cmpstr (message->source_host, ==, "127.14.0.3");
  g_assert_cmpuint (message->source_port, ==, scene->raw->port);
  assert_next_is_ours (scene);
}

/* a body with a NUL inside never reaches a parser of strings */
static void
test_nul_in_body (Scene *scene, gconstpointer data)
{
  g_autofree char *text = request (scene->raw, "MESSAGE", "nul", TYPE, "v4.public.AAAA.BBBB");
  gsize length = strlen (text);
  char *point = strstr (text, "AAAA");
  point[1] = '\0';
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (scene->party->host, scene->party->port);
  g_socket_send_to (scene->raw->socket, address, text, length, NULL, NULL);
  g_autofree char *answer = raw_receive (scene->raw);
  g_assert_true (g_str_has_prefix (answer, "SIP/2.0 400 "));
}

/* STUN: no answer of any kind, to any message type that could be STUN */
static void
test_stun_probe (Scene *scene, gconstpointer data)
{
  guint8 probe[28] = { 0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 3, 0, 4 };
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (scene->party->host, scene->party->port);
  for (int first = 0; first < 4; first++)
    for (gsize length = 0; length <= sizeof probe; length += 4)
      {
        probe[0] = (guint8) first;
        g_socket_send_to (scene->raw->socket, address, (const char *) probe, length, NULL, NULL);
      }
  assert_next_is_ours (scene);
}

static void
test_no_tcp (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (scene->party->host, scene->party->port);
  g_autoptr (GSocket) tcp = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_assert_false (g_socket_connect (tcp, address, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static void
test_malformed (Scene *scene, gconstpointer data)
{
  static const char *const shapes[] = {
    "",
    "\r\n\r\n",
    "INVITE",
    "INVITE sip:a@b SIP/2.0\r\n\r\n",
    "INVITE sip:a@b SIP/9.9\r\nVia: SIP/2.0/UDP 1.2.3.4\r\n\r\n",
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.14.0.2;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\n\r\n",
    "SIP/2.0 999999999999 OK\r\n\r\n",
    "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3;branch=z9hG4bKx\r\nFrom: <sip:x>;tag=1\r\nTo: <sip:y>\r\n"
    "Call-ID: 1\r\nCSeq: 99999999999999999999 INVITE\r\nContact: <sip:x@127.14.0.3>\r\n\r\n",
    "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3;branch=z9hG4bKy\r\nFrom: <sip:x>;tag=1\r\nTo: <sip:y>\r\n"
    "Call-ID: 2\r\nCSeq: 1 INVITE\r\nContact: <sip:x@127.14.0.3>\r\nContent-Length: 99999\r\n\r\nshort",
    "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3;branch=z9hG4bKz\r\nFrom: \"\"\"<sip:x;tag=1\r\nTo: "
    "<sip:y>\r\n"
    "Call-ID: 3\r\nCSeq: 1 INVITE\r\n\r\n",
    "REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3;branch=z9hG4bKr\r\nFrom: <sip:x@a>;tag=1\r\nTo: "
    "<sip:x@a>\r\n"
    "Call-ID: 4\r\nCSeq: 1 REGISTER\r\nAuthorization: Digest\r\nContact: *\r\n\r\n",
    "CANCEL sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3;branch=z9hG4bKc\r\nFrom: <sip:x@a>;tag=1\r\nTo: "
    "<sip:x@a>\r\n"
    "Call-ID: 5\r\nCSeq: 1 CANCEL\r\nReason: ;;;=\"\r\n\r\n",
    "PRACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3;branch=z9hG4bKp\r\nFrom: <sip:x@a>;tag=1\r\n"
    "To: <sip:x@a>;tag=2\r\nCall-ID: 6\r\nCSeq: 1 PRACK\r\nRAck: 1 1 INVITE\r\n\r\n",
    "ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3;branch=z9hG4bKa\r\nFrom: <sip:x@a>;tag=1\r\nTo: <sip:x@a>\r\n"
    "Call-ID: 7\r\nCSeq: 1 ACK\r\n\r\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (gsize cut = strlen (shapes[i]);; cut = cut * 3 / 4)
      {
        g_autofree char *text = g_strndup (shapes[i], cut);
        raw_send (scene->raw, scene->party, text);
        if (cut == 0)
          break;
      }
  /* all of them were read when this is answered; whatever they were answered before is passed over */
  g_autofree char *alive = request (scene->raw, "OPTIONS", "alive", "", "");
  raw_send (scene->raw, scene->party, alive);
  g_autofree char *answer = raw_expect (scene->raw, "SIP/2.0 200 ");
  g_assert_nonnull (strstr (answer, "alive"));
  while (!g_queue_is_empty (&scene->party->events))
    {
      g_autoptr (IpdSipEvent) event = g_queue_pop_head (&scene->party->events);
      ipd_sip_answer (scene->party->sip, event->call, 403, NULL, NULL, NULL, NULL);
    }
}

/* An INVITE for the boot id of the party: a look-out. */
static char *
ask_boot (Scene *scene, const char *name)
{
  g_autofree char *text = request (scene->raw, "INVITE", name, "", "");
  g_autofree char *asked = g_strconcat ("INVITE sip:" PARTY_BOOT, strchr (text, '@'), NULL);
  raw_send (scene->raw, scene->party, asked);
  return raw_receive (scene->raw);
}

/* More calls than anybody has: the surplus is told 503 and leaves nothing. Who asks for the boot id still comes in. */
static void
test_invite_flood (Scene *scene, gconstpointer data)
{
  int trying = 0, full = 0;
  for (int i = 0; i < 400; i++)
    {
      g_autofree char *name = g_strdup_printf ("flood-%d", i);
      g_autofree char *answer = ask (scene, "INVITE", name, "", "");
      trying += g_str_has_prefix (answer, "SIP/2.0 100 ");
      full += g_str_has_prefix (answer, "SIP/2.0 503 ");
    }
  g_assert_cmpint (trying, ==, 256);
  g_assert_cmpint (full, ==, 144);
  g_autofree char *looks_out = ask_boot (scene, "looks-out");
  g_assert_true (g_str_has_prefix (looks_out, "SIP/2.0 100 "));
  for (int i = 0; i < trying + 1; i++)
    {
      g_autoptr (IpdSipEvent) event = party_expect (scene->party, IPD_SIP_INVITE);
      ipd_sip_answer (scene->party->sip, event->call, 403, NULL, NULL, NULL, NULL);
    }
}

/* ---- with the tools people use ---- */

static GSubprocess *
run_tool (const char *const *argv)
{
  g_autofree char *program = g_find_program_in_path (argv[0]);
  if (!program)
    return NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *tool
      = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  return tool;
}

static void
on_exit_of_tool (GObject *tool, GAsyncResult *result, gpointer done)
{
  g_subprocess_wait_finish (G_SUBPROCESS (tool), result, NULL);
  *(gboolean *) done = TRUE;
}

static void
test_sipsak (Scene *scene, gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("sip:x@127.14.0.2:%u", scene->party->port);
  const char *argv[] = { "sipsak", "-H", "127.0.0.1", "-s", uri, NULL };
  g_autoptr (GSubprocess) tool = run_tool (argv);
  if (!tool)
    {
      g_test_skip ("sipsak is not installed");
      return;
    }
  gboolean done = FALSE;
  g_subprocess_wait_async (tool, NULL, on_exit_of_tool, &done);
  while (!done)
    party_turn ();
  g_assert_cmpint (g_subprocess_get_exit_status (tool), ==, 0);
  assert_next_is_ours (scene);
}

static void
test_sipp_ghost_call (Scene *scene, gconstpointer data)
{
  g_autofree char *where = g_strdup_printf ("127.14.0.2:%u", scene->party->port);
  const char *argv[]
      = { "sipp", "-sn", "uac", "-i", "127.14.0.5", "-m", "1", "-nostdin", "-timeout", "10", where, NULL };
  g_autoptr (GSubprocess) tool = run_tool (argv);
  if (!tool)
    {
      g_test_skip ("sipp is not installed");
      return;
    }
  gboolean done = FALSE;
  g_subprocess_wait_async (tool, NULL, on_exit_of_tool, &done);
  g_autoptr (IpdSipEvent) invite = party_expect (scene->party, IPD_SIP_INVITE);
  g_assert_cmpstr (invite->source_host, ==, "127.14.0.5");
  g_assert_null (invite->auth);
  ipd_sip_answer (scene->party->sip, invite->call, 403, NULL, NULL, NULL, NULL);
  while (!done)
    party_turn ();
  /* sipp counts a 403 as a failed call */
  g_assert_cmpint (g_subprocess_get_exit_status (tool), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/attacks/" name, Scene, NULL, set_up, test, tear_down)
  ADD ("ghost-invite", test_ghost_invite);
  ADD ("invite-again", test_invite_again);
  ADD ("plain-caller", test_plain_caller);
  ADD ("forged-cancel-and-bye", test_forged_cancel_and_bye);
  ADD ("default-deny", test_default_deny);
  ADD ("message", test_message);
  ADD ("nul-in-body", test_nul_in_body);
  ADD ("stun-probe", test_stun_probe);
  ADD ("no-tcp", test_no_tcp);
  ADD ("malformed", test_malformed);
  ADD ("invite-flood", test_invite_flood);
  ADD ("sipsak", test_sipsak);
  ADD ("sipp-ghost-call", test_sipp_ghost_call);
  return g_test_run ();
}
