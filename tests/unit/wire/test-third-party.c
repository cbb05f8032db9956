// SPDX-License-Identifier: Apache-2.0
/*
 * Stations and phones of others in what the authority signs (docs/protocol.md §14, §15): directory entries without a
 * key, what opens them in the enrolment package, ids made of names. Known ids come from Python's hashlib.
 */

#include "wire/derived-id.h"
#include "wire/directory.h"
#include "wire/enrolment.h"
#include "wire/paseto.h"

#include "wire-test.h"

static void
test_ids (void)
{
  IpdKeyPair station = STATION;
  IpdId device = ipd_id_of_third_party (&station.id, "gate"), phone = ipd_id_of_phone (&station.id, "gate");
  IpdId other = ipd_id_of_phone (&station.id, "kitchen");

  g_assert_cmpstr (device.s, ==, "vqdhyvmw7o3sqnggjowcpdjbfq");
  g_assert_cmpstr (phone.s, ==, "kzt7bqw24qxvmd53cizuphvq6m");
  g_assert_cmpstr (other.s, ==, "qxc5ugfpf7a5sbf4dsatn3byxu");
  g_assert_true (ipd_id_valid (device.s));
}

static IpdDevice *
third_party (const IpdKeyPair *authority)
{
  IpdDevice *device = ipd_device_new ();
  const IpdOutput gate = { .id = { "gate" }, .name = { "Gate" }, .kind = IPD_OUTPUT_GATE };

  device->id = ipd_id_of_third_party (&authority->id, "gate");
  ipd_name_set (&device->name, "Gate");
  device->roles = IPD_ROLE_OUTDOOR;
  g_strlcpy (device->vendor, "2n", sizeof device->vendor);
  g_strlcpy (device->host, "192.0.2.7", sizeof device->host);
  device->sip_port = 5060;
  device->http_port = 80;
  device->rtsp_port = 8554;
  g_assert_true (ipd_device_add_output (device, &gate));
  return device;
}

static void
test_directory (void)
{
  IpdKeyPair authority = STATION;
  g_auto (IpdDirectory) directory = { 0 }, back = { 0 };
  g_autoptr (GError) error = NULL;

  ipd_directory_init (&directory);
  g_ptr_array_add (directory.devices, third_party (&authority));
  g_autofree char *token = ipd_directory_token_make (&authority, &directory, &error);
  g_assert_no_error (error);
  g_assert_true (ipd_directory_token_verify (token, authority.pk, 0, &back, &error));
  IpdId id = ipd_id_of_third_party (&authority.id, "gate");
  const IpdDevice *device = ipd_directory_find (&back, &id);
  g_assert_true (ipd_device_is_third_party (device));
  g_assert_cmpstr (device->vendor, ==, "2n");
  g_assert_cmpuint (device->rtsp_port, ==, 8554);
  g_assert_cmpstr (device->outputs[0].id.s, ==, "gate");
  /* It has no key that anything could verify with. */
  const uint8_t signature[IPD_SIGNATURE_OCTETS] = { 0 };
  g_assert_false (ipd_verify (device->pk, "", 0, signature));
}

#define ENTRY(members)                                                                                                 \
  "{\"v\":1,\"t\":\"directory\",\"version\":1,\"time\":\"2026-11-22T10:00:00Z\",\"devices\":[{\"id\":"                 \
  "\"vqdhyvmw7o3sqnggjowcpdjbfq\","                                                                                    \
  "\"name\":\"Gate\",\"role\":[\"outdoor\"],\"http\":80,\"sip\":5060,\"outputs\":[]," members "}]}"
#define PK "\"pk\":\"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w\""

static const struct {
  const char *json;
  int code; /* -1: accepted */
} entries[] = {
  { ENTRY ("\"host\":\"192.0.2.7\",\"vendor\":\"2n\",\"rtsp\":0"), -1 },
  { ENTRY ("\"host\":\"192.0.2.7\",\"vendor\":\"2n\",\"rtsp\":0," PK), IPD_WIRE_ERROR_MEMBER },
  { ENTRY ("\"host\":\"192.0.2.7\",\"vendor\":\"2n\""), IPD_WIRE_ERROR_MEMBER },
  { ENTRY ("\"host\":\"192.0.2.7\",\"vendor\":\"2n\",\"rtsp\":65536"), IPD_WIRE_ERROR_MEMBER },
  { ENTRY ("\"host\":\"\",\"vendor\":\"2n\",\"rtsp\":0"), IPD_WIRE_ERROR_MEMBER },
  { ENTRY ("\"host\":\"192.0.2.7\",\"vendor\":\"\",\"rtsp\":0"), IPD_WIRE_ERROR_MEMBER },
  { ENTRY ("\"host\":\"192.0.2.7\",\"vendor\":\"../2n\",\"rtsp\":0"), IPD_WIRE_ERROR_MEMBER },
  { ENTRY ("\"host\":\"192.0.2.7\",\"vendor\":7,\"rtsp\":0"), IPD_WIRE_ERROR_MEMBER },
  { ENTRY ("\"host\":\"192.0.2.7\""), IPD_WIRE_ERROR_MEMBER },
  { ENTRY ("\"host\":\"192.0.2.7\"," PK), IPD_WIRE_ERROR_MISMATCH }, /* a key that is not this id's */
};

static void
test_entries (void)
{
  IpdKeyPair authority = STATION;

  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_auto (IpdDirectory) directory = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *token
          = ipd_paseto_sign (&authority, (IpdOctets){ entries[i].json, strlen (entries[i].json) },
                             (IpdOctets){ authority.id.s, IPD_ID_LENGTH }, (IpdOctets){ "ipdoor 1 directory", 18 });
      g_test_message ("%s", entries[i].json);
      g_assert_cmpint (ipd_directory_token_verify (token, authority.pk, 0, &directory, &error), ==,
                       entries[i].code < 0);
      if (entries[i].code >= 0)
        g_assert_error (error, IPD_WIRE_ERROR, entries[i].code);
    }
}

static void
fill (IpdEnrolPackage *package, const IpdId *client, unsigned n_vendors)
{
  package->client = *client;
  ipd_name_set (&package->plant_name, "Via Roma 1");
  package->licence = g_strdup ("licence token");
  package->directory = g_strdup ("directory token");
  package->vendors = g_new0 (IpdEnrolVendor, n_vendors);
  package->n_vendors = n_vendors;
  for (unsigned i = 0; i < n_vendors; i++)
    {
      IpdEnrolVendor *vendor = &package->vendors[i];
      vendor->device = *client;
      g_strlcpy (vendor->user, "admin", sizeof vendor->user);
      memset (vendor->password, 'p', IPD_ENROL_PASSWORD_MAX);
      vendor->n_outputs = 2;
      vendor->outputs[0].id = (IpdOutputId){ "door" };
      vendor->outputs[0].number = 1;
      vendor->outputs[1].id = (IpdOutputId){ "gate" };
      vendor->outputs[1].number = 65535;
      g_strlcpy (vendor->outputs[1].code, "12*", sizeof vendor->outputs[1].code);
    }
}

static void
test_package (void)
{
  IpdKeyPair authority = STATION, client = CLIENT;
  g_auto (IpdEnrolPackage) package = { 0 }, opened = { 0 };
  g_autoptr (GError) error = NULL;

  fill (&package, &client.id, 3);
  g_autoptr (GBytes) sealed = ipd_enrol_package_seal (&authority, client.pk, &package, &error);
  g_assert_no_error (error);
  g_assert_true (ipd_enrol_package_open (&client, authority.pk, g_bytes_get_data (sealed, NULL),
                                         g_bytes_get_size (sealed), &opened, &error));
  g_assert_cmpuint (opened.n_vendors, ==, 3);
  g_assert_cmpmem (opened.vendors, 3 * sizeof *opened.vendors, package.vendors, 3 * sizeof *package.vendors);
}

static void
test_package_too_long (void)
{
  IpdKeyPair authority = STATION, client = CLIENT;
  g_auto (IpdEnrolPackage) package = { 0 };
  g_autoptr (GError) error = NULL;

  fill (&package, &client.id, IPD_ENROL_STATIONS_MAX);
  for (unsigned i = 0; i < package.n_vendors; i++)
    for (unsigned k = 0; k < IPD_OUTPUTS_MAX; k++)
      {
        package.vendors[i].n_outputs = k + 1;
        package.vendors[i].outputs[k] = package.vendors[i].outputs[1];
      }
  g_assert_null (ipd_enrol_package_seal (&authority, client.pk, &package, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG);
}

#define PACKAGE(vendors)                                                                                               \
  "{\"v\":1,\"t\":\"enrolment\",\"plant\":{\"id\":\"" STATION_ID "\",\"name\":\"P\",\"authority\":"                    \
  "\"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w\"},\"client\":\"" CLIENT_ID "\",\"licence\":\"x\","                   \
  "\"directory\":\"y\",\"sip\":[]" vendors "}"
#define VENDOR(outputs)                                                                                                \
  "{\"device\":\"vqdhyvmw7o3sqnggjowcpdjbfq\",\"user\":\"\",\"password\":\"\",\"outputs\":[" outputs "]}"

static const struct {
  const char *json;
  gboolean good;
} packages[] = {
  { PACKAGE (""), TRUE }, /* a plant without third parties */
  { PACKAGE (",\"vendors\":[]"), TRUE },
  { PACKAGE (",\"vendors\":[" VENDOR ("") "]"), TRUE },
  { PACKAGE (",\"vendors\":[" VENDOR ("{\"id\":\"door\",\"code\":\"\",\"number\":1}") "]"), TRUE },
  { PACKAGE (",\"vendors\":{}"), FALSE },
  { PACKAGE (",\"vendors\":[7]"), FALSE },
  { PACKAGE (",\"vendors\":[{\"device\":\"vqdhyvmw7o3sqnggjowcpdjbfq\"}]"), FALSE },
  { PACKAGE (",\"vendors\":[" VENDOR ("{\"id\":\"door\",\"code\":\"\",\"number\":0}") "]"), FALSE },
  { PACKAGE (",\"vendors\":[" VENDOR ("{\"id\":\"Door\",\"code\":\"\",\"number\":1}") "]"), FALSE },
  { PACKAGE (",\"vendors\":[" VENDOR ("{\"id\":\"door\",\"number\":1}") "]"), FALSE },
  { PACKAGE (
        ",\"vendors\":[" VENDOR ("{\"id\":\"door\",\"code\":\"012345678901234567890123456789012\",\"number\":1}") "]"),
    FALSE },
  { PACKAGE (",\"vendors\":[" VENDOR ("7") "]"), FALSE },
};

static void
test_packages (void)
{
  IpdKeyPair authority = STATION, client = CLIENT;

  for (size_t i = 0; i < G_N_ELEMENTS (packages); i++)
    {
      g_auto (IpdEnrolPackage) package = { 0 };
      g_autofree char *token
          = ipd_paseto_sign (&authority, (IpdOctets){ packages[i].json, strlen (packages[i].json) },
                             (IpdOctets){ authority.id.s, IPD_ID_LENGTH }, (IpdOctets){ "ipdoor 1 enrolment", 18 });
      g_autoptr (GBytes) sealed = ipd_seal (client.pk, token, strlen (token));
      g_test_message ("%s", packages[i].json);
      g_assert_cmpint (ipd_enrol_package_open (&client, authority.pk, g_bytes_get_data (sealed, NULL),
                                               g_bytes_get_size (sealed), &package, NULL),
                       ==, packages[i].good);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/third-party/ids", test_ids);
  g_test_add_func ("/wire/third-party/directory", test_directory);
  g_test_add_func ("/wire/third-party/entries", test_entries);
  g_test_add_func ("/wire/third-party/package", test_package);
  g_test_add_func ("/wire/third-party/package-too-long", test_package_too_long);
  g_test_add_func ("/wire/third-party/packages", test_packages);
  return g_test_run ();
}
