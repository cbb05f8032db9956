// SPDX-License-Identifier: Apache-2.0
/*
 * Draws what a phone shows when it plays the station: grey with a bar that moves, and the strip of the station's test
 * picture along the bottom (tests/observe/strip.h), so that the same observers read it. Writes YUV4MPEG2 with many
 * frames, or one frame as PPM. Links nothing of ours: it says what the strip is a second time, on purpose.
 */
#include <getopt.h>

#include "../observe/observe.h"

enum { CELLS = 74, FPS = 15, MAX_SIDE = 1920 };

typedef struct {
  int width;
  int height;
  int frames;
  int first; /* number of the first frame */
  bool ppm;
} Wish;

typedef struct {
  uint8_t r, g, b;
} Colour;

static void
strip_octets (uint32_t frame, uint32_t ms, uint8_t *ret_octets)
{
  ret_octets[8] = 0;
  for (int i = 0; i < 8; i++)
    {
      ret_octets[i] = (uint8_t) ((i < 4 ? frame : ms) >> (24 - i % 4 * 8));
      ret_octets[8] ^= ret_octets[i];
    }
}

static Colour
colour_at (const Wish *wish, const uint8_t *octets, int number, int x, int y)
{
  int cell = x * CELLS / wish->width;
  int bar = number * 8 % wish->width;

  if (y < wish->height - wish->height / 10 / 2 * 2)
    return x >= bar && x < bar + 16 ? (Colour){ 200, 60, 60 } : (Colour){ 90, 100, 110 };
  if (cell == 0)
    return (Colour){ 255, 0, 255 };
  if (cell == CELLS - 1)
    return (Colour){ 0, 255, 255 };
  return (octets[(cell - 1) / 8] & (0x80 >> (cell - 1) % 8)) != 0 ? (Colour){ 255, 255, 255 } : (Colour){ 0, 0, 0 };
}

/* BT.601, limited range. */
static uint8_t
luma (Colour c)
{
  return (uint8_t) (16 + (65.481 * c.r + 128.553 * c.g + 24.966 * c.b) / 255 + 0.5);
}

static uint8_t
chroma (Colour c, bool red)
{
  double v = red ? 112.0 * c.r - 93.786 * c.g - 18.214 * c.b : -37.797 * c.r - 74.203 * c.g + 112.0 * c.b;

  return (uint8_t) (128 + v / 255 + 0.5);
}

static void
write_ppm (const Wish *wish, const uint8_t *octets, int number)
{
  printf ("P6\n%d %d\n255\n", wish->width, wish->height);
  for (int i = 0; i < wish->width * wish->height; i++)
    {
      Colour c = colour_at (wish, octets, number, i % wish->width, i / wish->width);

      fwrite ((uint8_t[]){ c.r, c.g, c.b }, 3, 1, stdout);
    }
}

static void
write_i420 (const Wish *wish, const uint8_t *octets, int number)
{
  int quarter = wish->width / 2 * (wish->height / 2);

  puts ("FRAME");
  for (int i = 0; i < wish->width * wish->height; i++)
    putchar (luma (colour_at (wish, octets, number, i % wish->width, i / wish->width)));
  for (int i = 0; i < 2 * quarter; i++)
    putchar (chroma (
        colour_at (wish, octets, number, i % quarter % (wish->width / 2) * 2, i % quarter / (wish->width / 2) * 2),
        i >= quarter));
}

static bool
parse (int argc, char **argv, Wish *wish)
{
  static const struct option options[] = {
    { "width", required_argument, NULL, 'w' },  { "height", required_argument, NULL, 'h' },
    { "frames", required_argument, NULL, 'f' }, { "first", required_argument, NULL, 'n' },
    { "ppm", no_argument, NULL, 'p' },          { NULL, 0, NULL, 0 },
  };
  int c;

  while ((c = getopt_long (argc, argv, "", options, NULL)) != -1)
    if (c == 'w')
      wish->width = (int) strtol (optarg, NULL, 10);
    else if (c == 'h')
      wish->height = (int) strtol (optarg, NULL, 10);
    else if (c == 'f')
      wish->frames = (int) strtol (optarg, NULL, 10);
    else if (c == 'n')
      wish->first = (int) strtol (optarg, NULL, 10);
    else if (c == 'p')
      wish->ppm = true;
    else
      return false;
  return wish->width >= CELLS * 2 && wish->width <= MAX_SIDE && wish->width % 2 == 0 && wish->height >= 40
         && wish->height <= MAX_SIDE && wish->height % 2 == 0 && wish->frames > 0;
}

int
main (int argc, char **argv)
{
  Wish wish = { .width = 480, .height = 360, .frames = 90, .first = 1 };
  uint8_t octets[9];

  if (!parse (argc, argv, &wish))
    {
      fputs ("usage: make-picture [--width N] [--height N] [--frames N] [--first N] [--ppm]\n", stderr);
      return OBSERVE_USAGE;
    }
  if (!wish.ppm)
    printf ("YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n", wish.width, wish.height, FPS);
  for (int i = 0; i < (wish.ppm ? 1 : wish.frames); i++)
    {
      strip_octets ((uint32_t) (wish.first + i), (uint32_t) (i * 1000 / FPS), octets);
      (wish.ppm ? write_ppm : write_i420) (&wish, octets, wish.first + i);
    }
  return fflush (stdout) == 0 ? OBSERVE_SEEN : OBSERVE_TIMEOUT;
}
