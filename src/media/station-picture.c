// SPDX-License-Identifier: Apache-2.0
/* Viewers of a visit. Lives in the station's worker. An address is learnt only from a packet whose tag verified under
 * the key of the leg that it names (docs/protocol.md §9). */
#include "media/station-picture.h"

#include "media/rtcp-link.h"
#include "media/video-send.h"
#include "wire/media-keys.h"

#include <string.h>

/* docs/protocol.md §1: legs of a visit. */
#define MAX_LEGS 64

typedef struct {
  bool used;
  bool seen;
  uint16_t tag;
  uint8_t key[IPD_MEDIA_KEY_LEN];
  GSocketAddress *rtp;
  GSocketAddress *rtcp;
} Leg;

struct _IpdStationPicture {
  IpdWorker *worker;
  GSocket *const *sockets;
  IpdCamera *camera;
  IpdStationPictureHandlers handlers;
  gpointer data;
  IpdVideoSend *send;
  IpdRtcpLink *rtcp;
  GSource *report_timer;
  guint n_viewers; /* atomic */
  Leg legs[MAX_LEGS];
};

static Leg *
find_leg (IpdStationPicture *picture, uint32_t ssrc)
{
  for (int i = 0; i < MAX_LEGS; i++)
    if (picture->legs[i].used && picture->legs[i].tag == ssrc >> 16)
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
      ipd_video_send_remove (picture->send, *known);
      if (!ipd_video_send_add (picture->send, from))
        ipd_camera_ask_key_frame (picture->camera);
    }
  g_set_object (known, from);
}

static void
on_heard (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data)
{
  IpdStationPicture *picture = data;
  Leg *leg = find_leg (picture, meaning->sender);
  if (leg == NULL)
    return;
  learn (picture, leg, from, socket);
  if (meaning->wants_key_frame)
    ipd_camera_ask_key_frame (picture->camera);
  if (!leg->seen)
    picture->handlers.seen ((guint) (leg - picture->legs), picture->data);
  leg->seen = true;
}

static void
report_to (IpdStationPicture *picture, const IpdRtcpSending *sending, GSocketAddress *address)
{
  IpdRtcpReport report = { .sending = sending };
  ipd_rtcp_link_send (picture->rtcp, &report, picture->sockets[IPD_MEDIA_FD_VIDEO_RTCP], address);
}

static gboolean
on_report_timeout (gpointer data)
{
  IpdStationPicture *picture = data;
  IpdRtcpSending sending;
  if (!ipd_video_send_get_sending (picture->send, &sending))
    return G_SOURCE_CONTINUE;
  for (int i = 0; i < MAX_LEGS; i++)
    if (picture->legs[i].used)
      report_to (picture, &sending, picture->legs[i].rtcp);
  return G_SOURCE_CONTINUE;
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
  const IpdRtcpLinkHandlers rtcp = { on_heard, on_rtcp_key };
  picture->send = ipd_video_send_new (worker, sockets[IPD_MEDIA_FD_VIDEO_RTP], key, error);
  picture->rtcp = picture->send ? ipd_rtcp_link_new (worker, key, &rtcp, picture, error) : NULL;
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
  explicit_bzero (leg, sizeof *leg);
}

void
ipd_station_picture_free (IpdStationPicture *picture)
{
  if (picture == NULL)
    return;
  ipd_worker_clear_source (&picture->report_timer);
  ipd_rtcp_link_free (picture->rtcp);
  ipd_video_send_free (picture->send);
  for (int i = 0; i < MAX_LEGS; i++)
    leg_clear (&picture->legs[i]);
  g_free (picture);
}

void
ipd_station_picture_unit (IpdStationPicture *picture, GstBuffer *unit)
{
  /* Also while nobody watches: the first viewer comes within ms and finds the first key frame kept. */
  ipd_video_send_unit (picture->send, unit);
}

void
ipd_station_picture_add (IpdStationPicture *picture, guint number, const IpdMediaViewer *viewer)
{
  g_return_if_fail (number < MAX_LEGS);
  ipd_station_picture_remove (picture, number);
  Leg *leg = &picture->legs[number];
  leg->rtp = g_inet_socket_address_new_from_string (viewer->host, viewer->rtp_port);
  leg->rtcp = g_inet_socket_address_new_from_string (viewer->host, viewer->rtcp_port);
  if (leg->rtp == NULL || leg->rtcp == NULL)
    {
      leg_clear (leg);
      return;
    }
  leg->used = true;
  leg->tag = viewer->tag;
  memcpy (leg->key, viewer->rtcp_rx_key, sizeof leg->key);
  g_atomic_int_inc (&picture->n_viewers);
  if (!ipd_video_send_add (picture->send, leg->rtp))
    ipd_camera_ask_key_frame (picture->camera);
}

void
ipd_station_picture_remove (IpdStationPicture *picture, guint number)
{
  if (number >= MAX_LEGS || !picture->legs[number].used)
    return;
  ipd_video_send_remove (picture->send, picture->legs[number].rtp);
  leg_clear (&picture->legs[number]);
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
