// SPDX-License-Identifier: Apache-2.0
/* JPEG pictures by HTTP. Owned by a preview; octets come in one streaming thread, pictures leave in another. */
#include "media/preview-source.h"

#include "media/jpeg-cutter.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

/* No redirects: user and password are for this host. One try: some stations count requests. Its own time limit is no
 * concern: the preview watches for pictures. */
static const char description[]
    = "souphttpsrc name=src is-live=true automatic-redirect=false retries=0 keep-alive=false timeout=60 "
      "! appsink name=octets sync=false async=false "
      "appsrc name=jpegs format=time is-live=true do-timestamp=true caps=image/jpeg max-buffers=2 "
      "leaky-type=downstream "
      "! jpegdec name=decoder" IPD_PICTURE_SINK;

struct _IpdPreviewHttp {
  IpdPipeline *pipeline;
  IpdPreviewSourceHandlers handlers;
  gpointer data;
  bool still;
  GstAppSrc *jpegs;
  GSource *unreadable_signal;
  IpdJpegCutter cutter; /* the streaming thread's */
  bool done;            /* the streaming thread's: nothing more is read */
  int shown;            /* atomic */
};

static void
on_frame (const IpdVideoFrame *frame, gpointer data)
{
  IpdPreviewHttp *http = data;
  g_atomic_int_set (&http->shown, 1);
  http->handlers.frame (frame, http->data);
}

static void
on_jpeg (const uint8_t *jpeg, size_t len, gpointer data)
{
  IpdPreviewHttp *http = data;
  if (http->done)
    return;
  gst_app_src_push_buffer (http->jpegs, gst_buffer_new_memdup (jpeg, len));
  if (http->still)
    gst_app_src_end_of_stream (http->jpegs);
  http->done = http->still;
}

static GstFlowReturn
on_octets (GstAppSink *sink, gpointer data)
{
  IpdPreviewHttp *http = data;
  GstMapInfo map;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  if (http->done || sample == NULL || !gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    return http->done ? GST_FLOW_EOS : GST_FLOW_OK;
  bool goes_on = ipd_jpeg_cutter_feed (&http->cutter, map.data, map.size, on_jpeg, http);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  if (!goes_on)
    ipd_worker_signal_raise (http->unreadable_signal);
  http->done = http->done || !goes_on;
  return http->done ? GST_FLOW_EOS : GST_FLOW_OK;
}

/* The station has said all. */
static void
on_octets_end (GstAppSink *sink, gpointer data)
{
  IpdPreviewHttp *http = data;
  if (!http->done)
    gst_app_src_end_of_stream (http->jpegs);
}

static void
on_unreadable (gpointer data)
{
  IpdPreviewHttp *http = data;
  http->handlers.failed (IPD_PREVIEW_UNREADABLE, http->data);
}

/* Both ends: every picture that came was shown. */
static void
on_end (gpointer data)
{
  IpdPreviewHttp *http = data;
  bool shown = g_atomic_int_get (&http->shown);
  if (!http->still || !shown)
    http->handlers.failed (shown ? IPD_PREVIEW_UNREACHABLE : IPD_PREVIEW_UNREADABLE, http->data);
}

static void
on_fault (const GError *cause, const GstStructure *details, gpointer data)
{
  IpdPreviewHttp *http = data;
  http->handlers.failed (ipd_preview_fault_of (cause, details), http->data);
}

static void
configure (IpdPreviewHttp *http, const IpdMediaParams *params)
{
  g_object_set (ipd_pipeline_get (http->pipeline, "src"), "location", params->preview_uri, "user-id",
                params->preview_user, "user-pw", params->preview_password, NULL);
  GstAppSinkCallbacks callbacks = { .new_sample = on_octets, .eos = on_octets_end };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (http->pipeline, "octets")), &callbacks, http, NULL);
  http->jpegs = GST_APP_SRC (ipd_pipeline_get (http->pipeline, "jpegs"));
  ipd_picture_sink_attach (http->pipeline, on_frame, http);
}

IpdPreviewHttp *
ipd_preview_http_new (IpdWorker *worker, const IpdMediaParams *params, const IpdPreviewSourceHandlers *handlers,
                      gpointer data)
{
  IpdPreviewHttp *http = g_new0 (IpdPreviewHttp, 1);
  http->handlers = *handlers;
  http->data = data;
  http->still = params->preview == IPD_MEDIA_PREVIEW_STILL;
  http->unreadable_signal = ipd_worker_signal_new (worker, on_unreadable, http);
  const IpdPipelineHandlers pipeline_handlers = { .eos = on_end, .fault = on_fault };
  http->pipeline = ipd_pipeline_new (worker, "preview", description, &pipeline_handlers, http, NULL);
  if (http->pipeline == NULL)
    {
      ipd_preview_http_free (http);
      return NULL;
    }
  configure (http, params);
  ipd_pipeline_play (http->pipeline);
  return http;
}

void
ipd_preview_http_free (IpdPreviewHttp *http)
{
  if (http == NULL)
    return;
  ipd_pipeline_free (http->pipeline);
  ipd_worker_clear_source (&http->unreadable_signal);
  ipd_jpeg_cutter_clear (&http->cutter);
  g_free (http);
}
