// SPDX-License-Identifier: Apache-2.0
// Session timers (RFC 4028) in both roles, with sessions of seconds: refreshes, their fallbacks, and the end of a call
// that nobody confirms.
#include "raw-dialog.h"

#include <string.h>

#define SECONDS     3
#define MIN_SECONDS 2

static const char answer[] = "v=0\r\ns=answer\r\n";

typedef struct {
  Party *station;
  Raw *raw;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  scene->station = party_new_impatient ("127.14.0.1", "stationid", SECONDS, MIN_SECONDS);
  scene->raw = raw_new ("127.14.0.3");
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  party_end (scene->station);
  raw_free (scene->raw);
}

static void
assert_header (const char *message, const char *name, const char *wanted)
{
  g_autofree char *value = raw_header (message, name);
  g_assert_cmpstr (value, ==, wanted);
}

static void
expect_farewell (Scene *scene, RawDialog *dialog)
{
  g_autofree char *bye = raw_expect (scene->raw, "BYE ");
  assert_header (bye, "Reason", "SIP;cause=408;text=\"Session timer\"");
  raw_dialog_reply (dialog, bye, "200 OK", "", "");
  g_autoptr (IpdSipEvent) over = party_expect (scene->station, IPD_SIP_BYE);
  g_assert_cmpint (over->status, ==, 200);
}

/* Two of ours: the caller refreshes by UPDATE, and neither program hears of it. */
static void
test_between_ours (Scene *scene, gconstpointer data)
{
  Party *client = party_new_impatient ("127.14.0.2", "clientid", SECONDS, MIN_SECONDS);
  guint64 call = party_invite (scene->station, client, "ours", "v=0\r\n");
  g_autoptr (IpdSipEvent) invite = party_expect (client, IPD_SIP_INVITE);
  ipd_sip_answer (client->sip, invite->call, 200, NULL, answer, "1.a", NULL);
  party_skip (scene->station, IPD_SIP_ANSWERED);
  party_skip (client, IPD_SIP_TALKING);
  /* a peer that lets two of its own sessions run out measures the time: ours must outlive both */
  for (int i = 0; i < 2; i++)
    {
      RawDialog *dialog;
      g_autofree char *call_id = g_strdup_printf ("measure-%d", i);
      raw_dialog_make_call (scene->raw, scene->station, call_id,
                            "Supported: timer\r\nSession-Expires: 3;refresher=uac\r\n", answer, &dialog);
      g_autoptr (RawDialog) silent = dialog;
      expect_farewell (scene, silent);
    }
  ipd_sip_bye (scene->station->sip, call);
  party_skip (scene->station, IPD_SIP_BYE);
  party_skip (client, IPD_SIP_BYE);
  party_end (client);
}

/* We are the refresher as caller; they agree twice, then fall silent in the dialog. */
static void
test_we_refresh (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  raw_dialog_answer_call (scene->raw, scene->station, "we-refresh",
                          "Allow: INVITE, ACK, BYE, UPDATE\r\nRequire: timer\r\nSession-Expires: 3;refresher=uac\r\n",
                          answer, &dialog);
  g_autoptr (RawDialog) phone = dialog;
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *update = raw_expect (scene->raw, "UPDATE ");
      assert_header (update, "Session-Expires", "3;refresher=uac");
      assert_header (update, "Content-Length", "0");
      raw_dialog_reply (phone, update, "200 OK", "Require: timer\r\nSession-Expires: 3;refresher=uac\r\n", "");
    }
  g_free (raw_expect (scene->raw, "UPDATE "));
  expect_farewell (scene, phone);
}

/* They know no UPDATE: the same SDP is offered again. What they change by that is told, what stays is not. */
static void
test_refresh_by_reinvite (Scene *scene, gconstpointer data)
{
  static const char changed[] = "v=0\r\ns=changed\r\n";
  RawDialog *dialog;
  raw_dialog_answer_call (scene->raw, scene->station, "by-reinvite",
                          "Allow: INVITE, ACK, BYE\r\nSession-Expires: 3;refresher=uac\r\n", answer, &dialog);
  g_autoptr (RawDialog) phone = dialog;
  const char *answers[] = { answer, changed };
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *again = raw_expect (scene->raw, "INVITE ");
      g_assert_true (g_str_has_suffix (again, "\r\n\r\nv=0\r\ns=offer\r\n"));
      assert_header (again, "Session-Expires", "3;refresher=uac");
      raw_dialog_reply (phone, again, "200 OK", SDP_TYPE "Session-Expires: 3;refresher=uac\r\n", answers[i]);
      g_free (raw_expect (scene->raw, "ACK "));
    }
  g_autoptr (IpdSipEvent) told = party_expect (scene->station, IPD_SIP_REANSWERED);
  g_assert_cmpuint (told->cseq, ==, 0);
  g_assert_cmpstr (told->body, ==, changed);
  raw_dialog_end (phone);
}

/* They said UPDATE and mean no: re-INVITE at once. */
static void
test_update_refused (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  raw_dialog_answer_call (scene->raw, scene->station, "refused",
                          "Allow: INVITE, UPDATE\r\nSession-Expires: 3;refresher=uac\r\n", answer, &dialog);
  g_autoptr (RawDialog) phone = dialog;
  g_autofree char *update = raw_expect (scene->raw, "UPDATE ");
  raw_dialog_reply (phone, update, "405 Method Not Allowed", "", "");
  g_autofree char *again = raw_expect (scene->raw, "INVITE ");
  raw_dialog_reply (phone, again, "200 OK", SDP_TYPE "Session-Expires: 30;refresher=uac\r\n", answer);
  g_free (raw_expect (scene->raw, "ACK "));
  raw_dialog_end (phone);
}

/* They want it longer: 422, and the next UPDATE says so. */
static void
test_update_longer (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  raw_dialog_answer_call (scene->raw, scene->station, "longer",
                          "Allow: INVITE, UPDATE\r\nSession-Expires: 3;refresher=uac\r\n", answer, &dialog);
  g_autoptr (RawDialog) phone = dialog;
  g_autofree char *update = raw_expect (scene->raw, "UPDATE ");
  raw_dialog_reply (phone, update, "422 Session Interval Too Small", "Min-SE: 60\r\n", "");
  g_autofree char *again = raw_expect (scene->raw, "UPDATE ");
  assert_header (again, "Session-Expires", "60;refresher=uac");
  assert_header (again, "Min-SE", "60");
  raw_dialog_reply (phone, again, "200 OK", "Session-Expires: 60;refresher=uac\r\n", "");
  raw_dialog_end (phone);
}

/* 481 to an UPDATE: the call is gone at their end. */
static void
test_update_kills (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  raw_dialog_answer_call (scene->raw, scene->station, "kills",
                          "Allow: INVITE, UPDATE\r\nSession-Expires: 3;refresher=uac\r\n", answer, &dialog);
  g_autoptr (RawDialog) phone = dialog;
  g_autofree char *update = raw_expect (scene->raw, "UPDATE ");
  raw_dialog_reply (phone, update, "481 Call/Transaction Does Not Exist", "", "");
  g_autofree char *bye = raw_expect (scene->raw, "BYE ");
  g_assert_null (strstr (bye, "Session timer")); /* at once, and not because the time was over */
  raw_dialog_reply (phone, bye, "481 Call/Transaction Does Not Exist", "", "");
  party_skip (scene->station, IPD_SIP_BYE);
}

/* They refresh, by UPDATE and by re-INVITE, and then no more. */
static void
test_they_refresh (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  guint64 call = raw_dialog_make_call (scene->raw, scene->station, "they-refresh",
                                       "Supported: timer\r\nSession-Expires: 30;refresher=uac\r\n", answer, &dialog);
  g_autoptr (RawDialog) door = dialog;
  g_autofree char *updated
      = raw_dialog_ask (door, "UPDATE", "Supported: timer\r\nSession-Expires: 20;refresher=uac\r\n", "", 200);
  assert_header (updated, "Session-Expires", "20;refresher=uac");
  assert_header (updated, "Require", "timer");
  raw_dialog_send (door, "INVITE", SDP_TYPE "Supported: timer\r\nSession-Expires: 3;refresher=uac\r\n", answer);
  party_skip (scene->station, IPD_SIP_REOFFER);
  ipd_sip_answer_reoffer (scene->station->sip, call, 200, answer, NULL, NULL);
  g_autofree char *ok = raw_expect (scene->raw, "SIP/2.0 200 ");
  assert_header (ok, "Session-Expires", "3;refresher=uac");
  raw_dialog_send (door, "ACK", "", "");
  expect_farewell (scene, door);
}

/* Asked to refresh as callee, by a caller or by a proxy on behalf of one that knows nothing of timers. */
static void
test_callee_refreshes (Scene *scene, gconstpointer data)
{
  static const char *const lines[] = { "Allow: UPDATE\r\nSupported: timer\r\nSession-Expires: 3;refresher=uas\r\n",
                                       "Allow: UPDATE\r\nSession-Expires: 3\r\n" };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *call_id = g_strdup_printf ("callee-%u", (guint) i);
      g_autoptr (RawDialog) door = raw_dialog_new (scene->raw, scene->station, call_id);
      g_autofree char *more = g_strconcat (SDP_TYPE, lines[i], NULL);
      raw_dialog_send (door, "INVITE", more, "v=0\r\n");
      g_autoptr (IpdSipEvent) invite = party_expect (scene->station, IPD_SIP_INVITE);
      ipd_sip_accept_foreign (scene->station->sip, invite->call);
      ipd_sip_answer (scene->station->sip, invite->call, 200, NULL, answer, NULL, NULL);
      g_autofree char *ok = raw_expect (scene->raw, "SIP/2.0 200 ");
      assert_header (ok, "Session-Expires", "3;refresher=uas");
      assert_header (ok, "Require", NULL);
      raw_dialog_learn (door, ok);
      raw_dialog_send (door, "ACK", "", "");
      party_skip (scene->station, IPD_SIP_TALKING);
      g_autofree char *update = raw_expect (scene->raw, "UPDATE ");
      assert_header (update, "Session-Expires", "3;refresher=uac");
      raw_dialog_reply (door, update, "200 OK", "", "");
      raw_dialog_end (door);
    }
}

/* Shorter than we allow: 422 with our least, for an INVITE, a re-INVITE and an UPDATE; the flood it could be is not. */
static void
test_too_short (Scene *scene, gconstpointer data)
{
  RawDialog *dialog;
  g_autoptr (RawDialog) stranger = raw_dialog_new (scene->raw, scene->station, "short");
  g_autofree char *refused
      = raw_dialog_ask (stranger, "INVITE", SDP_TYPE "Supported: timer\r\nSession-Expires: 1\r\n", "v=0\r\n", 422);
  assert_header (refused, "Min-SE", "2");
  raw_dialog_make_call (scene->raw, scene->station, "short-later", "", answer, &dialog);
  g_autoptr (RawDialog) door = dialog;
  static const char *const methods[] = { "UPDATE", "INVITE" };
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *no = raw_dialog_ask (door, methods[i], "Supported: timer\r\nSession-Expires: 1\r\n", "", 422);
      assert_header (no, "Min-SE", "2");
    }
  raw_dialog_end (door);
}

/* Numbers that no clock can hold end nothing early and overflow nothing. */
static void
test_absurd (Scene *scene, gconstpointer data)
{
  static const char *const values[] = { "4294967295", "0", "2147483648" };
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      RawDialog *dialog;
      g_autofree char *call_id = g_strdup_printf ("absurd-%u", (guint) i);
      g_autofree char *more = g_strdup_printf ("Session-Expires: %s;refresher=uas\r\n", values[i]);
      raw_dialog_answer_call (scene->raw, scene->station, call_id, more, answer, &dialog);
      g_autoptr (RawDialog) phone = dialog;
      raw_assert_quiet (scene->raw, scene->station);
      raw_dialog_end (phone);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/session/" name, Scene, NULL, set_up, test, tear_down)
  ADD ("between-ours", test_between_ours);
  ADD ("we-refresh", test_we_refresh);
  ADD ("refresh-by-reinvite", test_refresh_by_reinvite);
  ADD ("update-refused", test_update_refused);
  ADD ("update-longer", test_update_longer);
  ADD ("update-kills", test_update_kills);
  ADD ("they-refresh", test_they_refresh);
  ADD ("callee-refreshes", test_callee_refreshes);
  ADD ("too-short", test_too_short);
  ADD ("absurd", test_absurd);
  return g_test_run ();
}
