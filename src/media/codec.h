// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/codec.h"

#include <glib.h>

/**
 * ipd_codec_decoder: description of the best decoder installed, named "decoder", from depayloaded units to raw
 * pictures; %NULL if there is none. H.264 by capability: VA-API, V4L2, FFmpeg, OpenH264; hardware ones are registered
 * only where the hardware is. Thread: any.
 */
const char *ipd_codec_decoder (IpdVideoCodec codec);

/**
 * ipd_codec_preload: loads the plugins of a received picture. Half of a cold start goes into that, most of it into
 * FFmpeg's libraries, and it needs neither sockets nor keys: it can be done while others still talk. Thread: any.
 */
void ipd_codec_preload (void);

/**
 * ipd_codec_encoder:
 * @bitrate_kbps: aimed at
 * @key_frame_every: pictures
 *
 * (transfer full) (nullable): description of the best encoder, named "encoder". H.264: up to byte-stream access units
 * of constrained baseline, parameter sets before every key frame; order: VA-API, V4L2, OpenH264, x264 (GPL, so last).
 */
char *ipd_codec_encoder (IpdVideoCodec codec, int bitrate_kbps, int key_frame_every);

/** ipd_codec_can_decode, ipd_codec_can_encode: after gst_init(). Thread: any. */
IpdVideoCodecs ipd_codec_can_decode (void);
IpdVideoCodecs ipd_codec_can_encode (void);

/**
 * ipd_codec_caps: (transfer full): JSON for `ipdoor-media --caps`: codecs that this machine can play by their names of
 * core/codec.h ("audio", "video"), the H.264 elements it would use ("decoder", "encoder", "" = none), and whether SRTP
 * and echo cancellation are there.
 */
char *ipd_codec_caps (void);
