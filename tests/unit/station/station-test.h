// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/config.h"
#include "station/enrol-server.h"
#include "station/plant.h"
#include "store/store.h"

/*
 * What the station's tests share: a directory of their own, a clock they set, a plant with one device.
 */

typedef struct {
  char *dir;
  gint64 monotonic_us;
  gint64 wall_us;
  IpdClock clock; /* shows the two above */
  IpdStationConfig *config;
  IpdStationIdentity identity;
  IpdStore *store;
  IpdPlant *plant;
} StationTest;

void station_test_set_up (StationTest *self, const char *config_text);
/* Store, plant and RAM go; the directory stays: what a restart finds. */
void station_test_restart (StationTest *self);
void station_test_tear_down (StationTest *self);

/* Runs the default context until @done says so; fails the test after 15 s. */
void station_test_until (gboolean (*done) (gpointer data), gpointer data);

/* Lines of a file of the directory that contain @word. */
guint station_test_count (const StationTest *self, const char *file, const char *word);
