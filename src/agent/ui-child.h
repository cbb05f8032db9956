// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "agent/agent.h"

/*
 * The processes that show and play visits: `ipdoor-desktop --visit ID` or `ipdoor-media --visit ID`, one for each
 * visit. A process that ends while its visit goes on is reported, so that it can be started again.
 *
 * Thread: main context.
 */
typedef enum {
  IPD_UI_GONE,      /* died; may be started again */
  IPD_UI_CLOSED,    /* ended on purpose (exit code 0) */
  IPD_UI_NO_DISPLAY /* cannot work here, now (exit code 69), or is not installed */
} IpdUiEnd;

typedef void (*IpdUiEnded) (const char *visit, IpdUiEnd end, gpointer user_data);

IpdUiChild *ipd_ui_child_new (IpdAgent *agent, IpdUiEnded on_ended, gpointer user_data);
/* Processes that run are left to end by themselves: the contract's connection tells them. */
void ipd_ui_child_free (IpdUiChild *ui);

/* Starts what @kind says for @visit; does nothing when it runs already, or for IPD_UI_NONE. */
void ipd_ui_child_start (IpdUiChild *ui, IpdUi kind, const char *visit);

/* Ends what shows @visit, if anything does; nothing is said of its end. It may be started again at once. */
void ipd_ui_child_stop (IpdUiChild *ui, const char *visit);

/*
 * The window of @visit is open and shows its picture: from now on a process stands by, so that a second ring is seen at
 * once. It ends with the last window.
 */
void ipd_ui_child_prepare (IpdUiChild *ui, const char *visit);
