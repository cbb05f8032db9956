// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/key.h"
#include "media/rtcp.h"
#include "media/worker.h"

#include <gio/gio.h>

/**
 * IpdAudioSend: G.711 (RFC 3551 section 4.5.14) over SRTP from a socket that was handed over. It lives as long as its
 * key is in use: a second one under the same key and SSRC would repeat the key stream.
 */
typedef struct _IpdAudioSend IpdAudioSend;

/** ipd_audio_send_new: @payload: 0 or 8. Thread: the worker's. Errors: %IPD_MEDIA_ERROR_CODEC, %IPD_MEDIA_ERROR_PARAMS.
 */
IpdAudioSend *ipd_audio_send_new (IpdWorker *worker, GSocket *socket, uint8_t payload, const IpdMediaKey *key,
                                  GError **error);
void ipd_audio_send_free (IpdAudioSend *send);

/** ipd_audio_send_set_peer: where to; may change while it sends. Thread: the worker's. */
void ipd_audio_send_set_peer (IpdAudioSend *send, const char *host, uint16_t port);

/** ipd_audio_send_push: 8,000 Hz samples of now. Thread: one at a time. */
void ipd_audio_send_push (IpdAudioSend *send, const int16_t *samples, gsize n);

/** ipd_audio_send_get_sending: for a sender report; false if nothing was sent yet. Thread: any. */
gboolean ipd_audio_send_get_sending (IpdAudioSend *send, IpdRtcpSending *ret_sending);
