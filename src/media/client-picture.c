// SPDX-License-Identifier: Apache-2.0
/* The picture half of a client, as far as it comes as RTP. Lives in the client's worker. It sends reports from the RTCP
 * socket and, so that a NAT on the way opens the other port too, from the RTP socket: the station learns both addresses
 * from what verifies (docs/protocol.md §9). */
#include "media/client-picture.h"

#include "media/rtcp-link.h"
#include "media/video-gate.h"
#include "media/video-receive.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* When a key frame is asked for until a picture is there: each may be lost, and some stations heed only a later one.
 * After these, our own stations are asked once a second, others with every report. */
static const guint ask_after_ms[] = { 0, 500, 1500 };
#define ASK_ON_MS 1000

/* When the picture stands still, so often until it moves: the station makes no more anyway. */
#define ASK_AGAIN_MS 500
#define MAX_RESTARTS 3

/* Of a packet that is only looked at. */
#define PEEKED 16

struct _IpdClientPicture {
  IpdWorker *worker;
  const IpdMediaParams *params;
  GSocket *const *sockets;
  IpdClientPictureHandlers handlers;
  gpointer data;
  IpdVideoReceive *receive;
  IpdVideoCodec codec; /* of @receive */
  char *sprop;         /* the newest parameter sets, said or seen */
  IpdPlainGate *gate;  /* NULL: encrypted */
  GSource *peek;       /* until the first packet says which codec it is */
  IpdMediaKey tx;
  IpdRtcpLink *rtcp;
  GSocketAddress *rtp_peer;
  GSocketAddress *rtcp_peer;
  GSource *report_timer;
  GSource *ask_timer;
  GSource *missing_timer;
  GSource *broken_signal;
  GSource *missing_signal;
  GSource *arrived_signal;
  GSource *changed_signal;
  guint n_asked;
  gint64 asked_us;
  uint8_t fir_seq;
  int restarts;
  int seen;    /* atomic: a picture came */
  int broken;  /* atomic: it stands still since */
  int shown;   /* atomic: one came since the last restart */
  int changed; /* atomic: the codec to go on with */
};

/* Whom a request for a key frame names. A plain stream has no name before its first packet. */
static uint32_t
stream_ssrc (IpdClientPicture *picture, const IpdReception *reception)
{
  if (picture->gate == NULL)
    return picture->params->video_rx.ssrc;
  return reception != NULL && reception->started ? reception->ssrc : 0;
}

static void
report (IpdClientPicture *picture, bool ask)
{
  if (picture->rtcp == NULL)
    return;
  IpdReception *reception = picture->receive ? ipd_video_receive_lock (picture->receive) : NULL;
  IpdRtcpReport said = { .reception = reception,
                         .picture_of = ask ? stream_ssrc (picture, reception) : 0,
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
  if (!first && !g_atomic_int_get (&picture->broken))
    return G_SOURCE_REMOVE;
  report (picture, true);
  if (!first)
    ask_in (picture, ASK_AGAIN_MS);
  else if (++picture->n_asked < G_N_ELEMENTS (ask_after_ms))
    ask_in (picture, ask_after_ms[picture->n_asked] - ask_after_ms[picture->n_asked - 1]);
  else if (picture->gate == NULL)
    ask_in (picture, ASK_ON_MS);
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
  gint64 since_ms = (g_get_monotonic_time () - picture->asked_us) / 1000;
  ask_in (picture, since_ms >= ASK_AGAIN_MS ? 0 : (guint) (ASK_AGAIN_MS - since_ms));
}

/* The first packet of a plain stream: what was asked before had no name in it. */
static void
ask_anew (gpointer data)
{
  IpdClientPicture *picture = data;
  if (g_atomic_int_get (&picture->seen))
    return;
  ipd_worker_clear_source (&picture->ask_timer);
  picture->n_asked = 0;
  on_ask_timeout (picture);
}

static void
on_arrived (gpointer data)
{
  IpdClientPicture *picture = data;
  ipd_worker_signal_raise (picture->arrived_signal);
}

static void
on_changed (IpdVideoCodec codec, gpointer data)
{
  IpdClientPicture *picture = data;
  g_atomic_int_set (&picture->changed, (int) codec);
  ipd_worker_signal_raise (picture->changed_signal);
}

static void
on_broken (gpointer data)
{
  IpdClientPicture *picture = data;
  g_atomic_int_set (&picture->broken, 1);
  ipd_worker_signal_raise (picture->broken_signal);
}

static gboolean on_missing_timeout (gpointer data);

/* Asks the station for the packets themselves, and again until they come or are not waited for any more. */
static void
ask_missing (gpointer data)
{
  IpdClientPicture *picture = data;
  uint16_t seqs[IPD_MISSING_MAX];
  int64_t wait_us;
  ipd_worker_clear_source (&picture->missing_timer);
  if (picture->receive == NULL || picture->rtcp == NULL)
    return;
  unsigned n = ipd_video_receive_ask (picture->receive, seqs, &wait_us);
  IpdRtcpReport said = { .missing = seqs, .n_missing = n, .missing_of = picture->params->video_rx.ssrc };
  if (n > 0)
    ipd_rtcp_link_send (picture->rtcp, &said, picture->sockets[IPD_MEDIA_FD_VIDEO_RTCP], picture->rtcp_peer);
  if (wait_us >= 0)
    picture->missing_timer = ipd_worker_attach (picture->worker, g_timeout_source_new ((guint) (wait_us / 1000) + 1),
                                                on_missing_timeout, picture);
}

static gboolean
on_missing_timeout (gpointer data)
{
  ask_missing (data);
  return G_SOURCE_REMOVE;
}

static void
on_missing (gpointer data)
{
  IpdClientPicture *picture = data;
  ipd_worker_signal_raise (picture->missing_signal);
}

static void
on_frame (const IpdVideoFrame *frame, gpointer data)
{
  IpdClientPicture *picture = data;
  g_atomic_int_set (&picture->seen, 1);
  g_atomic_int_set (&picture->broken, 0);
  g_atomic_int_set (&picture->shown, 1);
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

static bool
is_plain_peer (GSocketAddress *from, gpointer data)
{
  IpdClientPicture *picture = data;
  return picture->gate != NULL && ipd_plain_gate_is_peer (picture->gate, from);
}

static void
stop_receiving (IpdClientPicture *picture)
{
  if (picture->receive == NULL)
    return;
  char *newest = ipd_video_receive_get_sprop (picture->receive);
  if (newest != NULL)
    {
      g_free (picture->sprop);
      picture->sprop = newest;
    }
  g_clear_pointer (&picture->receive, ipd_video_receive_free);
}

static void start_receiving (IpdClientPicture *picture);

static void
on_failed (const char *why, gpointer data)
{
  IpdClientPicture *picture = data;
  stop_receiving (picture);
  /* A picture was seen since the last time: the stream is worth another three. */
  if (g_atomic_int_compare_and_exchange (&picture->shown, 1, 0))
    picture->restarts = 0;
  if (picture->restarts++ < MAX_RESTARTS)
    start_receiving (picture);
  else
    picture->handlers.failed (_ ("The picture cannot be shown."), picture->data);
}

static void
start_receiving (IpdClientPicture *picture)
{
  const IpdVideoReceiveHandlers handlers = { on_frame, on_broken, on_missing, on_arrived, on_changed, on_failed };
  g_autoptr (GError) error = NULL;
  picture->receive = ipd_video_receive_new (picture->worker, picture->sockets[IPD_MEDIA_FD_VIDEO_RTP], picture->params,
                                            picture->codec, picture->sprop, &handlers, picture, &error);
  if (picture->receive != NULL)
    return;
  g_autofree char *why = g_strdup_printf (_ ("The picture cannot be shown: %s is not installed."), error->message);
  picture->handlers.failed (why, picture->data);
}

/* The stream went on as another one. Its key frame may have passed by meanwhile: it is asked for as in the beginning,
 * whatever was asked of the stream before. */
static void
change (gpointer data)
{
  IpdClientPicture *picture = data;
  stop_receiving (picture);
  picture->codec = (IpdVideoCodec) g_atomic_int_get (&picture->changed);
  g_atomic_int_set (&picture->seen, 0);
  start_receiving (picture);
  ask_anew (picture);
}

/* Only looks: the packet stays for the pipeline that it decides on. What is none of the picture goes. */
static gboolean
on_first_packet (GSocket *socket, GIOCondition condition, gpointer data)
{
  IpdClientPicture *picture = data;
  uint8_t head[PEEKED];
  GInputVector vector = { head, sizeof head };
  g_autoptr (GSocketAddress) from = NULL;
  int flags = G_SOCKET_MSG_PEEK;
  gssize len = g_socket_receive_message (socket, &from, &vector, 1, NULL, NULL, &flags, NULL, NULL);
  if (len < 0)
    return G_SOURCE_CONTINUE;
  bool ours = len >= 2 && is_plain_peer (from, picture)
              && ipd_video_codec_of (picture->params, head[1] & 0x7f, &picture->codec);
  if (!ours)
    {
      g_socket_receive (socket, (char *) head, sizeof head, NULL, NULL);
      return G_SOURCE_CONTINUE;
    }
  ipd_worker_clear_source (&picture->peek);
  start_receiving (picture);
  return G_SOURCE_REMOVE;
}

static bool
has_two_codecs (const IpdMediaParams *params)
{
  for (unsigned i = 1; i < params->n_video; i++)
    if (params->video[i].codec != params->video[0].codec)
      return true;
  return false;
}

static void
begin (IpdClientPicture *picture)
{
  GSocket *socket = picture->sockets[IPD_MEDIA_FD_VIDEO_RTP];
  if (picture->gate != NULL && has_two_codecs (picture->params))
    picture->peek = ipd_worker_attach (picture->worker, g_socket_create_source (socket, G_IO_IN, NULL),
                                       G_SOURCE_FUNC (on_first_packet), picture);
  else
    start_receiving (picture);
}

static void
start_reporting (IpdClientPicture *picture)
{
  const IpdMediaParams *params = picture->params;
  const IpdRtcpLinkHandlers handlers = { on_heard, params->encrypted ? on_rtcp_key : NULL, is_plain_peer, on_heard };
  picture->rtp_peer = g_inet_socket_address_new_from_string (params->video_host, params->video_port);
  guint rtcp_port = params->video_rtcp_port != 0 ? params->video_rtcp_port : params->video_port + 1u;
  picture->rtcp_peer = g_inet_socket_address_new_from_string (params->video_host, rtcp_port);
  picture->tx = params->video_rtcp_tx;
  if (!params->encrypted)
    picture->tx.ssrc = g_random_int ();
  picture->rtcp = ipd_rtcp_link_new (picture->worker, &picture->tx, &handlers, picture, NULL);
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
  picture->codec = params->video[0].codec;
  picture->sprop = g_strdup (params->sprop);
  picture->gate = params->encrypted ? NULL : ipd_plain_gate_new (params->video_host, 0);
  picture->broken_signal = ipd_worker_signal_new (worker, ask_again, picture);
  picture->missing_signal = ipd_worker_signal_new (worker, ask_missing, picture);
  picture->arrived_signal = ipd_worker_signal_new (worker, ask_anew, picture);
  picture->changed_signal = ipd_worker_signal_new (worker, change, picture);
  begin (picture);
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
  ipd_worker_clear_source (&picture->missing_timer);
  ipd_worker_clear_source (&picture->peek);
  g_clear_pointer (&picture->receive, ipd_video_receive_free);
  ipd_worker_clear_source (&picture->broken_signal);
  ipd_worker_clear_source (&picture->missing_signal);
  ipd_worker_clear_source (&picture->arrived_signal);
  ipd_worker_clear_source (&picture->changed_signal);
  g_clear_pointer (&picture->rtcp, ipd_rtcp_link_free);
  g_clear_pointer (&picture->gate, ipd_plain_gate_free);
  g_clear_object (&picture->rtp_peer);
  g_clear_object (&picture->rtcp_peer);
  explicit_bzero (&picture->tx, sizeof picture->tx);
  g_free (picture->sprop);
  g_free (picture);
}
