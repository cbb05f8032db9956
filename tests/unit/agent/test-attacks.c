// SPDX-License-Identifier: Apache-2.0
/*
 * Attacks of docs/protocol.md §13 against a real agent: whatever does not verify is answered 403 and leaves no visit;
 * results that are forged are not shown. Every test has its positive control.
 */
#include <string.h>
#include <unistd.h>

#include "raw-station.h"
#include "wire/random.h"

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

static void
assert_refused (RawPlant *plant, const RawInvite *invite)
{
  RawCall *call = raw_plant_ring (plant, invite);
  g_autoptr (GVariant) visits = NULL;

  raw_call_wait_answer (call);
  g_assert_cmpint (call->failed, ==, 403);
  g_assert_null (call->body);
  visits = raw_plant_visits (plant);
  g_assert_cmpuint (g_variant_n_children (visits), ==, 0);
}

static void
assert_rings (RawPlant *plant, const RawInvite *invite)
{
  RawCall *call = raw_plant_ring (plant, invite);

  raw_call_wait_answer (call);
  g_assert_cmpint (call->status, ==, 183);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (plant, "ringing"), "id"), ==, invite->visit.s);
  ipd_sip_cancel (plant->sip, call->call, 487, NULL);
  raw_plant_wait_visit (plant, "ended");
}

/* ghost-invite: anybody may send datagrams; without a signature nothing rings. */
static void
test_ghost_invite (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;

  raw_invite_init (*plant, &invite);
  invite.auth[0] = '\0';
  assert_refused (*plant, &invite);
  raw_invite_clear (&invite);
  raw_invite_init (*plant, &invite);
  assert_rings (*plant, &invite);
  raw_invite_clear (&invite);
}

typedef void (*Spoil) (RawPlant *plant, RawInvite *invite);

static void
spoil_signer (RawPlant *plant, RawInvite *invite)
{
  ipd_key_pair_generate (&invite->signer);
  raw_invite_sign (invite);
}

/* Signed well by somebody who is not in the directory and says so. */
static void
spoil_sender (RawPlant *plant, RawInvite *invite)
{
  ipd_key_pair_generate (&invite->signer);
  g_strlcpy (invite->from_user, invite->signer.id.s, sizeof invite->from_user);
  raw_invite_sign (invite);
}

static void
spoil_receiver (RawPlant *plant, RawInvite *invite)
{
  IpdKeyPair other;

  ipd_key_pair_generate (&other);
  g_strlcpy (invite->receiver, other.id.s, sizeof invite->receiver);
  raw_invite_sign (invite);
}

static void
spoil_contact (RawPlant *plant, RawInvite *invite)
{
  g_strlcpy (invite->ruri_user, ipd_random_short_id ().s, sizeof invite->ruri_user);
  raw_invite_sign (invite);
}

/* The path rewrites where media go. */
static void
spoil_sdp (RawPlant *plant, RawInvite *invite)
{
  char *port = strstr (invite->sdp, "7078");

  memcpy (port, "7080", 4);
}

static void
spoil_call_id (RawPlant *plant, RawInvite *invite)
{
  invite->call_id = ipd_random_short_id ();
}

static void
spoil_visit (RawPlant *plant, RawInvite *invite)
{
  invite->visit = ipd_random_short_id ();
}

/* Signed, but the visit in the sealed keys is another one. */
static void
spoil_sealed_visit (RawPlant *plant, RawInvite *invite)
{
  invite->visit = ipd_random_short_id ();
  raw_invite_sign (invite);
}

/* Signed by the station, but by a status word of an answer. */
static void
spoil_tag (RawPlant *plant, RawInvite *invite)
{
  invite->from_tag = ipd_random_short_id ();
}

static void
test_forged_invite (RawPlant **plant, gconstpointer n)
{
  static const Spoil spoils[] = { spoil_signer,  spoil_sender, spoil_receiver,     spoil_contact, spoil_sdp,
                                  spoil_call_id, spoil_visit,  spoil_sealed_visit, spoil_tag };
  RawInvite invite;
  g_autofree char *log = NULL;
  g_auto (GStrv) lines = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (spoils); i++)
    {
      raw_invite_init (*plant, &invite);
      spoils[i](*plant, &invite);
      assert_refused (*plant, &invite);
      raw_invite_clear (&invite);
    }
  raw_invite_init (*plant, &invite);
  assert_rings (*plant, &invite);
  raw_invite_clear (&invite);
  /* One line a minute for each source, however many came. */
  log = raw_plant_log (*plant);
  lines = g_strsplit (log, "refused an INVITE from", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
}

static void
test_replayed_invite (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *again;

  raw_invite_init (*plant, &invite);
  assert_rings (*plant, &invite);
  again = raw_plant_ring (*plant, &invite);
  raw_call_wait_answer (again);
  g_assert_cmpint (again->failed, ==, 403);
  raw_invite_clear (&invite);
}

/* The agent was restarted and has forgotten every Call-ID; what saves it is the new Contact user. */
static void
test_replay_after_restart (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawInvite adapted;

  raw_invite_init (*plant, &invite);
  assert_rings (*plant, &invite);
  raw_plant_kill_agent (*plant);
  raw_plant_start_agent (*plant, no_ui);
  g_assert_cmpstr ((*plant)->contact_user, !=, invite.ruri_user);
  assert_refused (*plant, &invite);
  /* Sent to the new Contact, the old signature does not fit any more. */
  adapted = invite;
  g_strlcpy (adapted.ruri_user, (*plant)->contact_user, sizeof adapted.ruri_user);
  assert_refused (*plant, &adapted);
  raw_invite_clear (&invite);
}

/* A station that restarted is registered with anew at the next refresh, with another Contact user. */
static void
test_new_boot (RawPlant **plant, gconstpointer n)
{
  g_autofree char *contact = g_strdup ((*plant)->contact_user);
  guint before = (*plant)->registrations;
  RawInvite invite;

  raw_plant_kill_agent (*plant);
  raw_plant_start_agent (*plant, no_ui);
  g_assert_cmpuint ((*plant)->registrations, >, before);
  g_assert_cmpstr ((*plant)->contact_user, !=, contact);
  raw_invite_init (*plant, &invite);
  assert_rings (*plant, &invite);
  raw_invite_clear (&invite);
}

/* ---- results ---- */

static void
begin_command (RawPlant *plant, const char *output, IpdMessage *ret_command)
{
  IpdMessage message;
  IpdMessage answer = { .type = IPD_TOKEN_NONCE };
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL;

  ipd_bus_agent1_call_open_sync (plant->bus, "", output, "", &command, NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_token (plant, IPD_TOKEN_NONCE_REQUEST, &message);
  g_assert_cmpstr (message.nonce_request.device.s, ==, plant->station.id.s);
  g_assert_cmpstr (message.nonce_request.licence.s, ==, plant->licence_hash.s);
  answer.nonce = (IpdNonceToken){
    .re = message.nonce_request.id, .audience = plant->client.id, .nonce = ipd_random_short_id (), .ms = 5000
  };
  raw_plant_tell (plant, &plant->station, &answer);
  raw_plant_wait_token (plant, IPD_TOKEN_COMMAND, ret_command);
  g_assert_cmpstr (ret_command->command.nonce.s, ==, answer.nonce.nonce.s);
  g_assert_cmpstr (ret_command->command.id.s, ==, command);
}

static IpdMessage
result_of (RawPlant *plant, const IpdMessage *command, IpdOpeningState state, guint32 seq)
{
  IpdMessage message = { .type = IPD_TOKEN_RESULT };

  message.result = (IpdResultToken){ .re = command->command.id,
                                     .audience = plant->client.id,
                                     .output = command->command.output,
                                     .seq = seq,
                                     .state = state };
  return message;
}

/* A station that restarted while it rang will never say that the ring is over: the new registration does. */
static void
test_ring_from_before (RawPlant **plant, gconstpointer n)
{
  IpdMessage command, refused;
  RawInvite invite;
  RawCall *call;

  raw_invite_init (*plant, &invite);
  call = raw_plant_ring (*plant, &invite);
  raw_plant_wait_visit (*plant, "ringing");
  (*plant)->boot = ipd_random_short_id ();
  begin_command (*plant, "door", &command);
  refused = result_of (*plant, &command, IPD_OPENING_REFUSED, 1);
  refused.result.reason = IPD_REFUSAL_LICENCE; /* makes it ask for its registration at once */
  raw_plant_tell (*plant, &(*plant)->station, &refused);
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "ended"), "reason"), ==, "missed");
  g_assert_cmpstr ((*plant)->contact_user, !=, invite.ruri_user);
  raw_call_wait_answer (call);
  raw_invite_clear (&invite);
  raw_invite_init (*plant, &invite);
  assert_rings (*plant, &invite);
  raw_invite_clear (&invite);
}

static void
assert_nothing_shown (RawPlant *plant)
{
  raw_plant_settle (plant);
  for (GList *link = plant->commands.head; link != NULL; link = link->next)
    g_assert_cmpstr (raw_text (link->data, "state"), ==, "requested");
}

static void
test_forged_result (RawPlant **plant, gconstpointer n)
{
  IpdMessage command, message;
  IpdKeyPair stranger;

  ipd_key_pair_generate (&stranger);
  begin_command (*plant, "door", &command);
  /* By a key that the directory does not list. */
  message = result_of (*plant, &command, IPD_OPENING_CONTACT_OPEN, 1);
  raw_plant_tell (*plant, &stranger, &message);
  /* By the client's own key. */
  raw_plant_tell (*plant, &(*plant)->client, &message);
  assert_nothing_shown (*plant);
  /* For somebody else. */
  message.result.audience = stranger.id;
  raw_plant_tell (*plant, &(*plant)->station, &message);
  /* About a command that was never given. */
  message = result_of (*plant, &command, IPD_OPENING_CONTACT_OPEN, 1);
  message.result.re = ipd_random_short_id ();
  raw_plant_tell (*plant, &(*plant)->station, &message);
  /* About another output. */
  message = result_of (*plant, &command, IPD_OPENING_CONTACT_OPEN, 1);
  g_assert_true (ipd_output_id_from_text ("light", &message.result.output));
  raw_plant_tell (*plant, &(*plant)->station, &message);
  assert_nothing_shown (*plant);
  /* The control: the same thing, true. */
  message = result_of (*plant, &command, IPD_OPENING_ACCEPTED, 1);
  raw_plant_tell (*plant, &(*plant)->station, &message);
  raw_plant_wait_command (*plant, "accepted");
  /* An older number than one that was seen is a replay. */
  message = result_of (*plant, &command, IPD_OPENING_REFUSED, 1);
  raw_plant_tell (*plant, &(*plant)->station, &message);
  message = result_of (*plant, &command, IPD_OPENING_ACTUATED, 2);
  raw_plant_tell (*plant, &(*plant)->station, &message);
  raw_plant_wait_command (*plant, "actuated");
  message = result_of (*plant, &command, IPD_OPENING_CONTACT_OPEN, 3);
  raw_plant_tell (*plant, &(*plant)->station, &message);
  raw_plant_wait_command (*plant, "contact-open");
}

/* A station that says nothing is not an open door. */
static void
test_no_answer (RawPlant **plant, gconstpointer n)
{
  IpdMessage command;
  gint64 began = g_get_monotonic_time ();
  GVariant *shown;

  begin_command (*plant, "door", &command);
  shown = raw_plant_wait_command (*plant, "no-answer");
  g_assert_cmpstr (raw_text (shown, "id"), ==, command.command.id.s);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 2 * G_USEC_PER_SEC);
}

static void
test_refused_result (RawPlant **plant, gconstpointer n)
{
  IpdMessage command, message;
  GVariant *shown;

  begin_command (*plant, "door", &command);
  message = result_of (*plant, &command, IPD_OPENING_REFUSED, 1);
  message.result.reason = IPD_REFUSAL_PROFILE;
  raw_plant_tell (*plant, &(*plant)->station, &message);
  shown = raw_plant_wait_command (*plant, "refused");
  g_assert_cmpstr (raw_text (shown, "reason"), ==, "profile");
}

/* ---- an answer that is not the client's own ---- */

/* The news of a visit are believed from the station only, and in order. */
static void
test_forged_news (RawPlant **plant, gconstpointer n)
{
  IpdMessage message = { .type = IPD_TOKEN_VISIT };
  IpdKeyPair stranger;
  RawInvite invite;
  RawCall *call;
  g_autoptr (GVariant) visits = NULL;
  GVariant *ended;

  ipd_key_pair_generate (&stranger);
  raw_invite_init (*plant, &invite);
  call = raw_plant_ring (*plant, &invite);
  raw_call_wait_answer (call);
  raw_plant_wait_visit (*plant, "ringing");
  message.visit = (IpdVisitToken){ .visit = invite.visit,
                                   .audience = (*plant)->client.id,
                                   .seq = 1,
                                   .state = IPD_VISIT_NEWS_ANSWERED,
                                   .by_id = stranger.id };
  ipd_name_set (&message.visit.by, "Nobody");
  raw_plant_tell (*plant, &stranger, &message);
  message.visit.audience = stranger.id;
  raw_plant_tell (*plant, &(*plant)->station, &message);
  raw_plant_settle (*plant);
  visits = raw_plant_visits (*plant);
  g_assert_cmpuint (g_variant_n_children (visits), ==, 1);
  message.visit.audience = (*plant)->client.id;
  ipd_name_set (&message.visit.by, "Anna");
  raw_plant_tell (*plant, &(*plant)->station, &message);
  ended = raw_plant_wait_visit (*plant, "ended");
  g_assert_cmpstr (raw_text (ended, "reason"), ==, "answered-elsewhere");
  g_assert_cmpstr (raw_text (ended, "by"), ==, "Anna");
  raw_invite_clear (&invite);
}

/* A CANCEL is unsigned: it ends the ring, and its text names nobody. */
static void
test_cancel_text (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call;
  GVariant *ended;

  raw_invite_init (*plant, &invite);
  call = raw_plant_ring (*plant, &invite);
  raw_call_wait_answer (call);
  ipd_sip_cancel ((*plant)->sip, call->call, 200, "Answered by Mallory");
  ended = raw_plant_wait_visit (*plant, "ended");
  g_assert_cmpstr (raw_text (ended, "reason"), ==, "answered-elsewhere");
  g_assert_cmpstr (raw_text (ended, "by"), ==, "");
  raw_invite_clear (&invite);
}

int
main (int argc, char **argv)
{
  alarm (60);
  g_assert_true (ipd_wire_init ());
  g_test_init (&argc, &argv, NULL);
#define ADD(n, path, function)                                                                                         \
  g_test_add ("/agent/attacks/" path, RawPlant *, GUINT_TO_POINTER (n), set_up, function, tear_down)
  ADD (10, "ghost-invite", test_ghost_invite);
  ADD (11, "forged-invite", test_forged_invite);
  ADD (12, "replayed-invite", test_replayed_invite);
  ADD (13, "replay-after-restart", test_replay_after_restart);
  ADD (14, "new-contact", test_new_boot);
  ADD (39, "ring-from-before", test_ring_from_before);
  ADD (15, "forged-result", test_forged_result);
  ADD (16, "no-answer", test_no_answer);
  ADD (17, "refused-result", test_refused_result);
  ADD (18, "forged-news", test_forged_news);
  ADD (19, "cancel-text", test_cancel_text);
#undef ADD
  return g_test_run ();
}
