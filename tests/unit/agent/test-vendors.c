// SPDX-License-Identifier: Apache-2.0
/*
 * Third-party stations against a real agent: who may ring, what is said in which dialect, what the media process is
 * told, and holding. What they open is in test-vendor-openings.c.
 */
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent-error.h"
#include "raw-vendor.h"
#include "wire/random.h"

static const char *const no_ui[] = { "--ui", "none", NULL };

#define DRIVER(members) "{ \"title\": \"Raw\", \"openings\": [ { \"way\": \"digits\" } ], " members " }"

static void
set_up (RawPlant **plant, const char *driver)
{
  static guint n = 1;

  *plant = raw_plant_new_with_vendor (n++, no_ui, driver);
}

/* A ring, as far as the agent's first word above 100. */
static IpdSipEvent *
ring (RawPlant *plant, guint64 *ret_call)
{
  g_autofree char *sdp = raw_vendor_offer (plant->vendor, plant->vendor->host, NULL);

  *ret_call = raw_vendor_ring (plant->vendor, plant->vendor->sip, sdp);
  return raw_vendor_wait (plant->vendor, IPD_SIP_PROGRESS);
}

static GVariant *
open_media (RawPlant *plant, const char *visit)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *params = NULL;

  ipd_bus_agent1_call_open_media_sync (plant->bus, visit, NULL, &params, &handle, NULL, NULL, NULL, &fds, NULL, &error);
  g_assert_no_error (error);
  return params;
}

static guint
port_of (GVariant *params, const char *name)
{
  guint16 port = 0;

  g_assert_true (g_variant_lookup (params, name, "q", &port));
  return port;
}

static guint
payload_of (GVariant *params, const char *name)
{
  guint8 payload = 0;

  g_assert_true (g_variant_lookup (params, name, "y", &payload));
  return payload;
}

static bool
flag (GVariant *dictionary, const char *name)
{
  gboolean value = FALSE;

  g_assert_true (g_variant_lookup (dictionary, name, "b", &value));
  return value;
}

static void
read_sdp (const char *body, IpdPeerSdp *ret_sdp)
{
  g_assert_nonnull (body);
  g_assert_true (ipd_peer_sdp_parse (body, strlen (body), ret_sdp, NULL));
}

static void
answer (RawPlant *plant)
{
  g_autoptr (GError) error = NULL;

  ipd_bus_agent1_call_answer_sync (plant->bus, "", NULL, &error);
  g_assert_no_error (error);
}

/* ---- early media ---- */

static void
test_183 (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) early = NULL;
  g_autoptr (IpdSipEvent) final = NULL;
  g_autoptr (GVariant) params = NULL;
  GVariant *visit;
  IpdPeerSdp sdp;
  guint clock = 0;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"183\" }"));
  early = ring (*plant, &call);
  g_assert_cmpint (early->status, ==, 183);
  g_assert_null (early->auth);
  read_sdp (early->body, &sdp);
  g_assert_cmpstr (sdp.audio.host, ==, (*plant)->agent_host);
  g_assert_cmpint (sdp.video.direction, ==, IPD_SDP_RECVONLY);
  visit = raw_plant_wait_visit (*plant, "ringing");
  g_assert_false (flag (visit, "encrypted"));
  g_assert_false (flag (visit, "digits"));
  g_assert_cmpstr (raw_text (visit, "preview"), ==, "rtp");
  params = open_media (*plant, raw_text (visit, "id"));
  g_assert_false (flag (params, "encrypted"));
  g_assert_cmpstr (raw_text (params, "video-host"), ==, (*plant)->vendor->host);
  g_assert_cmpuint (port_of (params, "video-port"), ==, 20002);
  g_assert_cmpuint (port_of (params, "audio-port"), ==, 20000);
  g_assert_cmpstr (raw_text (params, "audio-codec"), ==, "PCMA");
  g_assert_cmpuint (payload_of (params, "dtmf-payload"), ==, 101);
  g_assert_true (g_variant_lookup (params, "dtmf-clock", "u", &clock));
  g_assert_cmpuint (clock, ==, 8000);
  g_assert_false (g_variant_lookup (params, "audio-tx-key", "ay", NULL));
  answer (*plant);
  final = raw_vendor_wait ((*plant)->vendor, IPD_SIP_ANSWERED);
  g_assert_cmpstr (final->body, ==, early->body);
  g_assert_true (flag (raw_plant_wait_visit (*plant, "talking"), "digits"));
  ipd_sip_bye ((*plant)->vendor->sip, call);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ended"), "reason"), ==, "hangup");
}

/* A station of ours that names the visit of another station neither ends nor takes over what rings there. */
static void
test_other_stations_visit (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) early = NULL;
  g_autoptr (GVariant) visits = NULL;
  IpdShortId visit;
  RawInvite invite;
  RawCall *copy;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"183\" }"));
  early = ring (*plant, &call);
  g_assert_true (ipd_short_id_from_text (raw_text (raw_plant_wait_visit (*plant, "ringing"), "id"), &visit));
  raw_invite_init_for (*plant, &invite, &visit);
  copy = raw_plant_ring (*plant, &invite);
  raw_call_wait_answer (copy);
  g_assert_cmpint (copy->failed, ==, 403);
  raw_invite_clear (&invite);
  raw_plant_settle (*plant);
  visits = raw_plant_visits (*plant);
  g_assert_cmpuint (g_variant_n_children (visits), ==, 1);
  answer (*plant);
  g_clear_pointer (&early, ipd_sip_event_free);
  early = raw_vendor_wait ((*plant)->vendor, IPD_SIP_ANSWERED);
}

/* Nobody signs it: it is what the station says. */
static void
test_answered_elsewhere (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) early = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"183\" }"));
  early = ring (*plant, &call);
  ipd_sip_cancel ((*plant)->vendor->sip, call, 200, "Call completed elsewhere");
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ended"), "reason"), ==, "answered-elsewhere");
  g_queue_clear_full (&(*plant)->visits, (GDestroyNotify) g_variant_unref);
  ipd_sip_event_free (g_steal_pointer (&early));
  early = ring (*plant, &call);
  ipd_sip_cancel ((*plant)->vendor->sip, call, 487, NULL);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ended"), "reason"), ==, "missed");
}

static void
test_180_183 (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) first = NULL;
  g_autoptr (IpdSipEvent) second = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"180-183\" }"));
  first = ring (*plant, &call);
  g_assert_cmpint (first->status, ==, 180);
  g_assert_null (first->body);
  second = raw_vendor_wait ((*plant)->vendor, IPD_SIP_PROGRESS);
  g_assert_cmpint (second->status, ==, 183);
  g_assert_nonnull (second->body);
}

/* ---- who may ring ---- */

static void
spoil_host (IpdPeerSdp *sdp)
{
  g_strlcpy (sdp->video.host, "192.0.2.1", sizeof sdp->video.host);
  g_strlcpy (sdp->audio.host, "192.0.2.1", sizeof sdp->audio.host);
}

static int
refused_with (RawPlant *plant, IpdSip *sip, const char *sdp)
{
  g_autoptr (IpdSipEvent) event = NULL;

  raw_vendor_ring (plant->vendor, sip, sdp);
  event = raw_vendor_wait (plant->vendor, IPD_SIP_FAILED);
  return event->status;
}

static void
pass_on (IpdSip *sip, const IpdSipEvent *event, gpointer user_data)
{
  RawVendor *vendor = user_data;

  g_queue_push_tail (&vendor->events, raw_copy_event (event));
}

/* Somebody else's address, somebody else's media, encrypted media: no ring, no popup. */
static void
test_strangers (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (IpdSip) stranger = NULL;
  g_autofree char *good = NULL;
  g_autofree char *elsewhere = NULL;
  g_autoptr (GVariant) visits = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"183\" }"));
  good = raw_vendor_offer ((*plant)->vendor, (*plant)->vendor->host, NULL);
  elsewhere = raw_vendor_offer ((*plant)->vendor, (*plant)->vendor->host, spoil_host);
  stranger = ipd_sip_new (&(IpdSipConfig){ .bind = (*plant)->host, .user = "door" }, pass_on, (*plant)->vendor, NULL);
  g_assert_cmpint (refused_with (*plant, stranger, good), ==, 403);
  g_assert_cmpint (refused_with (*plant, (*plant)->vendor->sip, elsewhere), ==, 488);
  g_assert_cmpint (refused_with (*plant, (*plant)->vendor->sip,
                                 "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                                 "m=audio 20000 RTP/SAVP 8\r\n"),
                   ==, 488);
  visits = raw_plant_visits (*plant);
  g_assert_cmpuint (g_variant_n_children (visits), ==, 0);
}

/* Copies of a ring are refused; a ring while the last one goes on for long takes its place. */
static void
test_copies (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) early = NULL;
  g_autofree char *sdp = NULL;
  g_autoptr (GVariant) visits = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"183\" }"));
  early = ring (*plant, &call);
  sdp = raw_vendor_offer ((*plant)->vendor, (*plant)->vendor->host, NULL);
  g_assert_cmpint (refused_with (*plant, (*plant)->vendor->sip, sdp), ==, 486);
  visits = raw_plant_visits (*plant);
  g_assert_cmpuint (g_variant_n_children (visits), ==, 1);
}

static void
test_no_driver (RawPlant **plant, gconstpointer unused)
{
  g_autofree char *sdp = NULL;
  g_autoptr (GVariant) devices = NULL;
  g_autoptr (GVariant) device = NULL;
  g_autoptr (GError) error = NULL;

  set_up (plant, "{ \"title\": 5 }");
  sdp = raw_vendor_offer ((*plant)->vendor, (*plant)->vendor->host, NULL);
  g_assert_cmpint (refused_with (*plant, (*plant)->vendor->sip, sdp), ==, 403);
  ipd_bus_agent1_call_get_devices_sync ((*plant)->bus, &devices, NULL, &error);
  g_assert_no_error (error);
  device = g_variant_get_child_value (devices, 1);
  g_assert_cmpstr (raw_text (device, "reason"), ==, "This program does not know the stations of this maker.");
  g_assert_cmpstr (raw_text (device, "maker"), ==, "raw");
}

/* ---- the 200 first ---- */

static IpdSipEvent *
ring_2xx (RawPlant *plant, guint64 *ret_call)
{
  g_autofree char *sdp = raw_vendor_offer (plant->vendor, plant->vendor->host, NULL);

  *ret_call = raw_vendor_ring (plant->vendor, plant->vendor->sip, sdp);
  return raw_vendor_wait (plant->vendor, IPD_SIP_ANSWERED);
}

static void
test_2xx (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) first = NULL;
  g_autoptr (IpdSipEvent) again = NULL;
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) after = NULL;
  const char *visit;
  IpdPeerSdp sdp;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"2xx\" }"));
  first = ring_2xx (*plant, &call);
  read_sdp (first->body, &sdp);
  g_assert_cmpint (sdp.audio.direction, ==, IPD_SDP_INACTIVE);
  g_assert_cmpint (sdp.video.direction, ==, IPD_SDP_RECVONLY);
  visit = raw_text (raw_plant_wait_visit (*plant, "ringing"), "id");
  before = open_media (*plant, visit);
  g_assert_cmpstr (raw_text (before, "audio-host"), ==, "");
  g_assert_cmpuint (port_of (before, "video-port"), ==, 20002);
  answer (*plant);
  again = raw_vendor_wait ((*plant)->vendor, IPD_SIP_REOFFER);
  read_sdp (again->body, &sdp);
  g_assert_cmpint (sdp.audio.direction, ==, IPD_SDP_SENDRECV);
  g_autofree char *theirs = raw_vendor_offer ((*plant)->vendor, (*plant)->vendor->host, NULL);
  ipd_sip_answer_reoffer ((*plant)->vendor->sip, call, 200, theirs, NULL, NULL);
  visit = raw_text (raw_plant_wait_visit (*plant, "talking"), "id");
  g_assert_cmpuint ((*plant)->media_changes, >, 0);
  after = open_media (*plant, visit);
  g_assert_cmpuint (port_of (after, "audio-port"), ==, 20000);
}

/* Not answered by the user: to refuse is to hang up, and a station that hangs up was not answered. */
static void
test_2xx_ends (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) first = NULL;
  g_autoptr (IpdSipEvent) second = NULL;
  g_autoptr (IpdSipEvent) bye = NULL;
  g_autoptr (GError) error = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"2xx\" }"));
  first = ring_2xx (*plant, &call);
  ipd_bus_agent1_call_reject_sync ((*plant)->bus, "", NULL, &error);
  g_assert_no_error (error);
  bye = raw_vendor_wait ((*plant)->vendor, IPD_SIP_BYE);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ended"), "reason"), ==, "rejected");
  g_queue_clear_full (&(*plant)->visits, (GDestroyNotify) g_variant_unref);
  second = ring_2xx (*plant, &call);
  ipd_sip_bye ((*plant)->vendor->sip, call);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ended"), "reason"), ==, "missed");
}

/* The station does not want the sound: it is not called answered, and the call ends. */
static void
test_2xx_no_sound (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) first = NULL;
  g_autoptr (IpdSipEvent) again = NULL;
  g_autoptr (IpdSipEvent) bye = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"2xx\" }"));
  first = ring_2xx (*plant, &call);
  answer (*plant);
  again = raw_vendor_wait ((*plant)->vendor, IPD_SIP_REOFFER);
  ipd_sip_answer_reoffer ((*plant)->vendor->sip, call, 488, NULL, NULL, NULL);
  bye = raw_vendor_wait ((*plant)->vendor, IPD_SIP_BYE);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ended"), "reason"), ==, "failed");
}

/* ---- pictures that are fetched ---- */

static void
test_still (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) early = NULL;
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) after = NULL;
  g_autofree char *still = NULL;
  const char *visit;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"still\", \"uri\": \"http://{host}:{http-port}/image.cgi\" }, "
                         "\"stream\": \"rtsp://{host}:{rtsp-port}/live\", \"limits\": { \"auto-stream\": false }"));
  early = ring (*plant, &call);
  g_assert_cmpint (early->status, ==, 180);
  visit = raw_text (raw_plant_wait_visit (*plant, "ringing"), "id");
  before = open_media (*plant, visit);
  g_assert_cmpstr (raw_text (before, "preview"), ==, "still");
  still = g_strdup_printf ("http://%s:%u/image.cgi", (*plant)->vendor->host, (*plant)->vendor->http_port);
  g_assert_cmpstr (raw_text (before, "preview-uri"), ==, still);
  g_assert_cmpstr (raw_text (before, "preview-user"), ==, "me");
  g_assert_cmpstr (raw_text (before, "preview-password"), ==, "secret");
  g_assert_cmpuint (port_of (before, "video-port"), ==, 0);
  answer (*plant);
  visit = raw_text (raw_plant_wait_visit (*plant, "talking"), "id");
  after = open_media (*plant, visit);
  g_assert_cmpstr (raw_text (after, "preview"), ==, "rtp"); /* its SDP has a picture, too */
}

/* A stream that may not be fetched by itself is none until somebody answers. */
static void
test_no_auto_stream (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) early = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"rtsp\", \"uri\": \"rtsp://{host}:{rtsp-port}/live\" }, "
                         "\"limits\": { \"auto-stream\": false }"));
  early = ring (*plant, &call);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ringing"), "preview"), ==, "none");
}

/* ---- holding ---- */

static IpdSipEvent *
take_reoffer (RawPlant *plant, guint64 call, IpdSdpDirection expected)
{
  IpdSipEvent *event = raw_vendor_wait (plant->vendor, IPD_SIP_REOFFER);
  g_autofree char *theirs = raw_vendor_offer (plant->vendor, plant->vendor->host, NULL);
  IpdPeerSdp sdp;

  read_sdp (event->body, &sdp);
  g_assert_cmpint (sdp.audio.direction, ==, expected);
  ipd_sip_answer_reoffer (plant->vendor->sip, call, 200, theirs, NULL, NULL);
  return event;
}

static void
test_hold (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) early = NULL;
  g_autoptr (IpdSipEvent) hold = NULL;
  g_autoptr (IpdSipEvent) resume = NULL;
  g_autoptr (GVariant) params = NULL;
  g_autoptr (GError) error = NULL;
  guint changes;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"183\" }"));
  early = ring (*plant, &call);
  answer (*plant);
  params = open_media (*plant, raw_text (raw_plant_wait_visit (*plant, "talking"), "id"));
  changes = (*plant)->media_changes;
  ipd_bus_agent1_call_hold_sync ((*plant)->bus, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_false (flag (raw_plant_wait_visit (*plant, "held"), "digits"));
  hold = take_reoffer (*plant, call, IPD_SDP_INACTIVE);
  ipd_bus_agent1_call_resume_sync ((*plant)->bus, "", NULL, &error);
  g_assert_no_error (error);
  resume = take_reoffer (*plant, call, IPD_SDP_SENDRECV);
  raw_plant_wait_visit (*plant, "talking");
  raw_plant_settle (*plant);
  g_assert_cmpuint ((*plant)->media_changes, ==, changes); /* the same ports and formats all the time */
}

static void
hold_edit (IpdPeerSdp *sdp)
{
  sdp->audio.direction = IPD_SDP_SENDONLY;
}

static void
test_peer_holds (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) early = NULL;
  g_autoptr (IpdSipEvent) done = NULL;
  g_autofree char *held = NULL;
  g_autofree char *on = NULL;
  g_autoptr (GError) error = NULL;
  IpdPeerSdp sdp;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"183\" }"));
  early = ring (*plant, &call);
  answer (*plant);
  g_assert_false (flag (raw_plant_wait_visit (*plant, "talking"), "held-by-peer"));
  held = raw_vendor_offer ((*plant)->vendor, (*plant)->vendor->host, hold_edit);
  g_queue_clear_full (&(*plant)->visits, (GDestroyNotify) g_variant_unref);
  ipd_sip_reinvite ((*plant)->vendor->sip, call, 0, held, NULL, &error);
  g_assert_no_error (error);
  done = raw_vendor_wait ((*plant)->vendor, IPD_SIP_REANSWERED);
  g_assert_cmpint (done->status, ==, 200);
  read_sdp (done->body, &sdp);
  g_assert_cmpint (sdp.audio.direction, ==, IPD_SDP_RECVONLY);
  g_assert_true (flag (raw_plant_wait_visit (*plant, "talking"), "held-by-peer"));
  g_queue_clear_full (&(*plant)->visits, (GDestroyNotify) g_variant_unref);
  on = raw_vendor_offer ((*plant)->vendor, (*plant)->vendor->host, NULL);
  ipd_sip_reinvite ((*plant)->vendor->sip, call, 0, on, NULL, &error);
  g_assert_false (flag (raw_plant_wait_visit (*plant, "talking"), "held-by-peer"));
}

/* ---- looking out ---- */

static void
test_look_out (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (IpdSipEvent) invite = NULL;
  g_autoptr (GVariant) params = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *visit = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"none\" }, \"look-out\": true"));
  ipd_bus_agent1_call_call_sync ((*plant)->bus, "Gate", &visit, NULL, &error);
  g_assert_no_error (error);
  invite = raw_vendor_wait ((*plant)->vendor, IPD_SIP_INVITE);
  g_assert_null (invite->auth);
  g_assert_null (invite->visit);
  raw_vendor_take_call ((*plant)->vendor, invite);
  raw_plant_wait_visit (*plant, "talking");
  params = open_media (*plant, visit);
  g_assert_cmpuint (port_of (params, "video-port"), ==, 20002);
}

/* A picture without a call. */
static void
test_look_only (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (GVariant) params = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *visit = NULL;
  GVariant *talking;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"none\" }, \"look-out\": false, "
                         "\"stream\": \"rtsp://{host}:{rtsp-port}/live\""));
  ipd_bus_agent1_call_call_sync ((*plant)->bus, "Gate", &visit, NULL, &error);
  g_assert_no_error (error);
  talking = raw_plant_wait_visit (*plant, "talking");
  g_assert_false (flag (talking, "digits"));
  g_assert_cmpstr (raw_text (talking, "preview"), ==, "rtsp");
  params = open_media (*plant, visit);
  g_assert_cmpuint (port_of (params, "audio-port"), ==, 0);
  ipd_bus_agent1_call_hang_up_sync ((*plant)->bus, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ended"), "reason"), ==, "hangup");
}

static void
test_no_look_out (RawPlant **plant, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"none\" }, \"look-out\": false"));
  g_assert_false (ipd_bus_agent1_call_call_sync ((*plant)->bus, "Gate", NULL, NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_ALLOWED);
}

/* ---- key frames ---- */

static void
test_key_frames (RawPlant **plant, gconstpointer unused)
{
  guint64 call;
  g_autoptr (IpdSipEvent) early = NULL;

  set_up (plant, DRIVER ("\"preview\": { \"mode\": \"183\" }, \"key-frame-info\": true"));
  early = ring (*plant, &call);
  answer (*plant);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (IpdSipEvent) info = raw_vendor_wait ((*plant)->vendor, IPD_SIP_INFO);

      g_assert_cmpstr (info->content_type, ==, "application/media_control+xml");
      g_assert_nonnull (strstr (info->body, "picture_fast_update"));
    }
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
  ADD ("/agent/vendors/183", test_183);
  ADD ("/agent/vendors/answered-elsewhere", test_answered_elsewhere);
  ADD ("/agent/vendors/other-stations-visit", test_other_stations_visit);
  ADD ("/agent/vendors/180-183", test_180_183);
  ADD ("/agent/vendors/strangers", test_strangers);
  ADD ("/agent/vendors/copies", test_copies);
  ADD ("/agent/vendors/no-driver", test_no_driver);
  ADD ("/agent/vendors/2xx", test_2xx);
  ADD ("/agent/vendors/2xx-ends", test_2xx_ends);
  ADD ("/agent/vendors/2xx-no-sound", test_2xx_no_sound);
  ADD ("/agent/vendors/still", test_still);
  ADD ("/agent/vendors/no-auto-stream", test_no_auto_stream);
  ADD ("/agent/vendors/hold", test_hold);
  ADD ("/agent/vendors/peer-holds", test_peer_holds);
  ADD ("/agent/vendors/look-out", test_look_out);
  ADD ("/agent/vendors/look-only", test_look_only);
  ADD ("/agent/vendors/no-look-out", test_no_look_out);
  ADD ("/agent/vendors/key-frames", test_key_frames);
#undef ADD
  return g_test_run ();
}
