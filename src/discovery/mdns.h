// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/ids.h"
#include "discovery/discovery.h"

/*
 * Scenario 1, multicast DNS-SD (RFC 6762, RFC 6763; docs/protocol.md §11): `_ipdoor._tcp`.
 *
 * The responder is libavahi-core in a child process, `ipdoor-mdns`: it parses what strangers multicast, so it holds no
 * key, and when it dies the caller lives on and starts it again (after 0.25 s, doubling to 30 s; back to 0.25 s after a
 * minute of health). After a restart the set is built anew: what is not announced again within 10 s is reported LOST.
 * The child ends when its parent does.
 *
 * Thread: as in discovery/discovery.h.
 */

typedef struct {
  const char *interface; /* %NULL: all that can multicast. "lo" works for stations bound to 127.x.y.z */
} IpdMdnsOptions;

/*
 * A discovery that browses. Nothing runs before ipd_discovery_start().
 * @options: (nullable): all defaults
 */
IpdDiscovery *ipd_mdns_new (const IpdMdnsOptions *options);

/* What a station announces. Everything is copied. */
typedef struct {
  IpdId id;
  IpdId plant;
  IpdShortId boot;
  guint roles;      /* flags of core/device.h */
  const char *name; /* 1 to 63 octets of UTF-8 are the instance name (RFC 6763 §4.1.1); longer is cut on a character */
  const char *host; /* (nullable) numeric IPv4 address the station is bound to, announced on lo only when it is
                       127.x.y.z; %NULL or 0.0.0.0: the interfaces' own addresses, followed when they change */
  uint16_t http_port; /* of the SRV record */
  uint16_t sip_port;
} IpdMdnsService;

typedef struct _IpdMdnsPublisher IpdMdnsPublisher;

typedef enum {
  IPD_MDNS_PUBLISHED, /* announced under @name, which has " #2" appended if another device had that name */
  IPD_MDNS_RENAMED,   /* the same later on */
  IPD_MDNS_DOWN       /* the child died or multicast does not work; it is being tried again. @name is the reason */
} IpdMdnsState;

typedef void (*IpdMdnsStateHandler) (IpdMdnsPublisher *publisher, IpdMdnsState state, const char *name,
                                     gpointer user_data);

/*
 * Announces @service until free, which says goodbye (TTL 0) before the child ends. Errors: BAD_SERVICE, NO_HELPER,
 * NO_INTERFACE.
 */
IpdMdnsPublisher *ipd_mdns_publish (const IpdMdnsService *service, const IpdMdnsOptions *options,
                                    IpdMdnsStateHandler handler, gpointer user_data, GError **error);

void ipd_mdns_publisher_free (IpdMdnsPublisher *publisher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdMdnsPublisher, ipd_mdns_publisher_free)
