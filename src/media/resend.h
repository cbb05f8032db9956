// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gst/gst.h>
#include <stdbool.h>
#include <stdint.h>

/** Packets that are kept: some seconds of a station's picture. A power of two, so that numbers turn over with it. */
#define IPD_RESEND_KEPT 512

/**
 * IpdSentPackets: the newest encrypted packets of a stream by their RTP number, to send the very same ones again: a
 * second encryption would need a second index. Zero it; ipd_sent_packets_clear(). Thread: one at a time.
 */
typedef struct {
  GstBuffer *packets[IPD_RESEND_KEPT];
  uint16_t seqs[IPD_RESEND_KEPT];
} IpdSentPackets;

/** ipd_sent_packets_keep: @packet, an RTP or SRTP packet, is referenced; the oldest goes. */
void ipd_sent_packets_keep (IpdSentPackets *sent, GstBuffer *packet);
/** ipd_sent_packets_find: (transfer none) (nullable): the packet, if it is still kept. */
GstBuffer *ipd_sent_packets_find (const IpdSentPackets *sent, uint16_t seq);
void ipd_sent_packets_clear (IpdSentPackets *sent);

/** What a viewer may have again: as much as the stream itself, some at once. A viewer who asks for all of it all the
 * time doubles its own stream and nobody else's. */
#define IPD_RESEND_BURST      128
#define IPD_RESEND_PER_SECOND 250

/** IpdResendBudget: zeroed is full. */
typedef struct {
  int64_t used_us; /* what was taken is paid back by then */
} IpdResendBudget;

/** ipd_resend_budget_take: one packet more at @now_us (g_get_monotonic_time())? */
bool ipd_resend_budget_take (IpdResendBudget *budget, int64_t now_us);
