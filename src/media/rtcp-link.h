// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/rtcp.h"
#include "media/srtp.h"
#include "media/worker.h"

#include <gio/gio.h>

/**
 * IpdRtcpLink: SRTCP of one session on sockets that were handed over. Thread: the worker's.
 */
typedef struct _IpdRtcpLink IpdRtcpLink;

/**
 * @heard: a packet that verified. @from: its source. @socket: which of ours it came in on
 * @rx_key: see #IpdSrtcpKeyFunc
 */
typedef struct {
  void (*heard) (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data);
  IpdSrtcpKeyFunc rx_key;
} IpdRtcpLinkHandlers;

/**
 * ipd_rtcp_link_new:
 * @tx: what we send under; its SSRC is who we are in reports
 *
 * Errors: %IPD_MEDIA_ERROR_CODEC.
 */
IpdRtcpLink *ipd_rtcp_link_new (IpdWorker *worker, const IpdMediaKey *tx, const IpdRtcpLinkHandlers *handlers,
                                gpointer data, GError **error);
void ipd_rtcp_link_free (IpdRtcpLink *link);

/** ipd_rtcp_link_listen: reads @socket from now on; at most two sockets. */
void ipd_rtcp_link_listen (IpdRtcpLink *link, GSocket *socket);

/** ipd_rtcp_link_send: @report's ssrc is filled in. Every packet is protected anew, so several addresses mean several
 * calls. */
void ipd_rtcp_link_send (IpdRtcpLink *link, IpdRtcpReport *report, GSocket *socket, GSocketAddress *to);

/** ipd_rtcp_link_get_bad: datagrams that did not verify. Thread: any. */
guint ipd_rtcp_link_get_bad (IpdRtcpLink *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdRtcpLink, ipd_rtcp_link_free)
