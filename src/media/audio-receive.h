// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/mixer.h"
#include "media/params.h"
#include "media/rtcp.h"
#include "media/rtp-header.h"
#include "media/srtp.h"
#include "media/worker.h"

#include <gio/gio.h>

/** IpdAudioReceive: SRTP or plain RTP in, samples for a mixer out. Thread: the worker's, handlers excepted. */
typedef struct _IpdAudioReceive IpdAudioReceive;

/**
 * @rx_key: in a streaming thread, see #IpdSrtcpKeyFunc: called once for each new SSRC that claims to send; %NULL: plain
 * @plain_host: of plain RTP: the only host that is heard, see media/plain-gate.h
 * @packet: (nullable): in a streaming thread: a packet verified (or is plain) and came from @from (%NULL if not known)
 * @event: (nullable): in a streaming thread: a packet of the telephone-event payload type; @payload has @header->len
 *   octets
 */
typedef struct {
  IpdSrtcpKeyFunc rx_key;
  const char *plain_host;
  void (*packet) (GSocketAddress *from, gpointer data);
  void (*event) (const IpdRtpHeader *header, const uint8_t *payload, gpointer data);
} IpdAudioReceiveHandlers;

/** ipd_audio_receive_new: reads @socket from now on. Errors: %IPD_MEDIA_ERROR_CODEC. */
IpdAudioReceive *ipd_audio_receive_new (IpdWorker *worker, GSocket *socket, const IpdMediaAudio *audio, IpdMixer *mixer,
                                        const IpdAudioReceiveHandlers *handlers, gpointer data, GError **error);
void ipd_audio_receive_free (IpdAudioReceive *receive);

/** ipd_audio_receive_set_open: shut (as at start), what comes is verified and thrown away. Thread: any. */
void ipd_audio_receive_set_open (IpdAudioReceive *receive, gboolean open);

/** ipd_audio_receive_get_bad: datagrams that did not verify, or plain ones that the gate shut out. Thread: any. */
guint ipd_audio_receive_get_bad (IpdAudioReceive *receive);

/** ipd_audio_receive_lock: statistics for a report, until ipd_audio_receive_unlock(). Thread: any. */
IpdReception *ipd_audio_receive_lock (IpdAudioReceive *receive);
void ipd_audio_receive_unlock (IpdAudioReceive *receive);
