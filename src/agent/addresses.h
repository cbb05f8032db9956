// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "core/ids.h"

/*
 * Where each station was last reached, kept over restarts so that the next start needs nobody to be found. Hints and
 * nothing more: whoever answers there is believed by key only (docs/protocol.md §6).
 *
 * Thread: main context. Failures to write are logged; a hint that is lost costs some seconds.
 */
typedef struct {
  char *host; /* owned */
  guint16 http_port;
  guint16 sip_port;
} IpdAddress;

void ipd_address_clear (IpdAddress *address);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdAddress, ipd_address_clear)

/* False when nothing is known, or what is kept cannot be used. @dir: the data folder. */
bool ipd_addresses_get (const char *dir, const IpdId *station, IpdAddress *ret_address);
void ipd_addresses_put (const char *dir, const IpdId *station, const char *host, guint16 http_port, guint16 sip_port);
void ipd_addresses_wipe (const char *dir);
