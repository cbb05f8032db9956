// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <avahi-core/core.h>
#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

/*
 * Inside ipdoor-mdns: what its parts share. One thread, avahi's simple loop.
 */

#define IPD_MDNS_TYPE "_ipdoor._tcp"

/* Writes a line to the parent; when nobody reads any more, ends the process. @object: (transfer full) */
void ipd_mdns_emit (JsonObject *object);

/* A new {"event":@event,@member:@value}. Returns: (transfer full) */
JsonObject *ipd_mdns_event (const char *event, const char *member, const char *value);

/* Browses until the server is freed. */
bool ipd_mdns_browse (AvahiServer *server);

/* Publishes the order; free says goodbye. */
typedef struct _IpdMdnsAnnouncement IpdMdnsAnnouncement;
IpdMdnsAnnouncement *ipd_mdns_announce (AvahiServer *server, const AvahiPoll *poll, JsonObject *order);
void ipd_mdns_announcement_free (IpdMdnsAnnouncement *announcement);
