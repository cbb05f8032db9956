// SPDX-License-Identifier: Apache-2.0
/* The picture half of a client. Lives in the client's worker. It sends reports from the RTCP socket and, so that a NAT
 * on the way opens the other port too, from the RTP socket: the station learns both addresses from what verifies
 * (docs/protocol.md §9). */
#include "media/client-picture.h"

#include "media/rtcp-link.h"
#include "media/video-receive.h"

#include <glib/gi18n-lib.h>

/* When a key frame is asked for until a picture is there: each may be lost. Later ones go with the reports. */
static const guint ask_after_ms[] = { 0, 300, 900 };

/* After that, at most so often: the station makes no more anyway. */
#define ASK_AGAIN_MS 500
#define MAX_RESTARTS 3

struct _IpdClientPicture {
  IpdWorker *worker;
  const IpdMediaParams *params;
  GSocket *const *sockets;
  IpdClientPictureHandlers handlers;
  gpointer data;
  IpdVideoReceive *receive;
  IpdRtcpLink *rtcp;
  GSocketAddress *rtp_peer;
  GSocketAddress *rtcp_peer;
  GSource *report_timer;
  GSource *ask_timer;
  GSource *broken_signal;
  guint n_asked;
  gint64 asked_us;
  uint8_t fir_seq;
  int restarts;
  int seen; /* atomic: a picture came */
};

static void
report (IpdClientPicture *picture, bool ask)
{
  if (picture->rtcp == NULL)
    return;
  IpdReception *reception = picture->receive ? ipd_video_receive_lock (picture->receive) : NULL;
  IpdRtcpReport said = { .reception = reception,
                         .picture_of = ask ? picture->params->video_rx.ssrc : 0,
                         .fir_seq = ask ? picture->fir_seq++ : 0 };
  ipd_rtcp_link_send (picture->rtcp, &said, picture->sockets[IPD_MEDIA_FD_VIDEO_RTCP], picture->rtcp_peer);
  if (picture->receive != NULL)
    ipd_video_receive_unlock (picture->receive);
  IpdRtcpReport opener = { 0 };
  ipd_rtcp_link_send (picture->rtcp, &opener, picture->sockets[IPD_MEDIA_FD_VIDEO_RTP], picture->rtp_peer);
  if (ask)
    picture->asked_us = g_get_monotonic_time ();
}

static gboolean
on_report_timeout (gpointer data)
{
  IpdClientPicture *picture = data;
  report (picture, !g_atomic_int_get (&picture->seen));
  return G_SOURCE_CONTINUE;
}

static void ask_in (IpdClientPicture *picture, guint ms);

static gboolean
on_ask_timeout (gpointer data)
{
  IpdClientPicture *picture = data;
  ipd_worker_clear_source (&picture->ask_timer);
  bool first = !g_atomic_int_get (&picture->seen);
  if (!first && picture->n_asked < G_N_ELEMENTS (ask_after_ms))
    {
      picture->n_asked = G_N_ELEMENTS (ask_after_ms);
      return G_SOURCE_REMOVE;
    }
  report (picture, true);
  if (picture->n_asked < G_N_ELEMENTS (ask_after_ms))
    picture->n_asked++;
  if (first && picture->n_asked < G_N_ELEMENTS (ask_after_ms))
    ask_in (picture, ask_after_ms[picture->n_asked] - ask_after_ms[picture->n_asked - 1]);
  return G_SOURCE_REMOVE;
}

static void
ask_in (IpdClientPicture *picture, guint ms)
{
  picture->ask_timer = ipd_worker_attach (picture->worker, g_timeout_source_new (ms), on_ask_timeout, picture);
}

static void
ask_again (gpointer data)
{
  IpdClientPicture *picture = data;
  if (picture->ask_timer != NULL || !g_atomic_int_get (&picture->seen))
    return;
  picture->n_asked = G_N_ELEMENTS (ask_after_ms);
  gint64 since_ms = (g_get_monotonic_time () - picture->asked_us) / 1000;
  ask_in (picture, since_ms >= ASK_AGAIN_MS ? 0 : (guint) (ASK_AGAIN_MS - since_ms));
}

static void
on_broken (gpointer data)
{
  IpdClientPicture *picture = data;
  ipd_worker_signal_raise (picture->broken_signal);
}

static void
on_frame (const IpdVideoFrame *frame, gpointer data)
{
  IpdClientPicture *picture = data;
  g_atomic_int_set (&picture->seen, 1);
  picture->handlers.frame (frame, picture->data);
}

static const uint8_t *
on_rtcp_key (uint32_t ssrc, gpointer data)
{
  IpdClientPicture *picture = data;
  return ssrc == picture->params->video_rx.ssrc ? picture->params->video_rx.key : NULL;
}

static void
on_heard (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data)
{
  IpdClientPicture *picture = data;
  if (!meaning->has_sr || picture->receive == NULL)
    return;
  ipd_reception_report (ipd_video_receive_lock (picture->receive), meaning);
  ipd_video_receive_unlock (picture->receive);
}

static void start_receiving (IpdClientPicture *picture);

static void
on_failed (const char *why, gpointer data)
{
  IpdClientPicture *picture = data;
  g_clear_pointer (&picture->receive, ipd_video_receive_free);
  if (picture->restarts++ < MAX_RESTARTS)
    start_receiving (picture);
  else
    picture->handlers.failed (_ ("The picture cannot be shown."), picture->data);
}

static void
start_receiving (IpdClientPicture *picture)
{
  const IpdMediaParams *params = picture->params;
  const IpdVideoReceiveHandlers handlers = { on_frame, on_broken, on_failed };
  g_autoptr (GError) error = NULL;
  picture->receive
      = ipd_video_receive_new (picture->worker, picture->sockets[IPD_MEDIA_FD_VIDEO_RTP], params->video[0].payload,
                               &params->video_rx, params->sprop, &handlers, picture, &error);
  if (picture->receive != NULL)
    return;
  g_autofree char *why = g_strdup_printf (_ ("The picture cannot be shown: %s is not installed."), error->message);
  picture->handlers.failed (why, picture->data);
}

static void
start_reporting (IpdClientPicture *picture)
{
  const IpdMediaParams *params = picture->params;
  const IpdRtcpLinkHandlers handlers = { on_heard, on_rtcp_key };
  picture->rtp_peer = g_inet_socket_address_new_from_string (params->video_host, params->video_port);
  picture->rtcp_peer = g_inet_socket_address_new_from_string (params->video_host, params->video_port + 1u);
  picture->rtcp = ipd_rtcp_link_new (picture->worker, &params->video_rtcp_tx, &handlers, picture, NULL);
  if (picture->rtcp == NULL)
    return;
  ipd_rtcp_link_listen (picture->rtcp, picture->sockets[IPD_MEDIA_FD_VIDEO_RTCP]);
  picture->report_timer
      = ipd_worker_attach (picture->worker, g_timeout_source_new (IPD_RTCP_INTERVAL_MS), on_report_timeout, picture);
  on_ask_timeout (picture);
}

IpdClientPicture *
ipd_client_picture_new (IpdWorker *worker, const IpdMediaParams *params, GSocket *const *sockets,
                        const IpdClientPictureHandlers *handlers, gpointer data)
{
  IpdClientPicture *picture = g_new0 (IpdClientPicture, 1);
  picture->worker = worker;
  picture->params = params;
  picture->sockets = sockets;
  picture->handlers = *handlers;
  picture->data = data;
  picture->broken_signal = ipd_worker_signal_new (worker, ask_again, picture);
  start_receiving (picture);
  start_reporting (picture);
  return picture;
}

void
ipd_client_picture_free (IpdClientPicture *picture)
{
  if (picture == NULL)
    return;
  ipd_worker_clear_source (&picture->report_timer);
  ipd_worker_clear_source (&picture->ask_timer);
  g_clear_pointer (&picture->receive, ipd_video_receive_free);
  ipd_worker_clear_source (&picture->broken_signal);
  g_clear_pointer (&picture->rtcp, ipd_rtcp_link_free);
  g_clear_object (&picture->rtp_peer);
  g_clear_object (&picture->rtcp_peer);
  g_free (picture);
}
