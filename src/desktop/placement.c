// SPDX-License-Identifier: Apache-2.0
/*
 * Stacking of popups. Called by the popup when it is shown and when an older one went away.
 */
#include "desktop/placement.h"

static int
at_least (int value, int floor)
{
  return value < floor ? floor : value;
}

void
ipd_placement (const IpdArea *work_area, int width, int height, unsigned slot, int *ret_x, int *ret_y)
{
  const int step_x = width + IPD_PLACEMENT_MARGIN;
  const int step_y = height + IPD_PLACEMENT_MARGIN;
  const int rows = at_least ((work_area->height - IPD_PLACEMENT_MARGIN) / step_y, 1);
  const int columns = at_least ((work_area->width - IPD_PLACEMENT_MARGIN) / step_x, 1);
  const int row = (int) (slot % (unsigned) rows);
  const int column = (int) (slot / (unsigned) rows % (unsigned) columns);

  *ret_x = at_least (work_area->x + work_area->width - (column + 1) * step_x, work_area->x);
  *ret_y = at_least (work_area->y + IPD_PLACEMENT_MARGIN + row * step_y, work_area->y);
}
