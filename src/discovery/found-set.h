// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

#include "discovery/discovery.h"

/*
 * A set of devices built from announcements. A device may be announced more than once (two interfaces, two ways); its
 * value is the newest announcement that differs, and when that one goes the newest of the rest. So a restarted
 * device that moved is right at once, and one that leaves a network is still known on the other.
 *
 * Thread: the caller's. Pure: no clock, no I/O. Never holds more than IPD_DISCOVERY_DEVICES_MAX announcements.
 */

typedef struct _IpdFoundSet IpdFoundSet;

/* @found: (transfer none). From inside, the set may be cleared and not otherwise changed. */
typedef void (*IpdFoundNotify) (IpdDiscoveryChange change, const IpdFound *found, gpointer user_data);

IpdFoundSet *ipd_found_set_new (IpdFoundNotify notify, gpointer user_data);
void ipd_found_set_free (IpdFoundSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdFoundSet, ipd_found_set_free)

/* The announcement @key now says @found. Dropped (with one debug line) when the set is full. */
void ipd_found_set_put (IpdFoundSet *set, const char *key, const IpdFound *found);
void ipd_found_set_remove (IpdFoundSet *set, const char *key);

/* Marks every announcement as doubtful; a put makes it sure again; drop removes those that are still doubtful. */
void ipd_found_set_doubt (IpdFoundSet *set);
void ipd_found_set_drop_doubtful (IpdFoundSet *set);

/* Empties the set and notifies nobody. */
void ipd_found_set_clear (IpdFoundSet *set);

const IpdFound *ipd_found_set_lookup (IpdFoundSet *set, const IpdId *id);
GPtrArray *ipd_found_set_list (IpdFoundSet *set);
