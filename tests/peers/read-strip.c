// SPDX-License-Identifier: Apache-2.0
/*
 * Reads the strip of the station's test picture out of a picture that another program saved: binary PPM (P6, 8 bits) on
 * standard input, one JSON line with frame number and capture time on standard output. Exit status 1: there is no
 * strip.
 */
#include "../observe/observe.h"
#include "../observe/strip.h"

enum { MAX_SIDE = 8192 };

static bool
read_header (FILE *file, int *ret_width, int *ret_height)
{
  int most;

  return fscanf (file, "P6 %d %d %d", ret_width, ret_height, &most) == 3 && most == 255 && fgetc (file) != EOF
         && *ret_width > 0 && *ret_width <= MAX_SIDE && *ret_height > 0 && *ret_height <= MAX_SIDE;
}

static bool
read_pixels (FILE *file, uint8_t *pixels, long count)
{
  for (long i = 0; i < count; i++)
    {
      uint8_t rgb[3];

      if (fread (rgb, sizeof rgb, 1, file) != 1)
        return false;
      pixels[i * 4] = rgb[2];
      pixels[i * 4 + 1] = rgb[1];
      pixels[i * 4 + 2] = rgb[0];
    }
  return true;
}

int
main (void)
{
  StripReading reading;
  uint8_t *pixels;
  int width, height;
  bool found;

  if (!read_header (stdin, &width, &height))
    {
      fputs ("read-strip: no binary PPM with 8 bits on standard input\n", stderr);
      return OBSERVE_USAGE;
    }
  pixels = calloc ((size_t) width * (size_t) height, 4);
  found = pixels != NULL && read_pixels (stdin, pixels, (long) width * height)
          && strip_read (&(StripImage){ .pixels = pixels, .width = width, .height = height, .stride = width * 4 },
                         &reading);
  free (pixels);
  if (!found)
    return OBSERVE_TIMEOUT;
  printf ("{\"t_us\": %lld, \"frame\": %u, \"capture_ms\": %u, \"width\": %d}\n", (long long) observe_now_us (),
          reading.frame, reading.capture_ms, reading.width);
  return OBSERVE_SEEN;
}
