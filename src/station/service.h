// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/config.h"
#include "station/enrol-server.h"
#include "station/http.h"

/*
 * What the service HTTP answers (docs/protocol.md §4, §5). Thread: the main one.
 */

typedef struct {
  const IpdStationIdentity *identity;
  const IpdStationConfig *config;
  IpdEnrolServer *enrol;
  IpdShortId boot;
  const char *address; /* of this station */
  guint16 sip_port;
  /* Words for what does not work, none if all is well. Returns: (transfer full) */
  GStrv (*degraded) (gpointer data);
  gpointer data;
} IpdService;

/* Routes for ipd_http_new() with an IpdService as data. */
extern const IpdHttpRoute ipd_service_routes[];
