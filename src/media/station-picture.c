// SPDX-License-Identifier: Apache-2.0
/* Viewers of a visit. Lives in the station's worker. An address is learnt only from a packet whose tag verified under
 * the key of the leg that it names (docs/protocol.md §9); a phone's is the one that was signalled and stays so (§15).
 */
#include "media/station-picture.h"

#include "media/plain-gate.h"
#include "media/resend.h"
#include "media/rtcp-link.h"
#include "media/video-send.h"
#include "wire/media-keys.h"

#include <string.h>

/* docs/protocol.md §1: legs of a visit. */
#define MAX_LEGS 64

typedef struct {
  bool used;
  bool seen;
  IpdPlainGate *plain; /* NULL: it has keys */
  IpdVideoSendShape shape;
  uint8_t payload;
  uint16_t tag;
  uint8_t key[IPD_MEDIA_KEY_LEN];
  GSocketAddress *rtp;
  GSocketAddress *rtcp;
  IpdResendBudget budget;
} Leg;

struct _IpdStationPicture {
  IpdWorker *worker;
  GSocket *const *sockets;
  IpdCamera *camera;
  IpdStationPictureHandlers handlers;
  gpointer data;
  IpdMediaKey key;
  GMutex mutex;                                 /* guards the list of sends against the streaming threads */
  IpdVideoSend *sends[IPD_VIDEO_SEND_N_SHAPES]; /* the first one always, the others while they have a viewer */
  IpdRtcpLink *rtcp;
  GSource *report_timer;
  guint n_viewers; /* atomic */
  Leg legs[MAX_LEGS];
};

static Leg *
find_leg (IpdStationPicture *picture, uint32_t ssrc)
{
  for (int i = 0; i < MAX_LEGS; i++)
    if (picture->legs[i].used && picture->legs[i].plain == NULL && picture->legs[i].tag == ssrc >> 16)
      return &picture->legs[i];
  return NULL;
}

static const uint8_t *
on_rtcp_key (uint32_t ssrc, gpointer data)
{
  Leg *leg = (ssrc & 0xffff) < IPD_GENERATIONS_MAX ? find_leg (data, ssrc) : NULL;
  return leg ? leg->key : NULL;
}

static bool
same_address (GSocketAddress *a, GSocketAddress *b)
{
  GInetSocketAddress *x = G_INET_SOCKET_ADDRESS (a);
  GInetSocketAddress *y = G_INET_SOCKET_ADDRESS (b);
  return g_inet_socket_address_get_port (x) == g_inet_socket_address_get_port (y)
         && g_inet_address_equal (g_inet_socket_address_get_address (x), g_inet_socket_address_get_address (y));
}

static void
learn (IpdStationPicture *picture, Leg *leg, GSocketAddress *from, GSocket *socket)
{
  bool rtp = socket == picture->sockets[IPD_MEDIA_FD_VIDEO_RTP];
  GSocketAddress **known = rtp ? &leg->rtp : &leg->rtcp;
  if (same_address (*known, from))
    return;
  if (rtp)
    {
      ipd_video_send_remove (picture->sends[leg->shape], *known);
      if (!ipd_video_send_add (picture->sends[leg->shape], from))
        ipd_camera_ask_key_frame (picture->camera, IPD_VIDEO_H264);
    }
  g_set_object (known, from);
}

static void
take_wish (IpdStationPicture *picture, Leg *leg, const IpdRtcpMeaning *meaning)
{
  if (meaning->wants_key_frame)
    ipd_camera_ask_key_frame (picture->camera, ipd_video_send_shape_codec (leg->shape));
  if (!leg->seen)
    picture->handlers.seen ((guint) (leg - picture->legs), picture->data);
  leg->seen = true;
}

/* Only to who proved that it is the leg, at the address that it proved it from. */
static void
send_again (IpdStationPicture *picture, Leg *leg, const IpdRtcpMeaning *meaning)
{
  gint64 now_us = g_get_monotonic_time ();
  for (unsigned i = 0; i < meaning->n_missing && ipd_resend_budget_take (&leg->budget, now_us); i++)
    ipd_video_send_again (picture->sends[leg->shape], leg->rtp, meaning->missing[i]);
}

static void
on_heard (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data)
{
  IpdStationPicture *picture = data;
  Leg *leg = find_leg (picture, meaning->sender);
  if (leg == NULL)
    return;
  learn (picture, leg, from, socket);
  take_wish (picture, leg, meaning);
  send_again (picture, leg, meaning);
}

/* Several phones may share a host: then the port decides, as far as it is one that was signalled. */
static Leg *
find_plain_leg (IpdStationPicture *picture, GSocketAddress *from)
{
  Leg *found = NULL;
  for (int i = 0; i < MAX_LEGS; i++)
    {
      Leg *leg = &picture->legs[i];
      if (!leg->used || leg->plain == NULL || !ipd_plain_gate_is_peer (leg->plain, from))
        continue;
      if (same_address (leg->rtcp, from) || same_address (leg->rtp, from))
        return leg;
      found = found ? found : leg;
    }
  return found;
}

static bool
is_plain_peer (GSocketAddress *from, gpointer data)
{
  return find_plain_leg (data, from) != NULL;
}

static void
on_heard_plain (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data)
{
  IpdStationPicture *picture = data;
  Leg *leg = find_plain_leg (picture, from);
  if (leg != NULL)
    take_wish (picture, leg, meaning);
}

static void
report_to (IpdStationPicture *picture, const Leg *leg)
{
  GSocket *socket = picture->sockets[IPD_MEDIA_FD_VIDEO_RTCP];
  IpdRtcpSending sending;
  if (!leg->used || !ipd_video_send_get_sending (picture->sends[leg->shape], &sending))
    return;
  IpdRtcpReport report = { .sending = &sending };
  if (leg->plain != NULL)
    ipd_rtcp_link_send_plain (picture->rtcp, &report, socket, leg->rtcp);
  else
    ipd_rtcp_link_send (picture->rtcp, &report, socket, leg->rtcp);
}

static gboolean
on_report_timeout (gpointer data)
{
  IpdStationPicture *picture = data;
  for (int i = 0; i < MAX_LEGS; i++)
    report_to (picture, &picture->legs[i]);
  return G_SOURCE_CONTINUE;
}

static bool
open_send (IpdStationPicture *picture, IpdVideoSendShape shape, GError **error)
{
  if (picture->sends[shape] != NULL)
    return true;
  IpdVideoSend *send
      = ipd_video_send_new (picture->worker, picture->sockets[IPD_MEDIA_FD_VIDEO_RTP], shape, &picture->key, error);
  g_mutex_lock (&picture->mutex);
  picture->sends[shape] = send;
  g_mutex_unlock (&picture->mutex);
  if (send != NULL && shape == IPD_VIDEO_SEND_VP8)
    ipd_camera_set_vp8 (picture->camera, true);
  return send != NULL;
}

static void
close_send (IpdStationPicture *picture, IpdVideoSendShape shape)
{
  if (shape == IPD_VIDEO_SEND_VP8)
    ipd_camera_set_vp8 (picture->camera, false);
  g_mutex_lock (&picture->mutex);
  IpdVideoSend *send = g_steal_pointer (&picture->sends[shape]);
  g_mutex_unlock (&picture->mutex);
  ipd_video_send_free (send);
}

IpdStationPicture *
ipd_station_picture_new (IpdWorker *worker, GSocket *const *sockets, const IpdMediaKey *key, IpdCamera *camera,
                         const IpdStationPictureHandlers *handlers, gpointer data, GError **error)
{
  IpdStationPicture *picture = g_new0 (IpdStationPicture, 1);
  picture->worker = worker;
  picture->sockets = sockets;
  picture->camera = camera;
  picture->handlers = *handlers;
  picture->data = data;
  picture->key = *key;
  g_mutex_init (&picture->mutex);
  const IpdRtcpLinkHandlers rtcp = { on_heard, on_rtcp_key, is_plain_peer, on_heard_plain };
  if (open_send (picture, IPD_VIDEO_SEND_H264, error))
    picture->rtcp = ipd_rtcp_link_new (worker, key, &rtcp, picture, error);
  if (picture->rtcp == NULL)
    {
      ipd_station_picture_free (picture);
      return NULL;
    }
  ipd_rtcp_link_listen (picture->rtcp, sockets[IPD_MEDIA_FD_VIDEO_RTCP]);
  ipd_rtcp_link_listen (picture->rtcp, sockets[IPD_MEDIA_FD_VIDEO_RTP]);
  picture->report_timer
      = ipd_worker_attach (worker, g_timeout_source_new (IPD_RTCP_INTERVAL_MS), on_report_timeout, picture);
  return picture;
}

static void
leg_clear (Leg *leg)
{
  g_clear_object (&leg->rtp);
  g_clear_object (&leg->rtcp);
  g_clear_pointer (&leg->plain, ipd_plain_gate_free);
  explicit_bzero (leg, sizeof *leg);
}

void
ipd_station_picture_free (IpdStationPicture *picture)
{
  if (picture == NULL)
    return;
  ipd_worker_clear_source (&picture->report_timer);
  ipd_rtcp_link_free (picture->rtcp);
  for (IpdVideoSendShape shape = 0; shape < IPD_VIDEO_SEND_N_SHAPES; shape++)
    close_send (picture, shape);
  for (int i = 0; i < MAX_LEGS; i++)
    leg_clear (&picture->legs[i]);
  explicit_bzero (&picture->key, sizeof picture->key);
  g_mutex_clear (&picture->mutex);
  g_free (picture);
}

void
ipd_station_picture_unit (IpdStationPicture *picture, IpdVideoCodec codec, GstBuffer *unit)
{
  g_mutex_lock (&picture->mutex);
  /* Also while nobody watches: the first viewer comes within ms and finds the first key frame kept. */
  for (IpdVideoSendShape shape = 0; shape < IPD_VIDEO_SEND_N_SHAPES; shape++)
    if (picture->sends[shape] != NULL && ipd_video_send_shape_codec (shape) == codec)
      ipd_video_send_unit (picture->sends[shape], unit);
  g_mutex_unlock (&picture->mutex);
}

/* Keys go with the one form that docs/protocol.md §9 knows. */
static IpdVideoSendShape
shape_for (const IpdMediaViewer *viewer)
{
  if (!viewer->plain)
    return IPD_VIDEO_SEND_H264;
  if (viewer->codec == IPD_VIDEO_VP8)
    return IPD_VIDEO_SEND_VP8;
  return viewer->single_nal ? IPD_VIDEO_SEND_H264_WHOLE : IPD_VIDEO_SEND_H264;
}

static bool
leg_init (Leg *leg, const IpdMediaViewer *viewer)
{
  leg->rtp = g_inet_socket_address_new_from_string (viewer->host, viewer->rtp_port);
  leg->rtcp = g_inet_socket_address_new_from_string (viewer->host, viewer->rtcp_port);
  if (leg->rtp == NULL || leg->rtcp == NULL)
    return false;
  leg->used = true;
  leg->shape = shape_for (viewer);
  leg->payload = viewer->payload;
  leg->plain = viewer->plain ? ipd_plain_gate_new (viewer->host, 0) : NULL;
  leg->tag = viewer->tag;
  memcpy (leg->key, viewer->rtcp_rx_key, sizeof leg->key);
  return true;
}

void
ipd_station_picture_add (IpdStationPicture *picture, guint number, const IpdMediaViewer *viewer)
{
  g_return_if_fail (number < MAX_LEGS);
  ipd_station_picture_remove (picture, number);
  Leg *leg = &picture->legs[number];
  g_autoptr (GError) error = NULL;
  if (!leg_init (leg, viewer) || !open_send (picture, leg->shape, &error))
    {
      g_debug ("leg %u sees nothing: %s", number, error ? error->message : "its address cannot be read");
      leg_clear (leg);
      return;
    }
  g_atomic_int_inc (&picture->n_viewers);
  IpdVideoSend *send = picture->sends[leg->shape];
  bool fresh
      = leg->plain ? ipd_video_send_add_plain (send, leg->rtp, leg->payload) : ipd_video_send_add (send, leg->rtp);
  if (!fresh)
    ipd_camera_ask_key_frame (picture->camera, ipd_video_send_shape_codec (leg->shape));
}

static bool
is_watched (IpdStationPicture *picture, IpdVideoSendShape shape)
{
  for (int i = 0; i < MAX_LEGS; i++)
    if (picture->legs[i].used && picture->legs[i].shape == shape)
      return true;
  return false;
}

void
ipd_station_picture_remove (IpdStationPicture *picture, guint number)
{
  if (number >= MAX_LEGS || !picture->legs[number].used)
    return;
  Leg *leg = &picture->legs[number];
  IpdVideoSendShape shape = leg->shape;
  if (leg->plain != NULL)
    ipd_video_send_remove_plain (picture->sends[shape], leg->rtp);
  else
    ipd_video_send_remove (picture->sends[shape], leg->rtp);
  leg_clear (leg);
  if (shape != IPD_VIDEO_SEND_H264 && !is_watched (picture, shape))
    close_send (picture, shape);
  g_atomic_int_add (&picture->n_viewers, -1);
}

guint
ipd_station_picture_count_viewers (IpdStationPicture *picture)
{
  return (guint) g_atomic_int_get (&picture->n_viewers);
}

guint
ipd_station_picture_get_bad (IpdStationPicture *picture)
{
  return ipd_rtcp_link_get_bad (picture->rtcp);
}
