// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

/*
 * Buttons take no press before they were to be seen for a while: a click or key that was meant for something else opens
 * nothing. Thread: main.
 */
#define IPD_GUARD_MS 500

typedef struct _IpdGuard IpdGuard;

/*
 * @guarded: (transfer none): insensitive from now on; the guard must end before the widget does
 */
IpdGuard *ipd_guard_new (GtkWidget *guarded);

/*
 * What stands over the guarded widget and takes the presses. GTK does not look for the widget under a resting pointer
 * again when one becomes sensitive, but does when one goes away: with it, a click without a move before it is not lost.
 * Returns: (transfer floating): the overlay of both
 */
GtkWidget *ipd_guard_shield (IpdGuard *guard);

/* The window is shown: the time begins. */
void ipd_guard_start (IpdGuard *guard);

/* For good: there is nothing to press any more. */
void ipd_guard_shut (IpdGuard *guard);

void ipd_guard_free (IpdGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdGuard, ipd_guard_free)
