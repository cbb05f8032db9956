// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/rtp-header.h"

#include <gio/gio.h>
#include <gst/gst.h>
#include <stdbool.h>

/**
 * IpdPlainGate: who may come in without SRTP: one host, and of it only well-formed packets of a sensible size. Ports
 * are not looked at: devices send from others than they receive on. Nothing is ever learnt from a packet. Source: docs/
 * protocol.md §14, §15.
 */
typedef struct _IpdPlainGate IpdPlainGate;

/** ipd_plain_gate_new: @host: numeric address. @max_payload: octets of one RTP payload; longer ones are dropped. */
IpdPlainGate *ipd_plain_gate_new (const char *host, size_t max_payload);
void ipd_plain_gate_free (IpdPlainGate *gate);

/** ipd_plain_gate_is_peer: whether @from (nullable) is that host, an IPv4 one also inside IPv6. Thread: any. */
bool ipd_plain_gate_is_peer (const IpdPlainGate *gate, GSocketAddress *from);

/**
 * ipd_plain_gate_passes: for a buffer as it comes out of udpsrc (its source address as GstNetAddressMeta): fills
 * @ret_header and returns true, or counts it and returns false. Thread: one at a time.
 */
bool ipd_plain_gate_passes (IpdPlainGate *gate, GstBuffer *packet, IpdRtpHeader *ret_header);

/** ipd_plain_gate_get_bad: how many did not pass. Thread: any. */
guint ipd_plain_gate_get_bad (IpdPlainGate *gate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdPlainGate, ipd_plain_gate_free)
