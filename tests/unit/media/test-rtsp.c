// SPDX-License-Identifier: Apache-2.0
/* An RTSP camera in the place of ours. The camera is played by this test: just enough of RFC 2326 for one viewer over
 * UDP. */
#include "fixture.h"

#include <gio/gio.h>
#include <gst/gst.h>
#include <string.h>

#define LONG_MS 15000

typedef struct {
  GSocketService *service;
  guint16 port;
  GMutex mutex;
  GstElement *stream; /* guarded by mutex */
  guint n_played;     /* guarded by mutex */
} Camera;

static const char description[]
    = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\na=control:*\r\n"
      "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:video\r\n";

static void
play (Camera *camera, guint client_port)
{
  g_autofree char *launch = g_strdup_printf (
      "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! openh264enc gop-size=10 "
      "! rtph264pay pt=96 config-interval=-1 ! udpsink host=127.0.0.1 port=%u sync=false",
      client_port);
  g_mutex_lock (&camera->mutex);
  camera->stream = gst_parse_launch (launch, NULL);
  camera->n_played++;
  gst_element_set_state (camera->stream, GST_STATE_PLAYING);
  g_mutex_unlock (&camera->mutex);
}

static void
stop (Camera *camera)
{
  g_mutex_lock (&camera->mutex);
  if (camera->stream != NULL)
    gst_element_set_state (camera->stream, GST_STATE_NULL);
  g_clear_object (&camera->stream);
  g_mutex_unlock (&camera->mutex);
}

/* One request's head: verb, CSeq and the client's port. False at the end of the connection. */
static bool
read_request (GDataInputStream *in, char **ret_verb, char **ret_cseq, guint *client_port)
{
  g_autofree char *first = g_data_input_stream_read_line (in, NULL, NULL, NULL);
  if (first == NULL)
    return false;
  *ret_verb = g_strndup (first, strcspn (first, " "));
  *ret_cseq = g_strdup ("0");
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (in, NULL, NULL, NULL);
      if (line == NULL || *line == '\0')
        return line != NULL;
      const char *ports = strstr (line, "client_port=");
      if (g_ascii_strncasecmp (line, "CSeq: ", 6) == 0)
        {
          g_free (*ret_cseq);
          *ret_cseq = g_strdup (line + 6);
        }
      else if (ports != NULL)
        *client_port = (guint) g_ascii_strtoull (ports + 12, NULL, 10);
    }
}

static char *
answer (const char *verb, const char *cseq, guint client_port)
{
  if (g_str_equal (verb, "DESCRIBE"))
    return g_strdup_printf (
        "RTSP/1.0 200 OK\r\nCSeq: %s\r\nContent-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s", cseq,
        sizeof description - 1, description);
  if (g_str_equal (verb, "SETUP"))
    return g_strdup_printf ("RTSP/1.0 200 OK\r\nCSeq: %s\r\nSession: 1\r\n"
                            "Transport: RTP/AVP;unicast;client_port=%u-%u;server_port=40000-40001\r\n\r\n",
                            cseq, client_port, client_port + 1);
  return g_strdup_printf ("RTSP/1.0 200 OK\r\nCSeq: %s\r\nSession: 1\r\n"
                          "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n",
                          cseq);
}

static gboolean
on_connection (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Camera *camera = data;
  g_autoptr (GDataInputStream) in = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  guint client_port = 0;
  for (;;)
    {
      g_autofree char *verb = NULL;
      g_autofree char *cseq = NULL;
      if (!read_request (in, &verb, &cseq, &client_port))
        break;
      g_autofree char *said = answer (verb, cseq, client_port);
      g_output_stream_write_all (out, said, strlen (said), NULL, NULL, NULL);
      if (g_str_equal (verb, "PLAY"))
        play (camera, client_port);
      else if (g_str_equal (verb, "TEARDOWN"))
        break;
    }
  stop (camera);
  return TRUE;
}

static void
camera_init (Camera *camera)
{
  memset (camera, 0, sizeof *camera);
  g_mutex_init (&camera->mutex);
  camera->service = g_threaded_socket_service_new (2);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (camera->service), any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  camera->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (camera->service, "run", G_CALLBACK (on_connection), camera);
}

static bool
has_frames (gpointer data)
{
  return ((Room *) data)->frames > 10;
}

static bool
has_stopped (gpointer data)
{
  Camera *camera = data;
  g_mutex_lock (&camera->mutex);
  bool stopped = camera->stream == NULL;
  g_mutex_unlock (&camera->mutex);
  return stopped;
}

static void
test_pictures (void)
{
  Camera camera;
  Door door;
  Room room;
  camera_init (&camera);
  g_autofree char *url = g_strdup_printf ("rtsp://127.0.0.1:%u/live", camera.port);
  door_init (&door, url, NULL);
  g_assert_true (door.camera_ready);
  door_start_visit (&door);
  room_init (&room, &door, 0);
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (has_frames, &room, LONG_MS));
  g_assert_cmpint (room.width, ==, 320);
  room_clear (&room);
  door_clear (&door);
  g_assert_true (wait_until (has_stopped, &camera, LONG_MS));
  g_socket_service_stop (camera.service);
  g_socket_listener_close (G_SOCKET_LISTENER (camera.service));
  g_object_unref (camera.service);
  g_mutex_clear (&camera.mutex);
}

/* Nobody there: an event, and a still picture for the viewers. */
static void
test_nobody_there (void)
{
  Door door;
  Room room;
  door_init (&door, "rtsp://127.0.0.1:9/live", NULL);
  g_assert_true (door.camera_lost);
  door_start_visit (&door);
  room_init (&room, &door, 0);
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (has_frames, &room, LONG_MS));
  room_clear (&room);
  door_clear (&door);
}

int
main (int argc, char **argv)
{
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/media/rtsp/pictures", test_pictures);
  g_test_add_func ("/media/rtsp/nobody-there", test_nobody_there);
  return g_test_run ();
}
