// SPDX-License-Identifier: Apache-2.0
// docs/protocol.md §12: the largest messages of the protocol, measured on the wire by a relay between two parties; and
// that nothing over the limit is sent.
#include "party.h"
#include "wire/command.h"
#include "wire/peer-sdp.h"
#include "wire/sdp.h"
#include "wire/sip-auth.h"

#include <string.h>

/* 15 characters each, the longest IPv4 there is but one; the protocol allows for 16. */
#define STATION_HOST "127.140.140.141"
#define CLIENT_HOST  "127.140.140.142"
#define RELAY_HOST   "127.140.140.143"
#define HOST_MISSING 1

static const char id[] = "abcdefghijklmnopqrstuvwx27";
static const char short_id[] = "ABCDEFGHIJKLMNOPQRSTUA";

typedef struct {
  Party *station;
  Party *client;
  Raw *relay;
} Scene;

static char *
look_up (const char *asked, gpointer data)
{
  return g_strdup (short_id);
}

static void
set_up (Scene *scene, gconstpointer data)
{
  scene->station = party_new (STATION_HOST, id, look_up);
  scene->client = party_new (CLIENT_HOST, id, NULL);
  scene->relay = raw_new (RELAY_HOST);
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  party_end (scene->station);
  party_end (scene->client);
  raw_free (scene->relay);
}

static char *
full_sdp (gboolean answer)
{
  IpdSdp sdp;
  const IpdCodecs codecs = { .audio = 15, .video = 3 };
  ipd_sdp_init_offer (&sdp, "255.255.255.255", 65534, 65534, &codecs, FALSE);
  sdp.no_camera = TRUE;
  g_strlcpy (sdp.host, STATION_HOST, sizeof sdp.host);
  sdp.session = G_MAXUINT64 >> 1;
  if (answer)
    sdp.n_audio = 1;
  else
    memset (sdp.sprop, 'A', 64); /* sets of 42e01f at 640x480 take about 40 */
  memset (sdp.keys, 'A', IPD_SDP_KEYS_MAX);
  return ipd_sdp_write (&sdp);
}

/* Takes the next datagram, checks its size, and passes it on. Hosts in it may be one character longer elsewhere. */
static void
pass (Scene *scene, Party *to, const char *start, const char *what)
{
  g_autofree char *text = raw_expect (scene->relay, start);
  int hosts = 0;
  for (const char *p = text; (p = strstr (p, "127.140.140.14")); p++)
    hosts++;
  gsize size = strlen (text) + (gsize) hosts * HOST_MISSING;
  g_test_message ("%s: %u octets at most", what, (guint) size);
  g_assert_cmpuint (size, <=, IPD_SIP_MESSAGE_MAX);
  raw_send (scene->relay, to, text);
}

static char *
auth_header (void)
{
  g_autofree char *signature = g_strnfill (IPD_SIP_AUTH_LENGTH - 2, 'A');
  return g_strconcat ("1.", signature, NULL);
}

static IpdSipInvite
full_invite (Scene *scene, const char *auth, const char *sdp)
{
  return (IpdSipInvite){
    .target = { .user = short_id,
                .host = CLIENT_HOST,
                .port = scene->client->port,
                .via_host = RELAY_HOST,
                .via_port = scene->relay->port },
    .from_user = id,
    .from_tag = short_id,
    .call_id = short_id,
    .cseq = G_MAXINT32 - 1,
    .contact_user = id,
    .visit = short_id,
    .auth = auth,
    .sdp = sdp,
  };
}

static void
test_call (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *auth = auth_header ();
  g_autofree char *offer = full_sdp (FALSE);
  g_autofree char *answer = full_sdp (TRUE);
  IpdSipInvite invite = full_invite (scene, auth, offer);
  guint64 out = ipd_sip_invite (scene->station->sip, &invite, &error);
  g_assert_no_error (error);
  pass (scene, scene->client, "INVITE ", "INVITE");
  g_autoptr (IpdSipEvent) event = party_expect (scene->client, IPD_SIP_INVITE);
  /* the binding's address was used, and its Contact user kept */
  g_assert_cmpstr (event->source_host, ==, RELAY_HOST);
  g_assert_cmpstr (event->ruri_user, ==, short_id);
  ipd_sip_answer (scene->client->sip, event->call, 183, NULL, answer, auth, &error);
  pass (scene, scene->station, "SIP/2.0 183 ", "183");
  party_skip (scene->station, IPD_SIP_PROGRESS);
  pass (scene, scene->client, "PRACK ", "PRACK");
  pass (scene, scene->station, "SIP/2.0 200 ", "200 to PRACK");
  /* the longest 200: with SDP although it was acknowledged */
  ipd_sip_answer (scene->client->sip, event->call, 200, NULL, answer, auth, &error);
  pass (scene, scene->station, "SIP/2.0 200 ", "200 with SDP");
  g_assert_no_error (error);
  party_skip (scene->station, IPD_SIP_ANSWERED);
  pass (scene, scene->client, "ACK ", "ACK");
  party_skip (scene->client, IPD_SIP_TALKING);
  ipd_sip_bye (scene->station->sip, out);
  pass (scene, scene->client, "BYE ", "BYE");
  party_skip (scene->client, IPD_SIP_BYE);
  pass (scene, scene->station, "SIP/2.0 200 ", "200 to BYE");
  party_skip (scene->station, IPD_SIP_BYE);
}

/* Offers inside a call, and the sign of life. */
static void
test_reoffer (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *auth = auth_header ();
  g_autofree char *offer = full_sdp (FALSE);
  g_autofree char *answer = full_sdp (TRUE);
  IpdSipInvite invite = full_invite (scene, auth, offer);
  invite.cseq = 1;
  guint64 out = ipd_sip_invite (scene->station->sip, &invite, &error);
  pass (scene, scene->client, "INVITE ", "INVITE");
  g_autoptr (IpdSipEvent) event = party_expect (scene->client, IPD_SIP_INVITE);
  ipd_sip_answer (scene->client->sip, event->call, 200, NULL, answer, auth, &error);
  pass (scene, scene->station, "SIP/2.0 200 ", "200 without 183");
  party_skip (scene->station, IPD_SIP_ANSWERED);
  pass (scene, scene->client, "ACK ", "ACK");
  party_skip (scene->client, IPD_SIP_TALKING);
  ipd_sip_reinvite (scene->station->sip, out, G_MAXINT32 - 1, offer, auth, &error);
  pass (scene, scene->client, "INVITE ", "re-INVITE");
  party_skip (scene->client, IPD_SIP_REOFFER);
  ipd_sip_answer_reoffer (scene->client->sip, event->call, 200, answer, auth, &error);
  pass (scene, scene->station, "SIP/2.0 200 ", "200 to re-INVITE");
  party_skip (scene->station, IPD_SIP_REANSWERED);
  pass (scene, scene->client, "ACK ", "ACK");
  g_assert_no_error (error);
  ipd_sip_bye (scene->station->sip, out);
  pass (scene, scene->client, "BYE ", "BYE");
  party_skip (scene->client, IPD_SIP_BYE);
  pass (scene, scene->station, "SIP/2.0 200 ", "200 to BYE");
  party_skip (scene->station, IPD_SIP_BYE);
}

/* To a station of another maker, with all that we can offer, and back. */
static void
test_foreign_call (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const IpdCodecs codecs = { .audio = 15, .video = 3 };
  IpdPeerSdp sdp, reply;
  ipd_peer_sdp_init_offer (&sdp, STATION_HOST, 65534, 65534, &codecs, IPD_SDP_SENDONLY);
  memset (sdp.video_formats[0].sprop, 'A', 40);
  g_assert_true (ipd_peer_sdp_init_answer (&reply, &sdp, CLIENT_HOST, 65534, 65534, &codecs, FALSE, 0));
  g_autofree char *offer = ipd_peer_sdp_write (&sdp);
  g_autofree char *answer = ipd_peer_sdp_write (&reply);
  IpdSipInvite invite = full_invite (scene, NULL, offer);
  invite.visit = NULL;
  invite.from_user = "name-of-the-door-16";
  invite.cseq = 1;
  invite.foreign = TRUE;
  guint64 out = ipd_sip_invite (scene->station->sip, &invite, &error);
  g_assert_no_error (error);
  pass (scene, scene->client, "INVITE ", "foreign INVITE");
  g_autoptr (IpdSipEvent) event = party_expect (scene->client, IPD_SIP_INVITE);
  ipd_sip_accept_foreign (scene->client->sip, event->call);
  ipd_sip_answer (scene->client->sip, event->call, 200, NULL, answer, NULL, &error);
  g_assert_no_error (error);
  pass (scene, scene->station, "SIP/2.0 200 ", "foreign 200");
  party_skip (scene->station, IPD_SIP_ANSWERED);
  pass (scene, scene->client, "ACK ", "ACK");
  party_skip (scene->client, IPD_SIP_TALKING);
  ipd_sip_reinvite (scene->station->sip, out, 0, offer, NULL, &error);
  g_assert_no_error (error);
  pass (scene, scene->client, "INVITE ", "foreign re-INVITE");
  party_skip (scene->client, IPD_SIP_REOFFER);
  ipd_sip_answer_reoffer (scene->client->sip, event->call, 200, answer, NULL, &error);
  pass (scene, scene->station, "SIP/2.0 200 ", "foreign 200 to re-INVITE");
  party_skip (scene->station, IPD_SIP_REANSWERED);
  pass (scene, scene->client, "ACK ", "ACK");
  ipd_sip_bye (scene->station->sip, out);
  pass (scene, scene->client, "BYE ", "BYE");
  party_skip (scene->client, IPD_SIP_BYE);
  pass (scene, scene->station, "SIP/2.0 200 ", "200 to BYE");
  party_skip (scene->station, IPD_SIP_BYE);
}

static void
test_cancel (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  IpdSipInvite invite = full_invite (scene, NULL, NULL);
  guint64 out = ipd_sip_invite (scene->station->sip, &invite, &error);
  g_assert_no_error (error);
  pass (scene, scene->client, "INVITE ", "bare INVITE");
  party_skip (scene->client, IPD_SIP_INVITE);
  pass (scene, scene->station, "SIP/2.0 100 ", "100");
  g_autofree char *text = g_strnfill (500, 'x');
  ipd_sip_cancel (scene->station->sip, out, 487, text);
  pass (scene, scene->client, "CANCEL ", "CANCEL");
  g_autoptr (IpdSipEvent) cancelled = party_expect (scene->client, IPD_SIP_CANCELLED);
  g_assert_cmpuint (strlen (cancelled->text), <, 65);
  pass (scene, scene->station, "SIP/2.0 487 ", "487");
  party_skip (scene->station, IPD_SIP_FAILED);
}

static char *
token_of (gsize length)
{
  char *token = g_strnfill (length, 'A');
  memcpy (token, "v4.public.", 10);
  token[length - 27] = '.';
  return token;
}

static void
test_message (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = token_of (IPD_MESSAGE_TOKEN_MAX);
  IpdSipTarget target = { .user = short_id,
                          .host = CLIENT_HOST,
                          .port = scene->client->port,
                          .via_host = RELAY_HOST,
                          .via_port = scene->relay->port };
  ipd_sip_message (scene->station->sip, &target, id, token, &error);
  g_assert_no_error (error);
  pass (scene, scene->client, "MESSAGE ", "MESSAGE");
  g_autoptr (IpdSipEvent) message = party_expect (scene->client, IPD_SIP_MESSAGE);
  g_assert_cmpstr (message->body, ==, token);
  g_assert_cmpstr (message->ruri_user, ==, short_id);
  pass (scene, scene->station, "SIP/2.0 200 ", "200 to MESSAGE");
  party_skip (scene->station, IPD_SIP_MESSAGE_DONE);
}

static void
test_register (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  IpdSipRegistration registration = { RELAY_HOST, scene->relay->port, id, short_id, short_id, short_id, 0 };
  guint reg = ipd_sip_register (scene->client->sip, &registration, &error);
  g_assert_no_error (error);
  pass (scene, scene->station, "REGISTER ", "REGISTER");
  pass (scene, scene->client, "SIP/2.0 401 ", "401");
  pass (scene, scene->station, "REGISTER ", "REGISTER with digest");
  g_autoptr (IpdSipEvent) request = party_expect (scene->station, IPD_SIP_REGISTER_REQUEST);
  ipd_sip_register_reply (scene->station->sip, request->request, 200, short_id, 120);
  pass (scene, scene->client, "SIP/2.0 200 ", "200 to REGISTER");
  party_skip (scene->client, IPD_SIP_REGISTERED);
  ipd_sip_unregister (scene->client->sip, reg);
  pass (scene, scene->station, "REGISTER ", "last REGISTER");
  g_autoptr (IpdSipEvent) leaving = party_expect (scene->station, IPD_SIP_REGISTER_REQUEST);
  ipd_sip_register_reply (scene->station->sip, leaving->request, 200, short_id, 0);
  pass (scene, scene->client, "SIP/2.0 200 ", "last 200");
}

/* The limit itself: what is refused and what is sent meet at 1,300 octets, with a few to spare. */
static void
test_limit (Scene *scene, gconstpointer data)
{
  gsize largest = 0;
  int refused = 0;
  for (gsize length = 600; length < 1200; length += 8)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *token = token_of (length);
      IpdSipTarget target = { .user = short_id, .host = CLIENT_HOST, .port = scene->client->port };
      target.via_host = RELAY_HOST;
      target.via_port = scene->relay->port;
      ipd_sip_message (scene->station->sip, &target, id, token, &error);
      g_assert_no_error (error);
      /* a refusal comes as an event, anything else on the wire; the probe of the queue is the count */
      IpdSipCounts counts;
      ipd_sip_get_counts (scene->station->sip, &counts);
      if (counts.requests == 0)
        {
          g_autoptr (IpdSipEvent) done = party_expect (scene->station, IPD_SIP_MESSAGE_DONE);
          g_assert_cmpint (done->status, ==, 513);
          refused++;
          continue;
        }
      g_autofree char *text = raw_receive (scene->relay);
      largest = MAX (largest, strlen (text));
      g_autofree char *ok = raw_answer (scene->relay, text, "200 OK", "", "");
      raw_send (scene->relay, scene->station, ok);
      party_skip (scene->station, IPD_SIP_MESSAGE_DONE);
    }
  g_assert_cmpint (refused, >, 0);
  g_assert_cmpuint (largest, <=, IPD_SIP_MESSAGE_MAX);
  g_assert_cmpuint (largest, >, IPD_SIP_MESSAGE_MAX - 32);
}

static void
test_oversize_call (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *big = g_strnfill (1300, 'x');
  IpdSipInvite invite = full_invite (scene, NULL, big);
  ipd_sip_invite (scene->station->sip, &invite, &error);
  g_assert_no_error (error);
  g_autoptr (IpdSipEvent) not_sent = party_expect (scene->station, IPD_SIP_FAILED);
  g_assert_cmpint (not_sent->status, ==, 513);

  IpdSipInvite small = full_invite (scene, NULL, NULL);
  ipd_sip_invite (scene->station->sip, &small, &error);
  g_assert_no_error (error);
  pass (scene, scene->client, "INVITE ", "INVITE");
  g_autoptr (IpdSipEvent) event = party_expect (scene->client, IPD_SIP_INVITE);
  ipd_sip_answer (scene->client->sip, event->call, 183, NULL, big, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (IpdSipEvent) not_answered = party_expect (scene->client, IPD_SIP_FAILED);
  g_assert_cmpint (not_answered->status, ==, 513);
  pass (scene, scene->station, "SIP/2.0 500 ", "500");
  g_autoptr (IpdSipEvent) failed = party_expect (scene->station, IPD_SIP_FAILED);
  g_assert_cmpint (failed->status, ==, 500);
}

/* The same call over IPv6, with an address as computers give themselves. */
static void
assert_fits_six (Raw *relay, Party *to, const char *start)
{
  g_autofree char *text = raw_expect (relay, start);
  gsize size = strlen (text);
  for (const char *p = text; (p = strstr (p, "::1")); p++)
    size += strlen ("fd12:3456:789a:1:a1b2:c3d4:e5f6:1234") - strlen ("::1");
  g_test_message ("%s over IPv6: %u octets at most", start, (guint) size);
  g_assert_cmpuint (size, <=, IPD_SIP_MESSAGE_MAX);
  raw_send (relay, to, text);
}

static void
test_ipv6_call (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *auth = auth_header ();
  IpdSdp sdp;
  const IpdCodecs codecs = { .audio = 15, .video = 3 };
  ipd_sdp_init_offer (&sdp, "::1", 65534, 65534, &codecs, FALSE);
  sdp.no_camera = TRUE;
  memset (sdp.sprop, 'A', 40);
  memset (sdp.keys, 'A', IPD_SDP_KEYS_MAX);
  g_autofree char *offer = ipd_sdp_write (&sdp);
  Scene scene = { party_new ("::1", id, NULL), party_new ("::1", id, NULL), raw_new ("::1") };
  IpdSipInvite invite = full_invite (&scene, auth, offer);
  invite.target.host = invite.target.via_host = "::1";
  invite.cseq = 1;
  guint64 out = ipd_sip_invite (scene.station->sip, &invite, &error);
  g_assert_no_error (error);
  assert_fits_six (scene.relay, scene.client, "INVITE ");
  g_autoptr (IpdSipEvent) event = party_expect (scene.client, IPD_SIP_INVITE);
  ipd_sip_answer (scene.client->sip, event->call, 200, NULL, offer, auth, &error);
  assert_fits_six (scene.relay, scene.station, "SIP/2.0 200 ");
  party_skip (scene.station, IPD_SIP_ANSWERED);
  assert_fits_six (scene.relay, scene.client, "ACK ");
  party_skip (scene.client, IPD_SIP_TALKING);
  ipd_sip_reinvite (scene.station->sip, out, 1 + IPD_SIP_CSEQ_STEP, offer, auth, &error);
  assert_fits_six (scene.relay, scene.client, "INVITE ");
  party_skip (scene.client, IPD_SIP_REOFFER);
  ipd_sip_answer_reoffer (scene.client->sip, event->call, 200, offer, auth, &error);
  assert_fits_six (scene.relay, scene.station, "SIP/2.0 200 ");
  party_skip (scene.station, IPD_SIP_REANSWERED);
  assert_fits_six (scene.relay, scene.client, "ACK ");
  ipd_sip_bye (scene.station->sip, out);
  assert_fits_six (scene.relay, scene.client, "BYE ");
  party_skip (scene.client, IPD_SIP_BYE);
  assert_fits_six (scene.relay, scene.station, "SIP/2.0 200 ");
  party_skip (scene.station, IPD_SIP_BYE);
  g_assert_no_error (error);
  tear_down (&scene, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/sizes/" name, Scene, NULL, set_up, test, tear_down)
  ADD ("call", test_call);
  ADD ("reoffer", test_reoffer);
  ADD ("foreign-call", test_foreign_call);
  ADD ("cancel", test_cancel);
  ADD ("message", test_message);
  ADD ("register", test_register);
  ADD ("limit", test_limit);
  ADD ("oversize-call", test_oversize_call);
  if (party_have_ipv6 ())
    g_test_add_func ("/sip/sizes/ipv6-call", test_ipv6_call);
  return g_test_run ();
}
