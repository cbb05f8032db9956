// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#include "core/codec.h"

/*
 * Digits by RFC 4733 in a stream of silence, for a call that has neither microphone nor loudspeaker: the second, muted
 * call to a third-party station. Starting a media process for it would take longer than the whole call. Plain RTP,
 * G.711. Thread: main context.
 */
typedef struct _IpdRtpDigits IpdRtpDigits;

/**
 * IpdRtpDigitsJob:
 * @fd: bound UDP socket, borrowed; @to: where RTP goes
 * @codec, @payload: of the silence: PCMA or PCMU; @dtmf_payload: telephone-event, 8,000 Hz
 * @digits: valid ones; @settle_ms: silence before the first digit and after the last one
 */
typedef struct {
  int fd;
  GSocketAddress *to;
  IpdAudioCodec codec;
  guint8 payload;
  guint8 dtmf_payload;
  const char *digits;
  guint duration_ms;
  guint gap_ms;
  guint settle_ms;
} IpdRtpDigitsJob;

/* @done: called once, when all is sent; not after free. Returns: (transfer full) (nullable): no usable address */
IpdRtpDigits *ipd_rtp_digits_new (const IpdRtpDigitsJob *job, void (*done) (gpointer user_data), gpointer user_data);
/* Whether the first digit has left. */
bool ipd_rtp_digits_have_begun (const IpdRtpDigits *self);
void ipd_rtp_digits_free (IpdRtpDigits *self);
