// SPDX-License-Identifier: Apache-2.0
// A peer written by hand, for tests of calls with third-party stations and phones.
#include "raw-dialog.h"

#include <string.h>

static char *
uri (const char *user, const char *host, guint16 port)
{
  gboolean six = strchr (host, ':') != NULL;
  return g_strdup_printf ("sip:%s@%s%s%s:%u", user, six ? "[" : "", host, six ? "]" : "", port);
}

RawDialog *
raw_dialog_new (Raw *raw, Party *party, const char *call_id)
{
  RawDialog *dialog = g_new0 (RawDialog, 1);
  g_autofree char *own = uri ("door", raw->host, raw->port);
  g_autofree char *theirs = uri ("client", party->host, party->port);
  dialog->raw = raw;
  dialog->party = party;
  dialog->local = g_strdup_printf ("<%s>;tag=door-tag", own);
  dialog->remote = g_strdup_printf ("<%s>", theirs);
  dialog->call_id = g_strdup (call_id);
  return dialog;
}

RawDialog *
raw_dialog_new_callee (Raw *raw, Party *party, const char *invite, const char *tag)
{
  RawDialog *dialog = g_new0 (RawDialog, 1);
  g_autofree char *to = raw_header (invite, "To");
  dialog->raw = raw;
  dialog->party = party;
  dialog->local = g_strdup_printf ("%s;tag=%s", to, tag);
  dialog->remote = raw_header (invite, "From");
  dialog->call_id = raw_header (invite, "Call-ID");
  return dialog;
}

void
raw_dialog_free (RawDialog *dialog)
{
  g_free (dialog->local);
  g_free (dialog->remote);
  g_free (dialog->call_id);
  g_free (dialog->branch);
  g_free (dialog);
}

static void
send_with_branch (RawDialog *dialog, const char *method, const char *more, const char *body)
{
  gboolean six = strchr (dialog->raw->host, ':') != NULL;
  g_autofree char *ruri = uri ("client", dialog->party->host, dialog->party->port);
  g_autofree char *own = uri ("door", dialog->raw->host, dialog->raw->port);
  g_autofree char *contact = strstr (more, "Contact:") ? g_strdup ("") : g_strdup_printf ("Contact: <%s>\r\n", own);
  g_autofree char *text = g_strdup_printf (
      "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s%s%s:%u;branch=%s;rport\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\n"
      "Call-ID: %s\r\nCSeq: %u %s\r\n%s%sContent-Length: %u\r\n\r\n%s",
      method, ruri, six ? "[" : "", dialog->raw->host, six ? "]" : "", dialog->raw->port, dialog->branch, dialog->local,
      dialog->remote, dialog->call_id, dialog->cseq, method, contact, more, (guint) strlen (body), body);
  raw_send (dialog->raw, dialog->party, text);
}

void
raw_dialog_send (RawDialog *dialog, const char *method, const char *more, const char *body)
{
  static int count;
  if (strcmp (method, "ACK") != 0)
    dialog->cseq++;
  g_free (dialog->branch);
  dialog->branch = g_strdup_printf ("z9hG4bK-raw-%d", ++count);
  send_with_branch (dialog, method, more, body);
}

char *
raw_dialog_ask (RawDialog *dialog, const char *method, const char *more, const char *body, int status)
{
  g_autofree char *start = g_strdup_printf ("SIP/2.0 %d ", status);
  raw_dialog_send (dialog, method, more, body);
  for (;;)
    {
      g_autofree char *text = raw_receive (dialog->raw);
      if (g_str_has_prefix (text, "SIP/2.0 100 ") && status != 100)
        continue;
      if (!g_str_has_prefix (text, start))
        g_error ("%s: not %d but %s", method, status, text);
      if (strcmp (method, "INVITE") == 0 && status >= 300)
        send_with_branch (dialog, "ACK", "", "");
      return g_steal_pointer (&text);
    }
}

void
raw_dialog_assert (RawDialog *dialog, const char *method, const char *more, const char *body, int status)
{
  g_free (raw_dialog_ask (dialog, method, more, body, status));
}

void
raw_dialog_learn (RawDialog *dialog, const char *answer)
{
  g_free (dialog->remote);
  dialog->remote = raw_header (answer, "To");
}

void
raw_dialog_reply (RawDialog *dialog, const char *request, const char *status, const char *more, const char *body)
{
  g_autofree char *text = raw_answer (dialog->raw, request, status, more, body);
  raw_send (dialog->raw, dialog->party, text);
}

guint64
raw_dialog_answer_call (Raw *raw, Party *party, const char *call_id, const char *more, const char *sdp,
                        RawDialog **ret_dialog)
{
  g_autoptr (GError) error = NULL;
  IpdSipInvite invite = { .target = { .user = "100", .host = raw->host, .port = raw->port },
                          .from_user = "stationid",
                          .from_tag = "own-tag",
                          .call_id = call_id,
                          .cseq = 1,
                          .sdp = "v=0\r\ns=offer\r\n",
                          .foreign = TRUE };
  guint64 call = ipd_sip_invite (party->sip, &invite, &error);
  g_assert_no_error (error);
  g_autofree char *request = raw_expect (raw, "INVITE ");
  *ret_dialog = raw_dialog_new_callee (raw, party, request, "raw");
  g_autofree char *lines = g_strconcat (SDP_TYPE, more, NULL);
  raw_dialog_reply (*ret_dialog, request, "200 OK", lines, sdp);
  g_free (raw_expect (raw, "ACK "));
  party_skip (party, IPD_SIP_ANSWERED);
  return call;
}

guint64
raw_dialog_make_call (Raw *raw, Party *party, const char *call_id, const char *more, const char *sdp,
                      RawDialog **ret_dialog)
{
  g_autofree char *lines = g_strconcat (SDP_TYPE, more, NULL);
  RawDialog *dialog = *ret_dialog = raw_dialog_new (raw, party, call_id);
  raw_dialog_send (dialog, "INVITE", lines, "v=0\r\ns=door\r\n");
  g_autoptr (IpdSipEvent) invite = party_expect (party, IPD_SIP_INVITE);
  ipd_sip_accept_foreign (party->sip, invite->call);
  ipd_sip_answer (party->sip, invite->call, 200, NULL, sdp, NULL, NULL);
  g_autofree char *ok = raw_expect (raw, "SIP/2.0 200 ");
  raw_dialog_learn (dialog, ok);
  raw_dialog_send (dialog, "ACK", "", "");
  party_skip (party, IPD_SIP_TALKING);
  return invite->call;
}

void
raw_dialog_end (RawDialog *dialog)
{
  raw_dialog_assert (dialog, "BYE", "", "", 200);
  g_autoptr (IpdSipEvent) bye = party_expect (dialog->party, IPD_SIP_BYE);
  g_assert_cmpint (bye->status, ==, 0);
}
