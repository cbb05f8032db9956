// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/params.h"
#include "media/plain-gate.h"

#include <gst/gst.h>

/**
 * IpdVideoGate: decides which plain packets are of the picture: of the signalled host, of a payload type that was
 * agreed on, of one stream at a time, with a payload that adds up. Thread: one at a time.
 */
typedef struct _IpdVideoGate IpdVideoGate;

/**
 * IpdVideoVerdict:
 * @IPD_VIDEO_DROP: nothing of ours
 * @IPD_VIDEO_PASS: a packet of the stream
 * @IPD_VIDEO_OTHER_CODEC: a payload type of the other codec, before any of this one or after it fell silent
 * @IPD_VIDEO_OTHER_STREAM: another SSRC goes on where the one before fell silent
 */
typedef enum {
  IPD_VIDEO_DROP,
  IPD_VIDEO_PASS,
  IPD_VIDEO_OTHER_CODEC,
  IPD_VIDEO_OTHER_STREAM,
} IpdVideoVerdict;

/** ipd_video_gate_new: @params: its @video_host and @video list are copied. */
IpdVideoGate *ipd_video_gate_new (const IpdMediaParams *params, IpdVideoCodec codec);
void ipd_video_gate_free (IpdVideoGate *gate);

/** ipd_video_gate_judge: @packet: as it comes out of udpsrc. @ret_header: filled unless it is dropped. @now_us:
 * monotonic. */
IpdVideoVerdict ipd_video_gate_judge (IpdVideoGate *gate, GstBuffer *packet, gint64 now_us, IpdRtpHeader *ret_header);

/** ipd_video_codec_of: which codec @payload is in the list of @params; false if it is none of it. */
bool ipd_video_codec_of (const IpdMediaParams *params, uint8_t payload, IpdVideoCodec *ret_codec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdVideoGate, ipd_video_gate_free)
