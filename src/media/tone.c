// SPDX-License-Identifier: Apache-2.0
/* The sounds that we make ourselves, as functions of time. Called by the mixer in a streaming thread. */
#include "media/tone.h"

#include <math.h>

#define CALL_HZ   425.0
#define CALL_GAIN 0.25
/* Tones start and stop over 5 ms: a hard edge clicks. */
#define EDGE_S 0.005

/* A struck bell: the partials of a bar, the higher ones shorter. */
static double
bell (double hz, double t, double length)
{
  if (t < 0)
    return 0;
  double attack = t < EDGE_S ? t / EDGE_S : 1;
  double body = exp (-3.2 * t / length) * sin (2 * M_PI * hz * t);
  double second = 0.30 * exp (-5.5 * t / length) * sin (2 * M_PI * 2 * hz * t);
  double third = 0.10 * exp (-9.0 * t / length) * sin (2 * M_PI * 3 * hz * t);
  return attack * (body + second + third);
}

static double
door (double t)
{
  t = fmod (t, 3.5);
  return 0.45 * (bell (659.26, t, 1.4) + bell (523.25, t - 0.65, 2.0));
}

static double
opened (double t)
{
  return 0.35 * (bell (523.25, t, 0.5) + bell (659.26, t - 0.15, 0.5) + bell (783.99, t - 0.30, 0.8));
}

static double
cadence (double t, double on, double off)
{
  t = fmod (t, on + off);
  if (t >= on)
    return 0;
  double edge = fmin (1, fmin (t, on - t) / EDGE_S);
  return CALL_GAIN * edge * sin (2 * M_PI * CALL_HZ * t);
}

static double
chime_at (IpdChime chime, double t)
{
  switch (chime)
    {
    case IPD_CHIME_DOOR:
      return door (t);
    case IPD_CHIME_RINGING:
      return cadence (t, 1.0, 3.0);
    case IPD_CHIME_BUSY:
      return cadence (t, 0.5, 0.5);
    case IPD_CHIME_OPENED:
      return opened (t);
    case IPD_CHIME_NONE:
      break;
    }
  return 0;
}

bool
ipd_chime_fill (IpdChime chime, uint64_t position, int16_t *ret_samples, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      double value = chime_at (chime, (double) (position + i) / IPD_SOUND_RATE);
      ret_samples[i] = (int16_t) lrint (fmax (-1, fmin (1, value)) * 32767);
    }
  bool over = chime == IPD_CHIME_NONE || (chime == IPD_CHIME_OPENED && position >= 3 * IPD_SOUND_RATE / 2);
  return !over;
}
