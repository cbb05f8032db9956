// SPDX-License-Identifier: Apache-2.0
/* The test picture: its strip by its own description, and that something moves above it. */
#include "media/test-picture.h"
#include "media/still-picture.h"

#include <glib.h>
#include <string.h>

typedef struct {
  int width;
  int height;
} Size;

static const Size sizes[] = { { 640, 480 }, { 1280, 720 }, { 320, 240 }, { 160, 120 } };

/* Y of the middle of a cell. */
static int
cell (const uint8_t *i420, Size size, int i)
{
  int x = (i * size.width / 74 + (i + 1) * size.width / 74) / 2;
  int y = size.height - (size.height / 10 & ~1) / 2;
  return i420[y * size.width + x];
}

static uint32_t
bits (const uint8_t *i420, Size size, int first, int n)
{
  uint32_t value = 0;
  for (int i = 0; i < n; i++)
    {
      int luma = cell (i420, size, first + i);
      g_assert_true (luma == 16 || luma == 235);
      value = value << 1 | (luma == 235);
    }
  return value;
}

static void
test_strip (void)
{
  static const uint32_t numbers[] = { 0, 1, 0x80000000, 0x12345678, UINT32_MAX };
  for (size_t s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      IpdTestPicture *picture = ipd_test_picture_new (sizes[s].width, sizes[s].height);
      g_autofree uint8_t *i420 = g_malloc (ipd_test_picture_size (picture));
      for (size_t n = 0; n < G_N_ELEMENTS (numbers); n++)
        {
          uint32_t ms = numbers[n] * 7 + 3;
          ipd_test_picture_draw (picture, numbers[n], ms, i420);
          g_assert_cmpuint (bits (i420, sizes[s], 1, 32), ==, numbers[n]);
          g_assert_cmpuint (bits (i420, sizes[s], 33, 32), ==, ms);
          uint32_t both = numbers[n] ^ ms;
          g_assert_cmpuint (bits (i420, sizes[s], 65, 8), ==, (both ^ both >> 8 ^ both >> 16 ^ both >> 24) & 0xff);
        }
      ipd_test_picture_free (picture);
    }
}

/* Magenta and cyan: their colour is in the chroma planes. */
static void
test_ends (void)
{
  const Size size = sizes[0];
  IpdTestPicture *picture = ipd_test_picture_new (size.width, size.height);
  g_autofree uint8_t *i420 = g_malloc (ipd_test_picture_size (picture));
  ipd_test_picture_draw (picture, 1, 1, i420);
  const uint8_t *u = i420 + size.width * size.height;
  const uint8_t *v = u + size.width * size.height / 4;
  int row = (size.height - 24) / 2 * (size.width / 2);
  g_assert_cmpint (u[row + 2], >, 190);
  g_assert_cmpint (v[row + 2], >, 210);
  g_assert_cmpint (u[row + size.width / 2 - 2], >, 150);
  g_assert_cmpint (v[row + size.width / 2 - 2], <, 30);
  ipd_test_picture_free (picture);
}

static void
test_moves (void)
{
  const Size size = sizes[0];
  IpdTestPicture *picture = ipd_test_picture_new (size.width, size.height);
  g_autofree uint8_t *first = g_malloc (ipd_test_picture_size (picture));
  g_autofree uint8_t *second = g_malloc (ipd_test_picture_size (picture));
  size_t scene = (size_t) size.width * 430;
  ipd_test_picture_draw (picture, 1, 4000, first);
  ipd_test_picture_draw (picture, 1, 5400, second);
  g_assert_cmpint (
      memcmp (first + (size_t) size.width * 100, second + (size_t) size.width * 100, scene - (size_t) size.width * 100),
      !=, 0);
  ipd_test_picture_free (picture);
}

static void
test_still (void)
{
  g_autofree uint8_t *i420 = g_malloc (640 * 480 * 3 / 2);
  ipd_still_picture_draw (640, 480, i420);
  int darkest = 255, brightest = 0;
  for (int i = 0; i < 640 * 480; i++)
    {
      darkest = MIN (darkest, i420[i]);
      brightest = MAX (brightest, i420[i]);
    }
  g_assert_cmpint (brightest - darkest, >, 60);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/picture/strip", test_strip);
  g_test_add_func ("/media/picture/ends", test_ends);
  g_test_add_func ("/media/picture/moves", test_moves);
  g_test_add_func ("/media/picture/still", test_still);
  return g_test_run ();
}
