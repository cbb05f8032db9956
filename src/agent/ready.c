// SPDX-License-Identifier: Apache-2.0
/* systemd and the command line learn here that the private socket is up. */
#include "agent/ready.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

void
ipd_ready_tell (void)
{
  const char *name = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  if (name == NULL || (name[0] != '/' && name[0] != '@'))
    return;
  address = name[0] == '@' ? g_unix_socket_address_new_with_type (name + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT)
                           : g_unix_socket_address_new (name);
  g_unsetenv ("NOTIFY_SOCKET");
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  if (socket == NULL || g_socket_send_to (socket, address, "READY=1", 7, NULL, &error) < 0)
    g_debug ("readiness could not be told: %s", error->message);
}
