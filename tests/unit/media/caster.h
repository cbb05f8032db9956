// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixture.h"

#include "media/painter.h"

#include <gio/gio.h>
#include <gst/gst.h>

/**
 * Somebody else's camera: the test picture, coded by elements that the test names, sent as plain RTP from the video
 * sockets of a side.
 */
typedef struct {
  Side side;
  GstElement *bin;
  IpdPainter *painter;
  GSocket *rtp;
  GSocket *rtcp;
} Caster;

/** caster_start: @coding: from raw pictures to RTP, as gst-launch-1.0 reads it. @to: whose video sockets get it. */
void caster_start (Caster *caster, const char *coding, const Side *to);

/** caster_count_requests: PLI and FIR that came since the last time. */
guint caster_count_requests (Caster *caster);

/** caster_get_sprop: (transfer full) (nullable): what its SDP would say; %NULL until the encoder said it. The payloader
 * is the only one. */
char *caster_get_sprop (Caster *caster);
void caster_stop (Caster *caster);

/** caster_params: what an agent says to a client that shall see it; borrowed strings. */
IpdMediaParams caster_params (const Caster *caster, const Side *viewer, const IpdMediaVideo *video, guint n_video);
