// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/key.h"
#include "media/params.h"
#include "media/rtcp.h"
#include "media/worker.h"

#include <gio/gio.h>

/**
 * IpdAudioSend: a stream of sound from a socket that was handed over, by SRTP or plain, with telephone events in it. An
 * encrypted one lives as long as its key is in use: a second one under the same key and SSRC would repeat the key
 * stream.
 */
typedef struct _IpdAudioSend IpdAudioSend;

/**
 * ipd_audio_send_new:
 * @audio: codec and payload types of what is sent
 * @key: its SSRC, and the key if @encrypted
 *
 * Thread: the worker's. Errors: %IPD_MEDIA_ERROR_CODEC.
 */
IpdAudioSend *ipd_audio_send_new (IpdWorker *worker, GSocket *socket, const IpdMediaAudio *audio,
                                  const IpdMediaKey *key, bool encrypted, GError **error);
void ipd_audio_send_free (IpdAudioSend *send);

/** ipd_audio_send_set_peer: where to; may change while it sends. Thread: the worker's. */
void ipd_audio_send_set_peer (IpdAudioSend *send, const char *host, uint16_t port);

/** ipd_audio_send_push: samples of now, as %IPD_LINE_CAPS says. Thread: one at a time. */
void ipd_audio_send_push (IpdAudioSend *send, const int16_t *samples, gsize n);

/**
 * ipd_audio_send_digits: see ipd_digit_send_push(); false without a payload type for them. They go in the place of
 * sound that is pushed, so something must be. Thread: any.
 */
bool ipd_audio_send_digits (IpdAudioSend *send, const char *digits, guint duration_ms, guint gap_ms);

/** ipd_audio_send_has_digits: some wait or are under way. Thread: any. */
bool ipd_audio_send_has_digits (IpdAudioSend *send);

/** ipd_audio_send_on_digits_sent: @func runs in a streaming thread, once for each ipd_audio_send_digits(). Set before
 * the first one. */
void ipd_audio_send_on_digits_sent (IpdAudioSend *send, void (*func) (gpointer data), gpointer data);

/** ipd_audio_send_get_sending: for a sender report; false if nothing was sent yet. Thread: any. */
gboolean ipd_audio_send_get_sending (IpdAudioSend *send, IpdRtcpSending *ret_sending);
