// SPDX-License-Identifier: Apache-2.0
/*
 * Our frame around PASETO: footer, implicit assertion, version and type (docs/protocol.md §3). Used by the files that
 * know what is inside a token, and by whoever must choose a key. Any thread.
 */

#include "wire/token.h"

#include "wire/base64.h"
#include "wire/command.h"
#include "wire/enrolment.h"
#include "wire/paseto.h"
#include "wire/random.h"
#include "wire/token-private.h"

#include <sodium.h>
#include <string.h>

#define ASSERTION_PREFIX "ipdoor 1 "
#define VERSION          1
/* Characters of a token around n octets of JSON: header, signature, dot, footer. */
#define TOKEN_LENGTH(n)                                                                                                \
  (sizeof IPD_PASETO_HEADER - 1 + IPD_B64U_LENGTH ((n) + IPD_SIGNATURE_OCTETS) + 1 + IPD_B64U_LENGTH (IPD_ID_LENGTH))

static const char *const type_names[] = {
  [IPD_TOKEN_IDENTITY] = "identity",   [IPD_TOKEN_LICENCE] = "licence", [IPD_TOKEN_DIRECTORY] = "directory",
  [IPD_TOKEN_ENROLMENT] = "enrolment", [IPD_TOKEN_COMMAND] = "command", [IPD_TOKEN_NONCE_REQUEST] = "nonce-request",
  [IPD_TOKEN_NONCE] = "nonce",         [IPD_TOKEN_RESULT] = "result",   [IPD_TOKEN_VISIT] = "visit",
  [IPD_TOKEN_UN_ENROL] = "un-enrol",
};
G_STATIC_ASSERT (G_N_ELEMENTS (type_names) == IPD_TOKEN_TYPES);

const char *
ipd_token_type_name (IpdTokenType type)
{
  g_return_val_if_fail ((unsigned) type < IPD_TOKEN_TYPES, "unknown");
  return type_names[type];
}

static size_t
json_limit (IpdTokenType type)
{
  return type == IPD_TOKEN_ENROLMENT ? IPD_ENROL_REPLY_MAX : IPD_JSON_MAX;
}

size_t
ipd_token_limit (IpdTokenType type)
{
  return type >= IPD_TOKEN_COMMAND ? IPD_MESSAGE_TOKEN_MAX : TOKEN_LENGTH (json_limit (type));
}

JsonObject *
ipd_token_new (IpdTokenType type)
{
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "v", VERSION);
  json_object_set_string_member (object, "t", ipd_token_type_name (type));
  return object;
}

static char *
assertion (IpdTokenType type)
{
  return g_strconcat (ASSERTION_PREFIX, ipd_token_type_name (type), NULL);
}

static IpdOctets
octets_of_text (const char *text)
{
  return (IpdOctets){ text, strlen (text) };
}

char *
ipd_token_sign (const IpdKeyPair *signer, IpdTokenType type, JsonObject *object)
{
  char *payload = ipd_json_write (object);
  g_autofree char *implicit = assertion (type);
  char *token
      = ipd_paseto_sign (signer, octets_of_text (payload), octets_of_text (signer->id.s), octets_of_text (implicit));
  json_object_unref (object);
  ipd_wipe_string (payload); /* that of an enrolment holds secrets */
  return token;
}

static gboolean
type_from_name (const char *name, IpdTokenType *ret_type)
{
  for (unsigned i = 0; name != NULL && i < IPD_TOKEN_TYPES; i++)
    if (strcmp (name, type_names[i]) == 0)
      {
        *ret_type = (IpdTokenType) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
signer_from_footer (GBytes *footer, IpdId *ret_signer)
{
  char text[IPD_ID_LENGTH + 1] = { 0 };
  size_t length;
  const void *octets = g_bytes_get_data (footer, &length);

  if (length != IPD_ID_LENGTH)
    return FALSE;
  memcpy (text, octets, length);
  return ipd_id_from_text (text, ret_signer);
}

static gboolean
version_and_type (JsonObject *object, IpdTokenType *ret_type)
{
  uint64_t version;
  return ipd_json_get_uint (object, "v", VERSION, VERSION, &version)
         && type_from_name (ipd_json_get_string (object, "t", 32), ret_type);
}

/* Takes a token apart without verifying anything. Returns: (transfer full) (nullable): its members */
static JsonObject *
take_apart (const char *text, size_t length, IpdTokenPeek *ret_peek)
{
  g_autoptr (GBytes) body = NULL, footer = NULL;
  size_t body_length;

  if (length > ipd_token_limit (IPD_TOKEN_ENROLMENT) || !ipd_paseto_split (text, length, &body, &footer, NULL)
      || !signer_from_footer (footer, &ret_peek->signer))
    return NULL;
  const char *payload = g_bytes_get_data (body, &body_length);
  g_autoptr (JsonObject) object
      = ipd_json_parse (payload, body_length - IPD_SIGNATURE_OCTETS, IPD_ENROL_REPLY_MAX, NULL);
  if (object == NULL || !version_and_type (object, &ret_peek->type) || length > ipd_token_limit (ret_peek->type))
    return NULL;
  return g_steal_pointer (&object);
}

gboolean
ipd_token_peek (const char *text, size_t length, IpdTokenPeek *ret_peek)
{
  IpdTokenPeek peek;
  g_autoptr (JsonObject) object = take_apart (text, length, &peek);
  if (object == NULL)
    return FALSE;
  *ret_peek = peek;
  return TRUE;
}

JsonObject *
ipd_token_claim (const char *token, size_t length, IpdTokenType type)
{
  IpdTokenPeek peek;
  g_autoptr (JsonObject) object = take_apart (token, length, &peek);
  return object != NULL && peek.type == type ? g_steal_pointer (&object) : NULL;
}

static gboolean
fail (GError **error, IpdWireErrorCode code, IpdTokenType type, const char *what)
{
  g_set_error (error, IPD_WIRE_ERROR, (int) code, "%s token: %s", ipd_token_type_name (type), what);
  return FALSE;
}

/* Whether the footer names the owner of @pk; a look before the costly check, and a reaction of its own. */
static gboolean
check_signer (const char *token, size_t length, IpdTokenType type, const IpdId *expected, GError **error)
{
  g_autoptr (GBytes) body = NULL, footer = NULL;
  IpdId signer;

  if (length > ipd_token_limit (type))
    return fail (error, IPD_WIRE_ERROR_TOO_LONG, type, "too long");
  if (!ipd_paseto_split (token, length, &body, &footer, NULL))
    return fail (error, IPD_WIRE_ERROR_FORM, type, "not a v4.public token");
  if (!signer_from_footer (footer, &signer) || !ipd_id_equal (&signer, expected))
    return fail (error, IPD_WIRE_ERROR_SIGNER, type, "signed by somebody else");
  return TRUE;
}

JsonObject *
ipd_token_open (const char *token, size_t length, IpdTokenType type, const uint8_t pk[static IPD_PK_OCTETS],
                GError **error)
{
  g_autofree char *implicit = assertion (type);
  IpdId signer = ipd_id_from_pk (pk);
  IpdTokenType found;
  size_t payload_length;

  if (!check_signer (token, length, type, &signer, error))
    return NULL;
  g_autoptr (GBytes) payload
      = ipd_paseto_verify (pk, token, length, octets_of_text (signer.s), octets_of_text (implicit), NULL);
  if (payload == NULL)
    {
      fail (error, IPD_WIRE_ERROR_SIGNATURE, type, "the signature does not fit");
      return NULL;
    }
  const char *text = g_bytes_get_data (payload, &payload_length);
  g_autoptr (JsonObject) object = ipd_json_parse (text, payload_length, json_limit (type), error);
  if (object == NULL)
    return NULL;
  if (!version_and_type (object, &found) || found != type)
    {
      fail (error, IPD_WIRE_ERROR_VERSION, type, "of another version or type");
      return NULL;
    }
  return g_steal_pointer (&object);
}

IpdShortId
ipd_token_hash (const char *text)
{
  uint8_t hash[IPD_SHORT_ID_OCTETS];
  crypto_generichash (hash, sizeof hash, (const uint8_t *) text, strlen (text), NULL, 0);
  return ipd_short_id_from_octets (hash);
}
