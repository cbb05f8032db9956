// SPDX-License-Identifier: Apache-2.0
/* SRTCP on sockets: reads, verifies, understands, and sends. Used by the client (one peer) and the station (a peer per
 * leg), in their workers. What does not verify is counted and forgotten: it never ends anything and teaches no address.
 */
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
  IpdSrtcp *srtcp = ipd_srtcp_new (tx->key, handlers->rx_key, data);
  if (srtcp == NULL)
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

static void
on_datagram (Listener *listener, const uint8_t *datagram, gsize len, GSocketAddress *from)
{
  IpdRtcpLink *link = listener->link;
  IpdRtcpMeaning meaning;
  g_autoptr (GstBuffer) plain = ipd_srtcp_open (link->srtcp, datagram, len);
  if (plain != NULL && ipd_rtcp_read (plain, link->ssrc, &meaning))
    link->handlers.heard (&meaning, from, listener->socket, link->data);
  else
    g_atomic_int_inc (&link->bad);
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
      on_datagram (listener, datagram, (gsize) len, from);
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

void
ipd_rtcp_link_send (IpdRtcpLink *link, IpdRtcpReport *report, GSocket *socket, GSocketAddress *to)
{
  report->ssrc = link->ssrc;
  g_autoptr (GstBuffer) datagram = ipd_srtcp_close (link->srtcp, ipd_rtcp_build (report));
  GstMapInfo map;
  if (datagram == NULL || !gst_buffer_map (datagram, &map, GST_MAP_READ))
    return;
  /* A report that the network does not take is as good as lost: the next one is due soon. */
  g_socket_send_to (socket, to, (const char *) map.data, map.size, NULL, NULL);
  gst_buffer_unmap (datagram, &map);
}

guint
ipd_rtcp_link_get_bad (IpdRtcpLink *link)
{
  return (guint) g_atomic_int_get (&link->bad);
}
