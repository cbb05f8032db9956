// SPDX-License-Identifier: Apache-2.0
/* Owns the RTP and RTCP sockets of one leg. Main context only. */
#include "agent/leg-media.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#define AUDIO_FIRST_PORT 7078
#define AUDIO_LAST_PORT  7099
#define VIDEO_FIRST_PORT 9078
#define VIDEO_LAST_PORT  9099

/* Video waits here until the desktop is up: 200 ms at 2 Mbit/s are 50 kB, a key frame more. The kernel may grant less.
 */
#define RECEIVE_BUFFER_BYTES (1024 * 1024)
#define FLUSH_MAX            100000

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

void
ipd_leg_media_init (IpdLegMedia *media)
{
  for (guint i = 0; i < G_N_ELEMENTS (media->fd); i++)
    media->fd[i] = -1;
  media->audio_port = media->video_port = 0;
}

static int
bind_one (const char *host, guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  struct sockaddr_storage raw;
  const int size = RECEIVE_BUFFER_BYTES;
  int fd;

  if (address == NULL || !g_socket_address_to_native (address, &raw, sizeof raw, NULL))
    return -1;
  fd = socket (raw.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  (void) setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (bind (fd, (struct sockaddr *) &raw, (socklen_t) g_socket_address_get_native_size (address)) == 0)
    return fd;
  close (fd);
  return -1;
}

static bool
bind_pair (const char *host, guint16 first, guint16 last, int *ret_rtp, int *ret_rtcp, guint16 *ret_port)
{
  for (guint port = first; port + 1 <= last; port += 2)
    {
      int rtp = bind_one (host, (guint16) port);
      int rtcp = rtp >= 0 ? bind_one (host, (guint16) (port + 1)) : -1;

      if (rtcp >= 0)
        {
          *ret_rtp = rtp;
          *ret_rtcp = rtcp;
          *ret_port = (guint16) port;
          return true;
        }
      close_fd (&rtp);
    }
  return false;
}

bool
ipd_leg_media_bind (IpdLegMedia *media, const char *host)
{
  if (bind_pair (host, AUDIO_FIRST_PORT, AUDIO_LAST_PORT, &media->fd[0], &media->fd[1], &media->audio_port)
      && bind_pair (host, VIDEO_FIRST_PORT, VIDEO_LAST_PORT, &media->fd[2], &media->fd[3], &media->video_port))
    return true;
  ipd_leg_media_close (media);
  return false;
}

bool
ipd_leg_media_is_bound (const IpdLegMedia *media)
{
  return media->fd[0] >= 0;
}

void
ipd_leg_media_flush (IpdLegMedia *media)
{
  char packet[2048];

  for (guint i = 0; i < G_N_ELEMENTS (media->fd); i++)
    for (guint n = 0; n < FLUSH_MAX && recv (media->fd[i], packet, sizeof packet, MSG_DONTWAIT) >= 0; n++)
      continue;
}

bool
ipd_leg_media_dup (const IpdLegMedia *media, int ret_fd[static 4])
{
  for (guint i = 0; i < G_N_ELEMENTS (media->fd); i++)
    {
      ret_fd[i] = fcntl (media->fd[i], F_DUPFD_CLOEXEC, 3);
      if (ret_fd[i] < 0)
        {
          while (i-- > 0)
            close_fd (&ret_fd[i]);
          return false;
        }
    }
  return true;
}

void
ipd_leg_media_close (IpdLegMedia *media)
{
  for (guint i = 0; i < G_N_ELEMENTS (media->fd); i++)
    close_fd (&media->fd[i]);
  media->audio_port = media->video_port = 0;
}
