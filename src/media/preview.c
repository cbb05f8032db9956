// SPDX-License-Identifier: Apache-2.0
/* A fetched picture: checks its address, watches that pictures come, says why they do not. Owned by a client, lives in
 * its worker. */
#include "media/preview.h"

#include "media/preview-source.h"

#include <glib/gi18n-lib.h>

struct _IpdPreview {
  IpdWorker *worker;
  const IpdMediaParams *params;
  IpdPreviewHandlers handlers;
  gpointer data;
  IpdPreviewRtsp *rtsp;
  IpdPreviewHttp *http;
  GSource *watch;
  GSource *start;
  int came; /* atomic: a picture came since the watch looked last */
};

static const char *
sentence (IpdPreviewFault fault)
{
  switch (fault)
    {
    case IPD_PREVIEW_BAD_ADDRESS:
      return _ ("The address of the station’s picture cannot be used.");
    case IPD_PREVIEW_REFUSED:
      return _ ("The station refuses the user or the password for its picture.");
    case IPD_PREVIEW_NOT_THERE:
      return _ ("The station has no picture at this address.");
    case IPD_PREVIEW_ELSEWHERE:
      return _ ("The station points to another address for its picture; it is not followed.");
    case IPD_PREVIEW_UNREADABLE:
      return _ ("The station sent no picture that can be shown.");
    case IPD_PREVIEW_LATE:
      return _ ("The station sent no picture in time.");
    case IPD_PREVIEW_NOT_INSTALLED:
      return _ ("The picture cannot be shown: a part of GStreamer is not installed.");
    case IPD_PREVIEW_UNREACHABLE:
      break;
    }
  return _ ("The picture of the station cannot be reached.");
}

static void
stop (IpdPreview *preview)
{
  ipd_worker_clear_source (&preview->watch);
  ipd_worker_clear_source (&preview->start);
  g_clear_pointer (&preview->rtsp, ipd_preview_rtsp_free);
  g_clear_pointer (&preview->http, ipd_preview_http_free);
}

static void
on_failed (IpdPreviewFault fault, gpointer data)
{
  IpdPreview *preview = data;
  stop (preview);
  preview->handlers.failed (sentence (fault), preview->data);
}

static void
on_frame (const IpdVideoFrame *frame, gpointer data)
{
  IpdPreview *preview = data;
  g_atomic_int_set (&preview->came, 1);
  preview->handlers.frame (frame, preview->data);
}

static gboolean
on_watch (gpointer data)
{
  IpdPreview *preview = data;
  bool came = g_atomic_int_compare_and_exchange (&preview->came, 1, 0);
  if (!came)
    on_failed (IPD_PREVIEW_LATE, preview);
  else if (preview->params->preview == IPD_MEDIA_PREVIEW_STILL)
    ipd_worker_clear_source (&preview->watch);
  return G_SOURCE_CONTINUE;
}

/* One scheme each; user and password come beside the address, where no log and no graph shows them. */
static bool
address_is_usable (const IpdMediaParams *params)
{
  g_autoptr (GUri) uri = g_uri_parse (params->preview_uri, G_URI_FLAGS_ENCODED, NULL);
  const char *scheme = params->preview == IPD_MEDIA_PREVIEW_RTSP ? "rtsp" : "http";
  return uri != NULL && g_str_equal (g_uri_get_scheme (uri), scheme) && g_uri_get_host (uri) != NULL
         && *g_uri_get_host (uri) != '\0' && g_uri_get_userinfo (uri) == NULL;
}

static gboolean
on_start (gpointer data)
{
  IpdPreview *preview = data;
  const IpdMediaParams *params = preview->params;
  const IpdPreviewSourceHandlers handlers = { on_frame, on_failed };
  ipd_worker_clear_source (&preview->start);
  if (!address_is_usable (params))
    {
      on_failed (IPD_PREVIEW_BAD_ADDRESS, preview);
      return G_SOURCE_REMOVE;
    }
  preview->watch
      = ipd_worker_attach (preview->worker, g_timeout_source_new_seconds (IPD_PREVIEW_PATIENCE_S), on_watch, preview);
  if (params->preview == IPD_MEDIA_PREVIEW_RTSP)
    preview->rtsp = ipd_preview_rtsp_new (preview->worker, params, &handlers, preview);
  else
    preview->http = ipd_preview_http_new (preview->worker, params, &handlers, preview);
  if (preview->rtsp == NULL && preview->http == NULL)
    on_failed (IPD_PREVIEW_NOT_INSTALLED, preview);
  return G_SOURCE_REMOVE;
}

IpdPreview *
ipd_preview_new (IpdWorker *worker, const IpdMediaParams *params, const IpdPreviewHandlers *handlers, gpointer data)
{
  IpdPreview *preview = g_new0 (IpdPreview, 1);
  preview->worker = worker;
  preview->params = params;
  preview->handlers = *handlers;
  preview->data = data;
  /* Not in here: a failure may free what the caller did not get yet. */
  preview->start = ipd_worker_attach (worker, g_timeout_source_new (0), on_start, preview);
  return preview;
}

void
ipd_preview_free (IpdPreview *preview)
{
  if (preview == NULL)
    return;
  stop (preview);
  g_free (preview);
}
