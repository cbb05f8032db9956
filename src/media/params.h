// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/**
 * IpdMediaParams:
 * @fds: bound UDP sockets (see #IpdMediaFd). The media code works on duplicates: whoever filled this in still owns and
 *   closes them, and never needs to keep them open after ipd_media_client_new() returned
 * @audio_host, @video_host: numeric address to send to
 * @audio_port, @video_port: RTP port to send to; RTCP goes one above
 * @audio_payload: 0 (PCMU) or 8 (PCMA)
 * @video_payload: 96 to 127
 * @audio_tx: our sound: key and SSRC
 * @audio_rx: the station's sound: key and SSRC
 * @video_rx: the station's picture and its RTCP: key and SSRC
 * @video_rtcp_tx: our RTCP about the picture: key and SSRC
 * @sprop: (nullable): H.264 sprop-parameter-sets of the station's SDP (RFC 6184 section 8.1)
 *
 * Everything OpenMedia of data/io.ipdoor.Agent1.xml says about one visit. Source: docs/protocol.md §9.
 */
typedef struct {
  int fds[IPD_MEDIA_N_FDS];
  char *audio_host;
  uint16_t audio_port;
  char *video_host;
  uint16_t video_port;
  uint8_t audio_payload;
  uint8_t video_payload;
  IpdMediaKey audio_tx;
  IpdMediaKey audio_rx;
  IpdMediaKey video_rx;
  IpdMediaKey video_rtcp_tx;
  char *sprop;
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

/** ipd_media_params_clear: frees the strings and wipes the keys. The descriptors are left alone. */
void ipd_media_params_clear (IpdMediaParams *params);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdMediaParams, ipd_media_params_clear)
