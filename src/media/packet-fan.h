// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <stdbool.h>

/**
 * IpdPacketFan: the same RTP or SRTP packets to many addresses, a picture at a time. Packets of one length go to the
 * kernel as one datagram that it cuts again (UDP_SEGMENT, Linux 4.18; a route that cannot is sent one by one): what a
 * viewer costs is mostly the way through the kernel, and that is then gone once instead of ten times. Thread: any.
 */
typedef struct _IpdPacketFan IpdPacketFan;

/** ipd_packet_fan_new: @socket: kept. */
IpdPacketFan *ipd_packet_fan_new (GSocket *socket);
void ipd_packet_fan_free (IpdPacketFan *fan);

/** ipd_packet_fan_take: one packet. It leaves with the last one of its picture (the one with the marker bit, RFC 3550
 * section 5.1, RFC 6184 section 5.1), which comes without delay. Referenced until then. */
void ipd_packet_fan_take (IpdPacketFan *fan, GstBuffer *packet);

/** ipd_packet_fan_add: counted: an address that was added twice is sent to once and must be removed twice. */
void ipd_packet_fan_add (IpdPacketFan *fan, GSocketAddress *address);
void ipd_packet_fan_remove (IpdPacketFan *fan, GSocketAddress *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdPacketFan, ipd_packet_fan_free)
