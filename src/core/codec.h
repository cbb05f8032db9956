// SPDX-License-Identifier: Apache-2.0
/*
 * Codecs by name, as SDP, the contract and drivers of third-party stations say them. Sources: RFC 3551 (G.711, G.722),
 * RFC 7587 (Opus), RFC 6184 (H.264), RFC 7741 (VP8). Thread: any.
 */
#pragma once

#include <stdbool.h>

/* In the order in which we prefer them. */
typedef enum {
  IPD_AUDIO_OPUS,
  IPD_AUDIO_G722,
  IPD_AUDIO_PCMA,
  IPD_AUDIO_PCMU,
} IpdAudioCodec;
#define IPD_AUDIO_N_CODECS 4

typedef enum {
  IPD_VIDEO_H264,
  IPD_VIDEO_VP8,
} IpdVideoCodec;
#define IPD_VIDEO_N_CODECS 2

/* Sets of them: 1 << codec. */
typedef unsigned IpdAudioCodecs;
typedef unsigned IpdVideoCodecs;

/* What a machine can play and send; what `ipdoor-media --caps` found, or a program's own knowledge. */
typedef struct {
  IpdAudioCodecs audio;
  IpdVideoCodecs video;
} IpdCodecs;

/* G.711 and H.264: what every machine that runs us can do, for as long as nothing better is known of it. */
#define IPD_CODECS_BASIC                                                                                               \
  ((IpdCodecs){ .audio = 1u << IPD_AUDIO_PCMA | 1u << IPD_AUDIO_PCMU, .video = 1u << IPD_VIDEO_H264 })

/* Encoding names of SDP: "opus" "G722" "PCMA" "PCMU", "H264" "VP8". Static strings. */
const char *ipd_audio_codec_to_string (IpdAudioCodec codec);
const char *ipd_video_codec_to_string (IpdVideoCodec codec);
/* Upper and lower case are alike, as in SDP. */
bool ipd_audio_codec_from_string (const char *text, IpdAudioCodec *ret_codec);
bool ipd_video_codec_from_string (const char *text, IpdVideoCodec *ret_codec);

/*
 * The clock that SDP and RTP timestamps use, Hz. G.722 says 8,000 although it samples at 16,000 (RFC 3551 §4.5.2);
 * Opus always says 48,000.
 */
unsigned ipd_audio_codec_clock (IpdAudioCodec codec);
/* Static payload type of RFC 3551, or -1: Opus has none. */
int ipd_audio_codec_static_payload (IpdAudioCodec codec);
