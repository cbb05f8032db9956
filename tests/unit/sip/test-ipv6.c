// SPDX-License-Identifier: Apache-2.0
// The same over IPv6: brackets where they belong and nowhere else, and answers that find their way back.
#include "raw-dialog.h"

#include <string.h>

static const char offer[] = "v=0\r\ns=offer\r\n";
static const char answer[] = "v=0\r\ns=answer\r\n";

static gboolean
skip_without_ipv6 (void)
{
  if (party_have_ipv6 ())
    return FALSE;
  g_test_skip ("this computer has no IPv6");
  return TRUE;
}

/* INVITE, 183, PRACK, 200, an offer from each side, a message, BYE. */
static void
test_call (void)
{
  if (skip_without_ipv6 ())
    return;
  g_autoptr (GError) error = NULL;
  Party *station = party_new ("::1", "stationid", NULL);
  Party *client = party_new ("::1", "clientid", NULL);
  guint64 out = party_invite (station, client, "six", offer);
  g_autoptr (IpdSipEvent) invite = party_expect (client, IPD_SIP_INVITE);
  g_assert_cmpstr (invite->source_host, ==, "::1");
  g_assert_cmpuint (invite->source_port, ==, station->port);
  ipd_sip_answer (client->sip, invite->call, 183, NULL, answer, "1.a", &error);
  party_skip (station, IPD_SIP_PROGRESS);
  ipd_sip_answer (client->sip, invite->call, 200, NULL, NULL, "1.b", &error);
  party_skip (station, IPD_SIP_ANSWERED);
  party_skip (client, IPD_SIP_TALKING);
  ipd_sip_reinvite (client->sip, invite->call, IPD_SIP_CSEQ_STEP, offer, "1.c", &error);
  party_skip (station, IPD_SIP_REOFFER);
  ipd_sip_answer_reoffer (station->sip, out, 200, answer, "1.d", &error);
  party_skip (client, IPD_SIP_REANSWERED);
  IpdSipTarget target = { .user = "x", .host = "::1", .port = client->port };
  ipd_sip_message (station->sip, &target, "stationid", "v4.public.A.B", &error);
  party_skip (client, IPD_SIP_MESSAGE);
  party_skip (station, IPD_SIP_MESSAGE_DONE);
  g_assert_no_error (error);
  ipd_sip_bye (client->sip, invite->call);
  party_skip (station, IPD_SIP_BYE);
  party_skip (client, IPD_SIP_BYE);
  party_end (station);
  party_end (client);
}

/* What stands on the wire, in requests and answers of ours. */
static void
test_brackets (void)
{
  if (skip_without_ipv6 ())
    return;
  Party *station = party_new ("::1", "stationid", NULL);
  g_autoptr (Raw) raw = raw_new ("::1");
  g_autoptr (GError) error = NULL;
  IpdSipInvite order = { .target = { .user = "100", .host = "::1", .port = raw->port },
                         .from_user = "stationid",
                         .from_tag = "own-tag",
                         .call_id = "brackets",
                         .cseq = 1,
                         .sdp = offer,
                         .foreign = TRUE };
  guint64 call = ipd_sip_invite (station->sip, &order, &error);
  g_assert_no_error (error);
  g_autofree char *invite = raw_expect (raw, "INVITE ");
  g_autofree char *line = g_strdup_printf ("INVITE sip:100@[::1]:%u SIP/2.0\r\n", raw->port);
  g_autofree char *via = raw_header (invite, "Via");
  g_autofree char *via_start = g_strdup_printf ("SIP/2.0/UDP [::1]:%u;", station->port);
  g_autofree char *contact = raw_header (invite, "Contact");
  g_autofree char *wanted = g_strdup_printf ("<sip:stationid@[::1]:%u>", station->port);
  g_assert_true (g_str_has_prefix (invite, line));
  g_assert_true (g_str_has_prefix (via, via_start));
  g_assert_cmpstr (contact, ==, wanted);
  g_autoptr (RawDialog) phone = raw_dialog_new_callee (raw, station, invite, "raw");
  raw_dialog_reply (phone, invite, "200 OK", SDP_TYPE, answer);
  g_autofree char *ack = raw_expect (raw, "ACK ");
  g_autofree char *ack_line = g_strdup_printf ("ACK sip:contact-of-callee@[::1]:%u SIP/2.0\r\n", raw->port);
  g_assert_true (g_str_has_prefix (ack, ack_line));
  g_autoptr (IpdSipEvent) answered = party_expect (station, IPD_SIP_ANSWERED);
  g_assert_cmpuint (answered->call, ==, call);
  raw_dialog_end (phone);
  party_end (station);
}

/* RFC 3261 §18.2, RFC 3581: a Via that lies about the host is answered where the datagram came from. */
static void
test_received (gconstpointer data)
{
  const char *host = data;
  gboolean six = strchr (host, ':') != NULL;
  if (six && skip_without_ipv6 ())
    return;
  Party *station = party_new (host, "stationid", NULL);
  g_autoptr (Raw) raw = raw_new (host);
  const char *lie = six ? "[fd00::99]" : "192.0.2.99";
  g_autofree char *text = g_strdup_printf (
      "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP %s:9;branch=z9hG4bK-lie;rport\r\nMax-Forwards: 70\r\n"
      "From: <sip:x@x.invalid>;tag=lie\r\nTo: <sip:x@x.invalid>\r\nCall-ID: lie\r\n"
      "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
      lie);
  raw_send (raw, station, text);
  g_autofree char *ok = raw_expect (raw, "SIP/2.0 200 ");
  g_autofree char *via = raw_header (ok, "Via");
  g_autofree char *received = g_strdup_printf (";received=%s", host);
  g_autofree char *rport = g_strdup_printf (";rport=%u", raw->port);
  g_assert_nonnull (strstr (via, received));
  g_assert_nonnull (strstr (via, rport));
  party_end (station);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sip/ipv6/call", test_call);
  g_test_add_func ("/sip/ipv6/brackets", test_brackets);
  g_test_add_data_func ("/sip/ipv6/received", "::1", test_received);
  g_test_add_data_func ("/sip/ipv6/received-ipv4", "127.14.0.1", test_received);
  return g_test_run ();
}
