// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/ids.h"

/*
 * Finding a plant's devices: several ways, one result, a set of devices that changes.
 *
 * What is found is a hint where to ask and nothing more: a device is believed because of its signed identity
 * (docs/protocol.md §4, §11), so a caller checks every IpdFound over the service HTTP before it acts on it.
 *
 * Thread: the one whose thread-default GMainContext was current at creation; the handler runs there and never inside
 * ipd_discovery_start(). The handler may stop, but not free, the discovery it is called from.
 */

#define IPD_DISCOVERY_ERROR (ipd_discovery_error_quark ())
GQuark ipd_discovery_error_quark (void);

typedef enum {
  IPD_DISCOVERY_ERROR_NO_HELPER,    /* the program that does the work is not installed or cannot be started */
  IPD_DISCOVERY_ERROR_NO_INTERFACE, /* the named network interface does not exist */
  IPD_DISCOVERY_ERROR_BAD_SERVICE   /* what is to be published breaks a limit of docs/protocol.md §11 */
} IpdDiscoveryError;

typedef enum {
  IPD_DISCOVERY_FOUND,   /* not known before */
  IPD_DISCOVERY_CHANGED, /* same id, something else differs: address, port, name, or the boot id of a restart */
  IPD_DISCOVERY_LOST     /* said goodbye, or its records ran out; the value is the last one known */
} IpdDiscoveryChange;

typedef struct {
  IpdId id; /* of the device: the key of the set */
  IpdId plant;
  IpdShortId boot;    /* changes at each start of the device */
  guint roles;        /* flags of core/device.h */
  char name[65];      /* at most 64 octets of UTF-8, for people */
  char host[46];      /* numeric IPv4 or IPv6 address */
  uint16_t http_port; /* service HTTP, TCP */
  uint16_t sip_port;  /* UDP */
} IpdFound;

/* No set grows beyond this, whatever the network says; further devices are dropped and counted in one log line. */
#define IPD_DISCOVERY_DEVICES_MAX 512

typedef struct _IpdDiscovery IpdDiscovery;

/* @found: (transfer none): valid during the call only. */
typedef void (*IpdDiscoveryHandler) (IpdDiscovery *discovery, IpdDiscoveryChange change, const IpdFound *found,
                                     gpointer user_data);

/*
 * Starts looking; the handler hears FOUND for what is already there, then every change, until stop or free.
 * Starting what is started does nothing. Errors: NO_HELPER, NO_INTERFACE.
 */
bool ipd_discovery_start (IpdDiscovery *discovery, IpdDiscoveryHandler handler, gpointer user_data, GError **error);

/* Stops looking and empties the set without calling the handler. May be started again. */
void ipd_discovery_stop (IpdDiscovery *discovery);

void ipd_discovery_free (IpdDiscovery *discovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdDiscovery, ipd_discovery_free)
