// SPDX-License-Identifier: Apache-2.0
/*
 * Binds the media sockets of a visit in the plant's port ranges. Called by visit-engine.c at every press.
 */
#include "station/sockets.h"

#include "station/station-error.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

char *
ipd_primary_address (void)
{
  struct ifaddrs *all = NULL;
  char text[INET_ADDRSTRLEN] = "127.0.0.1";
  if (getifaddrs (&all) != 0)
    return g_strdup (text);
  for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next)
    if (one->ifa_addr != NULL && one->ifa_addr->sa_family == AF_INET && (one->ifa_flags & IFF_UP) != 0
        && (one->ifa_flags & IFF_LOOPBACK) == 0)
      {
        inet_ntop (AF_INET, &((const struct sockaddr_in *) (const void *) one->ifa_addr)->sin_addr, text, sizeof text);
        break;
      }
  freeifaddrs (all);
  return g_strdup (text);
}

#define WAITING_MAX 10000 /* more packets than a socket's buffer holds */

socklen_t
ipd_socket_address (const char *address, guint16 port, struct sockaddr_storage *ret_native)
{
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string (address, port);
  gssize size = wanted != NULL ? g_socket_address_get_native_size (wanted) : 0;
  if (size <= 0 || !g_socket_address_to_native (wanted, ret_native, sizeof *ret_native, NULL))
    return 0;
  return (socklen_t) size;
}

static int
open_port (const char *address, guint16 port)
{
  struct sockaddr_storage local;
  socklen_t size = ipd_socket_address (address, port, &local);
  int fd = size > 0 ? socket (local.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
  if (fd >= 0 && bind (fd, (const struct sockaddr *) &local, size) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* @pair: RTP and RTCP. Returns: the RTP port, 0 when no pair is free. */
static guint16
open_pair (const char *address, IpdPortRange range, int pair[static 2])
{
  for (guint port = range.first + (range.first & 1u); port + 1 <= range.last; port += 2)
    {
      pair[0] = open_port (address, (guint16) port);
      pair[1] = pair[0] >= 0 ? open_port (address, (guint16) (port + 1)) : -1;
      if (pair[1] >= 0)
        return (guint16) port;
      close_fd (&pair[0]);
    }
  return 0;
}

static gboolean
explain (IpdPortRange range, const char *what, GError **error)
{
  g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_NO_PORTS,
               _ ("All UDP ports from %u to %u for %s are taken by other programs, so nobody can be rung."),
               range.first, range.last, what);
  return FALSE;
}

gboolean
ipd_media_sockets_open (const char *address, IpdPortRange audio, IpdPortRange video, IpdMediaSockets *ret_sockets,
                        GError **error)
{
  IpdMediaSockets self = { .fds = { -1, -1, -1, -1 } };
  self.audio_port = open_pair (address, audio, &self.fds[IPD_MEDIA_FD_AUDIO_RTP]);
  self.video_port = open_pair (address, video, &self.fds[IPD_MEDIA_FD_VIDEO_RTP]);
  if (self.audio_port != 0 && self.video_port != 0)
    {
      *ret_sockets = self;
      return TRUE;
    }
  ipd_media_sockets_close (&self);
  return self.audio_port == 0 ? explain (audio, _ ("sound"), error) : explain (video, _ ("the picture"), error);
}

void
ipd_media_sockets_close (IpdMediaSockets *self)
{
  for (guint i = 0; i < IPD_MEDIA_N_FDS; i++)
    close_fd (&self->fds[i]);
}

void
ipd_media_sockets_drop_sound (const IpdMediaSockets *sockets)
{
  char octet;
  guint n = 0;
  while (n < WAITING_MAX && recv (sockets->fds[IPD_MEDIA_FD_AUDIO_RTP], &octet, sizeof octet, MSG_DONTWAIT) >= 0)
    n++;
}
