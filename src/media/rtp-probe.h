// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/rtcp.h"

#include <gst/gst.h>

/**
 * IpdSendCount: what left a payloader. Attach before anything flows; read from any thread.
 */
typedef struct {
  GMutex mutex;
  IpdRtcpSending sending; /* guarded by mutex */
} IpdSendCount;

/** ipd_send_count_attach: @count is borrowed and outlives the pipeline of @pad. */
void ipd_send_count_attach (IpdSendCount *count, GstPad *pad, uint32_t rtp_clock);
void ipd_send_count_clear (IpdSendCount *count);
gboolean ipd_send_count_get (IpdSendCount *count, IpdRtcpSending *ret_sending);
