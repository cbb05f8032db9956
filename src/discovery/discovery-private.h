// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "discovery/discovery.h"
#include "discovery/found-set.h"

/*
 * What a way of discovery implements. The base owns the handler and the set; a backend puts announcements into the set,
 * on the discovery's thread and never from inside start.
 */

typedef struct {
  const char *kind;
  bool (*start) (gpointer backend, IpdFoundSet *set, GError **error);
  void (*stop) (gpointer backend); /* afterwards nothing is put into the set; also called when not started */
  void (*free) (gpointer backend);
} IpdDiscoveryClass;

/* @klass: static. @backend: (transfer full) */
IpdDiscovery *ipd_discovery_new (const IpdDiscoveryClass *klass, gpointer backend);
