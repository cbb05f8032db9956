// SPDX-License-Identifier: Apache-2.0
/* RTCP on sockets: reads, verifies, understands, and sends. Used by the client (one peer) and the station (a peer per
 * leg), in their workers. What does not verify is counted and forgotten, unless it is of a plain peer: it never ends
 * anything and teaches no address. */
#include "media/rtcp-link.h"

#include "media/error.h"

#define MAX_LISTENERS 2
/* Datagrams read in one turn, so that a flood cannot keep the worker from its other jobs. */
#define MAX_READS    64
#define MAX_DATAGRAM 1500

typedef struct {
  IpdRtcpLink *link;
  GSocket *socket;
  GSource *source;
} Listener;

struct _IpdRtcpLink {
  IpdWorker *worker;
  IpdSrtcp *srtcp;
  uint32_t ssrc;
  IpdRtcpLinkHandlers handlers;
  gpointer data;
  Listener listeners[MAX_LISTENERS];
  guint bad; /* atomic */
};

IpdRtcpLink *
ipd_rtcp_link_new (IpdWorker *worker, const IpdMediaKey *tx, const IpdRtcpLinkHandlers *handlers, gpointer data,
                   GError **error)
{
  IpdSrtcp *srtcp = handlers->rx_key ? ipd_srtcp_new (tx->key, handlers->rx_key, data) : NULL;
  if (handlers->rx_key != NULL && srtcp == NULL)
    {
      g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_CODEC, "srtpenc, srtpdec");
      return NULL;
    }
  IpdRtcpLink *link = g_new0 (IpdRtcpLink, 1);
  link->worker = worker;
  link->srtcp = srtcp;
  link->ssrc = tx->ssrc;
  link->handlers = *handlers;
  link->data = data;
  return link;
}

void
ipd_rtcp_link_free (IpdRtcpLink *link)
{
  if (link == NULL)
    return;
  for (int i = 0; i < MAX_LISTENERS; i++)
    {
      ipd_worker_clear_source (&link->listeners[i].source);
      g_clear_object (&link->listeners[i].socket);
    }
  ipd_srtcp_free (link->srtcp);
  g_free (link);
}

static bool
take_verified (Listener *listener, const uint8_t *datagram, gsize len, GSocketAddress *from)
{
  IpdRtcpLink *link = listener->link;
  IpdRtcpMeaning meaning;
  GstMapInfo map;
  g_autoptr (GstBuffer) opened = link->srtcp ? ipd_srtcp_open (link->srtcp, datagram, len) : NULL;
  if (opened == NULL || !gst_buffer_map (opened, &map, GST_MAP_READ))
    return false;
  bool understood = ipd_rtcp_read (map.data, map.size, link->ssrc, &meaning);
  gst_buffer_unmap (opened, &map);
  if (understood)
    link->handlers.heard (&meaning, from, listener->socket, link->data);
  return understood;
}

static bool
take_plain (Listener *listener, const uint8_t *datagram, gsize len, GSocketAddress *from)
{
  const IpdRtcpLinkHandlers *handlers = &listener->link->handlers;
  IpdRtcpMeaning meaning;
  bool counts = handlers->is_plain_peer != NULL && handlers->is_plain_peer (from, listener->link->data)
                && ipd_rtcp_read (datagram, len, listener->link->ssrc, &meaning);
  if (counts && handlers->heard_plain != NULL)
    handlers->heard_plain (&meaning, from, listener->socket, listener->link->data);
  return counts;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  Listener *listener = data;
  for (int i = 0; i < MAX_READS; i++)
    {
      uint8_t datagram[MAX_DATAGRAM];
      g_autoptr (GSocketAddress) from = NULL;
      gssize len = g_socket_receive_from (socket, &from, (char *) datagram, sizeof datagram, NULL, NULL);
      if (len < 0)
        break;
      if (!take_verified (listener, datagram, (gsize) len, from) && !take_plain (listener, datagram, (gsize) len, from))
        g_atomic_int_inc (&listener->link->bad);
    }
  return G_SOURCE_CONTINUE;
}

void
ipd_rtcp_link_listen (IpdRtcpLink *link, GSocket *socket)
{
  int i = link->listeners[0].socket == NULL ? 0 : 1;
  g_assert (link->listeners[i].socket == NULL);
  Listener *listener = &link->listeners[i];
  listener->link = link;
  listener->socket = g_object_ref (socket);
  listener->source = ipd_worker_attach (link->worker, g_socket_create_source (socket, G_IO_IN, NULL),
                                        G_SOURCE_FUNC (on_readable), listener);
}

static void
send_datagram (GSocket *socket, GSocketAddress *to, GstBuffer *datagram)
{
  GstMapInfo map;
  if (datagram == NULL || !gst_buffer_map (datagram, &map, GST_MAP_READ))
    return;
  /* A report that the network does not take is as good as lost: the next one is due soon. */
  g_socket_send_to (socket, to, (const char *) map.data, map.size, NULL, NULL);
  gst_buffer_unmap (datagram, &map);
}

void
ipd_rtcp_link_send (IpdRtcpLink *link, IpdRtcpReport *report, GSocket *socket, GSocketAddress *to)
{
  report->ssrc = link->ssrc;
  GstBuffer *plain = ipd_rtcp_build (report);
  g_autoptr (GstBuffer) datagram = link->srtcp ? ipd_srtcp_close (link->srtcp, plain) : plain;
  send_datagram (socket, to, datagram);
}

void
ipd_rtcp_link_send_plain (IpdRtcpLink *link, IpdRtcpReport *report, GSocket *socket, GSocketAddress *to)
{
  report->ssrc = link->ssrc;
  g_autoptr (GstBuffer) datagram = ipd_rtcp_build (report);
  send_datagram (socket, to, datagram);
}

guint
ipd_rtcp_link_get_bad (IpdRtcpLink *link)
{
  return (guint) g_atomic_int_get (&link->bad);
}
