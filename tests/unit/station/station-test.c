// SPDX-License-Identifier: Apache-2.0
/*
 * The fixture of the station's tests. Each test program links it.
 */
#include "station-test.h"

#include "home/home.h"
#include "station/roles.h"
#include "station/third-party.h"

#include <string.h>

#define LIMIT_SECONDS 15

static gint64
shown_monotonic_us (gpointer data)
{
  return ((StationTest *) data)->monotonic_us;
}

static gint64
shown_wall_us (gpointer data)
{
  return ((StationTest *) data)->wall_us;
}

static void
open_plant (StationTest *self)
{
  g_autofree char *path = g_build_filename (self->dir, "station.db", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (IpdDevice) device = { 0 };
  self->store = ipd_store_open (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ipd_store_interrupt_accesses (self->store, NULL, &error));
  self->plant = ipd_plant_new (self->config->plant, &self->identity, self->store, &self->clock, &error);
  g_assert_no_error (error);
  ipd_device_init (&device);
  device.id = self->identity.device.id;
  memcpy (device.pk, self->identity.device.pk, sizeof device.pk);
  ipd_name_set (&device.name, self->config->name);
  device.roles = ipd_station_roles (self->config);
  g_strlcpy (device.host, "127.16.0.1", sizeof device.host);
  device.http_port = 8001;
  device.sip_port = 5060;
  ipd_station_add_outputs (self->config, &device);
  g_autoptr (GPtrArray) others = ipd_third_party_list (self->config, &self->identity.authority.id);
  g_assert_true (ipd_plant_set_devices (self->plant, &device, others, &error));
}

void
station_test_set_up (StationTest *self, const char *config_text)
{
  g_autoptr (GError) error = NULL;
  *self = (StationTest){ .monotonic_us = 1000 * G_USEC_PER_SEC,
                         .wall_us = G_GINT64_CONSTANT (1795000000) * G_USEC_PER_SEC };
  self->clock = (IpdClock){ shown_monotonic_us, shown_wall_us, self };
  self->dir = g_dir_make_tmp ("ipdoor-station-XXXXXX", &error);
  g_assert_no_error (error);
  self->config = ipd_station_config_parse (config_text, &error);
  g_assert_no_error (error);
  /* The line about the authority key is a warning on purpose. */
  g_test_expect_message ("ipdoor-station", G_LOG_LEVEL_WARNING, "the authority key*");
  g_assert_true (ipd_station_identity_load (self->dir, &self->identity, &error));
  g_test_assert_expected_messages ();
  open_plant (self);
}

void
station_test_restart (StationTest *self)
{
  ipd_plant_free (self->plant);
  ipd_store_close (self->store);
  open_plant (self);
}

void
station_test_tear_down (StationTest *self)
{
  ipd_plant_free (self->plant);
  ipd_store_close (self->store);
  ipd_station_identity_clear (&self->identity);
  ipd_station_config_free (self->config);
  home_remove (self->dir);
  g_free (self->dir);
}

static gboolean
on_limit (gpointer data)
{
  g_error ("what the test waits for did not come within %d s", LIMIT_SECONDS);
  return G_SOURCE_REMOVE;
}

void
station_test_until (gboolean (*done) (gpointer data), gpointer data)
{
  guint limit = g_timeout_add_seconds (LIMIT_SECONDS, on_limit, NULL);
  while (!done (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

guint
station_test_count (const StationTest *self, const char *file, const char *word)
{
  g_autofree char *path = g_build_filename (self->dir, file, NULL);
  g_autofree char *text = NULL;
  guint n = 0;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    n += strstr (lines[i], word) != NULL;
  return n;
}
