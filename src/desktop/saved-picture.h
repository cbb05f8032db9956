// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

/*
 * A picture of a visitor in a file of the person's own: the folder "ipdoor" of their pictures (XDG user directories,
 * the home folder where there is none), mode 0700, files 0600, named after time and station.
 */

/*
 * ipd_saved_picture_write:
 * @texture: written as PNG, in a thread
 * @station: its name for people; what a file name cannot hold is left out
 * @cancellable: (nullable): whoever goes away before the callback cancels; the file may be there all the same
 * @callback: in the caller's thread-default context
 */
void ipd_saved_picture_write (GdkTexture *texture, const char *station, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);

/* Errors: G_FILE_ERROR, G_IO_ERROR_CANCELLED. Returns: (transfer full) (nullable): the file's path */
char *ipd_saved_picture_finish (GAsyncResult *result, GError **error);
