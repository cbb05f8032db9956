// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/params.h"

#include <gio/gio.h>
#include <stdbool.h>

/**
 * ipd_media_sockets_new:
 * @fds: bound UDP sockets, stay the caller's
 * @ret_sockets: (out) (transfer full): over duplicates of them; clear with ipd_media_sockets_clear()
 *
 * Errors: %IPD_MEDIA_ERROR_SOCKET.
 */
bool ipd_media_sockets_new (const int fds[static IPD_MEDIA_N_FDS], GSocket *ret_sockets[static IPD_MEDIA_N_FDS],
                            GError **error);

void ipd_media_sockets_clear (GSocket *sockets[static IPD_MEDIA_N_FDS]);
