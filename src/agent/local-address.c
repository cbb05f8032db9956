// SPDX-License-Identifier: Apache-2.0
/* Asks the kernel for a route by connecting a datagram socket, which sends nothing. */
#include "agent/local-address.h"

#include <gio/gio.h>

#define DISCARD_PORT 9

char *
ipd_local_address_towards (const char *host)
{
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new_from_string (host, DISCARD_PORT);
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (remote == NULL)
    return NULL;
  socket = g_socket_new (g_socket_address_get_family (remote), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  if (socket == NULL || !g_socket_connect (socket, remote, NULL, NULL))
    return NULL;
  local = g_socket_get_local_address (socket, NULL);
  return local != NULL ? g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)))
                       : NULL;
}
