// SPDX-License-Identifier: Apache-2.0
/* The RTSP server of the simulated station (gst-rtsp-server), with Basic or Digest login, run by the main loop. */
#pragma once

#include "dialect.h"
#include "station.h"

typedef struct _QuirkRtsp QuirkRtsp;

/* NULL when the dialect has no RTSP. Exits when the port is taken. */
QuirkRtsp *quirk_rtsp_new (const QuirkDialect *dialect, const char *address, guint16 port, const char *user,
                           const char *password, QuirkStation *station);
void quirk_rtsp_free (QuirkRtsp *rtsp);
