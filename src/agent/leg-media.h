// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * The four sockets of a leg: RTP on an even port, RTCP one above, audio from 7078-7099, video from 9078-9099 (the
 * enablement matrix). The agent binds them and keeps them for as long as the leg lives; processes that play media get
 * duplicates, so what arrives early waits in the socket's buffer and a process that dies loses nothing but itself.
 *
 * Thread: main context.
 */
typedef struct {
  int fd[4]; /* audio RTP, audio RTCP, video RTP, video RTCP; -1 = not bound */
  guint16 audio_port;
  guint16 video_port;
} IpdLegMedia;

void ipd_leg_media_init (IpdLegMedia *media);

/* @host: numeric local address. False: every pair of one of the ranges is taken; nothing stays bound. */
bool ipd_leg_media_bind (IpdLegMedia *media, const char *host);
bool ipd_leg_media_is_bound (const IpdLegMedia *media);

/* Throws away what waits: packets of a process that died are older than any picture that is still wanted. */
void ipd_leg_media_flush (IpdLegMedia *media);

/* @ret_fd: duplicates, owned by the caller. False: out of descriptors; none is left over. */
bool ipd_leg_media_dup (const IpdLegMedia *media, int ret_fd[static 4]);

void ipd_leg_media_close (IpdLegMedia *media);
