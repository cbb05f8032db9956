// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/config.h"

/*
 * One output: a relay that is switched on for a pulse, and the contact that tells what became of it.
 * The relay is off after creation, after a pulse, and after ipd_relay_free(), whatever happened before; a driver that
 * fails to switch off after a pulse is asked again until it does.
 * Thread: the main one; timers and contact callbacks run on its default context.
 */

#define IPD_RELAY_ERROR (ipd_relay_error_quark ())
GQuark ipd_relay_error_quark (void);

typedef enum {
  IPD_RELAY_ERROR_DRIVER, /* the hardware, or what stands for it, did not obey */
} IpdRelayError;

typedef struct _IpdRelay IpdRelay;
typedef struct _IpdRelayDriver IpdRelayDriver;

/* @open: the new state of the contact. Never called from inside ipd_relay_pulse(). */
typedef void (*IpdContactFunc) (IpdRelay *relay, gboolean open, gpointer data);

/* What a kind of hardware supplies. One instance drives one output. */
struct _IpdRelayDriver {
  /* @cause: the command id, or "-" for the safe state at start and end. */
  gboolean (*set) (IpdRelayDriver *self, gboolean on, const char *cause, GError **error);
  gboolean (*contact_is_open) (IpdRelayDriver *self);
  void (*free) (IpdRelayDriver *self);
  /* Set by the relay before first use; the driver calls it, from the main loop, when the contact moves. */
  void (*on_contact) (gpointer relay, gboolean open);
  gpointer relay;
};

/*
 * ipd_relay_new:
 * @state_dir: drivers that keep files (sim) keep them below
 *
 * Switches the output off before it returns, so that a relay left on by a killed process is safe again.
 * Errors: IPD_RELAY_ERROR_DRIVER.   Returns: (transfer full)
 */
IpdRelay *ipd_relay_new (const IpdOutputConfig *config, const char *state_dir, IpdContactFunc on_contact, gpointer data,
                         GError **error);

/* Switches the output off, whatever left it on. Errors: IPD_RELAY_ERROR_DRIVER. */
gboolean ipd_relay_make_safe (const IpdOutputConfig *config, const char *state_dir, GError **error);

/* A relay on a driver of the caller's (tests). Takes @driver. */
IpdRelay *ipd_relay_new_with_driver (const IpdOutputConfig *config, IpdRelayDriver *driver, IpdContactFunc on_contact,
                                     gpointer data, GError **error);

/*
 * ipd_relay_pulse:
 * @command: short id, written beside the movement by drivers that keep a record
 *
 * On now, off after the pulse. A pulse during a pulse makes the latter full length again.
 * Errors: IPD_RELAY_ERROR_DRIVER, and the relay is switched off.
 */
gboolean ipd_relay_pulse (IpdRelay *self, const char *command, GError **error);

gboolean ipd_relay_contact_is_open (const IpdRelay *self);
gboolean ipd_relay_has_contact (const IpdRelay *self);
const IpdOutputConfig *ipd_relay_get_config (const IpdRelay *self);
void ipd_relay_free (IpdRelay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdRelay, ipd_relay_free)
