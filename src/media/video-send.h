// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/codec.h"
#include "media/key.h"
#include "media/rtcp.h"
#include "media/worker.h"

#include <gio/gio.h>
#include <gst/gst.h>
#include <stdbool.h>

/**
 * IpdVideoSend: access units in, the same packets to every viewer out. Encrypted once for all that have keys, so a
 * viewer more costs a send; phones get the packets before encryption. Thread: the worker's, ipd_video_send_unit()
 * excepted.
 */
typedef struct _IpdVideoSend IpdVideoSend;

/**
 * IpdVideoSendShape: how units become packets.
 * @IPD_VIDEO_SEND_H264: RFC 6184 packetization mode 1
 * @IPD_VIDEO_SEND_H264_WHOLE: mode 0: a NAL unit is a packet, however long the encoder made it (IP cuts what a link
 *   does not take)
 * @IPD_VIDEO_SEND_VP8: RFC 7741
 */
typedef enum {
  IPD_VIDEO_SEND_H264,
  IPD_VIDEO_SEND_H264_WHOLE,
  IPD_VIDEO_SEND_VP8,
} IpdVideoSendShape;
#define IPD_VIDEO_SEND_N_SHAPES 3

IpdVideoCodec ipd_video_send_shape_codec (IpdVideoSendShape shape);

/**
 * ipd_video_send_new:
 * @key: with its key (@IPD_VIDEO_SEND_H264): good for one such object: a second one would repeat the key stream. The
 *   other shapes have plain viewers only: its SSRC alone is used
 *
 * Errors: %IPD_MEDIA_ERROR_CODEC.
 */
IpdVideoSend *ipd_video_send_new (IpdWorker *worker, GSocket *socket, IpdVideoSendShape shape, const IpdMediaKey *key,
                                  GError **error);
void ipd_video_send_free (IpdVideoSend *send);

/** ipd_video_send_unit: @unit is borrowed. Thread: one at a time. */
void ipd_video_send_unit (IpdVideoSend *send, GstBuffer *unit);

/**
 * ipd_video_send_add: @address gets the encrypted stream from now on. If the last key frame is fresh, it gets the
 * packets since then at once: the very same encrypted ones, so it needs no key frame of its own.
 *
 * Returns: false if the viewer needs a key frame
 */
bool ipd_video_send_add (IpdVideoSend *send, GSocketAddress *address);
void ipd_video_send_remove (IpdVideoSend *send, GSocketAddress *address);

/** ipd_video_send_again: the encrypted packet @seq to @address once more, if it is still kept. */
void ipd_video_send_again (IpdVideoSend *send, GSocketAddress *address, uint16_t seq);

/** ipd_video_send_add_plain: like ipd_video_send_add() for a phone. @address: the same object is given to remove. */
bool ipd_video_send_add_plain (IpdVideoSend *send, GSocketAddress *address, uint8_t payload);
void ipd_video_send_remove_plain (IpdVideoSend *send, GSocketAddress *address);

/** ipd_video_send_get_sending: for a sender report; false if nothing was sent yet. */
bool ipd_video_send_get_sending (IpdVideoSend *send, IpdRtcpSending *ret_sending);
