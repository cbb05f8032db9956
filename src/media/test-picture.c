// SPDX-License-Identifier: Apache-2.0
/* The test picture, frame by frame: a copy of the street, the visitor's parts moved, the clock, the strip. Used by the
 * painter's thread. Drawing one frame of 640 x 480 is a copy and some blending, well below a millisecond. */
#include "media/test-picture.h"

#include "media/scene.h"
#include "media/sprite.h"
#include "media/still-picture.h"

#include <glib.h>
#include <math.h>
#include <string.h>
#include <time.h>

#define N_POSES 9

struct _IpdTestPicture {
  int width;
  int height;
  uint8_t *street;
  IpdSprite visitor;
  IpdSprite eyes;
  IpdSprite arms[N_POSES];
  IpdSprite frame;
};

typedef void (*DrawFunc) (IpdCanvas *canvas);

static void
sprite_draw (IpdSprite *sprite, int width, int height, DrawFunc draw)
{
  IpdCanvas canvas;
  ipd_canvas_init (&canvas, width, height);
  draw (&canvas);
  ipd_sprite_init (sprite, &canvas);
  ipd_canvas_clear (&canvas);
}

static void
arm_draw (IpdSprite *sprite, int width, int height, double angle)
{
  IpdCanvas canvas;
  ipd_canvas_init (&canvas, width, height);
  ipd_scene_draw_arm (&canvas, angle);
  ipd_sprite_init (sprite, &canvas);
  ipd_canvas_clear (&canvas);
}

static void
draw_whole (int width, int height, DrawFunc draw, uint8_t *ret_i420)
{
  IpdSprite sprite;
  sprite_draw (&sprite, width, height, draw);
  IpdI420 picture = ipd_i420_over (ret_i420, width, height);
  memset (ret_i420, 128, (size_t) width * (size_t) height * 3 / 2);
  ipd_sprite_blit (&sprite, &picture, 0, 0);
  ipd_sprite_clear (&sprite);
}

void
ipd_still_picture_draw (int width, int height, uint8_t *ret_i420)
{
  draw_whole (width, height, ipd_scene_draw_no_camera, ret_i420);
}

IpdTestPicture *
ipd_test_picture_new (int width, int height)
{
  g_return_val_if_fail (width >= 160 && height >= 120 && width % 2 == 0 && height % 2 == 0, NULL);
  IpdTestPicture *picture = g_new0 (IpdTestPicture, 1);
  picture->width = width;
  picture->height = height;
  picture->street = g_malloc (ipd_test_picture_size (picture));
  draw_whole (width, height, ipd_scene_draw_street, picture->street);
  sprite_draw (&picture->visitor, width, height, ipd_scene_draw_visitor);
  sprite_draw (&picture->eyes, width, height, ipd_scene_draw_closed_eyes);
  sprite_draw (&picture->frame, width, height, ipd_scene_draw_frame);
  for (int i = 0; i < N_POSES; i++)
    arm_draw (&picture->arms[i], width, height, -0.18 + 0.62 * i / (N_POSES - 1));
  return picture;
}

void
ipd_test_picture_free (IpdTestPicture *picture)
{
  if (picture == NULL)
    return;
  g_free (picture->street);
  ipd_sprite_clear (&picture->visitor);
  ipd_sprite_clear (&picture->eyes);
  ipd_sprite_clear (&picture->frame);
  for (int i = 0; i < N_POSES; i++)
    ipd_sprite_clear (&picture->arms[i]);
  g_free (picture);
}

uint64_t
ipd_test_picture_size (const IpdTestPicture *picture)
{
  return (uint64_t) picture->width * (uint64_t) picture->height * 3 / 2;
}

/* The visitor sways, waves for two seconds out of five, and blinks. */
static void
draw_visitor (const IpdTestPicture *picture, IpdI420 *to, double t)
{
  double scale = picture->height / 480.0;
  int dx = (int) lrint (7 * scale * sin (t * 0.9));
  int dy = (int) lrint (3 * scale * sin (t * 1.7));
  double wave = fmod (t, 5) < 2 ? 0.5 - 0.5 * cos (fmod (t, 5) * 2 * G_PI * 1.5) : 0;
  int pose = (int) lrint (wave * (N_POSES - 1));
  ipd_sprite_blit (&picture->arms[pose], to, dx, dy);
  ipd_sprite_blit (&picture->visitor, to, dx, dy);
  if (fmod (t, 3.7) < 0.14)
    ipd_sprite_blit (&picture->eyes, to, dx, dy);
}

/* 3 x 5 dots, rows from the top, three bits each. */
static const uint16_t digits[10] = { 075557, 026227, 071747, 071717, 055711, 074717, 074757, 071222, 075757, 075717 };

static void
draw_dots (const IpdI420 *to, double x, double y, double size, uint16_t rows)
{
  double scale_x = to->width / 640.0;
  double scale_y = to->height / 480.0;
  for (int dot = 0; dot < 15; dot++)
    {
      if ((rows >> (14 - dot) & 1) == 0)
        continue;
      int x0 = (int) ((x + dot % 3 * size) * scale_x);
      int x1 = (int) ((x + (dot % 3 + 1) * size) * scale_x);
      int y0 = (int) ((y + dot / 3 * size) * scale_y);
      int y1 = (int) ((y + (dot / 3 + 1) * size) * scale_y);
      for (int row = y0; row < y1; row++)
        memset (to->luma + (ptrdiff_t) row * to->width + x0, 232, (size_t) (x1 - x0));
    }
}

static void
draw_clock (const IpdI420 *to)
{
  time_t now = time (NULL);
  struct tm local;
  localtime_r (&now, &local);
  const int shown[] = { local.tm_hour / 10, local.tm_hour % 10, -1, local.tm_min / 10, local.tm_min % 10, -1,
                        local.tm_sec / 10,  local.tm_sec % 10 };
  double x = 79;
  for (size_t i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      draw_dots (to, x, 22.5, 3, shown[i] < 0 ? 002020 : digits[shown[i]]);
      x += shown[i] < 0 ? 9 : 12;
    }
}

static uint8_t
check_octet (uint32_t number, uint32_t ms)
{
  uint32_t both = number ^ ms;
  return (uint8_t) (both ^ both >> 8 ^ both >> 16 ^ both >> 24);
}

typedef struct {
  uint8_t y, u, v;
} Colour;

static Colour
cell_colour (int cell, uint32_t number, uint32_t ms)
{
  static const Colour black = { 16, 128, 128 };
  static const Colour white = { 235, 128, 128 };
  if (cell == 0)
    return (Colour){ 106, 202, 222 };
  if (cell == IPD_TEST_PICTURE_CELLS - 1)
    return (Colour){ 170, 166, 16 };
  uint32_t word = cell <= 32 ? number : cell <= 64 ? ms : (uint32_t) check_octet (number, ms) << 24;
  int bit = 31 - (cell <= 64 ? (cell - 1) % 32 : cell - 65);
  return word >> bit & 1 ? white : black;
}

static void
draw_strip (const IpdI420 *to, uint32_t number, uint32_t ms)
{
  int rows = to->height / 10 & ~1;
  int first = to->height - rows;
  for (int cell = 0; cell < IPD_TEST_PICTURE_CELLS; cell++)
    {
      Colour colour = cell_colour (cell, number, ms);
      int x0 = cell * to->width / IPD_TEST_PICTURE_CELLS;
      int x1 = (cell + 1) * to->width / IPD_TEST_PICTURE_CELLS;
      for (int row = first; row < to->height; row++)
        memset (to->luma + (ptrdiff_t) row * to->width + x0, colour.y, (size_t) (x1 - x0));
      for (int row = first / 2; row < to->height / 2; row++)
        {
          memset (to->u + (ptrdiff_t) row * (to->width / 2) + x0 / 2, colour.u, (size_t) ((x1 + 1) / 2 - x0 / 2));
          memset (to->v + (ptrdiff_t) row * (to->width / 2) + x0 / 2, colour.v, (size_t) ((x1 + 1) / 2 - x0 / 2));
        }
    }
}

void
ipd_test_picture_draw (IpdTestPicture *picture, uint32_t number, uint32_t monotonic_ms, uint8_t *ret_i420)
{
  IpdI420 to = ipd_i420_over (ret_i420, picture->width, picture->height);
  memcpy (ret_i420, picture->street, ipd_test_picture_size (picture));
  draw_visitor (picture, &to, monotonic_ms / 1000.0);
  ipd_sprite_blit (&picture->frame, &to, 0, 0);
  draw_clock (&to);
  draw_strip (&to, number, monotonic_ms);
}
