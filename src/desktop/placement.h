// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * Where a popup goes: top right of the work area, one below the other, the next column to the left when a column is
 * full. Pure arithmetic; all lengths in one unit (logical pixels), coordinates as the work area's. Thread: any.
 */
#define IPD_PLACEMENT_MARGIN 16

typedef struct {
  int x, y, width, height;
} IpdArea;

/*
 * @slot: 0 for the first popup, counted by age
 * ret_x, ret_y: top left corner; never left of or above the work area, however many popups there are
 */
void ipd_placement (const IpdArea *work_area, int width, int height, unsigned slot, int *ret_x, int *ret_y);
