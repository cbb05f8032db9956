// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/mixer.h"
#include "media/rtcp.h"
#include "media/srtp.h"
#include "media/worker.h"

#include <gio/gio.h>

/** IpdAudioReceive: SRTP in, samples for a mixer out. G.711. Thread: the worker's, handlers excepted. */
typedef struct _IpdAudioReceive IpdAudioReceive;

/**
 * @rx_key: in a streaming thread, see #IpdSrtcpKeyFunc: called once for each new SSRC that claims to send
 * @packet: (nullable): in a streaming thread: a packet verified and came from @from (%NULL if not known)
 */
typedef struct {
  IpdSrtcpKeyFunc rx_key;
  void (*packet) (GSocketAddress *from, gpointer data);
} IpdAudioReceiveHandlers;

/** ipd_audio_receive_new: reads @socket from now on. Errors: %IPD_MEDIA_ERROR_CODEC, %IPD_MEDIA_ERROR_PARAMS. */
IpdAudioReceive *ipd_audio_receive_new (IpdWorker *worker, GSocket *socket, uint8_t payload, IpdMixer *mixer,
                                        const IpdAudioReceiveHandlers *handlers, gpointer data, GError **error);
void ipd_audio_receive_free (IpdAudioReceive *receive);

/** ipd_audio_receive_set_open: shut (as at start), what comes is verified and thrown away. Thread: any. */
void ipd_audio_receive_set_open (IpdAudioReceive *receive, gboolean open);

/** ipd_audio_receive_get_bad: datagrams that did not verify. Thread: any. */
guint ipd_audio_receive_get_bad (IpdAudioReceive *receive);

/** ipd_audio_receive_lock: statistics for a report, until ipd_audio_receive_unlock(). Thread: any. */
IpdReception *ipd_audio_receive_lock (IpdAudioReceive *receive);
void ipd_audio_receive_unlock (IpdAudioReceive *receive);
