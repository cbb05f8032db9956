// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/codec.h"

#include <gst/gst.h>
#include <stdint.h>

/* Samples per second of what is recorded, sent and written to sound files: wideband. 16 bit, mono. */
#define IPD_LINE_RATE 16000
#define IPD_LINE_CAPS "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" G_STRINGIFY (IPD_LINE_RATE)

/**
 * ipd_audio_codecs_here: what this machine can send and play: G.711 and Opus come with GStreamer's own plugins, G.722
 * with FFmpeg's (avenc_g722, avdec_g722). After gst_init(). Thread: any.
 */
IpdAudioCodecs ipd_audio_codecs_here (void);

/** ipd_audio_codec_sender: from %IPD_LINE_CAPS to RTP, as gst-launch-1.0 reads it; the payloader is named "pay" and
 * makes packets of 20 ms. */
const char *ipd_audio_codec_sender (IpdAudioCodec codec);

/** ipd_audio_codec_receiver: from RTP to raw sound of whatever rate. */
const char *ipd_audio_codec_receiver (IpdAudioCodec codec);

/** ipd_audio_codec_caps: (transfer full): of RTP packets that carry it. @media_type: "application/x-rtp" or -srtp. */
GstCaps *ipd_audio_codec_caps (IpdAudioCodec codec, uint8_t payload, const char *media_type);
