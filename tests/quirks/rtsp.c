// SPDX-License-Identifier: Apache-2.0
/* One shared stream with the test picture at the path of the dialect. Everything runs in the main loop but the encoder.
 */
#include "rtsp.h"

#include "journal.h"
#include "strip.h"

#include <gst/rtsp-server/rtsp-server.h>
#include <stdlib.h>

enum { FRAMES_A_SECOND = 15 };

struct _QuirkRtsp {
  const QuirkDialect *dialect;
  QuirkStation *station;
  GstRTSPServer *server;
  guint attached;
};

/* In the encoder's thread. The camera gives empty pictures at the right times; what is on them is drawn here. */
static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer number)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  if (gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    {
      if (map.size >= QUIRK_I420_OCTETS)
        quirk_strip_draw ((*(guint *) number)++, (guint32) (g_get_monotonic_time () / 1000), map.data);
      gst_buffer_unmap (buffer, &map);
    }
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static void
on_media (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer data)
{
  g_autoptr (GstElement) bin = gst_rtsp_media_get_element (media);
  g_autoptr (GstElement) camera = gst_bin_get_by_name_recurse_up (GST_BIN (bin), "camera");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (camera, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, g_new0 (guint, 1), g_free);
}

static void
on_describe (GstRTSPClient *client, GstRTSPContext *context, gpointer data)
{
  QuirkRtsp *self = data;

  quirk_journal ("rtsp", "s:path", context->uri->abspath, "i:ringing", quirk_station_rings (self->station), NULL);
  if (quirk_flag (self->dialect, "rtsp", "not-at-ring") && quirk_station_rings (self->station))
    quirk_violation ("a stream was fetched while it rings");
}

static void
on_play (GstRTSPClient *client, GstRTSPContext *context, gpointer data)
{
  quirk_journal ("rtsp-plays", NULL);
}

static void
on_client (GstRTSPServer *server, GstRTSPClient *client, gpointer data)
{
  g_signal_connect (client, "describe-request", G_CALLBACK (on_describe), data);
  g_signal_connect (client, "play-request", G_CALLBACK (on_play), data);
}

static void
ask_login (QuirkRtsp *self, GstRTSPMediaFactory *factory, const char *user, const char *password)
{
  const char *way = quirk_text (self->dialect, "rtsp", "auth", "digest");
  g_autoptr (GstRTSPAuth) auth = gst_rtsp_auth_new ();
  g_autoptr (GstRTSPToken) token
      = gst_rtsp_token_new (GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, "viewer", NULL);

  if (g_str_equal (way, "none"))
    return;
  if (g_str_equal (way, "basic"))
    {
      g_autofree char *basic = gst_rtsp_auth_make_basic (user, password);
      gst_rtsp_auth_set_supported_methods (auth, GST_RTSP_AUTH_BASIC);
      gst_rtsp_auth_add_basic (auth, basic, token);
    }
  else
    {
      gst_rtsp_auth_set_supported_methods (auth, GST_RTSP_AUTH_DIGEST);
      gst_rtsp_auth_add_digest (auth, user, password, token);
    }
  gst_rtsp_server_set_auth (self->server, auth);
  gst_rtsp_media_factory_add_role (factory, "viewer", GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
                                   GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE, NULL);
}

static GstRTSPMediaFactory *
new_factory (QuirkRtsp *self)
{
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();
  g_autofree char *launch = g_strdup_printf (
      "( videotestsrc name=camera is-live=true pattern=black "
      "! video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 "
      "! x264enc tune=zerolatency speed-preset=ultrafast bitrate=900 key-int-max=%d threads=1 "
      "! video/x-h264,profile=constrained-baseline ! rtph264pay name=pay0 pt=96 config-interval=1 )",
      QUIRK_WIDTH, QUIRK_HEIGHT, FRAMES_A_SECOND, quirk_number (self->dialect, "rtsp", "key-interval", 15));

  gst_rtsp_media_factory_set_launch (factory, launch);
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  if (quirk_flag (self->dialect, "rtsp", "tcp-only"))
    gst_rtsp_media_factory_set_protocols (factory, GST_RTSP_LOWER_TRANS_TCP);
  g_signal_connect (factory, "media-configure", G_CALLBACK (on_media), self);
  return factory;
}

QuirkRtsp *
quirk_rtsp_new (const QuirkDialect *dialect, const char *address, guint16 port, const char *user, const char *password,
                QuirkStation *station)
{
  const char *path = quirk_text (dialect, "rtsp", "path", NULL);
  QuirkRtsp *self;
  g_autofree char *service = g_strdup_printf ("%u", port);
  g_autoptr (GstRTSPMountPoints) mounts = NULL;
  g_autoptr (GstRTSPThreadPool) threads = NULL;
  GstRTSPMediaFactory *factory;

  if (path == NULL)
    return NULL;
  self = g_new0 (QuirkRtsp, 1);
  self->dialect = dialect;
  self->station = station;
  self->server = gst_rtsp_server_new ();
  gst_rtsp_server_set_address (self->server, address);
  gst_rtsp_server_set_service (self->server, service);
  threads = gst_rtsp_server_get_thread_pool (self->server);
  gst_rtsp_thread_pool_set_max_threads (threads, 0); /* the main loop */
  mounts = gst_rtsp_server_get_mount_points (self->server);
  factory = new_factory (self);
  ask_login (self, factory, user, password);
  gst_rtsp_mount_points_add_factory (mounts, path, factory);
  g_signal_connect (self->server, "client-connected", G_CALLBACK (on_client), self);
  self->attached = gst_rtsp_server_attach (self->server, NULL);
  if (self->attached == 0)
    {
      g_printerr ("quirk-station: %s port %u: the RTSP server does not start\n", address, port);
      exit (2);
    }
  return self;
}

void
quirk_rtsp_free (QuirkRtsp *self)
{
  g_source_remove (self->attached);
  g_object_unref (self->server);
  g_free (self);
}
