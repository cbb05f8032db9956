// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/params.h"
#include "station/config.h"

#include <sys/socket.h>

/*
 * The address a station serves on, and the RTP sockets of a visit. Thread: any.
 */

/* IPv4 of the first interface that is up and not loopback, else 127.0.0.1. Returns: (transfer full) */
char *ipd_primary_address (void);

typedef struct {
  int fds[IPD_MEDIA_N_FDS]; /* -1: none */
  guint16 audio_port;       /* RTP, even; RTCP one above */
  guint16 video_port;
} IpdMediaSockets;

/*
 * ipd_media_sockets_open:
 * @address: to bind on
 *
 * The first free even/odd pair of each range. Errors: IPD_STATION_ERROR_NO_PORTS, naming the range.
 */
gboolean ipd_media_sockets_open (const char *address, IpdPortRange audio, IpdPortRange video,
                                 IpdMediaSockets *ret_sockets, GError **error);
/* Drops the sound that came while nobody had answered: it waits in the socket, and keys that were pressed then must not
 * be heard when the talk begins. */
void ipd_media_sockets_drop_sound (const IpdMediaSockets *sockets);

/* A numeric address of either family as bind() wants it. Returns: its size, 0 when it is none */
socklen_t ipd_socket_address (const char *address, guint16 port, struct sockaddr_storage *ret_native);
void ipd_media_sockets_close (IpdMediaSockets *self);
