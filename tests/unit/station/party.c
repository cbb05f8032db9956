// SPDX-License-Identifier: Apache-2.0
/*
 * The raw client. See party.h.
 */
#include "party.h"

#include "http-talk.h"
#include "station-test.h"
#include "wire/directory.h"
#include "wire/random.h"
#include "wire/sip-auth.h"

#include <string.h>

static const char *
sdp_of (const IpdSipEvent *event)
{
  return event->body != NULL ? event->body : "";
}

static void
take_message (Party *self, const IpdSipEvent *event)
{
  IpdMessage message;
  g_autoptr (GError) error = NULL;
  g_assert_true (ipd_message_verify (event->body, strlen (event->body), self->station_pk, &message, &error));
  g_array_append_val (self->messages, message);
}

static void
take_invite (Party *self, const IpdSipEvent *event)
{
  IpdSipAuth auth = { .method = "INVITE",
                      .signer = self->station.s,
                      .receiver = self->key.id.s,
                      .from_tag = event->from_tag,
                      .ruri_user = self->contact_user.s,
                      .call_id = event->call_id,
                      .cseq = event->cseq,
                      .visit = event->visit,
                      .body = sdp_of (event),
                      .body_length = strlen (sdp_of (event)) };
  IpdWireError why = { 0 };
  g_assert_cmpstr (event->from_user, ==, self->station.s);
  g_assert_cmpstr (event->ruri_user, ==, self->contact_user.s);
  g_assert_nonnull (event->auth);
  g_assert_true (ipd_sip_auth_verify (&auth, event->auth, strlen (event->auth), self->station_pk, &why));
  g_assert_true (ipd_sdp_parse (sdp_of (event), strlen (sdp_of (event)), &self->offer, &why));
  g_assert_true (ipd_station_keys_open (self->offer.keys, strlen (self->offer.keys), &self->key, &self->keys, &why));
  g_assert_cmpstr (self->keys.visit.s, ==, event->visit);
  self->invite = (IpdSipEvent){ .from_tag = g_strdup (event->from_tag),
                                .call_id = g_strdup (event->call_id),
                                .cseq = event->cseq,
                                .visit = g_strdup (event->visit),
                                .to_tag = g_strdup (event->to_tag),
                                .contact_user = g_strdup (event->contact_user),
                                .reliable = event->reliable };
  self->call = event->call;
  self->ended = 0;
  self->rings++;
}

void
party_take_event (Party *self, const IpdSipEvent *event)
{
  if (event->type == IPD_SIP_REGISTERED)
    {
      self->registered = 200;
      g_free (self->boot);
      self->boot = g_strdup (event->boot);
    }
  else if (event->type == IPD_SIP_REGISTER_FAILED)
    self->registered = event->status;
  else if (event->type == IPD_SIP_MESSAGE)
    take_message (self, event);
  else if (event->type == IPD_SIP_INVITE)
    take_invite (self, event);
  else if (event->type == IPD_SIP_REANSWERED)
    party_take_offer_answer (self, event);
  else if (event->call == self->call && (event->type == IPD_SIP_PROGRESS || event->type == IPD_SIP_ANSWERED))
    self->status = event->status;
  else if (event->call == self->call
           && (event->type == IPD_SIP_FAILED || event->type == IPD_SIP_CANCELLED || event->type == IPD_SIP_BYE))
    {
      self->ended = event->type;
      self->cause = event->cause;
      self->status = event->status;
    }
}

static void
on_event (IpdSip *sip, const IpdSipEvent *event, gpointer data)
{
  party_take_event (data, event);
}

static char *
ask_code (const Program *program, const char *name, IpdEnrolKey *ret_key)
{
  const char *const words[] = { "enrol-code", "--name", name, NULL };
  char normal[IPD_ENROL_CODE_LENGTH + 1];
  g_autofree char *json = program_verb (program, words, NULL);
  char *code = program_member (json, "code");
  g_assert_true (ipd_enrol_code_normalise (code, normal));
  ipd_enrol_key_from_code (normal, ret_key);
  return code;
}

static void
enrol (Party *self, const IpdEnrolKey *key)
{
  char hint[IPD_ENROL_HINT_LENGTH + 1];
  IpdEnrolOffer offer;
  IpdEnrolFinish finish;
  g_auto (IpdEnrolReply) reply = { 0 };
  g_autofree char *first = NULL, *second = NULL;
  ipd_enrol_hint (key, hint);
  g_autofree char *start = ipd_enrol_start_write (hint);
  g_assert_cmpuint (http_ask (self->program->http_port, "POST", "/v1/enrol/start", start, &first), ==, 200);
  g_assert_true (ipd_enrol_offer_read (first, strlen (first), &offer, NULL));
  ipd_enrol_finish_make (key, self->key.pk, "raw", &offer, &finish);
  g_autofree char *body = ipd_enrol_finish_write (&finish);
  g_assert_cmpuint (http_ask (self->program->http_port, "POST", "/v1/enrol/finish", body, &second), ==, 200);
  g_assert_true (ipd_enrol_reply_read (second, strlen (second), &reply, NULL));
  g_assert_true (ipd_enrol_reply_verify (key, &offer, &finish, &reply));
  gsize length;
  const void *package = g_bytes_get_data (reply.package, &length);
  g_assert_true (ipd_enrol_package_open (&self->key, offer.authority_pk, package, length, &self->package, NULL));
  g_assert_true (ipd_licence_token_verify (self->package.licence, offer.authority_pk, &self->licence, NULL));
}

static void
know_station (Party *self)
{
  g_auto (IpdDirectory) directory = { 0 };
  g_assert_true (ipd_directory_token_verify (self->package.directory, self->package.authority_pk, 0, &directory, NULL));
  const IpdDevice *device = directory.devices->pdata[0];
  self->station = device->id;
  memcpy (self->station_pk, device->pk, sizeof self->station_pk);
  self->licence_hash = ipd_token_hash (self->package.licence);
}

/* A 401 is tried again by itself: two registrations of one source within a second meet one nonce. */
static gboolean
has_verdict (gpointer data)
{
  int status = ((Party *) data)->registered;
  return status != 0 && status != 401;
}

void
party_register (Party *self)
{
  g_autoptr (GError) error = NULL;
  self->contact_user = ipd_random_short_id ();
  self->registered = 0;
  IpdSipRegistration registration = { .registrar_host = "127.0.0.1",
                                      .registrar_port = self->program->sip_port,
                                      .user = self->key.id.s,
                                      .secret = self->package.sip[0].secret.s,
                                      .contact_user = self->contact_user.s,
                                      .licence = self->licence_hash.s };
  g_assert_cmpuint (ipd_sip_register (self->sip, &registration, &error), !=, 0);
  station_test_until (has_verdict, self);
}

void
party_enrol (Party *self, const Program *program, const char *name)
{
  IpdEnrolKey key;
  g_autoptr (GError) error = NULL;
  *self = (Party){ .program = program, .messages = g_array_new (FALSE, FALSE, sizeof (IpdMessage)) };
  ipd_key_pair_generate (&self->key);
  g_autofree char *code = ask_code (program, name, &key);
  enrol (self, &key);
  g_assert_null (strstr (program->log->str, code));
  know_station (self);
  IpdSipConfig config = { .bind = "127.0.0.1", .user = self->key.id.s };
  self->sip = ipd_sip_new (&config, on_event, self, &error);
  g_assert_no_error (error);
  party_register (self);
  g_assert_cmpint (self->registered, ==, 200);
}

void
party_forget_call (Party *self)
{
  g_clear_pointer (&self->invite.from_tag, g_free);
  g_clear_pointer (&self->invite.call_id, g_free);
  g_clear_pointer (&self->invite.visit, g_free);
  g_clear_pointer (&self->invite.to_tag, g_free);
  g_clear_pointer (&self->invite.contact_user, g_free);
  g_clear_pointer (&self->answer_sdp, g_free);
  self->previews = FALSE;
  self->call = 0;
}

void
party_clear (Party *self)
{
  ipd_sip_free (self->sip);
  ipd_enrol_package_clear (&self->package);
  party_forget_call (self);
  g_free (self->boot);
  g_free (self->offer_answer);
  g_array_unref (self->messages);
}

static gboolean
rings (gpointer data)
{
  return ((Party *) data)->call != 0;
}

void
party_await_ring (Party *self)
{
  station_test_until (rings, self);
}

static void
make_answer (Party *self)
{
  IpdClientKeys keys;
  ipd_random_octets (keys.secret, sizeof keys.secret);
  g_assert_true (ipd_sdp_init_answer (&self->answer, &self->offer, "127.0.0.1", 7078, 9078, &IPD_CODECS_BASIC));
  g_autofree char *sealed = ipd_client_keys_seal (&keys, self->station_pk);
  g_strlcpy (self->answer.keys, sealed, sizeof self->answer.keys);
  self->answer_sdp = ipd_sdp_write (&self->answer);
}

void
party_answer (Party *self, int status, gboolean forged)
{
  char value[IPD_SIP_AUTH_LENGTH + 1];
  if (self->answer_sdp == NULL)
    make_answer (self);
  const char *sdp = status == 200 && self->previews && self->invite.reliable ? NULL : self->answer_sdp;
  IpdSipAuth auth = { .method = "INVITE",
                      .status = forged ? 183u + 17u * (status == 183) : (unsigned) status,
                      .signer = self->key.id.s,
                      .receiver = self->station.s,
                      .from_tag = self->invite.from_tag,
                      .ruri_user = self->contact_user.s,
                      .call_id = self->invite.call_id,
                      .cseq = self->invite.cseq,
                      .visit = self->invite.visit,
                      .body = sdp,
                      .body_length = sdp != NULL ? strlen (sdp) : 0 };
  g_assert_true (ipd_sip_auth_sign (&auth, &self->key, value));
  g_assert_true (ipd_sip_answer (self->sip, self->call, status, NULL, sdp, value, NULL));
  self->previews |= status == 183;
}

IpdCommandToken
party_command (const Party *self)
{
  IpdCommandToken command = { .id = ipd_random_short_id (),
                              .device = self->station,
                              .nonce = self->keys.nonce,
                              .licence = self->licence_hash,
                              .visit = self->keys.visit };
  g_assert_true (ipd_output_id_from_text ("door", &command.output));
  return command;
}

void
party_send_command (Party *self, const IpdCommandToken *command)
{
  IpdMessage message = { .type = IPD_TOKEN_COMMAND, .command = *command };
  g_autofree char *token = ipd_message_make (&self->key, &message);
  IpdSipTarget target = { .user = self->station.s, .host = "127.0.0.1", .port = self->program->sip_port };
  g_assert_cmpuint (ipd_sip_message (self->sip, &target, self->key.id.s, token, NULL), !=, 0);
}

typedef struct {
  const Party *party;
  IpdTokenType type;
  int state;
} Awaited;

static gboolean
has_come (gpointer data)
{
  const Awaited *awaited = data;
  for (guint i = 0; i < awaited->party->messages->len; i++)
    {
      const IpdMessage *message = &g_array_index (awaited->party->messages, IpdMessage, i);
      if (message->type == awaited->type && awaited->type == IPD_TOKEN_RESULT
          && (int) message->result.state == awaited->state)
        return TRUE;
      if (message->type == awaited->type && awaited->type == IPD_TOKEN_VISIT
          && (int) message->visit.state == awaited->state)
        return TRUE;
    }
  return FALSE;
}

void
party_await_result (Party *self, IpdOpeningState state)
{
  Awaited awaited = { self, IPD_TOKEN_RESULT, (int) state };
  station_test_until (has_come, &awaited);
}

void
party_await_news (Party *self, IpdVisitNews news)
{
  Awaited awaited = { self, IPD_TOKEN_VISIT, (int) news };
  station_test_until (has_come, &awaited);
}

static gboolean
call_ended (gpointer data)
{
  return ((Party *) data)->ended != 0;
}

void
party_await_end (Party *self)
{
  station_test_until (call_ended, self);
}

void
party_look_out (Party *self, const char *call_id, const IpdKeyPair *signer)
{
  IpdShortId tag = ipd_random_short_id (), fresh = ipd_random_short_id ();
  IpdClientKeys keys;
  IpdSdp offer;
  char value[IPD_SIP_AUTH_LENGTH + 1];
  ipd_random_octets (keys.secret, sizeof keys.secret);
  ipd_sdp_init_offer (&offer, "127.0.0.1", 7078, 9078, &IPD_CODECS_BASIC, TRUE);
  g_autofree char *sealed = ipd_client_keys_seal (&keys, self->station_pk);
  g_strlcpy (offer.keys, sealed, sizeof offer.keys);
  g_autofree char *sdp = ipd_sdp_write (&offer);
  IpdSipInvite invite = {
    .target = { .user = self->boot, .host = "127.0.0.1", .port = self->program->sip_port },
    .from_user = self->key.id.s,
    .from_tag = tag.s,
    .call_id = call_id != NULL ? call_id : fresh.s,
    .cseq = 1,
    .auth = signer != NULL ? value : NULL,
    .sdp = sdp,
  };
  IpdSipAuth auth = { .method = "INVITE",
                      .signer = signer != NULL ? signer->id.s : "",
                      .receiver = self->station.s,
                      .from_tag = invite.from_tag,
                      .ruri_user = self->boot,
                      .call_id = invite.call_id,
                      .cseq = 1,
                      .body = sdp,
                      .body_length = strlen (sdp) };
  if (signer != NULL)
    g_assert_true (ipd_sip_auth_sign (&auth, signer, value));
  party_forget_call (self);
  self->ended = 0;
  self->status = 0;
  self->call = ipd_sip_invite (self->sip, &invite, NULL);
  g_assert_cmpuint (self->call, !=, 0);
}
