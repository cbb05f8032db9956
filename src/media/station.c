// SPDX-License-Identifier: Apache-2.0
/* The media of a station: what its program calls. Each call becomes a job in a worker, in order; each event a message
 * back. */
#include "media/station.h"

#include "media/audio-codec.h"
#include "media/camera.h"
#include "media/codec.h"
#include "media/error.h"
#include "media/outbox.h"
#include "media/socket.h"
#include "media/sound-spec.h"
#include "media/station-picture.h"
#include "media/station-sound.h"
#include "media/worker.h"

#include <string.h>

struct _IpdMediaStation {
  IpdMediaStationHandler handler;
  gpointer data;
  IpdCameraSpec camera_spec;
  char *mic;
  char *speaker;
  IpdWorker *worker;
  IpdOutbox *outbox;
  bool camera_ok;                    /* the owner's thread */
  GSocket *sockets[IPD_MEDIA_N_FDS]; /* the worker's: of the visit that goes on */
  uint32_t bad_before;               /* the worker's: of this visit's parts that ended */
  GMutex mutex;                      /* guards the pointers below against streaming threads and the owner */
  IpdCamera *camera;
  IpdStationPicture *picture;
  IpdStationSound *sound;
};

typedef struct {
  IpdMediaStationEvent event;
  guint leg;
  char *detail;
} Event;

typedef struct {
  IpdMediaStation *station;
  GSocket *sockets[IPD_MEDIA_N_FDS];
  IpdMediaKey video;
  guint leg;
  char *host;
  IpdMediaViewer viewer;
  IpdMediaTalk talk;
  IpdTone tone;
  bool held;
} Order;

static void
event_free (gpointer data)
{
  Event *event = data;
  g_free (event->detail);
  g_free (event);
}

static void
deliver (gpointer target, gpointer message)
{
  IpdMediaStation *station = target;
  const Event *event = message;
  if (event->event == IPD_MEDIA_STATION_CAMERA_READY || event->event == IPD_MEDIA_STATION_CAMERA_LOST)
    station->camera_ok = event->event == IPD_MEDIA_STATION_CAMERA_READY;
  if (station->handler != NULL)
    station->handler (station, event->event, event->leg, event->detail, station->data);
}

static void
say (IpdMediaStationEvent event, guint leg, const char *detail, gpointer data)
{
  IpdMediaStation *station = data;
  Event *message = g_new (Event, 1);
  *message = (Event){ event, leg, g_strdup (detail) };
  ipd_outbox_post (station->outbox, deliver, message, event_free);
}

static void
on_camera_unit (IpdVideoCodec codec, GstBuffer *unit, gpointer data)
{
  IpdMediaStation *station = data;
  g_mutex_lock (&station->mutex);
  if (station->picture != NULL)
    ipd_station_picture_unit (station->picture, codec, unit);
  g_mutex_unlock (&station->mutex);
}

static void
on_camera_ready (gpointer data)
{
  say (IPD_MEDIA_STATION_CAMERA_READY, 0, "", data);
}

static void
on_camera_lost (const char *why, gpointer data)
{
  say (IPD_MEDIA_STATION_CAMERA_LOST, 0, why, data);
}

static void
on_viewer_seen (guint leg, gpointer data)
{
  say (IPD_MEDIA_STATION_VIEWER_SEEN, leg, "", data);
}

static void
set_up (gpointer data)
{
  IpdMediaStation *station = data;
  gst_init (NULL, NULL);
  const IpdCameraHandlers handlers = { on_camera_unit, on_camera_ready, on_camera_lost };
  IpdCamera *camera = ipd_camera_new (station->worker, &station->camera_spec, &handlers, station);
  IpdStationSound *sound = ipd_station_sound_new (station->worker, station->mic, station->speaker, say, station);
  g_mutex_lock (&station->mutex);
  station->camera = camera;
  station->sound = sound;
  g_mutex_unlock (&station->mutex);
}

static bool
read_config (IpdMediaStation *station, const IpdMediaStationConfig *config, GError **error)
{
  g_auto (IpdSoundSpec) mic = { 0 };
  g_auto (IpdSoundSpec) speaker = { 0 };
  if (!ipd_camera_spec_read (config->camera, &station->camera_spec, error)
      || !ipd_sound_spec_read (config->mic, true, &mic, error)
      || !ipd_sound_spec_read (config->speaker, false, &speaker, error))
    return false;
  if (config->width > 0 && config->height > 0)
    {
      station->camera_spec.width = MAX (config->width & ~1, 160);
      station->camera_spec.height = MAX (config->height & ~1, 120);
    }
  if (config->fps > 0)
    station->camera_spec.fps = MIN (config->fps, 60);
  if (config->bitrate_kbps > 0)
    station->camera_spec.bitrate_kbps = config->bitrate_kbps;
  station->mic = g_strdup (config->mic);
  station->speaker = g_strdup (config->speaker);
  return true;
}

IpdMediaStation *
ipd_media_station_new (const IpdMediaStationConfig *config, IpdMediaStationHandler handler, gpointer data,
                       GError **error)
{
  IpdMediaStation *station = g_new0 (IpdMediaStation, 1);
  if (!read_config (station, config, error))
    {
      ipd_camera_spec_clear (&station->camera_spec);
      g_free (station);
      return NULL;
    }
  station->handler = handler;
  station->data = data;
  g_mutex_init (&station->mutex);
  station->outbox = ipd_outbox_new (station);
  station->worker = ipd_worker_new ("ipd-media");
  ipd_worker_post (station->worker, set_up, station, NULL);
  return station;
}

/* In the worker. */
static void
end_visit (gpointer data)
{
  IpdMediaStation *station = data;
  g_mutex_lock (&station->mutex);
  IpdStationPicture *picture = g_steal_pointer (&station->picture);
  g_mutex_unlock (&station->mutex);
  if (picture != NULL)
    g_atomic_int_add (&station->bad_before, (int) ipd_station_picture_get_bad (picture));
  ipd_camera_set_active (station->camera, false);
  ipd_station_picture_free (picture);
  ipd_station_sound_end_visit (station->sound);
  ipd_media_sockets_clear (station->sockets);
}

static void
tear_down (gpointer data)
{
  IpdMediaStation *station = data;
  end_visit (station);
  g_mutex_lock (&station->mutex);
  IpdCamera *camera = g_steal_pointer (&station->camera);
  IpdStationSound *sound = g_steal_pointer (&station->sound);
  g_mutex_unlock (&station->mutex);
  ipd_station_sound_free (sound);
  ipd_camera_free (camera);
}

void
ipd_media_station_free (IpdMediaStation *station)
{
  if (station == NULL)
    return;
  ipd_worker_post (station->worker, tear_down, station, NULL);
  ipd_worker_free (station->worker);
  ipd_outbox_close (station->outbox);
  ipd_camera_spec_clear (&station->camera_spec);
  g_mutex_clear (&station->mutex);
  g_free (station->mic);
  g_free (station->speaker);
  g_free (station);
}

char *
ipd_media_station_get_sprop (IpdMediaStation *station)
{
  g_mutex_lock (&station->mutex);
  char *sprop = station->camera ? ipd_camera_get_sprop (station->camera) : NULL;
  g_mutex_unlock (&station->mutex);
  return sprop;
}

bool
ipd_media_station_is_camera_ok (IpdMediaStation *station)
{
  return station->camera_ok;
}

static void
order_free (gpointer data)
{
  Order *order = data;
  ipd_media_sockets_clear (order->sockets);
  g_free (order->host);
  explicit_bzero (order, sizeof *order);
  g_free (order);
}

static Order *
order_new (IpdMediaStation *station, guint leg, const char *host)
{
  Order *order = g_new0 (Order, 1);
  order->station = station;
  order->leg = leg;
  order->host = g_strdup (host);
  return order;
}

static void
start_visit (gpointer data)
{
  Order *order = data;
  IpdMediaStation *station = order->station;
  end_visit (station);
  g_atomic_int_set (&station->bad_before, 0);
  ipd_station_sound_forget_bad (station->sound);
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    station->sockets[i] = g_steal_pointer (&order->sockets[i]);
  const IpdStationPictureHandlers handlers = { on_viewer_seen };
  g_autoptr (GError) error = NULL;
  IpdStationPicture *picture = ipd_station_picture_new (station->worker, station->sockets, &order->video,
                                                        station->camera, &handlers, station, &error);
  if (picture == NULL)
    g_debug ("a visit without pictures: %s is not installed", error->message);
  g_mutex_lock (&station->mutex);
  station->picture = picture;
  g_mutex_unlock (&station->mutex);
  ipd_camera_set_active (station->camera, true);
}

bool
ipd_media_station_start_visit (IpdMediaStation *station, const int fds[static IPD_MEDIA_N_FDS],
                               const IpdMediaKey *video, GError **error)
{
  GSocket *sockets[IPD_MEDIA_N_FDS];
  if (!ipd_media_sockets_new (fds, sockets, error))
    return false;
  Order *order = order_new (station, 0, NULL);
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    order->sockets[i] = sockets[i];
  order->video = *video;
  ipd_worker_post (station->worker, start_visit, order, order_free);
  return true;
}

static void
add_viewer (gpointer data)
{
  Order *order = data;
  order->viewer.host = order->host;
  if (order->station->picture != NULL)
    ipd_station_picture_add (order->station->picture, order->leg, &order->viewer);
}

void
ipd_media_station_add_viewer (IpdMediaStation *station, guint leg, const IpdMediaViewer *viewer)
{
  Order *order = order_new (station, leg, viewer->host);
  order->viewer = *viewer;
  ipd_worker_post (station->worker, add_viewer, order, order_free);
}

static void
remove_viewer (gpointer data)
{
  Order *order = data;
  if (order->station->picture != NULL)
    ipd_station_picture_remove (order->station->picture, order->leg);
  ipd_station_sound_leave (order->station->sound, order->leg);
}

void
ipd_media_station_remove_viewer (IpdMediaStation *station, guint leg)
{
  ipd_worker_post (station->worker, remove_viewer, order_new (station, leg, NULL), order_free);
}

static void
talk (gpointer data)
{
  Order *order = data;
  order->talk.host = order->host;
  if (order->station->sockets[IPD_MEDIA_FD_AUDIO_RTP] != NULL)
    ipd_station_sound_talk (order->station->sound, order->station->sockets, order->leg, &order->talk);
}

void
ipd_media_station_talk (IpdMediaStation *station, guint leg, const IpdMediaTalk *said)
{
  Order *order = order_new (station, leg, said->host);
  order->talk = *said;
  ipd_worker_post (station->worker, talk, order, order_free);
}

static void
hold (gpointer data)
{
  Order *order = data;
  ipd_station_sound_hold (order->station->sound, order->leg, order->held);
}

void
ipd_media_station_hold (IpdMediaStation *station, guint leg, bool held)
{
  Order *order = order_new (station, leg, NULL);
  order->held = held;
  ipd_worker_post (station->worker, hold, order, order_free);
}

void
ipd_media_station_stop_visit (IpdMediaStation *station)
{
  ipd_worker_run (station->worker, end_visit, station);
}

static void
set_tone (gpointer data)
{
  Order *order = data;
  ipd_station_sound_tone (order->station->sound, order->tone);
}

void
ipd_media_station_tone (IpdMediaStation *station, IpdTone tone)
{
  Order *order = order_new (station, 0, NULL);
  order->tone = tone;
  ipd_worker_post (station->worker, set_tone, order, order_free);
}

void
ipd_media_station_get_codecs (IpdCodecs *ret_codecs)
{
  gst_init (NULL, NULL); /* maybe nobody made a station yet */
  *ret_codecs = (IpdCodecs){ .audio = ipd_audio_codecs_here (), .video = ipd_codec_can_encode () };
}

void
ipd_media_station_get_stats (IpdMediaStation *station, IpdMediaStationStats *ret_stats)
{
  IpdMediaStationStats stats = { 0 };
  g_mutex_lock (&station->mutex);
  stats.bad_packets = (guint) g_atomic_int_get (&station->bad_before);
  if (station->camera != NULL)
    {
      IpdCameraCount count = ipd_camera_get_count (station->camera);
      stats.frames = count.frames;
      stats.key_frames = count.key_frames;
      stats.forced_key_frames = count.forced;
      stats.encoders = station->picture != NULL ? count.encoders : 0;
    }
  if (station->sound != NULL)
    stats.bad_packets += ipd_station_sound_get_bad (station->sound);
  if (station->picture != NULL)
    {
      stats.viewers = ipd_station_picture_count_viewers (station->picture);
      stats.bad_packets += ipd_station_picture_get_bad (station->picture);
    }
  g_mutex_unlock (&station->mutex);
  *ret_stats = stats;
}
