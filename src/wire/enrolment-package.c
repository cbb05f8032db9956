// SPDX-License-Identifier: Apache-2.0
/*
 * What an enrolment gives to the client: a token of the authority, sealed. Written by the broker station, opened by the
 * agent. Any thread.
 */

#include "wire/enrolment.h"
#include "wire/token-private.h"

#include <sodium.h>
#include <string.h>

void
ipd_enrol_package_clear (IpdEnrolPackage *package)
{
  g_free (package->licence);
  g_free (package->directory);
  if (package->vendors != NULL)
    sodium_memzero (package->vendors, package->n_vendors * sizeof *package->vendors);
  g_free (package->vendors);
  sodium_memzero (package, sizeof *package);
}

static JsonObject *
vendor_object (const IpdEnrolVendor *vendor)
{
  JsonObject *object = json_object_new ();
  JsonArray *outputs = json_array_new ();

  for (unsigned i = 0; i < vendor->n_outputs; i++)
    {
      JsonObject *output = json_object_new ();
      json_object_set_string_member (output, "id", vendor->outputs[i].id.s);
      json_object_set_string_member (output, "code", vendor->outputs[i].code);
      ipd_json_set_uint (output, "number", vendor->outputs[i].number);
      json_array_add_object_element (outputs, output);
    }
  json_object_set_string_member (object, "device", vendor->device.s);
  json_object_set_string_member (object, "user", vendor->user);
  json_object_set_string_member (object, "password", vendor->password);
  json_object_set_array_member (object, "outputs", outputs);
  return object;
}

static JsonObject *
package_object (const IpdKeyPair *authority, const IpdEnrolPackage *package)
{
  JsonObject *object = ipd_token_new (IPD_TOKEN_ENROLMENT);
  JsonObject *plant = json_object_new ();
  JsonArray *sip = json_array_new (), *vendors = json_array_new ();

  json_object_set_string_member (plant, "id", authority->id.s);
  json_object_set_string_member (plant, "name", package->plant_name.s);
  ipd_json_set_octets (plant, "authority", authority->pk, IPD_PK_OCTETS);
  for (unsigned i = 0; i < package->n_sip; i++)
    {
      JsonObject *entry = json_object_new ();
      json_object_set_string_member (entry, "station", package->sip[i].station.s);
      json_object_set_string_member (entry, "secret", package->sip[i].secret.s);
      json_array_add_object_element (sip, entry);
    }
  json_object_set_object_member (object, "plant", plant);
  json_object_set_string_member (object, "client", package->client.s);
  json_object_set_string_member (object, "licence", package->licence);
  json_object_set_string_member (object, "directory", package->directory);
  for (unsigned i = 0; i < package->n_vendors; i++)
    json_array_add_object_element (vendors, vendor_object (&package->vendors[i]));
  json_object_set_array_member (object, "sip", sip);
  json_object_set_array_member (object, "vendors", vendors);
  return object;
}

GBytes *
ipd_enrol_package_seal (const IpdKeyPair *authority, const uint8_t client_pk[static IPD_PK_OCTETS],
                        const IpdEnrolPackage *package, GError **error)
{
  g_assert (package->n_sip <= IPD_ENROL_STATIONS_MAX && package->n_vendors <= IPD_ENROL_STATIONS_MAX);
  char *token = ipd_token_sign (authority, IPD_TOKEN_ENROLMENT, package_object (authority, package));
  GBytes *sealed = NULL;

  if (strlen (token) > ipd_token_limit (IPD_TOKEN_ENROLMENT))
    g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG, "the enrolment package is too long");
  else if ((sealed = ipd_seal (client_pk, token, strlen (token))) == NULL)
    g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_SEAL, "nothing can be sealed to the client's key");
  ipd_wipe_string (token);
  return sealed;
}

static gboolean
read_plant (JsonObject *plant, IpdEnrolPackage *package)
{
  return plant != NULL && ipd_json_get_id (plant, "id", &package->plant)
         && ipd_json_get_name (plant, "name", &package->plant_name)
         && ipd_json_get_octets (plant, "authority", package->authority_pk, IPD_PK_OCTETS);
}

static gboolean
read_sip (JsonArray *array, IpdEnrolPackage *package)
{
  if (array == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *entry = ipd_json_element_object (array, i);
      if (entry == NULL || !ipd_json_get_id (entry, "station", &package->sip[i].station)
          || !ipd_json_get_short_id (entry, "secret", &package->sip[i].secret))
        return FALSE;
    }
  package->n_sip = json_array_get_length (array);
  return TRUE;
}

static gboolean
copy_string (JsonObject *object, const char *member, char *ret_text, size_t size)
{
  const char *text = ipd_json_get_string (object, member, size - 1);
  if (text == NULL)
    return FALSE;
  g_strlcpy (ret_text, text, size);
  return TRUE;
}

static gboolean
read_vendor (JsonObject *object, IpdEnrolVendor *vendor)
{
  JsonArray *outputs = object == NULL ? NULL : ipd_json_get_array (object, "outputs", IPD_OUTPUTS_MAX);

  if (outputs == NULL || !ipd_json_get_id (object, "device", &vendor->device)
      || !copy_string (object, "user", vendor->user, sizeof vendor->user)
      || !copy_string (object, "password", vendor->password, sizeof vendor->password))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (outputs); i++)
    {
      JsonObject *output = ipd_json_element_object (outputs, i);
      if (output == NULL || !ipd_json_get_output (output, "id", &vendor->outputs[i].id)
          || !copy_string (output, "code", vendor->outputs[i].code, sizeof vendor->outputs[i].code)
          || !ipd_json_get_u16 (output, "number", 1, &vendor->outputs[i].number))
        return FALSE;
    }
  vendor->n_outputs = json_array_get_length (outputs);
  return TRUE;
}

/* A plant without third-party stations need not say so. */
static gboolean
read_vendors (JsonObject *object, IpdEnrolPackage *package)
{
  if (!json_object_has_member (object, "vendors"))
    return TRUE;
  JsonArray *array = ipd_json_get_array (object, "vendors", IPD_ENROL_STATIONS_MAX);
  if (array == NULL)
    return FALSE;
  package->n_vendors = json_array_get_length (array);
  package->vendors = g_new0 (IpdEnrolVendor, package->n_vendors);
  for (guint i = 0; i < package->n_vendors; i++)
    if (!read_vendor (ipd_json_element_object (array, i), &package->vendors[i]))
      return FALSE;
  return TRUE;
}

static gboolean
read_members (JsonObject *object, IpdEnrolPackage *package)
{
  const char *licence = ipd_json_get_string (object, "licence", ipd_token_limit (IPD_TOKEN_LICENCE));
  const char *directory = ipd_json_get_string (object, "directory", ipd_token_limit (IPD_TOKEN_DIRECTORY));

  if (licence == NULL || directory == NULL || !read_plant (ipd_json_get_object (object, "plant"), package)
      || !ipd_json_get_id (object, "client", &package->client)
      || !read_sip (ipd_json_get_array (object, "sip", IPD_ENROL_STATIONS_MAX), package)
      || !read_vendors (object, package))
    return FALSE;
  package->licence = g_strdup (licence);
  package->directory = g_strdup (directory);
  return TRUE;
}

gboolean
ipd_enrol_package_open (const IpdKeyPair *client, const uint8_t authority_pk[static IPD_PK_OCTETS], const void *sealed,
                        size_t length, IpdEnrolPackage *ret_package, GError **error)
{
  g_auto (IpdEnrolPackage) package = { 0 };
  g_autoptr (IpdSecret) plain = ipd_unseal (client, sealed, length);

  if (plain == NULL)
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_SEAL, "the enrolment package is not sealed to this client");
      return FALSE;
    }
  g_autoptr (JsonObject) object = ipd_token_open ((const char *) ipd_secret_octets (plain), ipd_secret_length (plain),
                                                  IPD_TOKEN_ENROLMENT, authority_pk, error);
  if (object == NULL)
    return FALSE;
  if (!read_members (object, &package))
    return ipd_json_missing (error);
  if (sodium_memcmp (package.authority_pk, authority_pk, IPD_PK_OCTETS) != 0
      || !ipd_id_fits_pk (&package.plant, authority_pk) || !ipd_id_equal (&package.client, &client->id))
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MISMATCH,
                   "the enrolment package is of another plant or for another client");
      return FALSE;
    }
  *ret_package = package;
  package = (IpdEnrolPackage){ 0 };
  return TRUE;
}
