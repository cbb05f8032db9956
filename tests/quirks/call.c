// SPDX-License-Identifier: Apache-2.0
/* Beginning, end and answers of a call. Created by the station, in the main loop. */
#include "call.h"

#include "journal.h"

#include <string.h>

static char *
new_token (void)
{
  g_autofree char *uuid = g_uuid_string_random ();
  return g_strndup (uuid, 18);
}

static void
on_digit (char digit, int length_ms, int gap_ms, gpointer data)
{
  QuirkCall *call = data;
  quirk_digits_take (call->digits, "rfc4733", digit, length_ms, gap_ms);
}

static QuirkCall *
call_new (QuirkBox *box, bool outgoing)
{
  QuirkCall *call = g_new0 (QuirkCall, 1);

  call->box = box;
  call->outgoing = outgoing;
  call->local_tag = new_token ();
  call->audio_port = box->next_port;
  box->next_port += 2;
  call->sound = quirk_sound_new (box->dialect, box->address, call->audio_port, on_digit, call);
  call->digits = quirk_digits_new (box->dialect);
  call->local_uri
      = g_strdup_printf ("sip:%s@%s:%u", quirk_text (box->dialect, "sip", "user", "door"), box->address, box->sip_port);
  return call;
}

void
quirk_call_free (QuirkCall *call)
{
  g_clear_handle_id (&call->talk_timer, g_source_remove);
  g_clear_handle_id (&call->refresh_timer, g_source_remove);
  quirk_sound_free (call->sound);
  quirk_digits_free (call->digits);
  g_clear_object (&call->peer);
  g_free (call->id);
  g_free (call->local_tag);
  g_free (call->local_uri);
  g_free (call->remote_tag);
  g_free (call->remote_uri);
  g_free (call->target);
  g_free (call->via);
  g_free (call->early_body);
  g_free (call);
}

GString *
quirk_call_new_request (QuirkCall *call, const char *method, guint cseq)
{
  GString *text = g_string_new (NULL);
  g_autofree char *fresh = quirk_endpoint_via (call->box->endpoint);
  bool of_invite = g_str_equal (method, "CANCEL");

  g_string_printf (text, "%s %s SIP/2.0\r\n%s", method, of_invite ? call->remote_uri : call->target,
                   of_invite ? call->via : fresh);
  g_string_append_printf (text, "From: <%s>;tag=%s\r\nTo: <%s>", call->local_uri, call->local_tag, call->remote_uri);
  if (call->remote_tag != NULL && !of_invite)
    g_string_append_printf (text, ";tag=%s", call->remote_tag);
  g_string_append_printf (text, "\r\nCall-ID: %s\r\nCSeq: %u %s\r\nContact: <%s>\r\nMax-Forwards: 70\r\n", call->id,
                          cseq ? cseq : ++call->cseq, method, call->local_uri);
  g_string_append_printf (text, "User-Agent: %s\r\n", quirk_text (call->box->dialect, "sip", "user-agent", "Door"));
  return text;
}

static void
send_request (QuirkCall *call, GString *text, const char *type, const char *body)
{
  quirk_sip_finish (text, type, body);
  quirk_endpoint_request (call->box->endpoint, text->str, call->peer);
  g_string_free (text, TRUE);
}

QuirkCall *
quirk_call_ring (QuirkBox *box, const char *user, const char *host, guint16 port)
{
  QuirkCall *call = call_new (box, true);
  const QuirkDialect *d = box->dialect;
  const char *subject = quirk_text (d, "sip", "subject", NULL);
  int expires = quirk_number (d, "sip", "session-expires", 0);
  g_autofree char *sdp = quirk_call_sdp (call, NULL);
  GString *text = g_string_new (NULL);

  call->peer = g_inet_socket_address_new_from_string (host, port);
  call->id = new_token ();
  call->remote_uri = g_strdup_printf ("sip:%s%s:%u", user, host, port);
  call->target = g_strdup (call->remote_uri);
  call->via = quirk_endpoint_via (box->endpoint);
  call->invite_cseq = call->cseq = 1 + (guint) g_random_int_range (0, 30000);
  g_string_printf (text, "INVITE %s SIP/2.0\r\n%sFrom: \"%s\" <%s>;tag=%s\r\nTo: <%s>\r\nCall-ID: %s\r\n",
                   call->remote_uri, call->via, quirk_text (d, "sip", "display-name", "Door"), call->local_uri,
                   call->local_tag, call->remote_uri, call->id);
  g_string_append_printf (text, "CSeq: %u INVITE\r\nContact: <%s>\r\nMax-Forwards: 70\r\nUser-Agent: %s\r\n",
                          call->cseq, call->local_uri, quirk_text (d, "sip", "user-agent", "Door"));
  g_string_append_printf (text, "Allow: INVITE, ACK, BYE, CANCEL, INFO, OPTIONS, UPDATE, PRACK, MESSAGE\r\n");
  if (subject != NULL)
    g_string_append_printf (text, "Subject: %s\r\n", subject);
  if (expires > 0)
    g_string_append_printf (text, "Session-Expires: %d\r\nMin-SE: 90\r\n", expires);
  if (expires > 0 || quirk_flag (d, "sip", "supports-100rel"))
    g_string_append_printf (text, "Supported: %s%s%s\r\n", expires > 0 ? "timer" : "",
                            expires > 0 && quirk_flag (d, "sip", "supports-100rel") ? ", " : "",
                            quirk_flag (d, "sip", "supports-100rel") ? "100rel" : "");
  if (quirk_flag (d, "sip", "requires-100rel"))
    g_string_append (text, "Require: 100rel\r\n");
  quirk_journal ("rings", "s:host", host, "i:port", port, NULL);
  send_request (call, text, "application/sdp", sdp);
  return call;
}

/* PRACK (RFC 3262 §7.2) for a provisional answer that wants one. */
static void
acknowledge_early (QuirkCall *call, const QuirkSip *response)
{
  const char *rseq = quirk_sip_header (response, "RSeq");
  GString *text;

  if (*rseq == '\0' || !quirk_sip_lists (quirk_sip_header (response, "Require"), "100rel"))
    {
      if (quirk_flag (call->box->dialect, "sip", "requires-100rel") && response->status > 100)
        quirk_violation ("a provisional answer is not reliable although 100rel was required");
      return;
    }
  text = quirk_call_new_request (call, "PRACK", 0);
  g_string_append_printf (text, "RAck: %s %s\r\n", rseq, quirk_sip_header (response, "CSeq"));
  send_request (call, text, NULL, NULL);
}

static void
take_route (QuirkCall *call, const QuirkSip *response)
{
  const char *contact = quirk_sip_header (response, "Contact");

  g_free (call->remote_tag);
  call->remote_tag = quirk_sip_tag (quirk_sip_header (response, "To"));
  if (*contact == '\0')
    return;
  g_free (call->target);
  call->target = quirk_sip_uri (contact);
}

static void
take_early (QuirkCall *call, const QuirkSip *response)
{
  take_route (call, response);
  call->state = QUIRK_EARLY;
  call->rang = call->rang || response->status == 180;
  quirk_journal ("early", "i:status", response->status, "i:sdp", *response->body != '\0', NULL);
  acknowledge_early (call, response);
  if (*response->body == '\0')
    return;
  g_free (call->early_body);
  call->early_body = g_strdup (response->body);
  quirk_call_agree (call, response->body, true);
}

static gboolean
on_talk_cap (gpointer data)
{
  QuirkCall *call = data;

  call->talk_timer = 0;
  quirk_journal ("talk-cap", NULL);
  quirk_call_end (call);
  return G_SOURCE_REMOVE;
}

/* A refresh of the session (RFC 4028 §7.4, §10), early, as a station in a hurry does it. */
static gboolean
on_refresh (gpointer data)
{
  QuirkCall *call = data;
  bool update = g_str_equal (quirk_text (call->box->dialect, "sip", "refresh", "update"), "update");
  g_autofree char *sdp = update ? NULL : quirk_call_sdp (call, NULL);
  GString *text = quirk_call_new_request (call, update ? "UPDATE" : "INVITE", 0);

  call->refresh_timer = 0;
  g_string_append_printf (text, "Session-Expires: %d;refresher=uac\r\nSupported: timer\r\n",
                          quirk_number (call->box->dialect, "sip", "session-expires", 1800));
  send_request (call, text, "application/sdp", sdp);
  return G_SOURCE_REMOVE;
}

static void
begin_talk (QuirkCall *call)
{
  int cap_s = quirk_number (call->box->dialect, "sip", "talk-cap-s", 0);
  int refresh_ms = quirk_number (call->box->dialect, "sip", "refresh-ms", 0);

  call->state = QUIRK_TALKING;
  quirk_journal ("answered", "i:outgoing", call->outgoing, NULL);
  if (cap_s > 0 && call->talk_timer == 0)
    call->talk_timer = g_timeout_add_seconds ((guint) cap_s, on_talk_cap, call);
  if (refresh_ms > 0 && call->outgoing)
    call->refresh_timer = g_timeout_add ((guint) refresh_ms, on_refresh, call);
}

static void
acknowledge (QuirkCall *call, guint cseq)
{
  send_request (call, quirk_call_new_request (call, "ACK", cseq), NULL, NULL);
}

/* After an unreliable 18x the 200 has the same answer (RFC 3261 §13.2.1); after a reliable one it may have none. */
static void
take_answer (QuirkCall *call, const QuirkSip *response, guint cseq)
{
  bool first = call->state != QUIRK_TALKING;

  take_route (call, response);
  acknowledge (call, cseq);
  if (first)
    begin_talk (call);
  if (first && *response->body != '\0' && call->early_body != NULL && !g_str_equal (call->early_body, response->body)
      && !quirk_flag (call->box->dialect, "sip", "answer-may-change"))
    quirk_violation ("the answer of the 200 is not that of the 18x");
  if (*response->body != '\0')
    quirk_call_agree (call, response->body, true);
  else if (first && call->early_body != NULL)
    quirk_call_agree (call, call->early_body, true);
  else if (first)
    quirk_violation ("a call was answered without SDP");
}

static void
take_refusal (QuirkCall *call, const QuirkSip *response)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "ACK %s SIP/2.0\r\n%sFrom: <%s>;tag=%s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u ACK\r\n",
                   call->remote_uri, call->via, call->local_uri, call->local_tag, quirk_sip_header (response, "To"),
                   call->id, call->invite_cseq);
  send_request (call, text, NULL, NULL);
  if (call->state == QUIRK_OVER)
    return;
  quirk_journal ("refused", "i:status", response->status, NULL);
  quirk_picture_stop (call->box->picture);
  call->state = QUIRK_OVER;
}

void
quirk_call_response (QuirkCall *call, const QuirkSip *response)
{
  const char *method;
  guint cseq = quirk_sip_cseq (response, &method);
  bool ours = cseq == call->invite_cseq && call->outgoing;

  if (!g_str_equal (method, "INVITE"))
    {
      if (response->status >= 200)
        quirk_journal ("done", "s:method", method, "i:status", response->status, NULL);
      return;
    }
  if (response->status <= 100)
    return;
  if (response->status < 200 && ours && call->state <= QUIRK_EARLY)
    take_early (call, response);
  else if (response->status >= 200 && response->status < 300 && call->state != QUIRK_OVER)
    {
      if (!ours)
        quirk_journal ("done", "s:method", "re-INVITE", "i:status", response->status, NULL);
      take_answer (call, response, cseq);
    }
  else if (response->status >= 300 && ours)
    take_refusal (call, response);
}

void
quirk_call_end (QuirkCall *call)
{
  if (call->state == QUIRK_OVER)
    return;
  quirk_picture_stop (call->box->picture);
  if (call->state == QUIRK_TALKING)
    {
      send_request (call, quirk_call_new_request (call, "BYE", 0), NULL, NULL);
      quirk_journal ("hangs-up", NULL);
      call->state = QUIRK_OVER;
    }
  else if (call->outgoing)
    send_request (call, quirk_call_new_request (call, "CANCEL", call->invite_cseq), NULL, NULL);
}

/* A call to the station: it takes the other side's offer at once, as a door without a person does. */
QuirkCall *
quirk_call_take (QuirkBox *box, const QuirkSip *invite, GSocketAddress *from)
{
  QuirkCall *call = call_new (box, false);
  g_autofree char *sdp = NULL;
  QuirkRemote offer;
  GString *ok;

  call->peer = g_object_ref (from);
  call->id = g_strdup (quirk_sip_header (invite, "Call-ID"));
  call->remote_tag = quirk_sip_tag (quirk_sip_header (invite, "From"));
  call->remote_uri = quirk_sip_uri (quirk_sip_header (invite, "From"));
  call->target = quirk_sip_uri (quirk_sip_header (invite, "Contact"));
  quirk_sdp_read (invite->body, &offer);
  quirk_journal ("called", "i:lines", offer.n_lines, NULL);
  begin_talk (call);
  sdp = quirk_call_sdp (call, &offer);
  quirk_call_agree (call, invite->body, false);
  ok = quirk_sip_answer (invite, 200, "OK", call->local_tag);
  g_string_append_printf (ok, "Contact: <%s>\r\n", call->local_uri);
  quirk_sip_finish (ok, "application/sdp", sdp);
  quirk_endpoint_answer (box->endpoint, invite, ok->str, from);
  g_string_free (ok, TRUE);
  return call;
}
