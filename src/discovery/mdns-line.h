// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

/*
 * What ipdoor-mdns and its parent say to each other: one JSON object a line. Thread: any, no state.
 *
 * Parent to child, its only argument. Its standard input carries nothing; end of file there means "say goodbye and
 * end", so a parent that dies takes the child with it, and a parent whose child died is never hit by SIGPIPE:
 *   {"do":"browse","interface":I}
 *   {"do":"publish","interface":I,"name":N,"host":A,"hostname":H,"port":P,"txt":[…]}   interface and host may be absent
 * Child to parent, standard output:
 *   {"event":"found","key":K,"id","plant","boot","name","host":text,"roles","http","sip":integers}
 *   {"event":"lost","key":K}        K names one announcement on one interface
 *   {"event":"published","name":N}  {"event":"renamed","name":N}  {"event":"failed","reason":R}
 *
 * The child parses what strangers send, so the parent believes its lines no more than theirs: length, form and every
 * member are checked again.
 */

#define IPD_MDNS_LINE_MAX 4096
#define IPD_MDNS_KEY_MAX  128

/* Returns: (transfer full): the object as one line, with its newline. */
char *ipd_mdns_line_format (JsonObject *object);

/* One line without its newline. Returns: (transfer full) (nullable): %NULL unless it is one whole JSON object. */
JsonObject *ipd_mdns_line_parse (const char *line, gsize length);

/* Returns: (transfer none) (nullable): the member if it is a string of 1 to @max octets */
const char *ipd_mdns_line_string (JsonObject *object, const char *member, gsize max);

/* Whether the member is an integer from 1 to @max. */
bool ipd_mdns_line_number (JsonObject *object, const char *member, guint max, guint *ret_value);
