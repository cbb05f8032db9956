// SPDX-License-Identifier: Apache-2.0
/*
 * Visits from the ring to the end against a real agent: signatures of its answers, sockets and keys handed over, ports
 * that are taken, windows that die, looking out, and what must never be in a log.
 */
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/agent-error.h"
#include "agent/leg-media.h"
#include "raw-station.h"
#include "wire/base64.h"
#include "wire/random.h"
#include "wire/sdp.h"
#include "wire/sip-auth.h"

static const char *const no_ui[] = { "--ui", "none", NULL };

static void
set_up (RawPlant **plant, gconstpointer n)
{
  *plant = raw_plant_new (GPOINTER_TO_UINT (n), no_ui);
}

static void
tear_down (RawPlant **plant, gconstpointer n)
{
  raw_plant_free (*plant);
}

/* ---- the answers ---- */

static bool
answer_verifies (RawPlant *plant, const RawInvite *invite, const RawCall *call, unsigned status)
{
  const IpdSipAuth auth = { .method = "INVITE",
                            .status = status,
                            .signer = plant->client.id.s,
                            .receiver = plant->station.id.s,
                            .from_tag = invite->from_tag.s,
                            .ruri_user = invite->ruri_user,
                            .call_id = invite->call_id.s,
                            .cseq = 1,
                            .visit = invite->visit.s,
                            .body = call->body,
                            .body_length = call->body != NULL ? strlen (call->body) : 0 };

  return call->auth != NULL && ipd_sip_auth_verify (&auth, call->auth, strlen (call->auth), plant->client.pk, NULL);
}

static void
read_answer (RawPlant *plant, const RawCall *call, IpdSdp *ret_sdp, IpdClientKeys *ret_keys)
{
  g_assert_true (ipd_sdp_parse (call->body, strlen (call->body), ret_sdp, NULL));
  g_assert_true (ipd_client_keys_open (ret_sdp->keys, strlen (ret_sdp->keys), &plant->station, ret_keys, NULL));
}

static RawCall *
ring (RawPlant *plant, RawInvite *ret_invite)
{
  RawCall *call;

  raw_invite_init (plant, ret_invite);
  call = raw_plant_ring (plant, ret_invite);
  raw_call_wait_answer (call);
  g_assert_cmpint (call->status, ==, 183);
  raw_plant_wait_visit (plant, "ringing");
  return call;
}

static void
send_datagram (RawPlant *plant, guint16 port)
{
  g_autoptr (GSocketAddress) from = g_inet_socket_address_new_from_string (plant->host, 0);
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new_from_string (plant->agent_host, port);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  g_assert_true (g_socket_bind (socket, from, FALSE, NULL));
  g_assert_cmpint (g_socket_send_to (socket, to, "early", 5, NULL, NULL), ==, 5);
}

typedef struct {
  GVariant *params;
  GUnixFDList *fds;
} Media;

static void
open_media (RawPlant *plant, const char *visit, Media *ret_media)
{
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (GError) error = NULL;

  ret_media->params = NULL;
  ret_media->fds = NULL;
  ipd_bus_agent1_call_open_media_sync (plant->bus, visit, NULL, &ret_media->params, &handle, NULL, NULL, NULL,
                                       &ret_media->fds, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_unix_fd_list_get_length (ret_media->fds), ==, 4);
}

static void
media_clear (Media *media)
{
  g_variant_unref (media->params);
  g_object_unref (media->fds);
}

static guint
number (const Media *media, const char *key)
{
  guint32 value = 0;

  g_assert_true (g_variant_lookup (media->params, key, "u", &value));
  return value;
}

static void
assert_key (const Media *media, const char *name, const uint8_t *secret, IpdStream stream)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (media->params, name, G_VARIANT_TYPE_BYTESTRING);
  IpdStreamKey key;
  gsize length;
  gconstpointer octets;

  g_assert_nonnull (value);
  octets = g_variant_get_fixed_array (value, &length, 1);
  ipd_stream_key_expand (secret, stream, &key);
  g_assert_cmpmem (octets, length, key.key, IPD_SRTP_KEY_OCTETS);
}

static guint
count_waiting (const Media *media)
{
  int fd = g_unix_fd_list_get (media->fds, 0, NULL);
  char packet[64];
  guint n = 0;

  while (recv (fd, packet, sizeof packet, MSG_DONTWAIT) >= 0)
    n++;
  close (fd);
  return n;
}

/* What arrives before anybody plays it waits; a second process gets nothing stale, and never an SSRC that was used. */
static void
test_media (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call = ring (*plant, &invite);
  IpdClientKeys keys;
  IpdSdp sdp;
  Media first, second;
  const char *sprop = "";

  g_assert_true (answer_verifies (*plant, &invite, call, 183));
  g_assert_false (answer_verifies (*plant, &invite, call, 200));
  read_answer (*plant, call, &sdp, &keys);
  g_assert_cmpstr (sdp.host, ==, (*plant)->agent_host);
  g_assert_cmpuint (sdp.audio_port, >=, 7078);
  g_assert_cmpuint (sdp.audio_port, <=, 7098);
  g_assert_cmpuint (sdp.video_port, >=, 9078);
  g_assert_cmpint (sdp.video_direction, ==, IPD_SDP_RECVONLY);
  send_datagram (*plant, sdp.audio_port);
  open_media (*plant, invite.visit.s, &first);
  g_assert_cmpuint (count_waiting (&first), ==, 1);
  g_assert_cmpuint (number (&first, "local-generation"), ==, 0);
  g_assert_cmpuint (number (&first, "audio-tx-ssrc"), ==, (guint) invite.keys.leg_tag << 16);
  assert_key (&first, "audio-tx-key", keys.secret, IPD_STREAM_AUDIO_CLIENT);
  assert_key (&first, "audio-rx-key", invite.keys.leg_secret, IPD_STREAM_AUDIO_STATION);
  assert_key (&first, "video-rx-key", invite.keys.visit_secret, IPD_STREAM_VIDEO);
  assert_key (&first, "video-rtcp-tx-key", keys.secret, IPD_STREAM_VIDEO_CLIENT);
  g_assert_true (g_variant_lookup (first.params, "sprop", "&s", &sprop));
  g_assert_cmpstr (sprop, ==, "Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==");
  send_datagram (*plant, sdp.audio_port);
  open_media (*plant, invite.visit.s, &second);
  g_assert_cmpuint (count_waiting (&second), ==, 0);
  g_assert_cmpuint (number (&second, "local-generation"), ==, 1);
  g_assert_cmpuint (number (&second, "audio-tx-ssrc"), ==, ((guint) invite.keys.leg_tag << 16) + 1);
  media_clear (&first);
  media_clear (&second);
  raw_invite_clear (&invite);
}

static void
test_answer (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call = ring (*plant, &invite);
  g_autoptr (GError) error = NULL;
  GVariant *ended;

  ipd_bus_agent1_call_report_media_sync ((*plant)->bus, invite.visit.s, "first-frame", "", NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_visit (*plant, "previewing");
  ipd_bus_agent1_call_answer_sync ((*plant)->bus, "", NULL, &error);
  g_assert_no_error (error);
  while (!call->answered)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (answer_verifies (*plant, &invite, call, 200));
  raw_plant_wait_visit (*plant, "talking");
  g_assert_false (ipd_bus_agent1_call_reject_sync ((*plant)->bus, invite.visit.s, NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE);
  g_clear_error (&error);
  ipd_sip_bye ((*plant)->sip, call->call);
  ended = raw_plant_wait_visit (*plant, "ended");
  g_assert_cmpstr (raw_text (ended, "reason"), ==, "hangup");
  g_assert_false (ipd_bus_agent1_call_hang_up_sync ((*plant)->bus, invite.visit.s, NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE);
  raw_invite_clear (&invite);
}

static void
test_hang_up (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call = ring (*plant, &invite);
  g_autoptr (GError) error = NULL;

  /* Ringing: a refusal of this client alone. */
  ipd_bus_agent1_call_hang_up_sync ((*plant)->bus, "", NULL, &error);
  g_assert_no_error (error);
  while (call->failed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (call->failed, ==, 603);
  raw_plant_wait_visit (*plant, "ended");
  raw_invite_clear (&invite);
  /* Talking: BYE. */
  call = ring (*plant, &invite);
  ipd_bus_agent1_call_answer_sync ((*plant)->bus, "", NULL, &error);
  raw_plant_wait_visit (*plant, "talking");
  ipd_bus_agent1_call_hang_up_sync ((*plant)->bus, "", NULL, &error);
  g_assert_no_error (error);
  while (!call->ended)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ended"), "reason"), ==, "hangup");
  raw_invite_clear (&invite);
  /* Hanging up at once after answering, before the ACK may be there. */
  call = ring (*plant, &invite);
  ipd_bus_agent1_call_answer (((*plant)->bus), "", NULL, NULL, NULL);
  ipd_bus_agent1_call_hang_up_sync ((*plant)->bus, "", NULL, &error);
  g_assert_no_error (error);
  while (!call->ended && call->failed == 0)
    g_main_context_iteration (NULL, TRUE);
  raw_plant_wait_visit (*plant, "ended");
  raw_invite_clear (&invite);
}

static RawCall *
talk (RawPlant *plant, RawInvite *ret_invite)
{
  RawCall *call = ring (plant, ret_invite);
  g_autoptr (GError) error = NULL;

  ipd_bus_agent1_call_answer_sync (plant->bus, "", NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_visit (plant, "talking");
  return call;
}

/* The talk is over, with a sentence that says why, and the station, if it hears at all, is told. */
static void
assert_ended_silent (RawPlant *plant, const RawCall *call)
{
  GVariant *ended = raw_plant_wait_visit (plant, "ended");

  g_assert_cmpstr (raw_text (ended, "reason"), ==, "failed");
  g_assert_cmpstr (raw_text (ended, "notice"), ==, "The station does not answer any more.");
  while (!call->ended)
    g_main_context_iteration (NULL, TRUE);
}

static int
ring_again (RawPlant *plant, const IpdShortId *visit)
{
  RawInvite invite;
  RawCall *call;

  raw_invite_init_for (plant, &invite, visit);
  call = raw_plant_ring (plant, &invite);
  raw_call_wait_answer (call);
  raw_invite_clear (&invite);
  return call->failed != 0 ? call->failed : call->status;
}

/*
 * The station calls anew for one visit, since its first call reached nobody: the new one rings in the place of the old,
 * and has its keys and nonce. What the user has decided stays decided.
 */
static void
test_called_again (RawPlant **plant, gconstpointer n)
{
  RawInvite first, talked;
  RawCall *call = ring (*plant, &first);
  g_autoptr (GVariant) visits = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ring_again (*plant, &first.visit), ==, 183);
  while (call->failed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (call->failed, ==, 480);
  raw_plant_settle (*plant);
  visits = raw_plant_visits (*plant);
  g_assert_cmpuint (g_variant_n_children (visits), ==, 1);
  ipd_bus_agent1_call_reject_sync ((*plant)->bus, first.visit.s, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ring_again (*plant, &first.visit), ==, 403);
  raw_invite_clear (&first);

  call = talk (*plant, &talked);
  g_assert_cmpint (ring_again (*plant, &talked.visit), ==, 403);
  g_assert_false (call->ended);
  raw_invite_clear (&talked);
}

/* The process that plays hears nothing that verifies: only in a talk that is the end of it. */
static void
test_media_silent (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call = ring (*plant, &invite);
  g_autoptr (GError) error = NULL;

  ipd_bus_agent1_call_report_media_sync ((*plant)->bus, invite.visit.s, "media-silent", "", NULL, &error);
  g_assert_no_error (error);
  raw_plant_settle (*plant);
  g_assert_cmpint (call->failed, ==, 0);
  ipd_bus_agent1_call_reject_sync ((*plant)->bus, "", NULL, &error);
  raw_plant_wait_visit (*plant, "ended");
  raw_invite_clear (&invite);
  call = talk (*plant, &invite);
  ipd_bus_agent1_call_report_media_sync ((*plant)->bus, invite.visit.s, "media-silent", "", NULL, &error);
  g_assert_no_error (error);
  assert_ended_silent (*plant, call);
  raw_invite_clear (&invite);
}

/* Nobody plays it: then a REGISTER without an answer tells. */
static void
test_register_silent (RawPlant **plant, gconstpointer n)
{
  const guint before = (*plant)->registrations;
  RawInvite invite;
  RawCall *call;

  (*plant)->expires = 2;
  raw_plant_kill_agent (*plant);
  raw_plant_start_agent (*plant, no_ui);
  while ((*plant)->registrations < before + 2) /* it refreshes every second now */
    g_main_context_iteration (NULL, TRUE);
  call = talk (*plant, &invite);
  (*plant)->register_status = 0;
  assert_ended_silent (*plant, call);
  raw_invite_clear (&invite);
}

static void
test_ports_taken (RawPlant **plant, gconstpointer n)
{
  IpdLegMedia taken[11];
  RawInvite invite;
  RawCall *call;
  GVariant *ended;

  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    {
      ipd_leg_media_init (&taken[i]);
      g_assert_true (ipd_leg_media_bind (&taken[i], (*plant)->agent_host));
    }
  raw_invite_init (*plant, &invite);
  call = raw_plant_ring (*plant, &invite);
  raw_call_wait_answer (call);
  g_assert_cmpint (call->failed, ==, 480);
  ended = raw_plant_wait_visit (*plant, "ended");
  g_assert_cmpstr (raw_text (ended, "reason"), ==, "failed");
  g_assert_cmpstr (raw_text (ended, "notice"), !=, "");
  raw_invite_clear (&invite);
  ipd_leg_media_close (&taken[5]);
  call = ring (*plant, &invite);
  raw_invite_clear (&invite);
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    ipd_leg_media_close (&taken[i]);
}

/* The nonce that came with the ring opens without a question; the next one comes with the result. */
static void
test_visit_nonce (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call = ring (*plant, &invite);
  IpdMessage command;
  IpdMessage fresh = { .type = IPD_TOKEN_NONCE };
  g_autofree char *id = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (call);
  ipd_bus_agent1_call_open_sync ((*plant)->bus, "", "", invite.visit.s, &id, NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_token (*plant, IPD_TOKEN_COMMAND, &command);
  g_assert_cmpstr (command.command.nonce.s, ==, invite.keys.nonce.s);
  g_assert_cmpstr (command.command.visit.s, ==, invite.visit.s);
  g_assert_cmpstr (command.command.output.s, ==, "door");
  fresh.nonce = (IpdNonceToken){
    .re = command.command.id, .audience = (*plant)->client.id, .nonce = ipd_random_short_id (), .ms = 5000
  };
  raw_plant_tell (*plant, &(*plant)->station, &fresh);
  raw_plant_settle (*plant);
  ipd_bus_agent1_call_open_sync ((*plant)->bus, "", "light", invite.visit.s, &second, NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_token (*plant, IPD_TOKEN_COMMAND, &command);
  g_assert_cmpstr (command.command.nonce.s, ==, fresh.nonce.nonce.s);
  g_assert_cmpstr (command.command.output.s, ==, "light");
  raw_invite_clear (&invite);
}

static void
test_wrong_words (RawPlant **plant, gconstpointer n)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ipd_bus_agent1_call_open_sync ((*plant)->bus, "nowhere", "", "", &id, NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_DEVICE);
  g_clear_error (&error);
  g_assert_false (ipd_bus_agent1_call_open_sync ((*plant)->bus, "", "roof", "", &id, NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_OUTPUT);
  g_clear_error (&error);
  g_assert_false (ipd_bus_agent1_call_open_sync ((*plant)->bus, "", "", "none", &id, NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_VISIT);
  g_clear_error (&error);
  g_assert_false (ipd_bus_agent1_call_answer_sync ((*plant)->bus, "", NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_VISIT);
}

/* ---- looking out ---- */

static char *
make_look_out_answer (RawPlant *plant, char ret_auth[static IPD_SIP_AUTH_LENGTH + 1])
{
  const IpdSipEvent *invite = plant->invite;
  IpdStationKeys keys = { .nonce = ipd_random_short_id (), .leg_tag = 7 };
  g_autofree char *sealed = NULL;
  IpdSipAuth auth;
  IpdSdp offer, answer;
  char *text;

  g_assert_true (ipd_short_id_from_text (invite->visit, &keys.visit));
  g_assert_true (ipd_sdp_parse (invite->body, strlen (invite->body), &offer, NULL));
  g_assert_true (ipd_sdp_init_answer (&answer, &offer, plant->host, 7078, 9078, &IPD_CODECS_BASIC));
  sealed = ipd_station_keys_seal (&keys, plant->client.pk);
  g_strlcpy (answer.keys, sealed, sizeof answer.keys);
  text = ipd_sdp_write (&answer);
  auth = (IpdSipAuth){ .method = "INVITE",
                       .status = 200,
                       .signer = plant->station.id.s,
                       .receiver = plant->client.id.s,
                       .from_tag = invite->from_tag,
                       .ruri_user = invite->ruri_user,
                       .call_id = invite->call_id,
                       .cseq = invite->cseq,
                       .visit = invite->visit,
                       .body = text,
                       .body_length = strlen (text) };
  g_assert_true (ipd_sip_auth_sign (&auth, &plant->station, ret_auth));
  return text;
}

static bool
look_out_verifies (RawPlant *plant)
{
  const IpdSipEvent *invite = plant->invite;
  const IpdSipAuth auth = { .method = "INVITE",
                            .signer = plant->client.id.s,
                            .receiver = plant->station.id.s,
                            .from_tag = invite->from_tag,
                            .ruri_user = invite->ruri_user,
                            .call_id = invite->call_id,
                            .cseq = invite->cseq,
                            .visit = invite->visit,
                            .body = invite->body,
                            .body_length = strlen (invite->body) };

  return ipd_sip_auth_verify (&auth, invite->auth, strlen (invite->auth), plant->client.pk, NULL);
}

static void
look_out (RawPlant *plant, bool forge, const char *until)
{
  g_autofree char *visit = NULL;
  g_autofree char *sdp = NULL;
  g_autoptr (GError) error = NULL;
  char auth[IPD_SIP_AUTH_LENGTH + 1];

  plant->incoming = 0;
  plant->incoming_over = false;
  ipd_bus_agent1_call_call_sync (plant->bus, "Main entrance", &visit, NULL, &error);
  g_assert_no_error (error);
  while (plant->incoming == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (plant->invite->visit, ==, visit);
  g_assert_cmpstr (plant->invite->from_user, ==, plant->client.id.s);
  g_assert_true (look_out_verifies (plant));
  sdp = make_look_out_answer (plant, auth);
  if (forge)
    auth[10] = auth[10] == 'x' ? 'y' : 'x';
  ipd_sip_answer (plant->sip, plant->incoming, 200, plant->invite->ruri_user, sdp, auth, &error);
  g_assert_no_error (error);
  raw_plant_wait_visit (plant, until);
}

static void
test_look_out (RawPlant **plant, gconstpointer n)
{
  Media media;
  g_autoptr (GVariant) visits = NULL;
  g_autoptr (GVariant) visit = NULL;

  look_out (*plant, false, "talking");
  visits = raw_plant_visits (*plant);
  visit = g_variant_get_child_value (visits, 0);
  g_assert_cmpstr (raw_text (visit, "direction"), ==, "out");
  open_media (*plant, raw_text (visit, "id"), &media);
  g_assert_cmpuint (number (&media, "audio-tx-ssrc"), ==, 7u << 16);
  media_clear (&media);
  ipd_bus_agent1_call_hang_up_sync ((*plant)->bus, "", NULL, NULL);
  while (!(*plant)->incoming_over)
    g_main_context_iteration (NULL, TRUE);
}

/* An answer that does not verify ends the leg, and its keys are never used. */
static void
test_forged_look_out (RawPlant **plant, gconstpointer n)
{
  g_autoptr (GVariant) params = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *visit = NULL;

  look_out (*plant, true, "ended");
  visit = g_strdup ((*plant)->invite->visit);
  g_assert_cmpstr (raw_text (g_queue_peek_head (&(*plant)->visits), "reason"), ==, "failed");
  g_assert_false (ipd_bus_agent1_call_open_media_sync ((*plant)->bus, visit, NULL, &params, NULL, NULL, NULL, NULL,
                                                       NULL, NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE);
  while (!(*plant)->incoming_over)
    g_main_context_iteration (NULL, TRUE);
}

/* ---- the window ---- */

static RawPlant *
new_with_ui (guint n, const char *exit_code)
{
  g_autofree char *out = g_strdup_printf ("%s/ipdoor-ui-%u-%d", g_get_tmp_dir (), n, (int) getpid ());

  g_unlink (out);
  g_setenv ("TEST_UI_OUT", out, TRUE);
  g_setenv ("IPDOOR_LIBEXEC", UI_DIR, TRUE);
  if (exit_code != NULL)
    g_setenv ("TEST_UI_EXIT", exit_code, TRUE);
  else
    g_unsetenv ("TEST_UI_EXIT");
  return raw_plant_new (n, NULL);
}

/* A window may still be starting, and would make its file anew: the last word is after the agent, which starts them. */
static void
free_with_ui (RawPlant *plant)
{
  raw_plant_free (plant);
  g_unlink (g_getenv ("TEST_UI_OUT"));
}

static gboolean
last_ui_stood_by (void)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (g_getenv ("TEST_UI_OUT"), &text, NULL, NULL) && g_str_has_suffix (text, " 1\n");
}

static guint
read_ui (int *ret_pid, guint *ret_generation, guint *ret_waiting)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n;

  if (!g_file_get_contents (g_getenv ("TEST_UI_OUT"), &text, NULL, NULL))
    return 0;
  lines = g_strsplit (text, "\n", -1);
  n = g_strv_length (lines) - 1;
  if (n > 0)
    g_assert_cmpint (sscanf (lines[n - 1], "%d %u %u", ret_pid, ret_generation, ret_waiting), ==, 3);
  return n;
}

static void
test_window_killed (void)
{
  RawPlant *plant = new_with_ui (60, NULL);
  RawInvite invite;
  RawCall *call = ring (plant, &invite);
  g_autoptr (GError) error = NULL;
  IpdClientKeys keys;
  IpdSdp sdp;
  int first = 0, second = 0;
  guint generation = 0, waiting = 0;

  raw_plant_wait_visit (plant, "previewing");
  read_answer (plant, call, &sdp, &keys);
  g_assert_cmpuint (read_ui (&first, &generation, &waiting), ==, 1);
  g_assert_cmpuint (generation, ==, 0);
  g_assert_false (last_ui_stood_by ());
  ipd_bus_agent1_call_answer_sync (plant->bus, "", NULL, &error);
  raw_plant_wait_visit (plant, "talking");
  send_datagram (plant, sdp.audio_port);
  g_assert_cmpint (kill (first, SIGKILL), ==, 0);
  while (read_ui (&second, &generation, &waiting) < 2)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (second, !=, first);
  g_assert_true (last_ui_stood_by ()); /* it was ready since the first window had its picture */
  g_assert_cmpuint (generation, ==, 1);
  g_assert_cmpuint (waiting, ==, 0);
  /* The call did not notice. */
  raw_plant_settle (plant);
  g_assert_false (call->ended);
  ipd_sip_bye (plant->sip, call->call);
  raw_plant_wait_visit (plant, "ended");
  raw_invite_clear (&invite);
  free_with_ui (plant);
}

/* No display: one clear sentence, and the visit can still be answered. */
static void
test_no_display (void)
{
  RawPlant *plant = new_with_ui (61, "69");
  RawInvite invite;
  RawCall *call = ring (plant, &invite);
  g_autoptr (GError) error = NULL;

  while (*raw_text (g_queue_peek_tail (&plant->visits), "notice") == '\0')
    g_main_context_iteration (NULL, TRUE);
  ipd_bus_agent1_call_answer_sync (plant->bus, "", NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_visit (plant, "talking");
  g_assert_true (call->answered);
  raw_invite_clear (&invite);
  free_with_ui (plant);
}

/* A window that dies whenever it starts is not started for ever. */
static void
test_window_dies (void)
{
  RawPlant *plant = new_with_ui (62, "3");
  RawInvite invite;
  RawCall *call = ring (plant, &invite);
  int pid;
  guint generation, waiting;

  g_assert_nonnull (call);
  while (*raw_text (g_queue_peek_tail (&plant->visits), "notice") == '\0')
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (read_ui (&pid, &generation, &waiting), ==, 6);
  raw_invite_clear (&invite);
  free_with_ui (plant);
}

/* ---- what must never be in a log ---- */

static void
assert_absent (const char *log, const void *octets, gsize length)
{
  g_autofree char *b64u = ipd_b64u_encode (octets, length);
  g_autofree char *base64 = g_base64_encode (octets, length);
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", ((const uint8_t *) octets)[i]);
  g_assert_null (strstr (log, b64u));
  g_assert_null (strstr (log, base64));
  g_assert_null (strstr (log, hex->str));
  g_string_free (hex, TRUE);
}

static void
test_marked_secrets (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call = ring (*plant, &invite);
  g_autofree char *id = NULL;
  g_autofree char *log = NULL;
  g_autoptr (GError) error = NULL;
  IpdClientKeys keys;
  IpdMessage command;
  IpdSdp sdp;
  Media media;

  read_answer (*plant, call, &sdp, &keys);
  open_media (*plant, invite.visit.s, &media);
  media_clear (&media);
  ipd_bus_agent1_call_open_sync ((*plant)->bus, "", "", invite.visit.s, &id, NULL, &error);
  raw_plant_wait_token (*plant, IPD_TOKEN_COMMAND, &command);
  ipd_bus_agent1_call_answer_sync ((*plant)->bus, "", NULL, &error);
  raw_plant_wait_visit (*plant, "talking");
  g_assert_false (
      ipd_bus_agent1_call_enrol_sync ((*plant)->bus, "MARKE-DSECR-ETCOD-EABCD", "", "", NULL, NULL, &error));
  g_clear_error (&error);
  raw_plant_settle (*plant);
  log = raw_plant_log (*plant);
  g_assert_nonnull (strstr (log, invite.visit.s)); /* the log is the right one */
  assert_absent (log, (*plant)->client.sk, IPD_SEED_OCTETS);
  assert_absent (log, keys.secret, sizeof keys.secret);
  assert_absent (log, invite.keys.visit_secret, sizeof invite.keys.visit_secret);
  assert_absent (log, invite.keys.leg_secret, sizeof invite.keys.leg_secret);
  g_assert_null (strstr (log, (*plant)->secret.s));
  g_assert_null (strstr (log, invite.keys.nonce.s));
  g_assert_null (strstr (log, sdp.keys));
  g_assert_null (strstr (log, invite.auth));
  g_assert_null (strstr (log, "v4.public."));
  g_assert_null (strstr (log, "MARKE"));
  raw_invite_clear (&invite);
}

int
main (int argc, char **argv)
{
  alarm (60);
  g_assert_true (ipd_wire_init ());
  (void) ipd_agent_error_quark ();
  g_test_init (&argc, &argv, NULL);
#define ADD(n, path, function)                                                                                         \
  g_test_add ("/agent/visits/" path, RawPlant *, GUINT_TO_POINTER (n), set_up, function, tear_down)
  ADD (50, "media", test_media);
  ADD (51, "answer", test_answer);
  ADD (52, "hang-up", test_hang_up);
  ADD (53, "ports-taken", test_ports_taken);
  ADD (54, "visit-nonce", test_visit_nonce);
  ADD (55, "wrong-words", test_wrong_words);
  ADD (56, "look-out", test_look_out);
  ADD (57, "forged-look-out", test_forged_look_out);
  ADD (58, "marked-secrets", test_marked_secrets);
  ADD (59, "media-silent", test_media_silent);
  ADD (63, "register-silent", test_register_silent);
  ADD (64, "called-again", test_called_again);
#undef ADD
  g_test_add_func ("/agent/visits/window-killed", test_window_killed);
  g_test_add_func ("/agent/visits/no-display", test_no_display);
  g_test_add_func ("/agent/visits/window-dies", test_window_dies);
  return g_test_run ();
}
