// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"

#include <gio/gio.h>

/*
 * The installer's door: data/io.ipdoor.Station1.xml, peer-to-peer on the private socket STATE/station.sock. Only the
 * station's own user and root get in. Thread: the main one.
 */

typedef struct _IpdControl IpdControl;

/* What the contract's methods do, each with the @owner of the control. Errors: IPD_STATION_ERROR. */
typedef struct {
  /* Returns: (transfer floating): a{sv} and aa{sv}, members as in the contract */
  GVariant *(*status) (gpointer owner);
  GVariant *(*clients) (gpointer owner);
  GVariant *(*phones) (gpointer owner);
  /*
   * @name, @profile: "" for "Client" and "resident"
   * @ret_code: (transfer full): ABCDE-FGHIJ-KLMNO-PQRST, never to be logged; wipe it
   * @ret_expires: microseconds since the epoch
   * Errors: NO_PROFILE, TOO_MANY.
   */
  gboolean (*enrol_code) (gpointer owner, const char *name, const char *profile, char **ret_code, gint64 *ret_expires,
                          GError **error);
  /* Errors: NO_CLIENT, STATE. */
  gboolean (*remove_licence) (gpointer owner, const char *client, GError **error);
  /* @ret_rings: how many clients and phones it rings, 0 if nobody is registered. Errors: BUSY, NO_BUTTON, NO_PORTS. */
  gboolean (*press) (gpointer owner, guint button, IpdShortId *ret_visit, guint *ret_rings, GError **error);
} IpdControlVerbs;

/* STATE/station.sock. Returns: (transfer full) */
char *ipd_control_socket_path (const char *state_dir);
/* Where the socket is when the state directory takes none (its disk is read-only or full): in the runtime directory of
 * the user. Returns: (transfer full) (nullable) */
char *ipd_control_spare_path (const char *state_dir);

/*
 * Serves @verbs until freed. A socket that nobody answers on is taken over.
 * @verbs: (static) with their @owner, who outlives it
 * Errors: IPD_STATION_ERROR_RUNNING, _STATE.   Returns: (transfer full)
 */
IpdControl *ipd_control_new (const char *state_dir, const IpdControlVerbs *verbs, gpointer owner, GError **error);

/* Signal Event to whoever is connected. @self: (nullable). @detail: (transfer floating): a{sv} */
void ipd_control_emit (IpdControl *self, const char *kind, GVariant *detail);

void ipd_control_free (IpdControl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdControl, ipd_control_free)
