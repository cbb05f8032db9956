// SPDX-License-Identifier: Apache-2.0
/*
 * What the authority signs: licences and the directory. Attacks of docs/protocol.md §6: rollback, a licence for
 * somebody else's key, a device under a foreign id.
 */

#include "wire/directory.h"
#include "wire/licence-token.h"
#include "wire/random.h"

#include "wire-test.h"

static IpdLicence
sample_licence (void)
{
  IpdKeyPair client = CLIENT;
  IpdLicence licence;
  ipd_licence_init (&licence);
  licence.client = client.id;
  memcpy (licence.pk, client.pk, IPD_PK_OCTETS);
  ipd_name_set (&licence.name, "Küche");
  ipd_name_set (&licence.profile.name, "resident");
  g_assert_true (ipd_profile_add_output (&licence.profile, "door"));
  g_assert_true (ipd_profile_add_output (&licence.profile, "gate-2"));
  licence.profile.intercom = true;
  licence.profile.history = IPD_HISTORY_OWN;
  licence.not_before_s = 1795341600;
  licence.expires_s = 1795341600 + 365 * 86400;
  licence.serial = 42;
  return licence;
}

static void
test_licence (void)
{
  g_auto (IpdKeyPair) authority = STATION, other = OTHER;
  IpdLicence licence = sample_licence (), back;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = ipd_licence_token_make (&authority, &licence);

  g_assert_true (ipd_licence_token_verify (token, authority.pk, &back, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (back.client.s, ==, CLIENT_ID);
  g_assert_cmpmem (back.pk, IPD_PK_OCTETS, licence.pk, IPD_PK_OCTETS);
  g_assert_cmpstr (back.name.s, ==, "Küche");
  g_assert_cmpuint (back.profile.n_outputs, ==, 2);
  g_assert_true (ipd_profile_allows_output (&back.profile, "gate-2"));
  g_assert_true (back.profile.intercom);
  g_assert_cmpint (back.profile.history, ==, IPD_HISTORY_OWN);
  g_assert_cmpint (back.not_before_s, ==, licence.not_before_s);
  g_assert_cmpint (back.expires_s, ==, licence.expires_s);
  g_assert_cmpuint (back.serial, ==, 42);
  g_autofree char *again = ipd_licence_token_make (&authority, &back);
  g_assert_cmpstr (again, ==, token); /* and so its hash is stable */

  g_assert_false (ipd_licence_token_verify (token, other.pk, &back, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_SIGNER);
  g_clear_error (&error);
  memcpy (licence.pk, other.pk, IPD_PK_OCTETS);
  g_autofree char *foreign = ipd_licence_token_make (&authority, &licence);
  g_assert_false (ipd_licence_token_verify (foreign, authority.pk, &back, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MISMATCH);
}

static void
test_licence_bits (void)
{
  g_auto (IpdKeyPair) authority = STATION;
  IpdLicence licence = sample_licence (), back;
  g_autofree char *token = ipd_licence_token_make (&authority, &licence);
  size_t length = strlen (token);

  for (size_t bit = 0; bit < length * 8; bit++)
    {
      token[bit / 8] = (char) (token[bit / 8] ^ 1 << bit % 8);
      g_assert_false (ipd_licence_token_verify (token, authority.pk, &back, NULL));
      token[bit / 8] = (char) (token[bit / 8] ^ 1 << bit % 8);
    }
}

static void
add_device (IpdDirectory *directory, const IpdKeyPair *pair, const char *host)
{
  IpdDevice *device = ipd_device_new ();
  IpdOutput door = { .id = { "door" }, .name = { "Street door" }, .kind = IPD_OUTPUT_LOCK, .has_contact = true };
  device->id = pair->id;
  memcpy (device->pk, pair->pk, IPD_PK_OCTETS);
  ipd_name_set (&device->name, "Main entrance");
  device->roles = IPD_ROLE_OUTDOOR | IPD_ROLE_BROKER;
  g_strlcpy (device->host, host, sizeof device->host);
  device->http_port = 8001;
  device->sip_port = 5060;
  g_assert_true (ipd_device_add_output (device, &door));
  g_ptr_array_add (directory->devices, device);
}

static void
test_directory (void)
{
  g_auto (IpdKeyPair) authority = STATION, second = OTHER;
  g_auto (IpdDirectory) directory = { 0 }, back = { 0 };
  g_autoptr (GError) error = NULL;

  ipd_directory_init (&directory);
  directory.version = 7;
  directory.time = 1795341600;
  add_device (&directory, &authority, "192.0.2.10");
  add_device (&directory, &second, "");
  g_autofree char *token = ipd_directory_token_make (&authority, &directory, &error);
  g_assert_no_error (error);
  g_assert_true (ipd_directory_token_verify (token, authority.pk, 7, &back, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (back.version, ==, 7);
  g_assert_cmpint (back.time, ==, 1795341600);
  g_assert_cmpuint (back.devices->len, ==, 2);
  const IpdDevice *device = ipd_directory_find (&back, &authority.id);
  g_assert_nonnull (device);
  g_assert_cmpstr (device->host, ==, "192.0.2.10");
  g_assert_cmpint (device->http_port, ==, 8001);
  g_assert_cmpint (device->roles, ==, IPD_ROLE_OUTDOOR | IPD_ROLE_BROKER);
  g_assert_cmpuint (device->n_outputs, ==, 1);
  g_assert_true (device->outputs[0].has_contact);
  IpdId unknown = { CLIENT_ID };
  g_assert_null (ipd_directory_find (&back, &unknown));
  g_autofree char *again = ipd_directory_token_make (&authority, &back, NULL);
  g_assert_cmpstr (again, ==, token);
}

static void
test_rollback (void)
{
  g_auto (IpdKeyPair) authority = STATION;
  g_auto (IpdDirectory) directory = { 0 }, back = { 0 };
  g_autoptr (GError) error = NULL;

  ipd_directory_init (&directory);
  directory.version = 7;
  add_device (&directory, &authority, "192.0.2.10");
  g_autofree char *token = ipd_directory_token_make (&authority, &directory, NULL);
  g_assert_false (ipd_directory_token_verify (token, authority.pk, 8, &back, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_ROLLBACK);
  g_assert_null (back.devices);
}

static void
test_directory_refused (void)
{
  g_auto (IpdKeyPair) authority = STATION, other = OTHER;
  static const char *const hosts[] = { "192.0.2.10 ", "host name", "a/b" };
  for (size_t i = 0; i < G_N_ELEMENTS (hosts) + 2; i++)
    {
      g_auto (IpdDirectory) directory = { 0 }, back = { 0 };
      g_autoptr (GError) error = NULL;
      ipd_directory_init (&directory);
      add_device (&directory, &authority, i < G_N_ELEMENTS (hosts) ? hosts[i] : "");
      if (i == G_N_ELEMENTS (hosts))
        add_device (&directory, &authority, "");
      if (i > G_N_ELEMENTS (hosts)) /* another key under this id */
        memcpy (((IpdDevice *) g_ptr_array_index (directory.devices, 0))->pk, other.pk, IPD_PK_OCTETS);
      g_autofree char *token = ipd_directory_token_make (&authority, &directory, NULL);
      g_assert_false (ipd_directory_token_verify (token, authority.pk, 0, &back, &error));
      int wanted = i < G_N_ELEMENTS (hosts) ? IPD_WIRE_ERROR_MEMBER : IPD_WIRE_ERROR_MISMATCH;
      g_assert_error (error, IPD_WIRE_ERROR, wanted);
    }
}

static void
test_directory_too_long (void)
{
  g_auto (IpdKeyPair) authority = STATION;
  g_auto (IpdDirectory) directory = { 0 };
  g_autoptr (GError) error = NULL;

  ipd_directory_init (&directory);
  for (unsigned i = 0; i < 40; i++)
    add_device (&directory, &authority, "");
  g_assert_null (ipd_directory_token_make (&authority, &directory, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/grants/licence", test_licence);
  g_test_add_func ("/wire/grants/licence-bits", test_licence_bits);
  g_test_add_func ("/wire/grants/directory", test_directory);
  g_test_add_func ("/wire/grants/rollback", test_rollback);
  g_test_add_func ("/wire/grants/directory-refused", test_directory_refused);
  g_test_add_func ("/wire/grants/directory-too-long", test_directory_too_long);
  return g_test_run ();
}
