// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/key.h"
#include "media/rtcp.h"
#include "media/worker.h"

#include <gio/gio.h>
#include <gst/gst.h>
#include <stdbool.h>

/**
 * IpdVideoSend: H.264 access units in, the same SRTP packets to every viewer out. Encrypted once, so a viewer more
 * costs a send. Thread: the worker's, ipd_video_send_unit() excepted.
 */
typedef struct _IpdVideoSend IpdVideoSend;

/** ipd_video_send_new: @key: good for one such object: a second one would repeat the key stream. Errors:
 * %IPD_MEDIA_ERROR_CODEC. */
IpdVideoSend *ipd_video_send_new (IpdWorker *worker, GSocket *socket, const IpdMediaKey *key, GError **error);
void ipd_video_send_free (IpdVideoSend *send);

/** ipd_video_send_unit: @unit is borrowed. Thread: one at a time. */
void ipd_video_send_unit (IpdVideoSend *send, GstBuffer *unit);

/**
 * ipd_video_send_add: @address gets the stream from now on. If the last key frame is fresh, it gets the packets since
 * then at once: the very same encrypted ones, so it needs no key frame of its own.
 *
 * Returns: false if the viewer needs a key frame
 */
bool ipd_video_send_add (IpdVideoSend *send, GSocketAddress *address);
void ipd_video_send_remove (IpdVideoSend *send, GSocketAddress *address);

/** ipd_video_send_get_sending: for a sender report; false if nothing was sent yet. */
bool ipd_video_send_get_sending (IpdVideoSend *send, IpdRtcpSending *ret_sending);
