// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/agent.h"
#include "discovery/discovery.h"

/*
 * Where are the stations? Listens to discovery, asks --station first, and believes only a signed identity whose key the
 * directory lists (docs/protocol.md §4). What is proved goes to ipd_stations_proved().
 *
 * Thread: main context.
 */
IpdFinder *ipd_finder_new (IpdAgent *agent);
void ipd_finder_free (IpdFinder *finder);

/* While enrolled. Stop forgets everything that was asked. */
void ipd_finder_start (IpdFinder *finder);
void ipd_finder_stop (IpdFinder *finder);

/* Asks at an address a person gave; asked again, ever less often, until something there was proved. */
void ipd_finder_ask (IpdFinder *finder, const char *host, guint16 http_port);

/*
 * Before enrolment: looks for devices that could be a plant's authority. @on_found is called for each, until stop.
 * Returns: false when discovery does not work here
 */
bool ipd_finder_look (IpdFinder *finder, void (*on_found) (const IpdFound *found, gpointer user_data),
                      gpointer user_data);
