// SPDX-License-Identifier: Apache-2.0
/*
 * The signature that a SIP message carries beside its body, and the digest secret. Used by agent and station before
 * anything rings; sip/ only carries the header. Any thread.
 */

#include "wire/sip-auth.h"

#include "wire/base64.h"
#include "wire/error-private.h"
#include "wire/random.h"

#include <sodium.h>
#include <string.h>

#define DOMAIN         "ipdoor sip 1"
#define VERSION_PREFIX "1."
#define PREFIX_LENGTH  (sizeof VERSION_PREFIX - 1)

/* Length in front of each field, so that no octet can wander from one field into the next. */
static gboolean
append_field (GByteArray *array, const char *text)
{
  size_t length = text == NULL ? 0 : strlen (text);
  if (length > G_MAXUINT16)
    return FALSE;
  const uint8_t prefix[2] = { (uint8_t) (length >> 8), (uint8_t) (length & 0xff) };
  g_byte_array_append (array, prefix, sizeof prefix);
  if (length > 0)
    g_byte_array_append (array, (const uint8_t *) text, (guint) length);
  return TRUE;
}

GByteArray *
ipd_sip_auth_octets (const IpdSipAuth *auth)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  uint8_t hash[32];
  char status[16] = "", cseq[16];

  if (auth->status != 0)
    g_snprintf (status, sizeof status, "%u", auth->status);
  g_snprintf (cseq, sizeof cseq, "%" G_GUINT32_FORMAT, auth->cseq);
  const char *const fields[] = { auth->method,    status,        auth->signer, auth->receiver, auth->from_tag,
                                 auth->ruri_user, auth->call_id, cseq,         auth->visit };

  g_byte_array_append (array, (const uint8_t *) DOMAIN, sizeof DOMAIN); /* with its 0x00 */
  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!append_field (array, fields[i]))
      return NULL;
  crypto_generichash (hash, sizeof hash, auth->body, auth->body_length, NULL, 0);
  g_byte_array_append (array, hash, sizeof hash);
  return g_steal_pointer (&array);
}

gboolean
ipd_sip_auth_sign (const IpdSipAuth *auth, const IpdKeyPair *pair, char ret_value[static IPD_SIP_AUTH_LENGTH + 1])
{
  uint8_t signature[IPD_SIGNATURE_OCTETS];
  g_autoptr (GByteArray) octets = ipd_sip_auth_octets (auth);

  if (octets == NULL || g_strcmp0 (auth->signer, pair->id.s) != 0)
    return FALSE;
  ipd_sign (pair, octets->data, octets->len, signature);
  memcpy (ret_value, VERSION_PREFIX, PREFIX_LENGTH);
  ipd_b64u_encode_to (signature, sizeof signature, ret_value + PREFIX_LENGTH);
  return TRUE;
}

static gboolean
read_value (const char *value, size_t length, uint8_t ret_signature[static IPD_SIGNATURE_OCTETS], IpdWireError *reterr)
{
  size_t written;
  if (length < PREFIX_LENGTH)
    return ipd_wire_fail (reterr, IPD_WIRE_SHORT, length);
  if (memcmp (value, VERSION_PREFIX, PREFIX_LENGTH) != 0)
    return ipd_wire_fail (reterr, IPD_WIRE_UNSUPPORTED, 0);
  if (length != IPD_SIP_AUTH_LENGTH)
    return ipd_wire_fail (reterr, length < IPD_SIP_AUTH_LENGTH ? IPD_WIRE_SHORT : IPD_WIRE_LONG, PREFIX_LENGTH);
  return ipd_b64u_decode (value + PREFIX_LENGTH, length - PREFIX_LENGTH, ret_signature, IPD_SIGNATURE_OCTETS, &written,
                          reterr);
}

gboolean
ipd_sip_auth_verify (const IpdSipAuth *auth, const char *value, size_t value_length,
                     const uint8_t pk[static IPD_PK_OCTETS], IpdWireError *reterr)
{
  uint8_t signature[IPD_SIGNATURE_OCTETS];
  IpdId signer = ipd_id_from_pk (pk);

  if (!read_value (value, value_length, signature, reterr))
    return FALSE;
  g_autoptr (GByteArray) octets = ipd_sip_auth_octets (auth);
  if (octets == NULL)
    return ipd_wire_fail (reterr, IPD_WIRE_RANGE, 0);
  if (g_strcmp0 (auth->signer, signer.s) != 0 || !ipd_verify (pk, octets->data, octets->len, signature))
    return ipd_wire_fail (reterr, IPD_WIRE_FORGED, 0);
  return TRUE;
}

IpdShortId
ipd_sip_secret (const uint8_t k_station[static 32], const IpdId *client)
{
  uint8_t hash[32];
  crypto_generichash_state state;

  crypto_generichash_init (&state, k_station, 32, sizeof hash);
  crypto_generichash_update (&state, (const uint8_t *) DOMAIN, sizeof DOMAIN - 1);
  crypto_generichash_update (&state, (const uint8_t *) client->s, IPD_ID_LENGTH);
  crypto_generichash_final (&state, hash, sizeof hash);
  IpdShortId secret = ipd_short_id_from_octets (hash);
  sodium_memzero (hash, sizeof hash);
  return secret;
}
