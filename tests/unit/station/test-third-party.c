// SPDX-License-Identifier: Apache-2.0
/*
 * Third-party stations of the configuration (docs/protocol.md §14): against their drivers, in the directory, and in the
 * package of each client as its profile allows.
 */
#include "station-test.h"
#include "station/third-party.h"
#include "wire/derived-id.h"
#include "wire/directory.h"

#include <glib/gstdio.h>
#include <string.h>

#define CONF                                                                                                           \
  "[output door]\n[device gate]\nname=Gate\ndriver=doorbird\nhost=192.0.2.9\nhttp-port=8080\nuser=abc0001\n"           \
  "password=hush\n[device-output gate door]\nname=Gate door\n[device-output gate light]\nkind=light\nnumber=2\n"       \
  "code=77\n"

static void
test_directory (void)
{
  StationTest base;
  g_auto (IpdDirectory) directory = { 0 };
  station_test_set_up (&base, CONF);
  g_assert_true (ipd_third_party_check (base.config, "192.0.2.1", NULL));
  IpdId id = ipd_id_of_third_party (&base.identity.authority.id, "gate");
  g_assert_true (ipd_directory_token_verify (ipd_plant_get_directory (base.plant), base.identity.authority.pk, 0,
                                             &directory, NULL));
  const IpdDevice *gate = ipd_directory_find (&directory, &id);
  g_assert_nonnull (gate);
  g_assert_cmpstr (gate->vendor, ==, "doorbird");
  g_assert_cmpstr (gate->host, ==, "192.0.2.9");
  g_assert_cmpuint (gate->http_port, ==, 8080);
  g_assert_cmpuint (gate->n_outputs, ==, 2);
  g_assert_cmpstr (gate->outputs[0].name.s, ==, "Gate door");
  station_test_tear_down (&base);
}

static void
test_package (void)
{
  StationTest base;
  static const uint8_t pk[2][IPD_LICENCE_PK_OCTETS] = { { 1 }, { 2 } };
  g_auto (IpdEnrolPackage) package = { 0 }, viewers = { 0 };
  station_test_set_up (&base, CONF);
  const IpdId *plant = &base.identity.authority.id;
  const IpdClient *resident = ipd_plant_issue (base.plant, pk[0], "Resident", "resident", NULL);
  g_assert_true (ipd_profile_allows_output (&resident->licence.profile, "door"));
  g_assert_true (ipd_profile_allows_output (&resident->licence.profile, "light"));
  ipd_third_party_pack (base.config, plant, &resident->licence.profile, &package);
  g_assert_cmpuint (package.n_vendors, ==, 1);
  g_assert_cmpstr (package.vendors[0].user, ==, "abc0001");
  g_assert_cmpstr (package.vendors[0].password, ==, "hush");
  g_assert_cmpuint (package.vendors[0].n_outputs, ==, 2);
  g_assert_cmpstr (package.vendors[0].outputs[1].code, ==, "77");
  g_assert_cmpuint (package.vendors[0].outputs[1].number, ==, 2);
  /* Who may open nothing gets nothing that opens. */
  const IpdClient *viewer = ipd_plant_issue (base.plant, pk[1], "Viewer", "viewer", NULL);
  ipd_third_party_pack (base.config, plant, &viewer->licence.profile, &viewers);
  g_assert_cmpuint (viewers.vendors[0].n_outputs, ==, 0);
  g_assert_cmpstr (viewers.vendors[0].password, ==, "");
  station_test_tear_down (&base);
}

static void
test_driver_is_checked (void)
{
  static const struct {
    const char *text;
    const char *says;
  } cases[] = {
    { "[device g]\nhost=192.0.2.9\ndriver=no-such-maker\n", "driver=no-such-maker" },
    { "[device g]\nhost=192.0.2.9\n[device-output g door]\n", "[device-output g door]" },
    { "[device g]\nhost=192.0.2.9\n[device-output g door]\ncode=open\n", "by digits only" },
    { "[device g]\nhost=192.0.2.1\n", "address of this station" },
    { "[device g]\nhost=192.0.2.9\ndriver=broken\n", "driver=broken" },
    { "[device g]\nhost=192.0.2.9\ndriver=watcher\n[device-output g door]\ncode=1\n", "no way to open" },
  };
  g_autofree char *dir = g_dir_make_tmp ("ipdoor-drivers-XXXXXX", NULL);
  g_autofree char *vendors = g_build_filename (dir, "vendors", NULL);
  g_autofree char *broken = g_build_filename (vendors, "broken.json", NULL);
  g_autofree char *watcher = g_build_filename (vendors, "watcher.json", NULL);
  g_autofree char *generic = g_build_filename (vendors, "generic.json", NULL);
  g_assert_cmpint (g_mkdir (vendors, 0700), ==, 0);
  g_assert_true (g_file_set_contents (broken, "{\"title\":1}", -1, NULL));
  g_assert_true (
      g_file_set_contents (watcher, "{\"title\":\"W\",\"preview\":{\"mode\":\"183\"},\"openings\":[]}", -1, NULL));
  g_assert_true (g_file_set_contents (
      generic, "{\"title\":\"G\",\"preview\":{\"mode\":\"183\"},\"openings\":[{\"way\":\"digits\"}]}", -1, NULL));
  g_setenv ("IPDOOR_DATA", dir, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (IpdStationConfig) config = ipd_station_config_parse (cases[i].text, &error);
      g_assert_no_error (error);
      g_assert_false (ipd_third_party_check (config, "192.0.2.1", &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
  g_unsetenv ("IPDOOR_DATA");
  g_unlink (broken);
  g_unlink (watcher);
  g_unlink (generic);
  g_rmdir (vendors);
  g_rmdir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/third-party/directory", test_directory);
  g_test_add_func ("/third-party/package", test_package);
  g_test_add_func ("/third-party/driver-is-checked", test_driver_is_checked);
  return g_test_run ();
}
