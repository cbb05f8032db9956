// SPDX-License-Identifier: Apache-2.0
/* What comes and changes inside a call: requests, digits, and where picture and sound go. Main loop. */
#include "call.h"

#include "journal.h"

#include <stdlib.h>
#include <string.h>

enum { VIDEO_PORT = 21000 };

char *
quirk_call_sdp (QuirkCall *call, const QuirkRemote *offer)
{
  const QuirkLocal local = {
    .host = call->box->address,
    .audio_port = call->audio_port,
    .video_port = VIDEO_PORT,
    .sprop = quirk_picture_sprop (call->box->picture),
    .version = ++call->version,
  };

  return offer ? quirk_sdp_answer (call->box->dialect, &local, offer) : quirk_sdp_offer (call->box->dialect, &local);
}

/* "early": when the picture may go before the answer: "18x", "after-180" or "never". */
static bool
shows_now (const QuirkCall *call)
{
  const char *early = quirk_text (call->box->dialect, "sip", "early", "18x");

  if (call->state == QUIRK_TALKING)
    return true;
  return g_str_equal (early, "18x") || (g_str_equal (early, "after-180") && call->rang);
}

/* The picture starts once for each place it goes to; "new-source-at-answer" begins it anew, with another SSRC. */
static void
agree_picture (QuirkCall *call, const QuirkLine *line)
{
  bool wanted
      = line->port != 0 && !g_str_equal (line->direction, "inactive") && !g_str_equal (line->direction, "sendonly");
  bool same = call->shown.port == line->port && g_str_equal (call->shown.host, line->host);
  bool anew = quirk_flag (call->box->dialect, "video", "new-source-at-answer") && call->state == QUIRK_TALKING
              && !call->answered_picture;

  if (!wanted)
    quirk_picture_stop (call->box->picture);
  else if (!same || anew)
    quirk_picture_send (call->box->picture, line->host, (guint16) line->port, line->payload);
  call->answered_picture = call->state == QUIRK_TALKING;
  call->shown = wanted ? *line : (QuirkLine){ 0 };
}

static void
check_answer (const QuirkCall *call, const QuirkRemote *remote)
{
  const QuirkDialect *d = call->box->dialect;
  JsonArray *extra = quirk_list (d, "video", "extra-lines");
  int expected = quirk_flag (d, "video", "never") ? 1 : 2;

  for (guint i = 0; extra != NULL && i < json_array_get_length (extra); i++)
    expected += g_str_has_prefix (json_array_get_string_element (extra, i), "m=");
  if (remote->n_lines != expected)
    quirk_violation ("the answer has not as many m-lines as the offer");
}

void
quirk_call_agree (QuirkCall *call, const char *body, bool is_answer)
{
  QuirkRemote remote;
  const QuirkLine *audio;
  const QuirkLine *video;

  quirk_sdp_read (body, &remote);
  if (remote.refers_to_ipdoor)
    quirk_violation ("an attribute of ipdoor in the SDP to a stranger");
  if (is_answer)
    check_answer (call, &remote);
  audio = quirk_remote_line (&remote, "audio");
  video = quirk_remote_line (&remote, "video");
  quirk_journal ("media", "s:audio", audio ? audio->direction : "none", "i:audio-port", audio ? audio->port : 0,
                 "s:video", video ? video->direction : "none", "i:video-port", video ? video->port : 0, NULL);
  if (audio != NULL)
    quirk_sound_agree (call->sound, audio, call->state == QUIRK_TALKING);
  if (video != NULL && shows_now (call))
    agree_picture (call, video);
}

/* "Signal=1" with any case and spaces, "Duration=250". */
static void
take_relay (QuirkCall *call, const char *body, const char *method)
{
  const char *signal = strcasestr (body, "signal=");
  const char *duration = strcasestr (body, "duration=");

  if (signal != NULL)
    quirk_digits_take (call->digits, method, signal[7 + strspn (signal + 7, " ")], duration ? atoi (duration + 9) : -1,
                       -1);
}

/* Event codes of RFC 4733: "10" is "*", "11" is "#". Older senders write d=DIGIT. */
static void
take_event (QuirkCall *call, const char *body)
{
  static const char digits[] = "0123456789*#ABCD";
  int code = g_ascii_isdigit (*body) ? atoi (body) : -1;

  if (g_str_has_prefix (body, "d="))
    quirk_digits_take (call->digits, "info-event", body[2], -1, -1);
  else if (code >= 0 && code < 16)
    quirk_digits_take (call->digits, "info-event", digits[code], -1, -1);
}

int
quirk_call_take_info (QuirkCall *call, const QuirkSip *request)
{
  const char *type = quirk_sip_header (request, "Content-Type");

  if (g_str_has_prefix (type, "application/media_control"))
    {
      if (strstr (request->body, "picture_fast_update") != NULL)
        quirk_picture_want_key (call->box->picture, "info");
      return quirk_number (call->box->dialect, "sip", "media-control-status", 200);
    }
  if (quirk_number (call->box->dialect, "sip", "info-status", 200) != 200)
    return quirk_number (call->box->dialect, "sip", "info-status", 200);
  if (g_str_has_prefix (type, "application/dtmf-relay"))
    take_relay (call, request->body, "info-relay");
  else if (g_str_has_prefix (type, "application/dtmf"))
    quirk_digits_take (call->digits, "info-plain", *request->body, -1, -1);
  else if (g_str_has_prefix (type, "audio/telephone-event"))
    take_event (call, request->body);
  else
    return 415;
  return 200;
}

static void
take_message (QuirkCall *call, const QuirkSip *request)
{
  for (const char *p = request->body; *p != '\0' && *p != '\r' && *p != '\n'; p++)
    quirk_digits_take (call->digits, "message", *p, -1, -1);
}

static void
answer (QuirkCall *call, const QuirkSip *request, GSocketAddress *from, int status, const char *body)
{
  GString *text = quirk_sip_answer (request, status, status == 200 ? "OK" : "Not so", call->local_tag);

  g_string_append_printf (text, "Contact: <%s>\r\n", call->local_uri);
  if (status == 200 && (g_str_equal (request->method, "UPDATE") || g_str_equal (request->method, "INVITE"))
      && *quirk_sip_header (request, "Session-Expires") != '\0')
    g_string_append_printf (text, "Session-Expires: %s\r\nRequire: timer\r\n",
                            quirk_sip_header (request, "Session-Expires"));
  quirk_sip_finish (text, "application/sdp", body);
  quirk_endpoint_answer (call->box->endpoint, request, text->str, from);
  g_string_free (text, TRUE);
}

/* re-INVITE, or UPDATE with SDP: hold, resume, or the sound that was missing. */
static void
take_offer (QuirkCall *call, const QuirkSip *request, GSocketAddress *from)
{
  QuirkRemote offer;
  g_autofree char *sdp = NULL;

  quirk_sdp_read (request->body, &offer);
  sdp = quirk_call_sdp (call, &offer);
  quirk_journal ("reoffer", "i:lines", offer.n_lines, NULL);
  answer (call, request, from, 200, sdp);
  quirk_call_agree (call, request->body, false);
}

void
quirk_call_request (QuirkCall *call, const QuirkSip *request, GSocketAddress *from)
{
  const char *method = request->method;

  if (g_str_equal (method, "ACK"))
    return;
  if (call->state == QUIRK_OVER)
    answer (call, request, from, 481, NULL);
  else if (g_str_equal (method, "BYE"))
    {
      answer (call, request, from, 200, NULL);
      quirk_picture_stop (call->box->picture);
      quirk_journal ("hung-up", "i:outgoing", call->outgoing, NULL);
      call->state = QUIRK_OVER;
      g_clear_handle_id (&call->talk_timer, g_source_remove);
      g_clear_handle_id (&call->refresh_timer, g_source_remove);
    }
  else if (g_str_equal (method, "INFO"))
    answer (call, request, from, quirk_call_take_info (call, request), NULL);
  else if (g_str_equal (method, "MESSAGE"))
    {
      take_message (call, request);
      answer (call, request, from, 200, NULL);
    }
  else if ((g_str_equal (method, "INVITE") || g_str_equal (method, "UPDATE")) && *request->body != '\0')
    take_offer (call, request, from);
  else if (g_str_equal (method, "UPDATE") || g_str_equal (method, "OPTIONS"))
    answer (call, request, from, 200, NULL);
  else
    answer (call, request, from, 405, NULL);
}
