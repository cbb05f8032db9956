// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Where things live: the user's folders (XDG base directories), our own programs, our translations.
 *
 * Thread: any; nothing here keeps state. Every string is allocated for the caller. Folders are created with mode 0700
 * when a function says so; a folder that belongs to somebody else, or that others may write, is an error and not a
 * warning, because keys and the private socket live in there.
 */

#define IPD_PLATFORM_ERROR (ipd_platform_error_quark ())
GQuark ipd_platform_error_quark (void);

typedef enum {
  IPD_PLATFORM_ERROR_NO_PROGRAM,   /* program not found in any of the places; the message lists them */
  IPD_PLATFORM_ERROR_NOT_PRIVATE,  /* a folder or file of ours is owned by, or open to, somebody else */
  IPD_PLATFORM_ERROR_UNUSABLE,     /* cannot be created, read or written; the message has the system's reason */
  IPD_PLATFORM_ERROR_PATH_TOO_LONG /* does not fit into a socket address (107 octets) */
} IpdPlatformError;

/*
 * $XDG_RUNTIME_DIR/ipdoor, $XDG_CONFIG_HOME/ipdoor, $XDG_DATA_HOME/ipdoor, $XDG_STATE_HOME/ipdoor with the defaults of
 * the XDG base directory specification. The environment is read at each call, so that a test can set it. The runtime
 * folder falls back to $XDG_CACHE_HOME/ipdoor-run where there is no session. The folder is created when missing (0700).
 *
 * Returns: (transfer full) (nullable): the folder, or %NULL with @error
 */
char *ipd_paths_runtime_dir (GError **error);
char *ipd_paths_config_dir (GError **error);
char *ipd_paths_data_dir (GError **error);
char *ipd_paths_state_dir (GError **error);

/*
 * The agent's private socket, <runtime>/agent.sock (data/io.ipdoor.Agent1.xml). $IPDOOR_AGENT_SOCKET overrides it.
 * Only the path; nothing is created but the folder.
 */
char *ipd_paths_agent_socket (GError **error);

/*
 * Creates @dir (and its parents) with mode 0700 when it is missing; then checks that it is a folder, belongs to us and
 * that nobody else may write in it. Errors: NOT_PRIVATE, UNUSABLE.
 */
bool ipd_paths_ensure_private (const char *dir, GError **error);

/*
 * Files that hold secrets: written whole or not at all (new file, fsync, rename), mode 0600. Reading refuses a file
 * that group or others may read, that belongs to somebody else, or that is larger than @max_size octets. Errors:
 * NOT_PRIVATE, UNUSABLE (a missing file is G_FILE_ERROR_NOENT, so that "first start" can be told apart).
 *
 * ret_contents: (transfer full): NUL-terminated; the caller clears it with sodium_memzero() or explicit_bzero().
 */
bool ipd_paths_write_private (const char *path, const char *contents, gssize length, GError **error);
bool ipd_paths_read_private (const char *path, gsize max_size, char **ret_contents, gsize *ret_length, GError **error);

/*
 * Finds one of our own programs ("ipdoor-desktop", "ipdoor-mdns"). $PATH is never searched: what runs with our identity
 * is what was installed with us. Looked for in this order: each folder of $IPDOOR_LIBEXEC (colon-separated; for tests),
 *   the folder of the running program,
 *   in a build tree, the other program folders beside it (agent, cli, desktop, discovery, media, station),
 *   the installed libexec folder, the installed bin folder.
 *
 * Returns: (transfer full) (nullable): absolute path, or %NULL with NO_PROGRAM
 */
char *ipd_paths_find_program (const char *name, GError **error);

/* For bindtextdomain (GETTEXT_PACKAGE, …): $IPDOOR_LOCALEDIR, the build tree's po/, or the installed folder. */
char *ipd_paths_locale_dir (void);

/*
 * Finds a file that is installed with us in our data folder ("vendors/2n.json"); @name is relative to it. Looked for in
 * $IPDOOR_DATA alone where that is set (for tests), else in the build tree's data/ and the installed folder.
 *
 * Returns: (transfer full): absolute path; what cannot be opened there does not exist
 */
char *ipd_paths_data_file (const char *name);
