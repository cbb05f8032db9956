// SPDX-License-Identifier: Apache-2.0
// A STUN server that says nothing, in place of Sofia's own (docs/protocol.md §8: no STUN is answered). The transport
// hands it what looks like STUN, so none of Sofia's STUN parsing runs either: that is where its CVEs were.
#include "sip/stun-silence.h"

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_plugins.h>

static tport_stun_server_t *
create (su_root_t *root, const tagi_t *tags)
{
  static char nothing; /* the transport only wants to see that there is one */
  return (tport_stun_server_t *) (void *) &nothing;
}

static void
destroy (tport_stun_server_t *server)
{
}

static int
add_or_remove_socket (tport_stun_server_t *server, su_socket_t socket)
{
  return 0;
}

static void
swallow (tport_stun_server_t *server, su_socket_t socket, void *msg, ssize_t length, void *from, socklen_t from_length)
{
}

gboolean
ipd_sip_silence_stun (void)
{
  static const tport_stun_server_vtable_t silent = {
    /* the library takes only what is larger than its own table, and reads no further than that */
    sizeof silent + 1, create, destroy, add_or_remove_socket, add_or_remove_socket, swallow,
  };
  return tport_plug_in_stun_server (&silent) == 0;
}
