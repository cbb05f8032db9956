// SPDX-License-Identifier: Apache-2.0
/* The camera of a station: which source is in use, when a key frame is due, what the SDP says about the stream. Lives
 * in the station's worker; units pass through in a streaming thread. */
#include "media/camera.h"

#include "media/h264.h"
#include "media/video-source.h"
#include "media/vp8-encoder.h"

#include <glib/gi18n-lib.h>

/* A camera that is gone is tried again after this long; a broken one must not keep the station busy. */
#define RETRY_S 5

/* Key frames of one encoder. */
typedef struct {
  bool wanted;
  gint64 forced_us;
} Keys;

struct _IpdCamera {
  IpdWorker *worker;
  IpdCameraSpec spec;
  IpdCameraHandlers handlers;
  gpointer data;
  GSource *retry_timer;
  GSource *settle_signal;
  bool active;
  GMutex mutex; /* guards the sources against the streaming threads, and all below */
  IpdVideoSource *source;
  IpdVideoSource *still;
  IpdVp8Encoder *vp8;
  char *sprop;
  bool ready; /* the source gave parameter sets */
  Keys keys[IPD_VIDEO_N_CODECS];
  IpdCameraCount count;
};

/* With the mutex. The still picture runs only while there is no camera. */
static IpdVideoSource *
current (IpdCamera *camera)
{
  return camera->ready || camera->still == NULL ? camera->source : camera->still;
}

/* With the mutex. */
static bool
can_force (IpdCamera *camera, IpdVideoCodec codec)
{
  return codec == IPD_VIDEO_VP8 ? camera->vp8 != NULL : current (camera) != NULL;
}

/* With the mutex. */
static void
force_if_due (IpdCamera *camera, IpdVideoCodec codec)
{
  Keys *keys = &camera->keys[codec];
  gint64 now = g_get_monotonic_time ();
  if (!keys->wanted || !can_force (camera, codec) || now - keys->forced_us < IPD_KEY_FRAME_GAP_MS * 1000)
    return;
  keys->wanted = false;
  keys->forced_us = now;
  camera->count.forced++;
  if (codec == IPD_VIDEO_VP8)
    ipd_vp8_encoder_force_key_frame (camera->vp8);
  else
    ipd_video_source_force_key_frame (current (camera));
}

/* With the mutex: a unit came out of an encoder. */
static void
count_unit (IpdCamera *camera, IpdVideoCodec codec, bool is_key)
{
  camera->count.frames++;
  camera->count.key_frames += is_key;
  if (is_key)
    camera->keys[codec].wanted = false;
  force_if_due (camera, codec);
}

/* With the mutex: true if these are the first parameter sets of the camera itself. */
static bool
take_parameter_sets (IpdCamera *camera, GstBuffer *unit, bool from_camera)
{
  GstMapInfo map;
  if (!gst_buffer_map (unit, &map, GST_MAP_READ))
    return false;
  g_autofree char *sprop = ipd_h264_sprop (map.data, map.size);
  gst_buffer_unmap (unit, &map);
  if (sprop == NULL)
    return false;
  g_free (camera->sprop);
  camera->sprop = g_steal_pointer (&sprop);
  bool first = from_camera && !camera->ready;
  camera->ready = camera->ready || from_camera;
  return first;
}

static void
settle (gpointer data)
{
  IpdCamera *camera = data;
  g_mutex_lock (&camera->mutex);
  IpdVideoSource *still = camera->ready ? g_steal_pointer (&camera->still) : NULL;
  bool known = camera->sprop != NULL;
  if (camera->source != NULL)
    ipd_video_source_set_open (camera->source, camera->active || !camera->ready);
  if (camera->still != NULL)
    ipd_video_source_set_open (camera->still, camera->active || !known);
  g_mutex_unlock (&camera->mutex);
  ipd_video_source_free (still);
}

static void
on_any_unit (IpdCamera *camera, GstBuffer *unit, bool is_key, bool from_camera)
{
  g_mutex_lock (&camera->mutex);
  bool wanted = from_camera || !camera->ready;
  bool had_sprop = camera->sprop != NULL;
  bool first = wanted && is_key && take_parameter_sets (camera, unit, from_camera);
  if (wanted)
    count_unit (camera, IPD_VIDEO_H264, is_key);
  bool changed = first || (camera->sprop != NULL && !had_sprop);
  g_mutex_unlock (&camera->mutex);
  if (changed)
    ipd_worker_signal_raise (camera->settle_signal);
  if (first)
    camera->handlers.ready (camera->data);
  if (wanted)
    camera->handlers.unit (IPD_VIDEO_H264, unit, camera->data);
}

static void
on_camera_unit (GstBuffer *unit, bool is_key, gpointer data)
{
  on_any_unit (data, unit, is_key, true);
}

static void
on_still_unit (GstBuffer *unit, bool is_key, gpointer data)
{
  on_any_unit (data, unit, is_key, false);
}

/* The encoder's own thread takes it from here; a picture that nobody wants as VP8 ends here. */
static void
on_any_picture (IpdCamera *camera, GstBuffer *picture, GstCaps *caps, bool from_camera)
{
  g_mutex_lock (&camera->mutex);
  if (camera->vp8 != NULL && (from_camera || !camera->ready))
    ipd_vp8_encoder_push (camera->vp8, picture, caps);
  g_mutex_unlock (&camera->mutex);
}

static void
on_camera_picture (GstBuffer *picture, GstCaps *caps, gpointer data)
{
  on_any_picture (data, picture, caps, true);
}

static void
on_still_picture (GstBuffer *picture, GstCaps *caps, gpointer data)
{
  on_any_picture (data, picture, caps, false);
}

static void
on_still_failed (const char *why, gpointer data)
{
  g_debug ("the picture that says there is no camera failed: %s", why);
}

static void
start_still (IpdCamera *camera)
{
  if (camera->still != NULL)
    return;
  IpdCameraSpec spec = camera->spec;
  spec.kind = IPD_CAMERA_NONE;
  const IpdVideoSourceHandlers handlers = { on_still_unit, on_still_picture, on_still_failed };
  IpdVideoSource *still = ipd_video_source_new (camera->worker, &spec, &handlers, camera, NULL);
  g_mutex_lock (&camera->mutex);
  camera->still = still;
  g_mutex_unlock (&camera->mutex);
  settle (camera);
}

static void start_camera (IpdCamera *camera);

static gboolean
on_retry_timeout (gpointer data)
{
  IpdCamera *camera = data;
  ipd_worker_clear_source (&camera->retry_timer);
  start_camera (camera);
  return G_SOURCE_REMOVE;
}

static void
on_camera_failed (const char *why, gpointer data)
{
  IpdCamera *camera = data;
  g_mutex_lock (&camera->mutex);
  IpdVideoSource *source = g_steal_pointer (&camera->source);
  camera->ready = false;
  g_mutex_unlock (&camera->mutex);
  ipd_video_source_free (source);
  if (camera->still == NULL)
    camera->handlers.lost (_ ("The camera does not work."), camera->data);
  start_still (camera);
  camera->retry_timer
      = ipd_worker_attach (camera->worker, g_timeout_source_new_seconds (RETRY_S), on_retry_timeout, camera);
}

static void
start_camera (IpdCamera *camera)
{
  const IpdVideoSourceHandlers handlers = { on_camera_unit, on_camera_picture, on_camera_failed };
  g_autoptr (GError) error = NULL;
  IpdVideoSource *source = ipd_video_source_new (camera->worker, &camera->spec, &handlers, camera, &error);
  if (source == NULL)
    {
      g_autofree char *why = g_strdup_printf (_ ("Pictures cannot be made: %s is not installed."), error->message);
      camera->handlers.lost (why, camera->data);
      return;
    }
  g_mutex_lock (&camera->mutex);
  camera->source = source;
  g_mutex_unlock (&camera->mutex);
  settle (camera);
}

IpdCamera *
ipd_camera_new (IpdWorker *worker, const IpdCameraSpec *spec, const IpdCameraHandlers *handlers, gpointer data)
{
  IpdCamera *camera = g_new0 (IpdCamera, 1);
  camera->worker = worker;
  camera->spec = *spec;
  camera->spec.text = g_strdup (spec->text);
  camera->handlers = *handlers;
  camera->data = data;
  for (int i = 0; i < IPD_VIDEO_N_CODECS; i++)
    camera->keys[i].forced_us = -IPD_KEY_FRAME_GAP_MS * 1000;
  g_mutex_init (&camera->mutex);
  camera->settle_signal = ipd_worker_signal_new (worker, settle, camera);
  if (spec->kind != IPD_CAMERA_NONE)
    {
      start_camera (camera);
      return camera;
    }
  handlers->lost (_ ("There is no camera."), data);
  start_still (camera);
  return camera;
}

void
ipd_camera_free (IpdCamera *camera)
{
  if (camera == NULL)
    return;
  ipd_worker_clear_source (&camera->retry_timer);
  g_mutex_lock (&camera->mutex);
  IpdVideoSource *source = g_steal_pointer (&camera->source);
  IpdVideoSource *still = g_steal_pointer (&camera->still);
  IpdVp8Encoder *vp8 = g_steal_pointer (&camera->vp8);
  g_mutex_unlock (&camera->mutex);
  ipd_video_source_free (source);
  ipd_video_source_free (still);
  ipd_vp8_encoder_free (vp8);
  ipd_worker_clear_source (&camera->settle_signal);
  ipd_camera_spec_clear (&camera->spec);
  g_mutex_clear (&camera->mutex);
  g_free (camera->sprop);
  g_free (camera);
}

/* The gap keeps the viewers of one visit from asking too often; who comes right after another visit is not made to
 * wait. */
static void
begin_with_key (IpdCamera *camera)
{
  g_mutex_lock (&camera->mutex);
  camera->keys[IPD_VIDEO_H264].forced_us = 0;
  g_mutex_unlock (&camera->mutex);
  ipd_camera_ask_key_frame (camera, IPD_VIDEO_H264);
}

void
ipd_camera_set_active (IpdCamera *camera, bool active)
{
  bool starts = active && !camera->active;
  camera->active = active;
  if (starts)
    begin_with_key (camera);
  settle (camera);
}

static void
on_vp8_unit (GstBuffer *unit, bool is_key, gpointer data)
{
  IpdCamera *camera = data;
  g_mutex_lock (&camera->mutex);
  count_unit (camera, IPD_VIDEO_VP8, is_key);
  g_mutex_unlock (&camera->mutex);
  camera->handlers.unit (IPD_VIDEO_VP8, unit, camera->data);
}

static void
on_vp8_failed (const char *why, gpointer data)
{
  g_warning ("pictures as VP8 cannot be made: %s", why);
  ipd_camera_set_vp8 (data, false);
}

static IpdVp8Encoder *
vp8_new (IpdCamera *camera)
{
  const IpdVp8EncoderHandlers handlers = { on_vp8_unit, on_vp8_failed };
  g_autoptr (GError) error = NULL;
  IpdVp8Encoder *vp8 = ipd_vp8_encoder_new (camera->worker, camera->spec.bitrate_kbps, 2 * camera->spec.fps, &handlers,
                                            camera, &error);
  if (vp8 == NULL)
    g_warning ("pictures as VP8 cannot be made: %s is not installed", error->message);
  return vp8;
}

void
ipd_camera_set_vp8 (IpdCamera *camera, bool wanted)
{
  if (wanted == (camera->vp8 != NULL))
    return;
  IpdVp8Encoder *vp8 = wanted ? vp8_new (camera) : NULL;
  g_mutex_lock (&camera->mutex);
  IpdVp8Encoder *before = camera->vp8;
  camera->vp8 = vp8;
  g_mutex_unlock (&camera->mutex);
  ipd_vp8_encoder_free (before);
}

void
ipd_camera_ask_key_frame (IpdCamera *camera, IpdVideoCodec codec)
{
  g_mutex_lock (&camera->mutex);
  camera->keys[codec].wanted = true;
  force_if_due (camera, codec);
  g_mutex_unlock (&camera->mutex);
}

char *
ipd_camera_get_sprop (IpdCamera *camera)
{
  g_mutex_lock (&camera->mutex);
  char *sprop = g_strdup (camera->sprop);
  g_mutex_unlock (&camera->mutex);
  return sprop;
}

IpdCameraCount
ipd_camera_get_count (IpdCamera *camera)
{
  g_mutex_lock (&camera->mutex);
  IpdCameraCount count = camera->count;
  count.encoders = (current (camera) != NULL) + (camera->vp8 != NULL);
  g_mutex_unlock (&camera->mutex);
  return count;
}
