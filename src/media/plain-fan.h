// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * IpdPlainFan: RTP packets out to phones as they are, each with the payload type that its SDP gave the stream. Thread:
 * any.
 */
typedef struct _IpdPlainFan IpdPlainFan;

/** ipd_plain_fan_new: @socket: kept. */
IpdPlainFan *ipd_plain_fan_new (GSocket *socket);
void ipd_plain_fan_free (IpdPlainFan *fan);

/** ipd_plain_fan_begin_key: the packets that follow are of a key frame. */
void ipd_plain_fan_begin_key (IpdPlainFan *fan);

/** ipd_plain_fan_send: one packet to everybody. */
void ipd_plain_fan_send (IpdPlainFan *fan, GstBuffer *packet);

/** ipd_plain_fan_add: @address gets the stream from now on. Returns: false if it needs a key frame. */
bool ipd_plain_fan_add (IpdPlainFan *fan, GSocketAddress *address, uint8_t payload);
void ipd_plain_fan_remove (IpdPlainFan *fan, GSocketAddress *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdPlainFan, ipd_plain_fan_free)
