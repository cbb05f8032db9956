// SPDX-License-Identifier: Apache-2.0
/* Encodes one picture at a time; called by the HTTP server in the main loop. */
#include "jpeg.h"

#include "strip.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <stdlib.h>

static GstElement *
get_encoder (void)
{
  static GstElement *encoder;
  g_autofree char *description = g_strdup_printf (
      "appsrc name=in format=time caps=video/x-raw,format=I420,width=%d,height=%d,framerate=10/1 ! jpegenc quality=90 "
      "! appsink name=out sync=false",
      QUIRK_WIDTH, QUIRK_HEIGHT);
  g_autoptr (GError) error = NULL;

  if (encoder == NULL)
    {
      encoder = gst_parse_launch (description, &error);
      if (error != NULL)
        {
          g_printerr ("quirk-station: no JPEG: %s\n", error->message);
          exit (2);
        }
      gst_element_set_state (encoder, GST_STATE_PLAYING);
    }
  return encoder;
}

GBytes *
quirk_jpeg_now (void)
{
  static guint number = 1; /* the observer takes 0 for none */
  GstElement *encoder = get_encoder ();
  g_autoptr (GstElement) in = gst_bin_get_by_name (GST_BIN (encoder), "in");
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (encoder), "out");
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, QUIRK_I420_OCTETS, NULL);
  g_autoptr (GstSample) sample = NULL;
  GstMapInfo map;
  GBytes *bytes;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  quirk_strip_draw (number, (guint32) (g_get_monotonic_time () / 1000), map.data);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = number++ * GST_SECOND / 10;
  gst_app_src_push_buffer (GST_APP_SRC (in), buffer);
  sample = gst_app_sink_pull_sample (GST_APP_SINK (out));
  gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ);
  bytes = g_bytes_new (map.data, map.size);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  return bytes;
}
