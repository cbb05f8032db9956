// SPDX-License-Identifier: Apache-2.0
/* Writes pictures to a folder for ipdoor-media --record-frames. Main thread of that program. */
#include "media/recorder.h"

#include "media/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <stdio.h>

struct _IpdFrameRecorder {
  char *newest;
  char *unfinished;
  FILE *log;
};

IpdFrameRecorder *
ipd_frame_recorder_new (const char *folder, GError **error)
{
  g_autofree char *log_path = g_build_filename (folder, "frames.log", NULL);
  FILE *log = g_mkdir_with_parents (folder, 0700) == 0 ? g_fopen (log_path, "we") : NULL;
  if (log == NULL)
    {
      g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_DEVICE, "%s: %s", log_path, g_strerror (errno));
      return NULL;
    }
  IpdFrameRecorder *recorder = g_new0 (IpdFrameRecorder, 1);
  recorder->log = log;
  recorder->newest = g_build_filename (folder, "newest.ppm", NULL);
  recorder->unfinished = g_strconcat (recorder->newest, ".part", NULL);
  return recorder;
}

void
ipd_frame_recorder_free (IpdFrameRecorder *recorder)
{
  fclose (recorder->log);
  g_free (recorder->newest);
  g_free (recorder->unfinished);
  g_free (recorder);
}

static gboolean
write_ppm (const char *path, const IpdVideoFrame *frame)
{
  FILE *file = g_fopen (path, "we");
  if (file == NULL)
    return FALSE;
  const uint8_t *pixels = g_bytes_get_data (frame->pixels, NULL);
  g_autofree uint8_t *row = g_malloc (3 * (gsize) frame->width);
  fprintf (file, "P6\n%d %d\n255\n", frame->width, frame->height);
  for (int y = 0; y < frame->height; y++)
    {
      const uint8_t *from = pixels + (gsize) y * (gsize) frame->stride;
      for (int x = 0; x < frame->width; x++)
        for (int c = 0; c < 3; c++)
          row[3 * x + c] = from[4 * x + 2 - c];
      fwrite (row, 3, (gsize) frame->width, file);
    }
  return fclose (file) == 0;
}

void
ipd_frame_recorder_take (IpdFrameRecorder *recorder, const IpdVideoFrame *frame)
{
  fprintf (recorder->log, "%" G_GINT64_FORMAT " %d %d\n", g_get_monotonic_time (), frame->width, frame->height);
  fflush (recorder->log);
  /* Renamed only when whole: whoever looks never sees half a picture. */
  if (write_ppm (recorder->unfinished, frame))
    g_rename (recorder->unfinished, recorder->newest);
}
