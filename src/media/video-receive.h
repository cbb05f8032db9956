// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/frame.h"
#include "media/missing.h"
#include "media/params.h"
#include "media/rtcp.h"
#include "media/worker.h"

#include <gio/gio.h>

/** IpdVideoReceive: RTP or SRTP of one stream in, pictures out. Thread: the worker's, handlers excepted. */
typedef struct _IpdVideoReceive IpdVideoReceive;

/**
 * @frame: in a streaming thread: a picture; @frame->pixels may be kept
 * @broken: in a streaming thread: packets were lost or cannot be decoded; a key frame would help
 * @missing: in a streaming thread: packets of an encrypted stream did not come: ipd_video_receive_ask()
 * @arrived: in a streaming thread: the first packet of a plain stream: now its SSRC is known
 * @changed: in a streaming thread: a plain stream went on in another way, as @codec or as another stream: begin anew
 * @failed: in the worker: the pipeline is dead
 */
typedef struct {
  void (*frame) (const IpdVideoFrame *frame, gpointer data);
  void (*broken) (gpointer data);
  void (*missing) (gpointer data);
  void (*arrived) (gpointer data);
  void (*changed) (IpdVideoCodec codec, gpointer data);
  void (*failed) (const char *why, gpointer data);
} IpdVideoReceiveHandlers;

/**
 * ipd_video_receive_new: reads @socket from now on.
 * @params: borrowed, outlives it. Encrypted: the key and SSRC @video_rx, and nothing else is taken, as the one payload
 *   type of the list; plain: see media/video-gate.h
 * @codec: of the list
 * @sprop: (nullable): parameter sets for a stream that carries none
 *
 * Errors: %IPD_MEDIA_ERROR_CODEC.
 */
IpdVideoReceive *ipd_video_receive_new (IpdWorker *worker, GSocket *socket, const IpdMediaParams *params,
                                        IpdVideoCodec codec, const char *sprop, const IpdVideoReceiveHandlers *handlers,
                                        gpointer data, GError **error);
void ipd_video_receive_free (IpdVideoReceive *receive);

/** ipd_video_receive_lock: statistics for a report, until ipd_video_receive_unlock(). Thread: any. */
IpdReception *ipd_video_receive_lock (IpdVideoReceive *receive);
void ipd_video_receive_unlock (IpdVideoReceive *receive);

/**
 * ipd_video_receive_ask: which packets to ask the sender for now, see ipd_missing_ask(). From then on later ones wait
 * for them a while before they are shown without.
 */
unsigned ipd_video_receive_ask (IpdVideoReceive *receive, uint16_t ret_seqs[static IPD_MISSING_MAX],
                                int64_t *ret_wait_us);

/** ipd_video_receive_get_sprop: (transfer full) (nullable): parameter sets that a plain stream carried so far. Thread:
 * any. */
char *ipd_video_receive_get_sprop (IpdVideoReceive *receive);
