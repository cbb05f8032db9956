// SPDX-License-Identifier: Apache-2.0
/*
 * The identity document of a device. Written by the station's HTTP service, read by the agent. Any thread.
 */

#include "wire/identity.h"

#include "wire/roles-private.h"
#include "wire/token-private.h"

#include <string.h>

#define VERSION_TEXT_MAX (sizeof ((IpdIdentity *) NULL)->version - 1)

char *
ipd_identity_write (const IpdKeyPair *device, const IpdIdentity *identity)
{
  JsonObject *object = ipd_token_new (IPD_TOKEN_IDENTITY);
  json_object_set_string_member (object, "id", device->id.s);
  ipd_json_set_octets (object, "pk", device->pk, IPD_PK_OCTETS);
  ipd_json_set_roles (object, "role", identity->roles);
  json_object_set_string_member (object, "plant", identity->plant.s);
  json_object_set_string_member (object, "name", identity->name.s);
  json_object_set_string_member (object, "nonce", identity->nonce.s);
  json_object_set_string_member (object, "boot", identity->boot.s);
  json_object_set_string_member (object, "host", identity->host);
  ipd_json_set_uint (object, "sip", identity->sip_port);
  json_object_set_string_member (object, "version", identity->version);

  g_autofree char *token = ipd_token_sign (device, IPD_TOKEN_IDENTITY, object);
  g_autoptr (JsonObject) document = json_object_new ();
  json_object_set_string_member (document, "identity", token);
  return ipd_json_write (document);
}

static gboolean
read_members (JsonObject *object, IpdIdentity *ret_identity)
{
  const char *version = ipd_json_get_string (object, "version", VERSION_TEXT_MAX);
  const char *host = ipd_json_get_string (object, "host", IPD_HOST_CHARS);
  if (version == NULL || host == NULL || !ipd_host_valid (host))
    return FALSE;
  g_strlcpy (ret_identity->version, version, sizeof ret_identity->version);
  g_strlcpy (ret_identity->host, host, sizeof ret_identity->host);
  return ipd_json_get_id (object, "id", &ret_identity->id)
         && ipd_json_get_octets (object, "pk", ret_identity->pk, IPD_PK_OCTETS)
         && ipd_json_get_roles (object, "role", &ret_identity->roles)
         && ipd_json_get_id (object, "plant", &ret_identity->plant)
         && ipd_json_get_name (object, "name", &ret_identity->name)
         && ipd_json_get_short_id (object, "nonce", &ret_identity->nonce)
         && ipd_json_get_short_id (object, "boot", &ret_identity->boot)
         && ipd_json_get_u16 (object, "sip", 1, &ret_identity->sip_port);
}

/* The one token that brings its own key: it proves only that its sender owns the key which its id is made of. */
static gboolean
own_key (const char *token, size_t length, uint8_t ret_pk[static IPD_PK_OCTETS])
{
  g_autoptr (JsonObject) claim = ipd_token_claim (token, length, IPD_TOKEN_IDENTITY);
  return claim != NULL && ipd_json_get_octets (claim, "pk", ret_pk, IPD_PK_OCTETS);
}

gboolean
ipd_identity_read (const char *body, size_t length, const IpdShortId *nonce, IpdIdentity *ret_identity, GError **error)
{
  uint8_t pk[IPD_PK_OCTETS];
  IpdIdentity identity = { 0 };

  g_autoptr (JsonObject) document = ipd_json_parse (body, length, IPD_IDENTITY_BODY_MAX, error);
  if (document == NULL)
    return FALSE;
  const char *token = ipd_json_get_string (document, "identity", IPD_IDENTITY_BODY_MAX);
  if (token == NULL)
    return ipd_json_missing (error);
  if (!own_key (token, strlen (token), pk))
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_FORM, "identity without a readable token and key");
      return FALSE;
    }
  g_autoptr (JsonObject) object = ipd_token_open (token, strlen (token), IPD_TOKEN_IDENTITY, pk, error);
  if (object == NULL)
    return FALSE;
  if (!read_members (object, &identity))
    return ipd_json_missing (error);
  if (!ipd_id_fits_pk (&identity.id, pk) || !ipd_short_id_equal (&identity.nonce, nonce))
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MISMATCH, "identity for another key or another nonce");
      return FALSE;
    }
  *ret_identity = identity;
  return TRUE;
}
