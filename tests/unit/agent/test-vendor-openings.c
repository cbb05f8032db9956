// SPDX-License-Identifier: Apache-2.0
/*
 * Outputs of third-party stations opened by a real agent: by HTTP, by digits in the call, in a second call. What is
 * claimed afterwards is what is certain, and nothing is tried twice that may have arrived.
 */
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/agent-error.h"
#include "raw-vendor.h"
#include "wire/dtmf.h"
#include "wire/random.h"

static const char *const no_ui[] = { "--ui", "none", NULL };

#define OK          "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone"
#define HTTP(step)  "{ \"way\": \"http\", \"steps\": [ " step " ] }"
#define GET(target) "{ \"method\": \"GET\", \"target\": \"" target "\", \"auth\": \"digest\" }"
#define CALL        "{ \"way\": \"call\" }"
#define DIGITS      "{ \"way\": \"digits\" }"
#define DRIVER(openings, more)                                                                                         \
  "{ \"title\": \"Raw\", \"preview\": { \"mode\": \"183\" }, \"openings\": [ " openings " ]" more " }"
#define INFO                                                                                                           \
  ", \"digits\": { \"dialect\": \"info-relay\", \"duration-ms\": 100, \"gap-ms\": 60, \"settle-ms\": 40, \"suffix\": " \
  "\"#\" }"
#define RTP ", \"digits\": { \"dialect\": \"rfc4733\", \"duration-ms\": 80, \"gap-ms\": 60, \"settle-ms\": 40 }"

static void
set_up (RawPlant **plant, const char *driver)
{
  static guint n = 30;

  *plant = raw_plant_new_with_vendor (n++, no_ui, driver);
}

static void
open_door (RawPlant *plant, const char *visit)
{
  g_autoptr (GError) error = NULL;

  ipd_bus_agent1_call_open_sync (plant->bus, "Gate", "door", visit, NULL, NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_command (plant, "requested");
}

static void
assert_history (RawPlant *plant, const char *outcome)
{
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GError) error = NULL;

  ipd_bus_agent1_call_get_history_sync (plant->bus, 1, &list, NULL, &error);
  g_assert_no_error (error);
  first = g_variant_get_child_value (list, 0);
  g_assert_cmpstr (raw_text (first, "kind"), ==, "access");
  g_assert_cmpstr (raw_text (first, "outcome"), ==, outcome);
  g_assert_cmpstr (raw_text (first, "by"), ==, "Kitchen");
}

/* ---- HTTP ---- */

static void
test_http (RawPlant **plant, gconstpointer unused)
{
  const char *request;

  set_up (plant, DRIVER (HTTP (GET ("/open?door={number}&code={code}")) ", " CALL, INFO));
  (*plant)->vendor->http_reply = g_strdup (OK);
  (*plant)->vendor->http_challenge = g_strdup ("Digest realm=\"door\", nonce=\"abc\", qop=\"auth\", algorithm=MD5");
  open_door (*plant, "");
  raw_plant_wait_command (*plant, "actuated");
  request = raw_vendor_wait_request ((*plant)->vendor, 0);
  g_assert_true (g_str_has_prefix (request, "GET /open?door=2&code=1234 HTTP/1.1\r\n"));
  g_assert_null (strstr (request, "Authorization"));
  request = raw_vendor_wait_request ((*plant)->vendor, 1);
  g_assert_nonnull (strstr (request, "Authorization: Digest username=\"me\""));
  g_assert_null (strstr (request, "secret"));
  g_assert_cmpuint ((*plant)->vendor->requests->len, ==, 2);
  assert_history (*plant, "actuated");
}

/* A station that asks for the password in clear does not get it from a driver that wants Digest. */
static void
test_no_downgrade (RawPlant **plant, gconstpointer unused)
{
  set_up (plant, DRIVER (HTTP (GET ("/open")), INFO));
  (*plant)->vendor->http_reply = g_strdup (OK);
  (*plant)->vendor->http_challenge = g_strdup ("Basic realm=\"door\"");
  open_door (*plant, "");
  g_assert_cmpstr (raw_text (raw_plant_wait_command (*plant, "refused"), "reason"), ==, "driver");
  g_assert_cmpuint ((*plant)->vendor->requests->len, ==, 1);
}

static void
test_no_redirect (RawPlant **plant, gconstpointer unused)
{
  set_up (plant, DRIVER (HTTP (GET ("/open")), INFO));
  (*plant)->vendor->http_reply = g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: http://%s:%u/elsewhere\r\n"
                                                  "Content-Length: 0\r\nConnection: close\r\n\r\n",
                                                  (*plant)->vendor->host, (*plant)->vendor->http_port);
  open_door (*plant, "");
  raw_plant_wait_command (*plant, "refused");
  g_assert_cmpuint ((*plant)->vendor->requests->len, ==, 1);
}

/* It got the request and says nothing: it may have opened, so nothing else is tried. */
static void
test_http_silent (RawPlant **plant, gconstpointer unused)
{
  set_up (plant, DRIVER (HTTP (GET ("/open")) ", " CALL, INFO));
  open_door (*plant, "");
  raw_plant_wait_command (*plant, "no-answer");
  g_assert_cmpuint ((*plant)->vendor->requests->len, ==, 1);
  raw_plant_settle (*plant);
  for (GList *item = (*plant)->vendor->events.head; item != NULL; item = item->next)
    g_assert_cmpint (((IpdSipEvent *) item->data)->type, !=, IPD_SIP_INVITE);
  assert_history (*plant, "no-answer");
}

static void
test_steps (RawPlant **plant, gconstpointer unused)
{
  const char *request;
  g_autofree char *expected = g_compute_checksum_for_string (G_CHECKSUM_MD5, "xyz:1234:secret", -1);

  set_up (plant, DRIVER (HTTP ("{ \"method\": \"GET\", \"target\": \"/ask\", \"takes\": [ \"Challenge\" ] }, "
                               "{ \"method\": \"POST\", \"target\": \"/do\", \"content-type\": \"application/json\", "
                               "\"body\": \"{{\\\"auth\\\":\\\"{md5:Challenge:code:password}\\\"}}\" }"),
                         INFO));
  (*plant)->vendor->http_reply = g_strdup ("HTTP/1.1 200 OK\r\nContent-Length: 43\r\nConnection: close\r\n\r\n"
                                           "<Configuration><Challenge>xyz</Challenge>\r\n");
  open_door (*plant, "");
  raw_plant_wait_command (*plant, "actuated");
  request = raw_vendor_wait_request ((*plant)->vendor, 1);
  g_assert_true (g_str_has_prefix (request, "POST /do HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (request, expected));
}

/* ---- a second call ---- */

static void
take_info (RawPlant *plant, const char *digits)
{
  for (const char *digit = digits; *digit != '\0'; digit++)
    {
      g_autoptr (IpdSipEvent) info = raw_vendor_wait (plant->vendor, IPD_SIP_INFO);
      IpdDtmf dtmf;

      g_assert_true (ipd_dtmf_parse_info (info->content_type, info->body, strlen (info->body), &dtmf, NULL));
      g_assert_cmpint (dtmf.digit, ==, *digit);
      g_assert_cmpuint (dtmf.ms, ==, 100);
    }
}

/* Nobody answers HTTP there: nothing can have happened, so the next way is gone. */
static void
test_next_way (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (IpdSipEvent) invite = NULL;
  g_autoptr (IpdSipEvent) bye = NULL;
  IpdPeerSdp sdp;

  set_up (plant, DRIVER (HTTP (GET ("/open")) ", " CALL, INFO));
  raw_vendor_stop_http ((*plant)->vendor);
  open_door (*plant, "");
  invite = raw_vendor_wait ((*plant)->vendor, IPD_SIP_INVITE);
  g_assert_true (ipd_peer_sdp_parse (invite->body, strlen (invite->body), &sdp, NULL));
  g_assert_cmpuint (sdp.video.port, ==, 0);
  raw_vendor_take_call ((*plant)->vendor, invite);
  take_info (*plant, "1234#");
  bye = raw_vendor_wait ((*plant)->vendor, IPD_SIP_BYE);
  raw_plant_wait_command (*plant, "unconfirmed");
  assert_history (*plant, "unconfirmed");
}

static void
test_busy (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (IpdSipEvent) invite = NULL;

  set_up (plant, DRIVER (CALL, INFO));
  open_door (*plant, "");
  invite = raw_vendor_wait ((*plant)->vendor, IPD_SIP_INVITE);
  ipd_sip_answer ((*plant)->vendor->sip, invite->call, 486, NULL, NULL, NULL, NULL);
  g_assert_cmpstr (raw_text (raw_plant_wait_command (*plant, "refused"), "reason"), ==, "busy");
}

/* What a receiver of RFC 4733 makes of packets: one digit for each timestamp, when its end has come. */
static void
read_digits (int fd, char *ret_digits, gsize size, guint *ret_ms)
{
  guint8 packet[512];
  guint32 last = 0;
  gsize n = 0;

  while (n + 1 < size)
    {
      gssize length = recv (fd, packet, sizeof packet, 0);
      IpdDtmfEvent event;
      guint32 stamp;

      if (length < 16 || (packet[1] & 0x7f) != 101)
        continue;
      memcpy (&stamp, packet + 4, sizeof stamp);
      if (!ipd_dtmf_event_read (packet + 12, (size_t) length - 12, &event) || !event.end || (n > 0 && stamp == last))
        continue;
      last = stamp;
      ret_digits[n++] = ipd_dtmf_digit_from_event (event.event);
      *ret_ms = event.duration / 8;
    }
  ret_digits[n] = '\0';
}

static void
test_rtp_digits (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (IpdSipEvent) invite = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  char digits[5];
  guint ms = 0;

  set_up (plant, DRIVER (CALL, RTP));
  address = g_inet_socket_address_new_from_string ((*plant)->vendor->host, 20000);
  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  open_door (*plant, "");
  invite = raw_vendor_wait ((*plant)->vendor, IPD_SIP_INVITE);
  raw_vendor_take_call ((*plant)->vendor, invite);
  read_digits (g_socket_get_fd (socket), digits, sizeof digits, &ms);
  g_assert_cmpstr (digits, ==, "1234");
  g_assert_cmpuint (ms, ==, 80);
  raw_plant_wait_command (*plant, "unconfirmed");
}

/* ---- in the call that goes on ---- */

static const char *
talk (RawPlant *plant)
{
  g_autofree char *sdp = raw_vendor_offer (plant->vendor, plant->vendor->host, NULL);
  g_autoptr (IpdSipEvent) answered = NULL;
  g_autoptr (GError) error = NULL;

  raw_vendor_ring (plant->vendor, plant->vendor->sip, sdp);
  raw_plant_wait_visit (plant, "ringing");
  ipd_bus_agent1_call_answer_sync (plant->bus, "", NULL, &error);
  g_assert_no_error (error);
  answered = raw_vendor_wait (plant->vendor, IPD_SIP_ANSWERED);
  return raw_text (raw_plant_wait_visit (plant, "talking"), "id");
}

static void
wait_wanted (RawPlant *plant)
{
  while (g_queue_is_empty (&plant->wanted))
    g_main_context_iteration (NULL, TRUE);
}

/* Answers, asks for the door, and waits until its digits are asked of whoever plays the visit. Returns: the visit */
static const char *
want_digits (RawPlant **plant)
{
  const char *visit;

  set_up (plant, DRIVER (DIGITS, RTP));
  visit = talk (*plant);
  open_door (*plant, visit);
  wait_wanted (*plant);
  return visit;
}

static void
test_digits_in_call (RawPlant **plant, gconstpointer unused)
{
  const char *visit;
  const char *id, *digits;
  guint duration_ms, gap_ms;
  g_autoptr (GError) error = NULL;

  visit = want_digits (plant);
  g_variant_get (g_queue_peek_head (&(*plant)->wanted), "(&s&suu)", &id, &digits, &duration_ms, &gap_ms);
  g_assert_cmpstr (id, ==, visit);
  g_assert_cmpstr (digits, ==, "1234");
  g_assert_cmpuint (duration_ms, ==, 80);
  ipd_bus_agent1_call_report_media_sync ((*plant)->bus, visit, "digits-sent", "", NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_command (*plant, "unconfirmed");
}

/* Who plays the visit cannot send them: nothing left, so nothing opened. */
static void
test_digits_failed (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  const char *visit;

  visit = want_digits (plant);
  ipd_bus_agent1_call_report_media_sync ((*plant)->bus, visit, "digits-failed", "", NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_command (*plant, "refused");
}

/* Keys that a person presses: one after the other, and only what is one. */
static void
test_keys (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  const char *visit;

  set_up (plant, DRIVER (DIGITS, INFO));
  visit = talk (*plant);
  g_assert_false (ipd_bus_agent1_call_send_digits_sync ((*plant)->bus, visit, "5x", NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_FAILED);
  g_clear_error (&error);
  ipd_bus_agent1_call_send_digits_sync ((*plant)->bus, visit, "5#", NULL, &error);
  g_assert_no_error (error);
  ipd_bus_agent1_call_send_digits_sync ((*plant)->bus, "", "D", NULL, &error);
  g_assert_no_error (error);
  take_info (*plant, "5#D");
}

/* Whoever pressed keys reads that the station may not have got them. */
static void
test_keys_failed (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  const char *visit;

  set_up (plant, DRIVER (DIGITS, RTP));
  visit = talk (*plant);
  ipd_bus_agent1_call_send_digits_sync ((*plant)->bus, visit, "5", NULL, &error);
  g_assert_no_error (error);
  wait_wanted (*plant);
  ipd_bus_agent1_call_report_media_sync ((*plant)->bus, visit, "digits-failed", "", NULL, &error);
  g_assert_no_error (error);
  while (*raw_text (g_queue_peek_tail (&(*plant)->visits), "notice") == '\0')
    g_main_context_iteration (NULL, TRUE);
}

/* The call ends while the digits are under way: nobody knows what became of them. */
static void
test_digits_lost (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  (void) want_digits (plant);
  ipd_bus_agent1_call_hang_up_sync ((*plant)->bus, "", NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_command (*plant, "no-answer");
}

/* Without a talk there is no call to send digits in, and no other way. */
static void
test_no_way (RawPlant **plant, gconstpointer unused)
{
  set_up (plant, DRIVER (DIGITS, RTP));
  open_door (*plant, "");
  raw_plant_wait_command (*plant, "refused");
}

/* The station has it, the enrolment gave no code for it: the profile does not allow it. */
static void
test_profile (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  set_up (plant, DRIVER (HTTP (GET ("/open")), INFO));
  (*plant)->vendor->http_reply = g_strdup (OK);
  ipd_bus_agent1_call_open_sync ((*plant)->bus, "Gate", "back", "", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (raw_text (raw_plant_wait_command (*plant, "refused"), "reason"), ==, "profile");
  g_assert_cmpuint ((*plant)->vendor->requests->len, ==, 0);
}

/* An opening that the station confirmed ends its ring; the visitor was let in. */
static void
test_silent_open (RawPlant **plant, gconstpointer unused)
{
  g_autofree char *sdp = NULL;
  g_autofree char *visit = NULL;
  g_autoptr (IpdSipEvent) failed = NULL;
  GVariant *ended;

  set_up (plant, DRIVER (HTTP (GET ("/open")), INFO));
  (*plant)->vendor->http_reply = g_strdup (OK);
  sdp = raw_vendor_offer ((*plant)->vendor, (*plant)->vendor->host, NULL);
  raw_vendor_ring ((*plant)->vendor, (*plant)->vendor->sip, sdp);
  visit = g_strdup (raw_text (raw_plant_wait_visit (*plant, "ringing"), "id"));
  open_door (*plant, visit);
  failed = raw_vendor_wait ((*plant)->vendor, IPD_SIP_FAILED);
  ended = raw_plant_wait_visit (*plant, "ended");
  g_assert_cmpstr (raw_text (ended, "reason"), ==, "opened");
  g_assert_cmpstr (raw_text (ended, "by"), ==, "Kitchen");
  g_assert_cmpstr (raw_text (ended, "output"), ==, "door");
}

/* Codes and passwords are in no log, whatever is opened how. */
static void
test_secrets (RawPlant **plant, gconstpointer unused)
{
  g_autofree char *log = NULL;

  set_up (plant, DRIVER (HTTP ("{ \"method\": \"GET\", \"target\": \"/open?c={code}\", \"auth\": \"basic\" }"), INFO));
  (*plant)->vendor->http_reply = g_strdup (OK);
  open_door (*plant, "");
  raw_plant_wait_command (*plant, "actuated");
  g_assert_nonnull (strstr (raw_vendor_wait_request ((*plant)->vendor, 0), "Authorization: Basic bWU6c2VjcmV0"));
  log = raw_plant_log (*plant);
  g_assert_null (strstr (log, "1234"));
  g_assert_null (strstr (log, "secret"));
  g_assert_null (strstr (log, "bWU6c2VjcmV0"));
}

static void
tear_down (RawPlant **plant, gconstpointer unused)
{
  raw_plant_free (*plant);
}

static void
nothing (RawPlant **plant, gconstpointer unused)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  (void) ipd_agent_error_quark ();
  alarm (60);
#define ADD(path, function) g_test_add (path, RawPlant *, NULL, nothing, function, tear_down)
  ADD ("/agent/vendor-openings/http", test_http);
  ADD ("/agent/vendor-openings/no-downgrade", test_no_downgrade);
  ADD ("/agent/vendor-openings/no-redirect", test_no_redirect);
  ADD ("/agent/vendor-openings/http-silent", test_http_silent);
  ADD ("/agent/vendor-openings/steps", test_steps);
  ADD ("/agent/vendor-openings/next-way", test_next_way);
  ADD ("/agent/vendor-openings/busy", test_busy);
  ADD ("/agent/vendor-openings/rtp-digits", test_rtp_digits);
  ADD ("/agent/vendor-openings/digits-in-call", test_digits_in_call);
  ADD ("/agent/vendor-openings/digits-failed", test_digits_failed);
  ADD ("/agent/vendor-openings/keys", test_keys);
  ADD ("/agent/vendor-openings/keys-failed", test_keys_failed);
  ADD ("/agent/vendor-openings/digits-lost", test_digits_lost);
  ADD ("/agent/vendor-openings/no-way", test_no_way);
  ADD ("/agent/vendor-openings/profile", test_profile);
  ADD ("/agent/vendor-openings/silent-open", test_silent_open);
  ADD ("/agent/vendor-openings/secrets", test_secrets);
#undef ADD
  return g_test_run ();
}
