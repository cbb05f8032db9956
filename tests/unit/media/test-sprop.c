// SPDX-License-Identifier: Apache-2.0
/* A station that says its parameter sets in the SDP and never in the stream: the client must still see it. */
#include "fixture.h"

#include "media/camera-spec.h"
#include "media/h264.h"
#include "media/video-send.h"
#include "media/video-source.h"

#include <string.h>
#include <unistd.h>

#define LONG_MS 8000

/* A bare sender: camera, encoder, SRTP, no station around it. */
typedef struct {
  IpdWorker *worker;
  IpdMediaKey key;
  Side side;
  GSocket *socket;
  GSocketAddress *viewer;
  IpdVideoSource *source;
  IpdVideoSend *send;
  GMutex mutex;
  char *sprop; /* guarded by mutex */
} Sender;

/* The unit without its SPS and PPS. */
static GstBuffer *
strip_parameter_sets (const uint8_t *unit, gsize len)
{
  g_autoptr (GByteArray) left = g_byte_array_new ();
  bool keep = false;
  for (gsize i = 0; i < len; i++)
    {
      if (i + 3 < len && unit[i] == 0 && unit[i + 1] == 0 && unit[i + 2] == 1)
        keep = (unit[i + 3] & 0x1f) != 7 && (unit[i + 3] & 0x1f) != 8;
      if (keep)
        g_byte_array_append (left, unit + i, 1);
    }
  return gst_buffer_new_memdup (left->data, left->len);
}

static void
on_unit (GstBuffer *unit, bool is_key, gpointer data)
{
  Sender *sender = data;
  GstMapInfo map;
  gst_buffer_map (unit, &map, GST_MAP_READ);
  g_mutex_lock (&sender->mutex);
  if (is_key && sender->sprop == NULL)
    sender->sprop = ipd_h264_sprop (map.data, map.size);
  g_mutex_unlock (&sender->mutex);
  g_autoptr (GstBuffer) bare = strip_parameter_sets (map.data, map.size);
  gst_buffer_unmap (unit, &map);
  if (!is_key)
    GST_BUFFER_FLAG_SET (bare, GST_BUFFER_FLAG_DELTA_UNIT);
  ipd_video_send_unit (sender->send, bare);
}

static void
on_failed (const char *why, gpointer data)
{
  g_assert_not_reached ();
}

static void
start_sender (gpointer data)
{
  Sender *sender = data;
  gst_init (NULL, NULL);
  g_autoptr (GError) error = NULL;
  IpdCameraSpec spec;
  const IpdVideoSourceHandlers handlers = { .unit = on_unit, .failed = on_failed };
  g_assert_true (ipd_camera_spec_read ("test", &spec, &error));
  sender->send = ipd_video_send_new (sender->worker, sender->socket, IPD_VIDEO_SEND_H264, &sender->key, &error);
  g_assert_no_error (error);
  ipd_video_send_add (sender->send, sender->viewer);
  sender->source = ipd_video_source_new (sender->worker, &spec, &handlers, sender, &error);
  g_assert_no_error (error);
  ipd_video_source_set_open (sender->source, true);
}

static void
stop_sender (gpointer data)
{
  Sender *sender = data;
  ipd_video_source_free (sender->source);
  ipd_video_send_free (sender->send);
}

static void
force_key_frame (gpointer data)
{
  ipd_video_source_force_key_frame (((Sender *) data)->source);
}

static void
sender_init (Sender *sender, const Side *viewer)
{
  memset (sender, 0, sizeof *sender);
  g_mutex_init (&sender->mutex);
  side_init (&sender->side);
  memset (sender->key.key, 7, IPD_MEDIA_KEY_LEN);
  sender->key.ssrc = 77;
  sender->socket = g_socket_new_from_fd (sender->side.fds[IPD_MEDIA_FD_VIDEO_RTP], NULL);
  sender->viewer = g_inet_socket_address_new_from_string (viewer->host, viewer->video_port);
  sender->worker = ipd_worker_new ("sender");
  ipd_worker_run (sender->worker, start_sender, sender);
}

static void
sender_clear (Sender *sender)
{
  ipd_worker_run (sender->worker, stop_sender, sender);
  ipd_worker_free (sender->worker);
  sender->side.fds[IPD_MEDIA_FD_VIDEO_RTP] = dup (g_socket_get_fd (sender->socket));
  g_object_unref (sender->socket);
  g_object_unref (sender->viewer);
  side_clear (&sender->side);
  g_free (sender->sprop);
  g_mutex_clear (&sender->mutex);
}

static bool
knows_sprop (gpointer data)
{
  Sender *sender = data;
  g_mutex_lock (&sender->mutex);
  bool known = sender->sprop != NULL;
  g_mutex_unlock (&sender->mutex);
  return known;
}

typedef struct {
  guint frames;
} Viewer;

static void
on_frame (IpdMediaClient *client, const IpdVideoFrame *frame, gpointer data)
{
  Viewer *viewer = data;
  viewer->frames += strip_read (frame).valid;
}

static bool
sees (gpointer data)
{
  return ((Viewer *) data)->frames > 0;
}

static bool
watch (bool with_sprop, int ms)
{
  Side side;
  Sender sender;
  Viewer viewer = { 0 };
  side_init (&side);
  sender_init (&sender, &side);
  g_assert_true (wait_until (knows_sprop, &sender, LONG_MS));
  IpdMediaParams params = { .audio_host = side.host,
                            .audio_port = sender.side.audio_port,
                            .video_host = side.host,
                            .video_port = sender.side.video_port,
                            .encrypted = true,
                            .audio = { .codec = IPD_AUDIO_PCMA, .tx_payload = 8, .rx_payload = 8 },
                            .video = { { IPD_VIDEO_H264, 96 } },
                            .n_video = 1,
                            .video_rx = sender.key,
                            .sprop = with_sprop ? sender.sprop : NULL };
  memcpy (params.fds, side.fds, sizeof params.fds);
  const IpdMediaClientHandlers handlers = { .frame = on_frame };
  g_autoptr (GError) error = NULL;
  IpdMediaClient *client = ipd_media_client_new (&params, &handlers, &viewer, &error);
  g_assert_no_error (error);
  ipd_media_client_start (client);
  ipd_worker_run (sender.worker, force_key_frame, &sender);
  bool seen = wait_until (sees, &viewer, ms);
  ipd_media_client_free (client);
  sender_clear (&sender);
  side_clear (&side);
  return seen;
}

static void
test_only_in_sdp (void)
{
  g_assert_true (watch (true, LONG_MS));
}

/* Proves that the test above tests what it says. */
static void
test_nowhere (void)
{
  g_assert_false (watch (false, 700));
}

int
main (int argc, char **argv)
{
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/sprop/only-in-sdp", test_only_in_sdp);
  g_test_add_func ("/media/sprop/nowhere", test_nowhere);
  return g_test_run ();
}
