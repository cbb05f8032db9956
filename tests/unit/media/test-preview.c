// SPDX-License-Identifier: Apache-2.0
/* Pictures that a client fetches: JPEG by HTTP and RTSP, with user and password, from stations that lie, that point
 * elsewhere and that say nothing. */
#include "caster.h"

#include <gio/gio.h>
#include <gst/app/gstappsink.h>
#include <gst/rtsp-server/rtsp-server.h>
#include <string.h>

#define LONG_MS    8000
#define N_PICTURES 30
#define USER       "visitor"
#define PASSWORD   "opens nothing"
#define REALM      "camera"
#define NONCE      "4f2a9c"

static GBytes *pictures[N_PICTURES];

/* The test picture as JPEG, numbers 0 to 29. */
static void
make_pictures (void)
{
  g_autoptr (GstElement) bin = gst_parse_launch (
      "appsrc name=src format=time is-live=true do-timestamp=true "
      "caps=video/x-raw,format=I420,width=640,height=480,framerate=50/1 ! jpegenc quality=90 ! appsink name=out",
      NULL);
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (bin), "src");
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (bin), "out");
  gst_element_set_state (bin, GST_STATE_PLAYING);
  IpdPainter *painter = ipd_painter_new (GST_APP_SRC (src), 640, 480, 50, false);
  ipd_painter_set_awake (painter, true);
  for (int i = 0; i < N_PICTURES; i++)
    {
      g_autoptr (GstSample) sample = gst_app_sink_pull_sample (GST_APP_SINK (out));
      GstMapInfo map;
      gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ);
      pictures[i] = g_bytes_new (map.data, map.size);
      gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    }
  ipd_painter_free (painter);
  gst_element_set_state (bin, GST_STATE_NULL);
}

/* One TCP port, each connection in a thread. */
typedef struct Server Server;
typedef void (*Serve) (Server *server, const char *request, GIOStream *stream);
struct Server {
  GSocketService *service;
  char *host;
  guint16 port;
  Serve serve;
  const char *elsewhere; /* where it points to */
  int n_octets;          /* atomic: that came in */
  int n_requests;        /* atomic */
  int n_told;            /* atomic: requests with credentials */
};

/* (transfer full) (nullable): one head, up to the empty line. */
static char *
read_head (Server *server, GInputStream *in)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char c;
  while (strstr (head->str, "\r\n\r\n") == NULL)
    {
      if (g_input_stream_read (in, &c, 1, NULL, NULL) != 1)
        return NULL;
      g_atomic_int_inc (&server->n_octets);
      g_string_append_c (head, c);
    }
  g_atomic_int_inc (&server->n_requests);
  if (strstr (head->str, "\r\nAuthorization: ") != NULL)
    g_atomic_int_inc (&server->n_told);
  return g_string_free (g_steal_pointer (&head), FALSE);
}

static gboolean
on_connection (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Server *server = data;
  char *head;
  while ((head = read_head (server, g_io_stream_get_input_stream (G_IO_STREAM (connection)))) != NULL)
    {
      server->serve (server, head, G_IO_STREAM (connection));
      g_free (head);
    }
  return TRUE;
}

static void
server_start (Server *server, const char *host, Serve serve)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (host, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  memset (server, 0, sizeof *server);
  server->host = g_strdup (host);
  server->serve = serve;
  server->service = g_threaded_socket_service_new (8);
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (server->service), any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  server->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (server->service, "run", G_CALLBACK (on_connection), server);
}

static void
server_stop (Server *server)
{
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  g_clear_object (&server->service);
  g_free (server->host);
}

static bool
say (GIOStream *stream, const void *octets, gsize len)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (stream), octets, len, NULL, NULL, NULL);
}

static bool
say_text (GIOStream *stream, const char *text)
{
  return say (stream, text, strlen (text));
}

static void
say_picture (GIOStream *stream, GBytes *picture)
{
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %zu\r\n\r\n",
                                           g_bytes_get_size (picture));
  say_text (stream, head);
  say (stream, g_bytes_get_data (picture, NULL), g_bytes_get_size (picture));
}

#define PICTURE_US 20000

/* Whether the client says nothing more and stays, for the time from picture to picture. */
static bool
client_stays (GIOStream *stream)
{
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));

  return !g_socket_condition_timed_wait (socket, G_IO_IN | G_IO_HUP, PICTURE_US, NULL, NULL);
}

/* As cameras do it, in real time, until the client goes; @counted: each part says its length. */
static void
say_pictures (GIOStream *stream, bool counted)
{
  say_text (stream, "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=--part\r\n\r\n");
  bool taken = true;
  for (guint i = 0; taken; i++)
    {
      GBytes *picture = pictures[i % N_PICTURES];
      g_autofree char *length = g_strdup_printf ("Content-Length: %zu\r\n", g_bytes_get_size (picture));
      g_autofree char *head
          = g_strdup_printf ("\r\n--part\r\nContent-Type: image/jpeg\r\n%s\r\n", counted ? length : "");
      taken = say_text (stream, head) && say (stream, g_bytes_get_data (picture, NULL), g_bytes_get_size (picture))
              && client_stays (stream);
    }
}

G_GNUC_PRINTF (1, 2)
static char *
md5 (const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

/* (transfer full): the value of name="value" in an Authorization header. */
static char *
parameter (const char *head, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("[ ,]%s=\"?([^\",\r]*)", name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  return g_regex_match (regex, head, 0, &match) ? g_match_info_fetch (match, 1) : g_strdup ("");
}

/* RFC 7616 section 3.4.1 with MD5 and qop=auth. */
static bool
digest_is_right (const char *head)
{
  g_autofree char *uri = parameter (head, "uri");
  g_autofree char *nc = parameter (head, "nc");
  g_autofree char *cnonce = parameter (head, "cnonce");
  g_autofree char *response = parameter (head, "response");
  g_autofree char *ha1 = md5 ("%s:%s:%s", USER, REALM, PASSWORD);
  g_autofree char *ha2 = md5 ("GET:%s", uri);
  g_autofree char *expected = md5 ("%s:%s:%s:%s:auth:%s", ha1, NONCE, nc, cnonce, ha2);
  return strstr (head, "Authorization: Digest ") != NULL && g_str_equal (expected, response);
}

static bool
basic_is_right (const char *head)
{
  g_autofree char *word = g_base64_encode ((const guchar *) USER ":" PASSWORD, strlen (USER ":" PASSWORD));
  g_autofree char *line = g_strconcat ("\r\nAuthorization: Basic ", word, "\r\n", NULL);
  return strstr (head, line) != NULL;
}

static void
serve_http (Server *server, const char *request, GIOStream *stream)
{
  g_autofree char *path = g_strndup (request + 4, strcspn (request + 4, " "));
  static const char end[] = "Content-Length: 0\r\n\r\n";
  if (g_str_equal (path, "/still"))
    say_picture (stream, pictures[7]);
  else if (g_str_equal (path, "/basic") && basic_is_right (request))
    say_picture (stream, pictures[7]);
  else if (g_str_equal (path, "/digest") && digest_is_right (request))
    say_picture (stream, pictures[7]);
  else if (g_str_equal (path, "/basic"))
    say_text (stream, "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"" REALM "\"\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_equal (path, "/digest"))
    say_text (stream, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"" REALM "\", nonce=\"" NONCE
                      "\", qop=\"auth\", algorithm=MD5\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_equal (path, "/stream") || g_str_equal (path, "/uncounted"))
    say_pictures (stream, g_str_equal (path, "/stream"));
  else if (g_str_equal (path, "/moved"))
    {
      g_autofree char *head = g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: %s\r\n%s", server->elsewhere, end);
      say_text (stream, head);
    }
  else if (g_str_equal (path, "/words"))
    say_text (stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello");
  else if (g_str_equal (path, "/half"))
    {
      say_text (stream, "HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n");
      say (stream, g_bytes_get_data (pictures[0], NULL), g_bytes_get_size (pictures[0]) / 2);
      g_io_stream_close (stream, NULL, NULL);
    }
  else if (g_str_equal (path, "/giant"))
    {
      static const guint8 giant[] = { 0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0xff, 0xff, 0xff, 0xff, 3 };
      say_text (stream, "HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n");
      say (stream, giant, sizeof giant);
    }
  else if (g_str_equal (path, "/endless"))
    {
      static const guint8 begin[] = { 0xff, 0xd8, 0xff, 0xda, 0, 2 };
      g_autofree guint8 *pixels = g_malloc0 (65536);
      say_text (stream, "HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n");
      bool taken = say (stream, begin, sizeof begin);
      while (taken)
        taken = say (stream, pixels, 65536);
    }
  else
    {
      g_autofree char *head = g_strconcat ("HTTP/1.1 404 Not Found\r\n", end, NULL);
      say_text (stream, head);
    }
}

/* Somebody who watches. */
typedef struct {
  Side side;
  IpdMediaClient *client;
  guint frames;
  Strip last;
  guint events[IPD_MEDIA_PREVIEW_FAILED + 1];
  char *detail;
} Viewer;

static void
on_frame (IpdMediaClient *client, const IpdVideoFrame *frame, gpointer data)
{
  Viewer *viewer = data;
  viewer->last = strip_read (frame);
  g_assert_true (viewer->last.valid);
  viewer->frames++;
}

static void
on_event (IpdMediaClient *client, IpdMediaEvent event, const char *detail, gpointer data)
{
  Viewer *viewer = data;
  g_test_message ("%s %s", ipd_media_event_name (event), detail);
  viewer->events[event]++;
  if (event == IPD_MEDIA_PREVIEW_FAILED)
    {
      g_free (viewer->detail);
      viewer->detail = g_strdup (detail);
    }
}

static void
viewer_watch (Viewer *viewer, IpdMediaPreview preview, const char *uri, const char *user, const char *password)
{
  g_autoptr (GError) error = NULL;
  const IpdMediaClientHandlers handlers = { on_frame, on_event };
  memset (viewer, 0, sizeof *viewer);
  side_init (&viewer->side);
  IpdMediaParams params = { .preview = preview,
                            .preview_uri = (char *) uri,
                            .preview_user = (char *) user,
                            .preview_password = (char *) password };
  memcpy (params.fds, viewer->side.fds, sizeof params.fds);
  viewer->client = ipd_media_client_new (&params, &handlers, viewer, &error);
  g_assert_no_error (error);
  ipd_media_client_set_output (viewer->client, "none");
  ipd_media_client_set_input (viewer->client, "none");
  ipd_media_client_start (viewer->client);
}

static void
viewer_clear (Viewer *viewer)
{
  ipd_media_client_free (viewer->client);
  side_clear (&viewer->side);
  g_free (viewer->detail);
}

static bool
sees (gpointer data)
{
  return ((Viewer *) data)->frames > 0;
}

static bool
sees_many (gpointer data)
{
  return ((Viewer *) data)->frames > 40;
}

static bool
has_failed (gpointer data)
{
  return ((Viewer *) data)->events[IPD_MEDIA_PREVIEW_FAILED] > 0;
}

static char *
address (const Server *server, const char *scheme, const char *path)
{
  return g_strdup_printf ("%s://%s:%u%s", scheme, server->host, server->port, path);
}

static void
expect_still (const char *path, const char *user, const char *password)
{
  Server server;
  Viewer viewer;
  server_start (&server, "127.0.0.1", serve_http);
  g_autofree char *uri = address (&server, "http", path);
  viewer_watch (&viewer, IPD_MEDIA_PREVIEW_STILL, uri, user, password);
  g_assert_true (wait_until (sees, &viewer, LONG_MS));
  g_assert_cmpuint (viewer.last.number, ==, 7);
  pass_ms (200);
  g_assert_cmpuint (viewer.frames, ==, 1);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_FIRST_FRAME], ==, 1);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_PREVIEW_FAILED], ==, 0);
  viewer_clear (&viewer);
  server_stop (&server);
}

static void
test_still (void)
{
  expect_still ("/still", NULL, NULL);
}

static void
test_basic (void)
{
  expect_still ("/basic", USER, PASSWORD);
}

static void
test_digest (void)
{
  expect_still ("/digest", USER, PASSWORD);
}

static void
expect_stream (const char *path)
{
  Server server;
  Viewer viewer;
  server_start (&server, "127.0.0.1", serve_http);
  g_autofree char *uri = address (&server, "http", path);
  viewer_watch (&viewer, IPD_MEDIA_PREVIEW_MJPEG, uri, NULL, NULL);
  g_assert_true (wait_until (sees_many, &viewer, LONG_MS));
  g_assert_cmpuint (viewer.events[IPD_MEDIA_FIRST_FRAME], ==, 1);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_PREVIEW_FAILED], ==, 0);
  g_assert_cmpint (g_atomic_int_get (&server.n_requests), ==, 1);
  viewer_clear (&viewer);
  server_stop (&server);
}

static void
test_mjpeg (void)
{
  expect_stream ("/stream");
}

static void
test_mjpeg_uncounted (void)
{
  expect_stream ("/uncounted");
}

static void
expect_failure_at (IpdMediaPreview preview, const char *uri, const char *password, const char *sentence)
{
  Viewer viewer;
  viewer_watch (&viewer, preview, uri, USER, password);
  g_assert_true (wait_until (has_failed, &viewer, 2 * LONG_MS));
  pass_ms (100);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_PREVIEW_FAILED], ==, 1);
  g_assert_cmpuint (viewer.frames, ==, 0);
  g_assert_cmpstr (viewer.detail, ==, sentence);
  viewer_clear (&viewer);
}

static void
expect_failure (const char *path, const char *password, const char *sentence)
{
  Server server;
  server_start (&server, "127.0.0.1", serve_http);
  g_autofree char *uri = address (&server, "http", path);
  expect_failure_at (IPD_MEDIA_PREVIEW_STILL, uri, password, sentence);
  expect_failure_at (IPD_MEDIA_PREVIEW_MJPEG, uri, password, sentence);
  server_stop (&server);
}

#define REFUSED     "The station refuses the user or the password for its picture."
#define NOT_THERE   "The station has no picture at this address."
#define UNREADABLE  "The station sent no picture that can be shown."
#define BAD_ADDRESS "The address of the station’s picture cannot be used."
#define UNREACHABLE "The picture of the station cannot be reached."
#define ELSEWHERE   "The station points to another address for its picture; it is not followed."
#define LATE        "The station sent no picture in time."

static void
test_wrong_password (void)
{
  expect_failure ("/basic", "wrong", REFUSED);
  expect_failure ("/digest", "wrong", REFUSED);
}

static void
test_not_there (void)
{
  expect_failure ("/nowhere", NULL, NOT_THERE);
}

static void
test_no_picture (void)
{
  expect_failure ("/words", NULL, UNREADABLE);
  expect_failure ("/half", NULL, UNREADABLE);
}

static void
test_too_large (void)
{
  expect_failure ("/giant", NULL, UNREADABLE);
  expect_failure ("/endless", NULL, UNREADABLE);
}

/* Neither the file nor the other host is asked for anything. */
static void
test_moved (void)
{
  Server server, other;
  server_start (&other, "127.0.0.2", serve_http);
  g_autofree char *away = address (&other, "http", "/basic");
  server_start (&server, "127.0.0.1", serve_http);
  g_autofree char *uri = address (&server, "http", "/moved");
  server.elsewhere = away;
  expect_failure_at (IPD_MEDIA_PREVIEW_STILL, uri, PASSWORD, ELSEWHERE);
  server.elsewhere = "file:///etc/hostname";
  expect_failure_at (IPD_MEDIA_PREVIEW_STILL, uri, PASSWORD, ELSEWHERE);
  g_assert_cmpint (g_atomic_int_get (&other.n_octets), ==, 0);
  server_stop (&server);
  server_stop (&other);
}

static void
test_bad_addresses (void)
{
  static const char *const still[] = { "file:///etc/hostname",
                                       "https://127.0.0.1/a",
                                       "rtsp://127.0.0.1/a",
                                       "/a",
                                       "http://user:word@127.0.0.1/a",
                                       "http:///a",
                                       "" };
  for (gsize i = 0; i < G_N_ELEMENTS (still); i++)
    expect_failure_at (IPD_MEDIA_PREVIEW_STILL, still[i], NULL, BAD_ADDRESS);
  expect_failure_at (IPD_MEDIA_PREVIEW_RTSP, "http://127.0.0.1/a", NULL, BAD_ADDRESS);
  expect_failure_at (IPD_MEDIA_PREVIEW_RTSP, "rtspt://127.0.0.1/a", NULL, BAD_ADDRESS);
}

static void
test_nobody (void)
{
  expect_failure_at (IPD_MEDIA_PREVIEW_STILL, "http://127.0.0.1:1/a", NULL, UNREACHABLE);
  expect_failure_at (IPD_MEDIA_PREVIEW_RTSP, "rtsp://127.0.0.1:1/a", NULL, UNREACHABLE);
}

/* Three pictures and then nothing; to anything else nothing at all. */
static void
serve_silence (Server *server, const char *request, GIOStream *stream)
{
  if (strstr (request, " /three ") == NULL)
    return;
  say_text (stream, "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=--part\r\n\r\n");
  for (int i = 0; i < 3; i++)
    say (stream, g_bytes_get_data (pictures[i], NULL), g_bytes_get_size (pictures[i]));
}

static bool
have_failed (gpointer data)
{
  Viewer *viewers = data;
  return has_failed (&viewers[0]) && has_failed (&viewers[1]) && has_failed (&viewers[2]);
}

/* Somebody who takes the question and never answers, by HTTP and by RTSP, and somebody who falls silent. */
static void
test_silent (void)
{
  Server server;
  Viewer viewers[3];
  server_start (&server, "127.0.0.1", serve_silence);
  g_autofree char *http = address (&server, "http", "/a");
  g_autofree char *rtsp = address (&server, "rtsp", "/a");
  g_autofree char *three = address (&server, "http", "/three");
  viewer_watch (&viewers[0], IPD_MEDIA_PREVIEW_STILL, http, NULL, NULL);
  viewer_watch (&viewers[1], IPD_MEDIA_PREVIEW_RTSP, rtsp, NULL, NULL);
  viewer_watch (&viewers[2], IPD_MEDIA_PREVIEW_MJPEG, three, NULL, NULL);
  g_assert_true (wait_until (have_failed, viewers, 4 * LONG_MS));
  for (int i = 0; i < 3; i++)
    {
      g_assert_cmpstr (viewers[i].detail, ==, LATE);
      g_assert_cmpuint (viewers[i].events[IPD_MEDIA_PREVIEW_FAILED], ==, 1);
      g_assert_cmpuint (viewers[i].events[IPD_MEDIA_FIRST_FRAME], ==, i == 2);
      viewer_clear (&viewers[i]);
    }
  server_stop (&server);
}

/* A camera by gst-rtsp-server, with the test picture. */
typedef struct {
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  GstRTSPServer *server;
  IpdPainter *painter;
  int port;
} Camera;

static gpointer
camera_thread (gpointer data)
{
  Camera *camera = data;
  g_main_context_push_thread_default (camera->context);
  g_main_loop_run (camera->loop);
  g_main_context_pop_thread_default (camera->context);
  return NULL;
}

static void
on_media (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer data)
{
  Camera *camera = data;
  g_autoptr (GstElement) bin = gst_rtsp_media_get_element (media);
  g_autoptr (GstElement) src = gst_bin_get_by_name_recurse_up (GST_BIN (bin), "src");
  g_clear_pointer (&camera->painter, ipd_painter_free);
  camera->painter = ipd_painter_new (GST_APP_SRC (src), 640, 480, 25, false);
  ipd_painter_set_awake (camera->painter, true);
}

static void
protect (GstRTSPServer *server, GstRTSPMediaFactory *factory, GstRTSPAuthMethod method)
{
  g_autoptr (GstRTSPAuth) auth = gst_rtsp_auth_new ();
  g_autoptr (GstRTSPToken) token = gst_rtsp_token_new (GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, "user", NULL);
  gst_rtsp_auth_set_supported_methods (auth, method);
  if (method == GST_RTSP_AUTH_DIGEST)
    gst_rtsp_auth_add_digest (auth, USER, PASSWORD, token);
  else
    {
      g_autofree char *basic = gst_rtsp_auth_make_basic (USER, PASSWORD);
      gst_rtsp_auth_add_basic (auth, basic, token);
    }
  gst_rtsp_server_set_auth (server, auth);
  gst_rtsp_media_factory_add_role (factory, "user", GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
                                   GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE, NULL);
}

static void
camera_start (Camera *camera, const char *coding, GstRTSPLowerTrans ways, GstRTSPAuthMethod method)
{
  memset (camera, 0, sizeof *camera);
  camera->context = g_main_context_new ();
  camera->loop = g_main_loop_new (camera->context, FALSE);
  camera->server = gst_rtsp_server_new ();
  gst_rtsp_server_set_address (camera->server, "127.0.0.1");
  gst_rtsp_server_set_service (camera->server, "0");
  g_autofree char *launch = g_strdup_printf (
      "( appsrc name=src format=time is-live=true do-timestamp=true "
      "caps=video/x-raw,format=I420,width=640,height=480,framerate=25/1 ! %s name=pay0 audiotestsrc is-live=true ! "
      "alawenc ! rtppcmapay name=pay1 )",
      coding);
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();
  gst_rtsp_media_factory_set_launch (factory, launch);
  gst_rtsp_media_factory_set_protocols (factory, ways);
  g_signal_connect (factory, "media-configure", G_CALLBACK (on_media), camera);
  if (method != GST_RTSP_AUTH_NONE)
    protect (camera->server, factory, method);
  g_autoptr (GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points (camera->server);
  gst_rtsp_mount_points_add_factory (mounts, "/live", factory);
  g_assert_cmpuint (gst_rtsp_server_attach (camera->server, camera->context), >, 0);
  camera->port = gst_rtsp_server_get_bound_port (camera->server);
  camera->thread = g_thread_new ("camera", camera_thread, camera);
}

static void
camera_stop (Camera *camera)
{
  g_main_loop_quit (camera->loop);
  g_thread_join (camera->thread);
  ipd_painter_free (camera->painter);
  g_object_unref (camera->server);
  g_main_loop_unref (camera->loop);
  g_main_context_unref (camera->context);
}

#define H264                                                                                                           \
  "videoconvert ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay config-interval=-1"
#define JPEG "jpegenc quality=90 ! rtpjpegpay"

static void
expect_camera (const char *coding, GstRTSPLowerTrans ways, GstRTSPAuthMethod method)
{
  Camera camera;
  Viewer viewer;
  camera_start (&camera, coding, ways, method);
  g_autofree char *uri = g_strdup_printf ("rtsp://127.0.0.1:%d/live", camera.port);
  viewer_watch (&viewer, IPD_MEDIA_PREVIEW_RTSP, uri, method == GST_RTSP_AUTH_NONE ? NULL : USER,
                method == GST_RTSP_AUTH_NONE ? NULL : PASSWORD);
  g_assert_true (wait_until (sees, &viewer, LONG_MS));
  uint32_t first = viewer.last.number;
  g_assert_true (wait_until (sees_many, &viewer, LONG_MS));
  g_assert_cmpuint (viewer.last.number, >=, first + 39);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_FIRST_FRAME], ==, 1);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_PREVIEW_FAILED], ==, 0);
  viewer_clear (&viewer);
  camera_stop (&camera);
}

static void
test_rtsp (void)
{
  expect_camera (H264, GST_RTSP_LOWER_TRANS_TCP | GST_RTSP_LOWER_TRANS_UDP, GST_RTSP_AUTH_NONE);
}

/* One that does not do TCP. */
static void
test_rtsp_udp (void)
{
  expect_camera (H264, GST_RTSP_LOWER_TRANS_UDP, GST_RTSP_AUTH_NONE);
}

static void
test_rtsp_basic (void)
{
  expect_camera (H264, GST_RTSP_LOWER_TRANS_TCP, GST_RTSP_AUTH_BASIC);
}

static void
test_rtsp_digest (void)
{
  expect_camera (H264, GST_RTSP_LOWER_TRANS_UDP, GST_RTSP_AUTH_DIGEST);
}

static void
test_rtsp_jpeg (void)
{
  expect_camera (JPEG, GST_RTSP_LOWER_TRANS_TCP, GST_RTSP_AUTH_NONE);
}

static void
test_rtsp_refusals (void)
{
  Camera camera;
  camera_start (&camera, H264, GST_RTSP_LOWER_TRANS_TCP, GST_RTSP_AUTH_DIGEST);
  g_autofree char *uri = g_strdup_printf ("rtsp://127.0.0.1:%d/live", camera.port);
  expect_failure_at (IPD_MEDIA_PREVIEW_RTSP, uri, "wrong", REFUSED);
  camera_stop (&camera);
  camera_start (&camera, H264, GST_RTSP_LOWER_TRANS_TCP, GST_RTSP_AUTH_NONE);
  g_autofree char *other = g_strdup_printf ("rtsp://127.0.0.1:%d/other", camera.port);
  expect_failure_at (IPD_MEDIA_PREVIEW_RTSP, other, NULL, NOT_THERE);
  camera_stop (&camera);
}

/* A format that is not ours, with a sound that is. */
static void
test_rtsp_other_format (void)
{
  Camera camera;
  camera_start (&camera, "vp8enc deadline=1 ! rtpvp8pay", GST_RTSP_LOWER_TRANS_TCP, GST_RTSP_AUTH_NONE);
  g_autofree char *uri = g_strdup_printf ("rtsp://127.0.0.1:%d/live", camera.port);
  expect_failure_at (IPD_MEDIA_PREVIEW_RTSP, uri, NULL, UNREADABLE);
  camera_stop (&camera);
}

/* Sends to another host: by a redirect, or by an address inside its description. */
static void
serve_rtsp (Server *server, const char *request, GIOStream *stream)
{
  const char *cseq = strstr (request, "CSeq: ");
  g_autofree char *number = g_strndup (cseq + 6, strcspn (cseq + 6, "\r"));
  g_autofree char *head = g_strdup_printf ("CSeq: %s\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n", number);
  g_autofree char *sdp = g_strdup_printf ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=a\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                                          "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:%s\r\n",
                                          server->elsewhere);
  g_autofree char *said = NULL;
  if (!g_str_has_prefix (request, "DESCRIBE"))
    said = g_strdup_printf ("RTSP/1.0 200 OK\r\n%s\r\n", head);
  else if (strstr (request, "/moved") != NULL)
    said = g_strdup_printf ("RTSP/1.0 302 Found\r\n%sLocation: %s\r\n\r\n", head, server->elsewhere);
  else
    said = g_strdup_printf ("RTSP/1.0 200 OK\r\n%sContent-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s", head,
                            strlen (sdp), sdp);
  say_text (stream, said);
}

static void
test_rtsp_elsewhere (void)
{
  Server server, other;
  server_start (&server, "127.0.0.1", serve_rtsp);
  server_start (&other, "127.0.0.2", serve_rtsp);
  g_autofree char *away = address (&other, "rtsp", "/live");
  g_autofree char *moved = address (&server, "rtsp", "/moved");
  g_autofree char *described = address (&server, "rtsp", "/described");
  server.elsewhere = away;
  expect_failure_at (IPD_MEDIA_PREVIEW_RTSP, moved, PASSWORD, ELSEWHERE);
  expect_failure_at (IPD_MEDIA_PREVIEW_RTSP, described, PASSWORD, ELSEWHERE);
  g_assert_cmpint (g_atomic_int_get (&other.n_octets), ==, 0);
  server_stop (&server);
  server_stop (&other);
}

int
main (int argc, char **argv)
{
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  make_pictures ();
  g_test_add_func ("/media/preview/still", test_still);
  g_test_add_func ("/media/preview/basic", test_basic);
  g_test_add_func ("/media/preview/digest", test_digest);
  g_test_add_func ("/media/preview/mjpeg", test_mjpeg);
  g_test_add_func ("/media/preview/mjpeg-uncounted", test_mjpeg_uncounted);
  g_test_add_func ("/media/preview/wrong-password", test_wrong_password);
  g_test_add_func ("/media/preview/not-there", test_not_there);
  g_test_add_func ("/media/preview/no-picture", test_no_picture);
  g_test_add_func ("/media/preview/too-large", test_too_large);
  g_test_add_func ("/media/preview/moved", test_moved);
  g_test_add_func ("/media/preview/bad-addresses", test_bad_addresses);
  g_test_add_func ("/media/preview/nobody", test_nobody);
  g_test_add_func ("/media/preview/silent", test_silent);
  g_test_add_func ("/media/preview/rtsp", test_rtsp);
  g_test_add_func ("/media/preview/rtsp-udp", test_rtsp_udp);
  g_test_add_func ("/media/preview/rtsp-basic", test_rtsp_basic);
  g_test_add_func ("/media/preview/rtsp-digest", test_rtsp_digest);
  g_test_add_func ("/media/preview/rtsp-jpeg", test_rtsp_jpeg);
  g_test_add_func ("/media/preview/rtsp-refusals", test_rtsp_refusals);
  g_test_add_func ("/media/preview/rtsp-other-format", test_rtsp_other_format);
  g_test_add_func ("/media/preview/rtsp-elsewhere", test_rtsp_elsewhere);
  return g_test_run ();
}
