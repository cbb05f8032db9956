// SPDX-License-Identifier: Apache-2.0
// Finds the strip by its magenta and cyan ends on one row, then samples the middle of each cell.
#include "strip.h"

enum { CELLS = 74, DATA_BITS = 72, MIN_CELL = 2 };

static const uint8_t *
pixel (const StripImage *image, int x, int y)
{
  return image->pixels + (long) y * image->stride + (long) x * 4;
}

static bool
is_magenta (const uint8_t *p)
{
  return p[0] > 140 && p[2] > 140 && p[1] < 110;
}

static bool
is_cyan (const uint8_t *p)
{
  return p[0] > 140 && p[1] > 140 && p[2] < 110;
}

/* The cyan end belongs to a magenta start when the run lengths agree with 74 equal cells between them. */
static bool
find_end (const StripImage *image, int y, int start, int *ret_end)
{
  for (int x = start + CELLS * MIN_CELL - MIN_CELL; x < image->width; x++)
    {
      if (!is_cyan (pixel (image, x, y)))
        continue;
      while (x + 1 < image->width && is_cyan (pixel (image, x + 1, y)))
        x++;
      *ret_end = x;
      return true;
    }
  return false;
}

static bool
decode_row (const StripImage *image, int y, int start, int end, StripReading *ret_reading)
{
  double cell = (double) (end - start + 1) / CELLS;
  uint8_t octets[DATA_BITS / 8] = { 0 };
  uint8_t check = 0;

  for (int bit = 0; bit < DATA_BITS; bit++)
    {
      int x = start + (int) ((bit + 1.5) * cell);
      const uint8_t *p = pixel (image, x, y);

      if (p[0] + p[1] + p[2] > 3 * 128)
        octets[bit / 8] |= (uint8_t) (0x80 >> (bit % 8));
    }
  for (int i = 0; i < 8; i++)
    check ^= octets[i];
  if (check != octets[8])
    return false;
  *ret_reading = (StripReading){
    .frame = (uint32_t) octets[0] << 24 | (uint32_t) octets[1] << 16 | (uint32_t) octets[2] << 8 | octets[3],
    .capture_ms = (uint32_t) octets[4] << 24 | (uint32_t) octets[5] << 16 | (uint32_t) octets[6] << 8 | octets[7],
    .x = start,
    .y = y,
    .width = end - start + 1,
  };
  return true;
}

static bool
read_row (const StripImage *image, int y, StripReading *ret_reading)
{
  for (int x = 0; x + CELLS * MIN_CELL < image->width; x++)
    {
      int start = x;
      int end;

      if (!is_magenta (pixel (image, x, y)))
        continue;
      while (x + 1 < image->width && is_magenta (pixel (image, x + 1, y)))
        x++;
      if (find_end (image, y, start, &end) && decode_row (image, y, start, end, ret_reading))
        return true;
    }
  return false;
}

bool
strip_read (const StripImage *image, StripReading *ret_reading)
{
  /* A picture of 150 pixels' height has a strip of 15: every third row meets it. */
  for (int y = 0; y < image->height; y += 3)
    if (read_row (image, y, ret_reading))
      return true;
  return false;
}
