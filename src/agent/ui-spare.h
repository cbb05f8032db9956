// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

/*
 * One `ipdoor-desktop --stand-by`: loaded, connected and showing nothing, until a ring takes it (desktop/stand-by.h).
 * Kept only while a window of ours is open, so that an idle computer pays nothing for it.
 *
 * Thread: main context.
 */
typedef struct _IpdUiSpare IpdUiSpare;

IpdUiSpare *ipd_ui_spare_new (void);
/* Ends the one that stands by. */
void ipd_ui_spare_free (IpdUiSpare *spare);

/* Starts one, unless one stands by. Not being able to is no error: the next ring starts its own process, as ever. */
void ipd_ui_spare_prepare (IpdUiSpare *spare);

/*
 * Tells it the visit to show. Returns: (transfer full) (nullable): the process; %NULL when none stands by (any more)
 */
GSubprocess *ipd_ui_spare_take (IpdUiSpare *spare, const char *visit);

/* Nothing is open any more. */
void ipd_ui_spare_dismiss (IpdUiSpare *spare);
