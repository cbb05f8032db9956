// SPDX-License-Identifier: Apache-2.0
/* Draws pictures in real time for stations without a camera. Owned by a video source; a thread of its own. */
#include "media/painter.h"

#include "media/still-picture.h"
#include "media/test-picture.h"

#include <gst/video/video.h>

struct _IpdPainter {
  GstAppSrc *src;
  int width;
  int height;
  int fps;
  bool still;
  GThread *thread;
  GMutex mutex;
  GCond cond;
  bool awake; /* guarded by mutex */
  bool ended; /* guarded by mutex */
};

/* Rows stand side by side, as the drawing has them; GStreamer's own picture would have some octets between them where
 * the width is no multiple of eight. */
static void
describe (const IpdPainter *painter, GstBuffer *buffer)
{
  const guint width = (guint) painter->width, height = (guint) painter->height;
  gsize offsets[GST_VIDEO_MAX_PLANES] = { 0, width * height, width * height * 5 / 4 };
  gint strides[GST_VIDEO_MAX_PLANES] = { painter->width, painter->width / 2, painter->width / 2 };
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, width, height, 3, offsets,
                                  strides);
}

static GstBuffer *
paint (IpdPainter *painter, IpdTestPicture *picture, uint32_t number)
{
  gsize size = (gsize) painter->width * (gsize) painter->height * 3 / 2;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  if (picture != NULL)
    ipd_test_picture_draw (picture, number, (uint32_t) (g_get_monotonic_time () / 1000), map.data);
  else
    ipd_still_picture_draw (painter->width, painter->height, map.data);
  gst_buffer_unmap (buffer, &map);
  describe (painter, buffer);
  return buffer;
}

/* Waits until it is time for the next picture; false when there is none to come. */
static bool
wait_for_turn (IpdPainter *painter, gint64 *due)
{
  g_mutex_lock (&painter->mutex);
  bool slept = false;
  while (!painter->ended && !painter->awake)
    {
      g_cond_wait (&painter->cond, &painter->mutex);
      slept = true;
    }
  gint64 now = g_get_monotonic_time ();
  if (slept || *due < now - G_USEC_PER_SEC)
    *due = now;
  while (!painter->ended && g_get_monotonic_time () < *due)
    if (!g_cond_wait_until (&painter->cond, &painter->mutex, *due))
      break;
  *due += G_USEC_PER_SEC / painter->fps;
  bool goes_on = !painter->ended;
  g_mutex_unlock (&painter->mutex);
  return goes_on;
}

static gpointer
painter_thread (gpointer data)
{
  IpdPainter *painter = data;
  IpdTestPicture *picture = painter->still ? NULL : ipd_test_picture_new (painter->width, painter->height);
  gint64 due = 0;
  for (uint32_t number = 0; wait_for_turn (painter, &due); number++)
    gst_app_src_push_buffer (painter->src, paint (painter, picture, number));
  if (picture != NULL)
    ipd_test_picture_free (picture);
  return NULL;
}

IpdPainter *
ipd_painter_new (GstAppSrc *src, int width, int height, int fps, bool still)
{
  IpdPainter *painter = g_new0 (IpdPainter, 1);
  painter->src = gst_object_ref (src);
  painter->width = width;
  painter->height = height;
  painter->fps = fps;
  painter->still = still;
  g_mutex_init (&painter->mutex);
  g_cond_init (&painter->cond);
  painter->thread = g_thread_new ("ipd-painter", painter_thread, painter);
  return painter;
}

void
ipd_painter_free (IpdPainter *painter)
{
  if (painter == NULL)
    return;
  g_mutex_lock (&painter->mutex);
  painter->ended = true;
  g_cond_signal (&painter->cond);
  g_mutex_unlock (&painter->mutex);
  g_thread_join (painter->thread);
  gst_object_unref (painter->src);
  g_mutex_clear (&painter->mutex);
  g_cond_clear (&painter->cond);
  g_free (painter);
}

void
ipd_painter_set_awake (IpdPainter *painter, bool awake)
{
  g_mutex_lock (&painter->mutex);
  painter->awake = awake;
  g_cond_signal (&painter->cond);
  g_mutex_unlock (&painter->mutex);
}
