// SPDX-License-Identifier: Apache-2.0
/*
 * The guards and actions that the rows of opening-table.c name and opening.c carries out. Private to these two files.
 */
#pragma once

#include "core/opening.h"

typedef enum {
  IPD_OPENING_IF_ALWAYS,
  IPD_OPENING_IF_HAS_CONTACT,
  IPD_OPENING_IF_N,
} IpdOpeningGuard;

typedef enum {
  IPD_OPENING_ACT_NONE,
  IPD_OPENING_ACT_PUBLISH,
  IPD_OPENING_ACT_RECORD,
  IPD_OPENING_ACT_RESTART_TIMER,
  IPD_OPENING_ACT_STOP_TIMER,
  IPD_OPENING_ACT_KEEP_REFUSAL,
  IPD_OPENING_ACT_N,
} IpdOpeningAction;
