// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/codec.h"
#include "media/key.h"

#include <glib.h>
#include <stdbool.h>

/** Order of the four descriptors of a visit, as OpenMedia returns them. */
typedef enum {
  IPD_MEDIA_FD_AUDIO_RTP,
  IPD_MEDIA_FD_AUDIO_RTCP,
  IPD_MEDIA_FD_VIDEO_RTP,
  IPD_MEDIA_FD_VIDEO_RTCP,
  IPD_MEDIA_N_FDS,
} IpdMediaFd;

/** What sound is sent and received as. The two payload types differ only where the other side's answer says so. */
typedef struct {
  IpdAudioCodec codec;
  uint8_t tx_payload;
  uint8_t rx_payload;
  uint8_t dtmf_payload; /* RFC 4733 telephone-event; 0: none was negotiated */
  uint32_t dtmf_clock;  /* Hz, in which its durations are counted; 0: as the sound's timestamps */
} IpdMediaAudio;

/** One payload type that the picture may come as. */
typedef struct {
  IpdVideoCodec codec;
  uint8_t payload;
} IpdMediaVideo;
#define IPD_MEDIA_VIDEO_MAX 4

/**
 * IpdMediaPreview: where the picture comes from. Every other one than RTP is of a third-party station whose SIP shows
 * nothing before the answer, and is fetched by the media process itself.
 * @IPD_MEDIA_PREVIEW_RTP: the video sockets
 * @IPD_MEDIA_PREVIEW_RTSP: rtsp://
 * @IPD_MEDIA_PREVIEW_MJPEG: http://, multipart/x-mixed-replace of JPEG
 * @IPD_MEDIA_PREVIEW_STILL: http://, one JPEG, fetched once
 */
typedef enum {
  IPD_MEDIA_PREVIEW_RTP,
  IPD_MEDIA_PREVIEW_RTSP,
  IPD_MEDIA_PREVIEW_MJPEG,
  IPD_MEDIA_PREVIEW_STILL,
} IpdMediaPreview;

/**
 * IpdMediaParams:
 * @fds: bound UDP sockets (see #IpdMediaFd). The media code works on duplicates: whoever filled this in still owns and
 *   closes them, and never needs to keep them open after ipd_media_client_new() returned
 * @encrypted: SRTP with the keys below. False: plain RTP with a third-party station that the plant names (docs/
 *   protocol.md §14): the keys are not looked at, and only what comes from @audio_host and @video_host is
 * @audio_host, @video_host: numeric address to send to; %NULL and port 0: there is no such media
 * @audio_port, @video_port: RTP port to send to
 * @audio_rtcp_port, @video_rtcp_port: where RTCP goes; 0: one above
 * @audio: codec and payload types of the sound
 * @video, @n_video: payload types that the picture may come as; what comes as another is dropped
 * @audio_tx: our sound: key and SSRC
 * @audio_rx: the station's sound: key and SSRC
 * @video_rx: the station's picture and its RTCP: key and SSRC
 * @video_rtcp_tx: our RTCP about the picture: key and SSRC
 * @sprop: (nullable): H.264 sprop-parameter-sets of the station's SDP (RFC 6184 section 8.1)
 * @preview, @preview_uri, @preview_user, @preview_password: see #IpdMediaPreview; user and password (nullable) answer a
 *   Basic or Digest challenge of that host only
 *
 * Everything OpenMedia of data/io.ipdoor.Agent1.xml says about one visit. Source: docs/protocol.md §9, §14.
 */
typedef struct {
  int fds[IPD_MEDIA_N_FDS];
  bool encrypted;
  char *audio_host;
  uint16_t audio_port;
  uint16_t audio_rtcp_port;
  char *video_host;
  uint16_t video_port;
  uint16_t video_rtcp_port;
  IpdMediaAudio audio;
  IpdMediaVideo video[IPD_MEDIA_VIDEO_MAX];
  unsigned n_video;
  IpdMediaKey audio_tx;
  IpdMediaKey audio_rx;
  IpdMediaKey video_rx;
  IpdMediaKey video_rtcp_tx;
  char *sprop;
  IpdMediaPreview preview;
  char *preview_uri;
  char *preview_user;
  char *preview_password;
} IpdMediaParams;

/**
 * ipd_media_params_read:
 * @params: the a{sv} of OpenMedia
 * @fds: the four descriptors, in the order of #IpdMediaFd; stay the caller's
 * @ret_params: (out caller-allocates): clear with ipd_media_params_clear()
 *
 * Errors: %IPD_MEDIA_ERROR_PARAMS. No key and no SSRC ever appears in a message. Thread: any.
 */
bool ipd_media_params_read (GVariant *params, const int fds[static IPD_MEDIA_N_FDS], IpdMediaParams *ret_params,
                            GError **error);

/** ipd_media_params_check: for parameters that a program made itself. Errors: %IPD_MEDIA_ERROR_PARAMS. */
bool ipd_media_params_check (const IpdMediaParams *params, GError **error);

/** ipd_media_params_copy: strings are duplicated, descriptors are not. */
void ipd_media_params_copy (const IpdMediaParams *params, IpdMediaParams *ret_params);

/**
 * ipd_media_params_same_sound, ipd_media_params_same_picture: whether a change from @a to @b leaves that half as it is.
 * ipd_media_params_take_sound, ipd_media_params_take_picture: that half of @from moves into @to; the rest of both
 * stays.
 */
bool ipd_media_params_same_sound (const IpdMediaParams *a, const IpdMediaParams *b);
bool ipd_media_params_same_picture (const IpdMediaParams *a, const IpdMediaParams *b);
void ipd_media_params_take_sound (IpdMediaParams *to, IpdMediaParams *from);
void ipd_media_params_take_picture (IpdMediaParams *to, IpdMediaParams *from);

/** ipd_media_params_clear: frees the strings and wipes the keys. The descriptors are left alone. */
void ipd_media_params_clear (IpdMediaParams *params);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdMediaParams, ipd_media_params_clear)
