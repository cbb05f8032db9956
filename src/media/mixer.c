// SPDX-License-Identifier: Apache-2.0
/* Adds the far end's sound and our own chimes. Filled by a receiving streaming thread, emptied by the speaker's;
 * settings come from the worker. */
#include "media/mixer.h"

#include <stdbool.h>
#include <string.h>

#define QUEUE_MAX   (IPD_SOUND_RATE * 240 / 1000)
#define QUEUE_START (IPD_SOUND_RATE * 60 / 1000)

struct _IpdMixer {
  GMutex mutex; /* guards all below */
  int16_t line[QUEUE_MAX];
  gsize first;
  gsize n;
  bool flowing; /* the line reached QUEUE_START since it last ran dry */
  IpdChime chime;
  uint64_t chime_position;
  double volume;
  void (*on_over) (gpointer data);
  gpointer on_over_data;
};

IpdMixer *
ipd_mixer_new (void)
{
  IpdMixer *mixer = g_new0 (IpdMixer, 1);
  g_mutex_init (&mixer->mutex);
  mixer->volume = 1;
  return mixer;
}

void
ipd_mixer_free (IpdMixer *mixer)
{
  if (mixer == NULL)
    return;
  g_mutex_clear (&mixer->mutex);
  g_free (mixer);
}

static void
line_drop (IpdMixer *mixer, gsize n)
{
  mixer->first = (mixer->first + n) % QUEUE_MAX;
  mixer->n -= n;
}

void
ipd_mixer_push (IpdMixer *mixer, const int16_t *samples, gsize n)
{
  g_mutex_lock (&mixer->mutex);
  gsize skip = n > QUEUE_MAX ? n - QUEUE_MAX : 0;
  n -= skip;
  /* Full means that clocks drift or that a burst came: back to the delay that we started with. */
  if (mixer->n + n > QUEUE_MAX)
    line_drop (mixer, MIN (mixer->n, mixer->n + n - QUEUE_START));
  for (gsize i = 0; i < n; i++)
    mixer->line[(mixer->first + mixer->n + i) % QUEUE_MAX] = samples[skip + i];
  mixer->n += n;
  if (mixer->n >= QUEUE_START)
    mixer->flowing = true;
  g_mutex_unlock (&mixer->mutex);
}

void
ipd_mixer_flush (IpdMixer *mixer)
{
  g_mutex_lock (&mixer->mutex);
  mixer->n = 0;
  mixer->flowing = false;
  g_mutex_unlock (&mixer->mutex);
}

static void
add_far_end (IpdMixer *mixer, int16_t *samples, gsize n)
{
  if (!mixer->flowing)
    return;
  gsize have = MIN (n, mixer->n);
  for (gsize i = 0; i < have; i++)
    samples[i] = (int16_t) CLAMP (samples[i] + mixer->line[(mixer->first + i) % QUEUE_MAX], G_MININT16, G_MAXINT16);
  line_drop (mixer, have);
  if (mixer->n == 0)
    mixer->flowing = false;
}

/* True if the chime just ended. */
static bool
fill_chime (IpdMixer *mixer, int16_t *samples, gsize n)
{
  if (mixer->chime == IPD_CHIME_NONE)
    {
      memset (samples, 0, n * sizeof *samples);
      return false;
    }
  bool goes_on = ipd_chime_fill (mixer->chime, mixer->chime_position, samples, n);
  mixer->chime_position += n;
  if (!goes_on)
    mixer->chime = IPD_CHIME_NONE;
  return !goes_on;
}

void
ipd_mixer_pull (IpdMixer *mixer, int16_t *ret_samples, gsize n)
{
  g_mutex_lock (&mixer->mutex);
  bool over = fill_chime (mixer, ret_samples, n);
  add_far_end (mixer, ret_samples, n);
  if (mixer->volume < 1)
    for (gsize i = 0; i < n; i++)
      ret_samples[i] = (int16_t) (ret_samples[i] * mixer->volume);
  g_mutex_unlock (&mixer->mutex);
  if (over && mixer->on_over != NULL)
    mixer->on_over (mixer->on_over_data);
}

void
ipd_mixer_set_chime (IpdMixer *mixer, IpdChime chime)
{
  g_mutex_lock (&mixer->mutex);
  mixer->chime = chime;
  mixer->chime_position = 0;
  g_mutex_unlock (&mixer->mutex);
}

void
ipd_mixer_set_volume (IpdMixer *mixer, double volume)
{
  g_mutex_lock (&mixer->mutex);
  mixer->volume = CLAMP (volume, 0, 1);
  g_mutex_unlock (&mixer->mutex);
}

void
ipd_mixer_on_chime_over (IpdMixer *mixer, void (*func) (gpointer data), gpointer data)
{
  mixer->on_over = func;
  mixer->on_over_data = data;
}
