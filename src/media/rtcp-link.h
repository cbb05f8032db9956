// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/rtcp.h"
#include "media/srtp.h"
#include "media/worker.h"

#include <gio/gio.h>

/**
 * IpdRtcpLink: RTCP of one session on sockets that were handed over: SRTCP, and plain RTCP with peers that are known by
 * their address only. Thread: the worker's.
 */
typedef struct _IpdRtcpLink IpdRtcpLink;

/**
 * @heard: a packet that verified. @from: its source. @socket: which of ours it came in on
 * @rx_key: see #IpdSrtcpKeyFunc; %NULL: there is no SRTCP in this session, everything is plain
 * @is_plain_peer: (nullable): whether plain packets from there count; %NULL: none do
 * @heard_plain: (nullable): a packet that did not verify, of a plain peer: its address teaches nothing new
 */
typedef struct {
  void (*heard) (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data);
  IpdSrtcpKeyFunc rx_key;
  bool (*is_plain_peer) (GSocketAddress *from, gpointer data);
  void (*heard_plain) (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data);
} IpdRtcpLinkHandlers;

/**
 * ipd_rtcp_link_new:
 * @tx: what we send under; its SSRC is who we are in reports. Its key is not looked at where there is no SRTCP
 *
 * Errors: %IPD_MEDIA_ERROR_CODEC.
 */
IpdRtcpLink *ipd_rtcp_link_new (IpdWorker *worker, const IpdMediaKey *tx, const IpdRtcpLinkHandlers *handlers,
                                gpointer data, GError **error);
void ipd_rtcp_link_free (IpdRtcpLink *link);

/** ipd_rtcp_link_listen: reads @socket from now on; at most two sockets. */
void ipd_rtcp_link_listen (IpdRtcpLink *link, GSocket *socket);

/** ipd_rtcp_link_send: @report's ssrc is filled in. Every packet is protected anew, so several addresses mean several
 * calls. Plain where there is no SRTCP. */
void ipd_rtcp_link_send (IpdRtcpLink *link, IpdRtcpReport *report, GSocket *socket, GSocketAddress *to);

/** ipd_rtcp_link_send_plain: the same without SRTCP, to a plain peer. */
void ipd_rtcp_link_send_plain (IpdRtcpLink *link, IpdRtcpReport *report, GSocket *socket, GSocketAddress *to);

/** ipd_rtcp_link_get_bad: datagrams that neither verified nor came from a plain peer. Thread: any. */
guint ipd_rtcp_link_get_bad (IpdRtcpLink *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdRtcpLink, ipd_rtcp_link_free)
