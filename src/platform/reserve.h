// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * Descriptors kept for the next visit. A process that has used up its limit could open no media socket, and GLib ends
 * one that cannot make a main context: so a visit gives itself room first, whoever took the rest. Thread: the main one.
 */
typedef struct _IpdReserve IpdReserve;

/* What a visit with a talk needs at a time, and some more. */
#define IPD_RESERVE_DESCRIPTORS 64

/*
 * Lifts the limit of this process as far as it may. Returns: %FALSE when that is not enough to run at all;
 * @ret_needed, @ret_limit: (optional): how many it should be and are
 */
gboolean ipd_reserve_lift_limit (guint *ret_needed, guint *ret_limit);

/* Takes the reserve. Returns: (transfer full) */
IpdReserve *ipd_reserve_new (void);
/* Gives all of it up: room for a visit. */
void ipd_reserve_release (IpdReserve *self);
/* A visit is over: what it used is taken back in a moment, when its pipelines have closed it. */
void ipd_reserve_take_soon (IpdReserve *self);
/* Whether a visit would have its room, now or because one has it already. */
gboolean ipd_reserve_is_complete (const IpdReserve *self);
void ipd_reserve_free (IpdReserve *self);
