// SPDX-License-Identifier: Apache-2.0
/*
 * Enrolment over real HTTP: what works, and every attack of docs/protocol.md §5.
 */
#include "http-talk.h"
#include "station-test.h"
#include "station/service.h"
#include "wire/directory.h"
#include "wire/enrolment.h"
#include "wire/identity.h"
#include "wire/licence-token.h"
#include "wire/random.h"
#include "wire/sip-auth.h"

#include <string.h>

typedef struct {
  StationTest base;
  IpdEnrolServer *enrol;
  IpdRefusals *refusals;
  IpdService service;
  IpdHttp *http;
  guint16 port;
  IpdKeyPair client;
  IpdEnrolOffer offer; /* the last one */
  IpdEnrolReply reply; /* likewise */
} EnrolTest;

static GStrv
no_reasons (gpointer data)
{
  return g_new0 (char *, 1);
}

static void
start (EnrolTest *self)
{
  g_autoptr (GError) error = NULL;
  *self = (EnrolTest){ 0 };
  station_test_set_up (&self->base, "[output door]\n[output gate]\n");
  self->refusals = ipd_refusals_new (&self->base.clock);
  self->enrol = ipd_enrol_server_new (self->base.config, &self->base.identity, self->base.plant, self->refusals,
                                      &self->base.clock);
  self->service = (IpdService){ .identity = &self->base.identity,
                                .config = self->base.config,
                                .enrol = self->enrol,
                                .boot = ipd_random_short_id (),
                                .address = "127.0.0.1",
                                .sip_port = 5060,
                                .degraded = no_reasons };
  self->http = ipd_http_new ("127.0.0.1", 0, ipd_service_routes, &self->service, &error);
  g_assert_no_error (error);
  self->port = ipd_http_get_port (self->http);
  ipd_key_pair_generate (&self->client);
}

static void
end (EnrolTest *self)
{
  ipd_http_free (self->http);
  ipd_enrol_server_free (self->enrol);
  ipd_refusals_free (self->refusals);
  ipd_enrol_reply_clear (&self->reply);
  station_test_tear_down (&self->base);
}

static void
new_code (EnrolTest *self, const char *name, IpdEnrolKey *ret_key)
{
  g_autofree char *shown = NULL;
  char code[IPD_ENROL_CODE_LENGTH + 1];
  gint64 expires_us = 0;
  g_assert_true (ipd_enrol_server_add_code (self->enrol, name, "resident", &shown, &expires_us));
  g_assert_cmpint (expires_us - self->base.wall_us, ==, 900 * G_USEC_PER_SEC);
  g_assert_true (ipd_enrol_code_normalise (shown, code));
  ipd_enrol_key_from_code (code, ret_key);
}

static void
wrong_code (IpdEnrolKey *ret_key)
{
  ipd_enrol_key_from_code ("AAAAABBBBBCCCCCDDDDD", ret_key);
}

static void
ask_offer (EnrolTest *self, const IpdEnrolKey *key)
{
  char hint[IPD_ENROL_HINT_LENGTH + 1];
  g_autofree char *answer = NULL;
  ipd_enrol_hint (key, hint);
  g_autofree char *body = ipd_enrol_start_write (hint);
  g_assert_cmpuint (http_ask (self->port, "POST", "/v1/enrol/start", body, &answer), ==, 200);
  g_assert_true (ipd_enrol_offer_read (answer, strlen (answer), &self->offer, NULL));
}

static guint
send_finish (EnrolTest *self, const IpdEnrolKey *key, const IpdEnrolFinish *finish)
{
  g_autofree char *answer = NULL;
  g_autofree char *body = ipd_enrol_finish_write (finish);
  guint status = http_ask (self->port, "POST", "/v1/enrol/finish", body, &answer);
  if (status == 403)
    g_assert_cmpstr (answer, ==, "{\"error\":\"code\"}");
  if (status != 200)
    return status;
  ipd_enrol_reply_clear (&self->reply);
  g_assert_true (ipd_enrol_reply_read (answer, strlen (answer), &self->reply, NULL));
  g_assert_true (ipd_enrol_reply_verify (key, &self->offer, finish, &self->reply));
  return status;
}

/* The whole of what a client does; its proof is made with @key. */
static guint
try_with (EnrolTest *self, const IpdEnrolKey *key)
{
  IpdEnrolFinish finish;
  ask_offer (self, key);
  ipd_enrol_finish_make (key, self->client.pk, "Reception", &self->offer, &finish);
  return send_finish (self, key, &finish);
}

static void
open_package (EnrolTest *self, IpdEnrolPackage *ret_package)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const void *octets = g_bytes_get_data (self->reply.package, &length);
  g_assert_true (ipd_enrol_package_open (&self->client, self->offer.authority_pk, octets, length, ret_package, &error));
  g_assert_no_error (error);
}

static void
test_enrol (void)
{
  EnrolTest self;
  IpdEnrolKey key;
  g_auto (IpdEnrolPackage) package = { 0 };
  g_auto (IpdDirectory) directory = { 0 };
  IpdLicence licence;
  start (&self);
  new_code (&self, "Front desk", &key);
  g_assert_cmpuint (try_with (&self, &key), ==, 200);
  open_package (&self, &package);
  g_assert_cmpstr (package.plant.s, ==, self.base.identity.authority.id.s);
  g_assert_true (ipd_licence_token_verify (package.licence, self.offer.authority_pk, &licence, NULL));
  g_assert_cmpstr (licence.client.s, ==, self.client.id.s);
  g_assert_cmpstr (licence.name.s, ==, "Front desk");
  g_assert_true (ipd_profile_allows_output (&licence.profile, "gate"));
  g_assert_cmpint (ipd_licence_check (&licence, self.base.wall_us / G_USEC_PER_SEC, 0), ==, IPD_LICENCE_OK);
  g_assert_true (ipd_directory_token_verify (package.directory, self.offer.authority_pk, 0, &directory, NULL));
  g_assert_nonnull (ipd_directory_find (&directory, &self.base.identity.device.id));
  IpdShortId secret = ipd_sip_secret (self.base.identity.k_station, &self.client.id);
  g_assert_cmpuint (package.n_sip, ==, 1);
  g_assert_cmpstr (package.sip[0].secret.s, ==, secret.s);
  g_assert_true (ipd_plant_is_licensed (self.base.plant, &self.client.id, NULL));
  station_test_restart (&self.base);
  g_assert_true (ipd_plant_is_licensed (self.base.plant, &self.client.id, NULL));
  end (&self);
}

/* A lost answer costs nothing: the same client gets the same licence. Another client gets nothing. */
static void
test_repeat (void)
{
  EnrolTest self;
  IpdEnrolKey key;
  g_auto (IpdEnrolPackage) first = { 0 }, second = { 0 };
  start (&self);
  new_code (&self, "", &key);
  g_assert_cmpuint (try_with (&self, &key), ==, 200);
  open_package (&self, &first);
  g_assert_cmpuint (try_with (&self, &key), ==, 200);
  open_package (&self, &second);
  g_assert_cmpstr (first.licence, ==, second.licence);
  ipd_key_pair_generate (&self.client);
  g_assert_cmpuint (try_with (&self, &key), ==, 403);
  end (&self);
}

/* A code that was used does not bring a licence back that was removed. */
static void
test_repeat_after_removal (void)
{
  EnrolTest self;
  IpdEnrolKey key;
  start (&self);
  new_code (&self, "", &key);
  g_assert_cmpuint (try_with (&self, &key), ==, 200);
  g_assert_true (ipd_plant_remove (self.base.plant, &self.client.id, NULL));
  g_assert_cmpuint (try_with (&self, &key), ==, 403);
  g_assert_false (ipd_plant_is_licensed (self.base.plant, &self.client.id, NULL));
  end (&self);
}

static void
test_wrong_code (void)
{
  EnrolTest self;
  IpdEnrolKey key, wrong;
  start (&self);
  new_code (&self, "", &key);
  wrong_code (&wrong);
  g_assert_cmpuint (try_with (&self, &wrong), ==, 403);
  g_assert_null (ipd_plant_find (self.base.plant, &self.client.id));
  g_assert_cmpuint (try_with (&self, &key), ==, 200); /* a foreign hint costs no try */
  end (&self);
}

static void
test_expired_code (void)
{
  EnrolTest self;
  IpdEnrolKey key;
  start (&self);
  new_code (&self, "", &key);
  self.base.monotonic_us += 901 * G_USEC_PER_SEC;
  g_assert_cmpuint (try_with (&self, &key), ==, 403);
  end (&self);
}

/* Knows the hint, guesses the proof: five times, then the code is burnt for its owner too. */
static void
test_brute_force_code (void)
{
  EnrolTest self;
  IpdEnrolKey key, wrong;
  IpdEnrolFinish finish;
  start (&self);
  new_code (&self, "", &key);
  wrong_code (&wrong);
  for (guint i = 0; i < IPD_ENROL_TRIES; i++)
    {
      ask_offer (&self, &key);
      ipd_enrol_finish_make (&wrong, self.client.pk, "Guesser", &self.offer, &finish);
      ipd_enrol_hint (&key, finish.hint);
      g_assert_cmpuint (send_finish (&self, &key, &finish), ==, 403);
    }
  g_assert_cmpuint (try_with (&self, &key), ==, 403);
  end (&self);
}

/* The twin shows its own authority key and passes the client's proof on: it does not fit the true authority. */
static void
test_evil_twin (void)
{
  EnrolTest self;
  IpdEnrolKey key;
  IpdKeyPair twin;
  IpdEnrolFinish finish;
  start (&self);
  new_code (&self, "", &key);
  ask_offer (&self, &key);
  ipd_key_pair_generate (&twin);
  IpdEnrolOffer shown = self.offer;
  memcpy (shown.authority_pk, twin.pk, sizeof shown.authority_pk);
  ipd_enrol_finish_make (&key, self.client.pk, "Victim", &shown, &finish);
  g_assert_cmpuint (send_finish (&self, &key, &finish), ==, 403);
  g_assert_null (ipd_plant_find (self.base.plant, &self.client.id));
  end (&self);
}

/* A nonce that this authority never gave, and one that is too old. */
static void
test_foreign_nonce (void)
{
  EnrolTest self;
  IpdEnrolKey key;
  IpdEnrolFinish finish;
  start (&self);
  new_code (&self, "", &key);
  ask_offer (&self, &key);
  ipd_random_octets (self.offer.nonce, sizeof self.offer.nonce);
  ipd_enrol_finish_make (&key, self.client.pk, "X", &self.offer, &finish);
  g_assert_cmpuint (send_finish (&self, &key, &finish), ==, 403);
  ask_offer (&self, &key);
  self.base.monotonic_us += 17 * 60 * G_USEC_PER_SEC;
  new_code (&self, "", &key);
  ipd_enrol_finish_make (&key, self.client.pk, "X", &self.offer, &finish);
  g_assert_cmpuint (send_finish (&self, &key, &finish), ==, 403);
  end (&self);
}

static void
test_rate (void)
{
  EnrolTest self;
  IpdEnrolKey key, wrong;
  start (&self);
  new_code (&self, "", &key);
  wrong_code (&wrong);
  for (guint i = 0; i < IPD_ENROL_FINISHES_A_MINUTE; i++)
    g_assert_cmpuint (try_with (&self, &wrong), ==, 403);
  g_assert_cmpuint (try_with (&self, &key), ==, 429);
  self.base.monotonic_us += 61 * G_USEC_PER_SEC;
  g_assert_cmpuint (try_with (&self, &key), ==, 200);
  end (&self);
}

static void
test_form (void)
{
  static const char *const bodies[] = { "", "{}", "[]", "{\"v\":1}", "{\"v\":2,\"hint\":\"AAAAAAAA\"}", "\xff\xfe" };
  EnrolTest self;
  start (&self);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_assert_cmpuint (http_ask (self.port, "POST", "/v1/enrol/start", bodies[i], NULL), ==, 400);
      g_assert_cmpuint (http_ask (self.port, "POST", "/v1/enrol/finish", bodies[i], NULL), ==, 400);
    }
  end (&self);
}

static void
test_codes_are_bounded (void)
{
  EnrolTest self;
  IpdEnrolKey key;
  char *code = NULL;
  gint64 expires_us;
  start (&self);
  for (guint i = 0; i < IPD_ENROL_CODES_MAX; i++)
    new_code (&self, "", &key);
  g_assert_false (ipd_enrol_server_add_code (self.enrol, "", "resident", &code, &expires_us));
  self.base.monotonic_us += 901 * G_USEC_PER_SEC;
  new_code (&self, "", &key);
  end (&self);
}

static void
test_identity_and_health (void)
{
  EnrolTest self;
  IpdIdentity identity;
  IpdShortId nonce = ipd_random_short_id (), other = ipd_random_short_id ();
  g_autofree char *body = NULL, *health = NULL;
  start (&self);
  g_autofree char *path = g_strconcat ("/v1/device?nonce=", nonce.s, NULL);
  g_assert_cmpuint (http_ask (self.port, "GET", path, NULL, &body), ==, 200);
  g_assert_true (ipd_identity_read (body, strlen (body), &nonce, &identity, NULL));
  g_assert_false (ipd_identity_read (body, strlen (body), &other, &identity, NULL)); /* replayed identity */
  g_assert_cmpstr (identity.id.s, ==, self.base.identity.device.id.s);
  g_assert_cmpstr (identity.plant.s, ==, self.base.identity.authority.id.s);
  g_assert_cmpuint (http_ask (self.port, "GET", "/v1/device", NULL, NULL), ==, 400);
  g_assert_cmpuint (http_ask (self.port, "GET", "/v1/health", NULL, &health), ==, 200);
  g_assert_cmpstr (health, ==, "{\"status\":\"ok\"}");
  end (&self);
}

int
main (int argc, char **argv)
{
  g_assert_true (ipd_wire_init ());
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/enrol/enrol", test_enrol);
  g_test_add_func ("/enrol/repeat", test_repeat);
  g_test_add_func ("/enrol/repeat-after-removal", test_repeat_after_removal);
  g_test_add_func ("/enrol/wrong-code", test_wrong_code);
  g_test_add_func ("/enrol/expired-code", test_expired_code);
  g_test_add_func ("/enrol/brute-force-code", test_brute_force_code);
  g_test_add_func ("/enrol/evil-twin", test_evil_twin);
  g_test_add_func ("/enrol/foreign-nonce", test_foreign_nonce);
  g_test_add_func ("/enrol/rate", test_rate);
  g_test_add_func ("/enrol/form", test_form);
  g_test_add_func ("/enrol/codes-are-bounded", test_codes_are_bounded);
  g_test_add_func ("/enrol/identity-and-health", test_identity_and_health);
  return g_test_run ();
}
