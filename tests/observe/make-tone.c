// SPDX-License-Identifier: Apache-2.0
/*
 * Writes a tone as raw 16-bit mono sound to standard output, for a private sound server to play into a microphone. It
 * comes in bursts (300 ms on, 100 ms off), since noise suppression rightly takes an endless tone for noise.
 */
#include <getopt.h>
#include <math.h>
#include <unistd.h>

#include "observe.h"

enum { BURST_MS = 300, GAP_MS = 100, FADE_MS = 10 };

static double
envelope (double ms)
{
  if (ms >= BURST_MS)
    return 0;
  return fmin (1, fmin (ms, BURST_MS - ms) / FADE_MS);
}

int
main (int argc, char **argv)
{
  static const struct option options[] = {
    { "hz", required_argument, NULL, 'h' },
    { "rate", required_argument, NULL, 'r' },
    { "seconds", required_argument, NULL, 's' },
    { NULL, 0, NULL, 0 },
  };
  double hz = 700, seconds = 10;
  int rate = 48000, c;

  while ((c = getopt_long (argc, argv, "", options, NULL)) != -1)
    switch (c)
      {
      case 'h':
        hz = strtod (optarg, NULL);
        break;
      case 'r':
        rate = (int) strtol (optarg, NULL, 10);
        break;
      case 's':
        seconds = strtod (optarg, NULL);
        break;
      default:
        return OBSERVE_USAGE;
      }
  for (long i = 0; i < (long) (seconds * rate); i++)
    {
      double ms = fmod (i * 1000.0 / rate, BURST_MS + GAP_MS);
      int16_t sample = (int16_t) (0.5 * 32767 * envelope (ms) * sin (2 * M_PI * hz * (double) i / rate));

      if (fwrite (&sample, 2, 1, stdout) != 1)
        return OBSERVE_TIMEOUT;
    }
  return OBSERVE_SEEN;
}
