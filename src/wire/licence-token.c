// SPDX-License-Identifier: Apache-2.0
/*
 * Licences as tokens of the authority. Made by the broker station, read by station and agent. Any thread.
 */

#include "wire/licence-token.h"

#include "wire/token-private.h"

#include <string.h>

#define KIND_WORD_MAX 16

static JsonObject *
profile_object (const IpdProfile *profile)
{
  JsonObject *object = json_object_new ();
  JsonArray *outputs = json_array_new ();

  for (size_t i = 0; i < profile->n_outputs; i++)
    json_array_add_string_element (outputs, profile->outputs[i].s);
  json_object_set_string_member (object, "name", profile->name.s);
  json_object_set_array_member (object, "outputs", outputs);
  json_object_set_boolean_member (object, "intercom", profile->intercom);
  json_object_set_string_member (object, "history", ipd_history_scope_to_string (profile->history));
  return object;
}

char *
ipd_licence_token_make (const IpdKeyPair *authority, const IpdLicence *licence)
{
  JsonObject *object = ipd_token_new (IPD_TOKEN_LICENCE);
  json_object_set_string_member (object, "client", licence->client.s);
  ipd_json_set_octets (object, "pk", licence->pk, IPD_PK_OCTETS);
  json_object_set_string_member (object, "name", licence->name.s);
  json_object_set_object_member (object, "profile", profile_object (&licence->profile));
  json_object_set_string_member (object, "kind", ipd_licence_kind_to_string (licence->kind));
  ipd_json_set_time (object, "nbf", licence->not_before_s);
  ipd_json_set_time (object, "exp", licence->expires_s);
  ipd_json_set_uint (object, "serial", licence->serial);
  return ipd_token_sign (authority, IPD_TOKEN_LICENCE, object);
}

static gboolean
read_profile (JsonObject *object, IpdProfile *ret_profile)
{
  JsonArray *outputs = object == NULL ? NULL : ipd_json_get_array (object, "outputs", IPD_OUTPUTS_MAX);

  ipd_profile_init (ret_profile);
  if (outputs == NULL || !ipd_json_get_name (object, "name", &ret_profile->name)
      || !ipd_json_get_bool (object, "intercom", &ret_profile->intercom)
      || !ipd_history_scope_from_string (ipd_json_get_string (object, "history", KIND_WORD_MAX), &ret_profile->history))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (outputs); i++)
    if (!ipd_profile_add_output (ret_profile, ipd_json_element_string (outputs, i, IPD_OUTPUT_ID_CHARS)))
      return FALSE;
  return TRUE;
}

static gboolean
read_licence (JsonObject *object, IpdLicence *ret_licence)
{
  ipd_licence_init (ret_licence);
  return ipd_json_get_id (object, "client", &ret_licence->client)
         && ipd_json_get_octets (object, "pk", ret_licence->pk, IPD_PK_OCTETS)
         && ipd_json_get_name (object, "name", &ret_licence->name)
         && read_profile (ipd_json_get_object (object, "profile"), &ret_licence->profile)
         && ipd_licence_kind_from_string (ipd_json_get_string (object, "kind", KIND_WORD_MAX), &ret_licence->kind)
         && ipd_json_get_time (object, "nbf", &ret_licence->not_before_s)
         && ipd_json_get_time (object, "exp", &ret_licence->expires_s)
         && ipd_json_get_uint (object, "serial", 0, G_MAXINT64, &ret_licence->serial);
}

gboolean
ipd_licence_token_verify (const char *token, const uint8_t authority_pk[static IPD_PK_OCTETS], IpdLicence *ret_licence,
                          GError **error)
{
  IpdLicence licence;
  g_autoptr (JsonObject) object = ipd_token_open (token, strlen (token), IPD_TOKEN_LICENCE, authority_pk, error);

  if (object == NULL)
    return FALSE;
  if (!read_licence (object, &licence))
    return ipd_json_missing (error);
  if (!ipd_id_fits_pk (&licence.client, licence.pk))
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MISMATCH, "licence whose client id does not fit its key");
      return FALSE;
    }
  *ret_licence = licence;
  return TRUE;
}
