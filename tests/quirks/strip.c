// SPDX-License-Identifier: Apache-2.0
/* Draws the picture of the simulated camera: a grey field that brightens and darkens, and the strip. */
#include "strip.h"

#include <string.h>

enum { CELLS = 74, STRIP_ROWS = QUIRK_HEIGHT / 10 & ~1 };

typedef struct {
  uint8_t y, u, v;
} Colour;

static Colour
cell_colour (int cell, const uint8_t octets[9])
{
  if (cell == 0)
    return (Colour){ 106, 202, 222 }; /* magenta, BT.601 limited range */
  if (cell == CELLS - 1)
    return (Colour){ 170, 166, 16 }; /* cyan */
  return (Colour){ octets[(cell - 1) / 8] >> (7 - (cell - 1) % 8) & 1 ? 235 : 16, 128, 128 };
}

static void
put_word (uint8_t *to, uint32_t word)
{
  for (int i = 0; i < 4; i++)
    to[i] = (uint8_t) (word >> (24 - 8 * i));
}

static void
draw_cell (uint8_t *i420, int cell, Colour colour)
{
  uint8_t *u = i420 + QUIRK_WIDTH * QUIRK_HEIGHT;
  uint8_t *v = u + QUIRK_WIDTH * QUIRK_HEIGHT / 4;
  int x0 = cell * QUIRK_WIDTH / CELLS;
  int x1 = (cell + 1) * QUIRK_WIDTH / CELLS;

  for (int row = QUIRK_HEIGHT - STRIP_ROWS; row < QUIRK_HEIGHT; row++)
    memset (i420 + row * QUIRK_WIDTH + x0, colour.y, (size_t) (x1 - x0));
  for (int row = (QUIRK_HEIGHT - STRIP_ROWS) / 2; row < QUIRK_HEIGHT / 2; row++)
    {
      memset (u + row * QUIRK_WIDTH / 2 + x0 / 2, colour.u, (size_t) ((x1 + 1) / 2 - x0 / 2));
      memset (v + row * QUIRK_WIDTH / 2 + x0 / 2, colour.v, (size_t) ((x1 + 1) / 2 - x0 / 2));
    }
}

void
quirk_strip_draw (uint32_t number, uint32_t monotonic_ms, uint8_t *ret_i420)
{
  uint8_t octets[9] = { 0 };

  put_word (octets, number);
  put_word (octets + 4, monotonic_ms);
  for (int i = 0; i < 8; i++)
    octets[8] ^= octets[i];
  memset (ret_i420, 60 + (int) (number % 100), QUIRK_WIDTH * QUIRK_HEIGHT);
  memset (ret_i420 + QUIRK_WIDTH * QUIRK_HEIGHT, 128, QUIRK_WIDTH * QUIRK_HEIGHT / 2);
  for (int cell = 0; cell < CELLS; cell++)
    draw_cell (ret_i420, cell, cell_colour (cell, octets));
}
