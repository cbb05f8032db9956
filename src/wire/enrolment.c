// SPDX-License-Identifier: Apache-2.0
/*
 * The messages of an enrolment and their proofs. Used by the station's HTTP service and by the agent's enrolment. Any
 * thread.
 */

#include "wire/enrolment.h"

#include "wire/base64.h"
#include "wire/json-private.h"

#include <sodium.h>
#include <string.h>

#define VERSION 1

static JsonObject *
new_body (void)
{
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "v", VERSION);
  return object;
}

static JsonObject *
read_body (const char *body, size_t length, size_t limit, GError **error)
{
  uint64_t version;
  g_autoptr (JsonObject) object = ipd_json_parse (body, length, limit, error);
  if (object == NULL)
    return NULL;
  if (ipd_json_get_uint (object, "v", VERSION, VERSION, &version))
    return g_steal_pointer (&object);
  g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_VERSION, "enrolment of another version");
  return NULL;
}

static gboolean
get_hint (JsonObject *object, char ret_hint[static IPD_ENROL_HINT_LENGTH + 1])
{
  uint8_t octets[6];
  if (!ipd_json_get_octets (object, "hint", octets, sizeof octets))
    return FALSE;
  ipd_b64u_encode_to (octets, sizeof octets, ret_hint);
  return TRUE;
}

char *
ipd_enrol_start_write (const char *hint)
{
  g_autoptr (JsonObject) object = new_body ();
  json_object_set_string_member (object, "hint", hint);
  return ipd_json_write (object);
}

gboolean
ipd_enrol_start_read (const char *body, size_t length, char ret_hint[static IPD_ENROL_HINT_LENGTH + 1], GError **error)
{
  g_autoptr (JsonObject) object = read_body (body, length, IPD_ENROL_REQUEST_MAX, error);
  if (object == NULL)
    return FALSE;
  return get_hint (object, ret_hint) || ipd_json_missing (error);
}

char *
ipd_enrol_offer_write (const IpdEnrolOffer *offer)
{
  g_autoptr (JsonObject) object = new_body ();
  ipd_json_set_octets (object, "authority", offer->authority_pk, IPD_PK_OCTETS);
  ipd_json_set_octets (object, "nonce", offer->nonce, IPD_ENROL_NONCE_OCTETS);
  return ipd_json_write (object);
}

gboolean
ipd_enrol_offer_read (const char *body, size_t length, IpdEnrolOffer *ret_offer, GError **error)
{
  IpdEnrolOffer offer;
  g_autoptr (JsonObject) object = read_body (body, length, IPD_ENROL_REQUEST_MAX, error);
  if (object == NULL)
    return FALSE;
  if (!ipd_json_get_octets (object, "authority", offer.authority_pk, IPD_PK_OCTETS)
      || !ipd_json_get_octets (object, "nonce", offer.nonce, IPD_ENROL_NONCE_OCTETS))
    return ipd_json_missing (error);
  *ret_offer = offer;
  return TRUE;
}

/* What both proofs start with. The name comes last in the client's: everything before it has a fixed size. */
static void
proof_begin (crypto_auth_hmacsha512256_state *state, const IpdEnrolKey *key, const char *side,
             const IpdEnrolOffer *offer, const IpdEnrolFinish *finish)
{
  crypto_auth_hmacsha512256_init (state, key->k, sizeof key->k);
  crypto_auth_hmacsha512256_update (state, (const uint8_t *) side, strlen (side));
  crypto_auth_hmacsha512256_update (state, finish->pk, IPD_PK_OCTETS);
  crypto_auth_hmacsha512256_update (state, offer->authority_pk, IPD_PK_OCTETS);
  crypto_auth_hmacsha512256_update (state, finish->cnonce, IPD_ENROL_NONCE_OCTETS);
  crypto_auth_hmacsha512256_update (state, offer->nonce, IPD_ENROL_NONCE_OCTETS);
}

static void
client_proof (const IpdEnrolKey *key, const IpdEnrolOffer *offer, const IpdEnrolFinish *finish,
              uint8_t ret_proof[static IPD_ENROL_PROOF_OCTETS])
{
  crypto_auth_hmacsha512256_state state;

  proof_begin (&state, key, "client", offer, finish);
  crypto_auth_hmacsha512256_update (&state, (const uint8_t *) finish->name.s, strlen (finish->name.s));
  crypto_auth_hmacsha512256_final (&state, ret_proof);
  sodium_memzero (&state, sizeof state);
}

static void
server_proof (const IpdEnrolKey *key, const IpdEnrolOffer *offer, const IpdEnrolFinish *finish, GBytes *package,
              uint8_t ret_proof[static IPD_ENROL_PROOF_OCTETS])
{
  crypto_auth_hmacsha512256_state state;
  uint8_t hash[32];
  size_t length;
  const uint8_t *octets = g_bytes_get_data (package, &length);

  crypto_generichash (hash, sizeof hash, octets, length, NULL, 0);
  proof_begin (&state, key, "server", offer, finish);
  crypto_auth_hmacsha512256_update (&state, hash, sizeof hash);
  crypto_auth_hmacsha512256_final (&state, ret_proof);
  sodium_memzero (&state, sizeof state);
}

void
ipd_enrol_finish_make (const IpdEnrolKey *key, const uint8_t client_pk[static IPD_PK_OCTETS], const char *name,
                       const IpdEnrolOffer *offer, IpdEnrolFinish *ret_finish)
{
  ipd_enrol_hint (key, ret_finish->hint);
  memcpy (ret_finish->pk, client_pk, IPD_PK_OCTETS);
  ipd_name_set (&ret_finish->name, name);
  randombytes_buf (ret_finish->cnonce, IPD_ENROL_NONCE_OCTETS);
  memcpy (ret_finish->nonce, offer->nonce, IPD_ENROL_NONCE_OCTETS);
  client_proof (key, offer, ret_finish, ret_finish->proof);
}

char *
ipd_enrol_finish_write (const IpdEnrolFinish *finish)
{
  g_autoptr (JsonObject) object = new_body ();
  json_object_set_string_member (object, "hint", finish->hint);
  ipd_json_set_octets (object, "pk", finish->pk, IPD_PK_OCTETS);
  json_object_set_string_member (object, "name", finish->name.s);
  ipd_json_set_octets (object, "cnonce", finish->cnonce, IPD_ENROL_NONCE_OCTETS);
  ipd_json_set_octets (object, "nonce", finish->nonce, IPD_ENROL_NONCE_OCTETS);
  ipd_json_set_octets (object, "proof", finish->proof, IPD_ENROL_PROOF_OCTETS);
  return ipd_json_write (object);
}

gboolean
ipd_enrol_finish_read (const char *body, size_t length, IpdEnrolFinish *ret_finish, GError **error)
{
  IpdEnrolFinish finish = { 0 };
  g_autoptr (JsonObject) object = read_body (body, length, IPD_ENROL_REQUEST_MAX, error);
  if (object == NULL)
    return FALSE;
  if (!get_hint (object, finish.hint) || !ipd_json_get_octets (object, "pk", finish.pk, IPD_PK_OCTETS)
      || !ipd_json_get_name (object, "name", &finish.name)
      || !ipd_json_get_octets (object, "cnonce", finish.cnonce, IPD_ENROL_NONCE_OCTETS)
      || !ipd_json_get_octets (object, "nonce", finish.nonce, IPD_ENROL_NONCE_OCTETS)
      || !ipd_json_get_octets (object, "proof", finish.proof, IPD_ENROL_PROOF_OCTETS))
    return ipd_json_missing (error);
  *ret_finish = finish;
  return TRUE;
}

gboolean
ipd_enrol_finish_verify (const IpdEnrolKey *key, const IpdEnrolOffer *offer, const IpdEnrolFinish *finish)
{
  uint8_t proof[IPD_ENROL_PROOF_OCTETS];
  client_proof (key, offer, finish, proof);
  return sodium_memcmp (proof, finish->proof, sizeof proof) == 0
         && sodium_memcmp (offer->nonce, finish->nonce, IPD_ENROL_NONCE_OCTETS) == 0;
}

void
ipd_enrol_reply_clear (IpdEnrolReply *reply)
{
  g_clear_pointer (&reply->package, g_bytes_unref);
  sodium_memzero (reply->proof, sizeof reply->proof);
}

void
ipd_enrol_reply_make (const IpdEnrolKey *key, const IpdEnrolOffer *offer, const IpdEnrolFinish *finish, GBytes *package,
                      IpdEnrolReply *ret_reply)
{
  ret_reply->package = g_bytes_ref (package);
  server_proof (key, offer, finish, package, ret_reply->proof);
}

char *
ipd_enrol_reply_write (const IpdEnrolReply *reply)
{
  g_autoptr (JsonObject) object = new_body ();
  ipd_json_set_octets (object, "proof", reply->proof, IPD_ENROL_PROOF_OCTETS);
  ipd_json_set_octets (object, "package", g_bytes_get_data (reply->package, NULL), g_bytes_get_size (reply->package));
  g_autofree char *body = ipd_json_write (object);
  return strlen (body) <= IPD_ENROL_REPLY_MAX ? g_steal_pointer (&body) : NULL;
}

gboolean
ipd_enrol_reply_read (const char *body, size_t length, IpdEnrolReply *ret_reply, GError **error)
{
  uint8_t proof[IPD_ENROL_PROOF_OCTETS];
  g_autoptr (JsonObject) object = read_body (body, length, IPD_ENROL_REPLY_MAX, error);
  if (object == NULL)
    return FALSE;
  const char *text = ipd_json_get_string (object, "package", IPD_ENROL_REPLY_MAX);
  GBytes *package = text == NULL ? NULL : ipd_b64u_decode_new (text, strlen (text), IPD_ENROL_REPLY_MAX, NULL);
  if (package == NULL || !ipd_json_get_octets (object, "proof", proof, sizeof proof))
    {
      g_clear_pointer (&package, g_bytes_unref);
      return ipd_json_missing (error);
    }
  memcpy (ret_reply->proof, proof, sizeof proof);
  ret_reply->package = package;
  return TRUE;
}

gboolean
ipd_enrol_reply_verify (const IpdEnrolKey *key, const IpdEnrolOffer *offer, const IpdEnrolFinish *finish,
                        const IpdEnrolReply *reply)
{
  uint8_t proof[IPD_ENROL_PROOF_OCTETS];
  server_proof (key, offer, finish, reply->package, proof);
  return sodium_memcmp (proof, reply->proof, sizeof proof) == 0;
}
