// SPDX-License-Identifier: Apache-2.0
/* Takes over descriptors without owning them: duplicates, so that nothing here closes or rebinds what the agent or the
 * station still holds. */
#include "media/socket.h"

#include "media/error.h"

#include <fcntl.h>
#include <unistd.h>

static GSocket *
socket_new (int fd, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int own = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  g_autoptr (GSocket) socket = own >= 0 ? g_socket_new_from_fd (own, &cause) : NULL;
  if (socket == NULL && own >= 0)
    close (own);
  if (socket != NULL && g_socket_get_socket_type (socket) == G_SOCKET_TYPE_DATAGRAM)
    {
      g_socket_set_blocking (socket, FALSE);
      return g_steal_pointer (&socket);
    }
  g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_SOCKET, "A media socket cannot be used: %s.",
               cause ? cause->message : "it is not a UDP socket");
  return NULL;
}

bool
ipd_media_sockets_new (const int fds[static IPD_MEDIA_N_FDS], GSocket *ret_sockets[static IPD_MEDIA_N_FDS],
                       GError **error)
{
  GSocket *sockets[IPD_MEDIA_N_FDS] = { NULL };
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    {
      sockets[i] = socket_new (fds[i], error);
      if (sockets[i] == NULL)
        {
          ipd_media_sockets_clear (sockets);
          return false;
        }
    }
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    ret_sockets[i] = sockets[i];
  return true;
}

void
ipd_media_sockets_clear (GSocket *sockets[static IPD_MEDIA_N_FDS])
{
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    g_clear_object (&sockets[i]);
}
