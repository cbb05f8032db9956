// SPDX-License-Identifier: Apache-2.0
/* A third-party camera for the tests: nothing of ours but the test picture itself. */
#include "caster.h"

#include <string.h>
#include <unistd.h>

#define WIDTH  640
#define HEIGHT 480
#define FPS    25

static GSocket *
take_socket (int fd)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new_from_fd (dup (fd), &error);
  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

void
caster_start (Caster *caster, const char *coding, const Side *to)
{
  g_autoptr (GError) error = NULL;
  memset (caster, 0, sizeof *caster);
  gst_init (NULL, NULL);
  side_init (&caster->side);
  caster->rtp = take_socket (caster->side.fds[IPD_MEDIA_FD_VIDEO_RTP]);
  caster->rtcp = take_socket (caster->side.fds[IPD_MEDIA_FD_VIDEO_RTCP]);
  g_autofree char *description = g_strdup_printf (
      "appsrc name=src format=time is-live=true do-timestamp=true "
      "caps=video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 ! %s ! udpsink name=net sync=false async=false "
      "close-socket=false host=%s port=%u",
      WIDTH, HEIGHT, FPS, coding, to->host, to->video_port);
  caster->bin = gst_parse_launch (description, &error);
  g_assert_no_error (error);
  g_autoptr (GstElement) net = gst_bin_get_by_name (GST_BIN (caster->bin), "net");
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (caster->bin), "src");
  g_object_set (net, "socket", caster->rtp, NULL);
  gst_element_set_state (caster->bin, GST_STATE_PLAYING);
  caster->painter = ipd_painter_new (GST_APP_SRC (src), WIDTH, HEIGHT, FPS, false);
  ipd_painter_set_awake (caster->painter, true);
}

/* RFC 4585 section 6.1: payload-specific feedback, 1 is PLI, 4 is FIR. */
static guint
count_in (const uint8_t *packet, gsize len)
{
  guint n = 0;
  for (gsize at = 0; at + 4 <= len;)
    {
      gsize size = 4 + 4 * (gsize) (packet[at + 2] << 8 | packet[at + 3]);
      guint format = packet[at] & 0x1f;
      n += packet[at + 1] == 206 && (format == 1 || format == 4);
      at += size;
    }
  return n;
}

guint
caster_count_requests (Caster *caster)
{
  uint8_t packet[1500];
  guint n = 0;
  gssize len;
  while ((len = g_socket_receive (caster->rtcp, (char *) packet, sizeof packet, NULL, NULL)) > 0)
    n += count_in (packet, (gsize) len);
  return n;
}

char *
caster_get_sprop (Caster *caster)
{
  g_autoptr (GstElement) net = gst_bin_get_by_name (GST_BIN (caster->bin), "net");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (net, "sink");
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const char *sprop = caps ? gst_structure_get_string (gst_caps_get_structure (caps, 0), "sprop-parameter-sets") : NULL;
  return g_strdup (sprop);
}

void
caster_stop (Caster *caster)
{
  ipd_painter_free (caster->painter);
  gst_element_set_state (caster->bin, GST_STATE_NULL);
  gst_object_unref (caster->bin);
  g_object_unref (caster->rtp);
  g_object_unref (caster->rtcp);
  side_clear (&caster->side);
}

IpdMediaParams
caster_params (const Caster *caster, const Side *viewer, const IpdMediaVideo *video, guint n_video)
{
  IpdMediaParams params
      = { .video_host = caster->side.host, .video_port = caster->side.video_port, .n_video = n_video };
  memcpy (params.video, video, n_video * sizeof *video);
  memcpy (params.fds, viewer->fds, sizeof params.fds);
  return params;
}
