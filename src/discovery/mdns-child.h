// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

/*
 * One ipdoor-mdns that is kept alive: started with an order (discovery/mdns-line.h), started again when it dies, after
 * 0.25 s doubling to 30 s, back to 0.25 s once it has lived for a minute. A child that says what is not a line, or a
 * line too long, is killed and counts as dead.
 *
 * Thread: the one whose thread-default GMainContext was current at creation; all calls come there, none from inside
 * ipd_mdns_child_new(). A handler may free the child.
 */

typedef struct _IpdMdnsChild IpdMdnsChild;

typedef struct {
  void (*started) (gpointer user_data);                /* (nullable) again after a death, not the first time */
  void (*said) (JsonObject *line, gpointer user_data); /* @line: (transfer none) */
  void (*died) (const char *reason, gpointer user_data);
} IpdMdnsChildHandler;

/* @order: (transfer none). Errors: NO_HELPER of IPD_DISCOVERY_ERROR. */
IpdMdnsChild *ipd_mdns_child_new (JsonObject *order, const IpdMdnsChildHandler *handler, gpointer user_data,
                                  GError **error);

/* Closes the child's standard input: it says goodbye and ends by itself. Nothing is waited for. */
void ipd_mdns_child_free (IpdMdnsChild *child);
