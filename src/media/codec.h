// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/**
 * ipd_codec_decoder: description of the best H.264 decoder installed, named "decoder", for a pipeline; %NULL if there
 * is none. By capability: VA-API, V4L2, FFmpeg, OpenH264. Hardware ones are registered only where the hardware is.
 * Thread: any.
 */
const char *ipd_codec_decoder (void);

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
 * (transfer full) (nullable): description of the best H.264 encoder, named "encoder", up to byte-stream access units of
 * constrained baseline. Order: VA-API, V4L2, OpenH264, x264 (GPL, so last).
 */
char *ipd_codec_encoder (int bitrate_kbps, int key_frame_every);

/** ipd_codec_caps: (transfer full): JSON for `ipdoor-media --caps`: what this machine can do, and with which elements.
 */
char *ipd_codec_caps (void);
