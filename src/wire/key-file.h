// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/keys.h"

G_BEGIN_DECLS

/**
 * ipd_key_file_load_or_create:
 * @path: in an existing folder
 * @ret_created: (out) (optional): whether the pair is new
 *
 * The seed of docs/protocol.md §2, b64u, mode 0600. A new file is written beside, flushed and renamed, so there is
 * never half a key; a file that others can read is refused, since its key must count as known. Blocks on the disk.
 * Thread: any. Errors: IPD_WIRE_ERROR_KEY, G_FILE_ERROR.
 */
gboolean ipd_key_file_load_or_create (const char *path, IpdKeyPair *ret_pair, gboolean *ret_created, GError **error);

G_END_DECLS
