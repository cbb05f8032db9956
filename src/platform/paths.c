// SPDX-License-Identifier: Apache-2.0
/*
 * Folders of the user, private files, our own programs and translations. Called at start by every program and by the
 * agent before it spawns a child. Any thread, no state.
 */
#include "platform/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* sun_path of a socket address, less the final NUL. */
#define SOCKET_PATH_MAX 107

G_DEFINE_QUARK (ipd - platform - error - quark, ipd_platform_error)

static void
set_errno (GError **error, int err, const char *what, const char *path)
{
  g_set_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_UNUSABLE, "%s %s: %s", what, path, g_strerror (err));
}

static bool
check_owner (const struct stat *st, mode_t forbidden, const char *path, GError **error)
{
  if (st->st_uid == geteuid () && (st->st_mode & forbidden) == 0)
    return true;
  g_set_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_NOT_PRIVATE,
               "%s must belong to this user only (owner %u, mode %04o)", path, (guint) st->st_uid,
               (guint) (st->st_mode & 07777));
  return false;
}

bool
ipd_paths_ensure_private (const char *dir, GError **error)
{
  struct stat st;

  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      set_errno (error, errno, "Cannot create", dir);
      return false;
    }
  if (stat (dir, &st) != 0)
    {
      set_errno (error, errno, "Cannot read", dir);
      return false;
    }
  return check_owner (&st, S_IWGRP | S_IWOTH, dir, error);
}

/* The environment, not g_get_user_*_dir (): those remember their first answer and a test changes it. */
static char *
base_dir (const char *variable, const char *below_home)
{
  const char *value = g_getenv (variable);

  /* XDG base directory specification: a relative path is invalid and is ignored. */
  if (value != NULL && g_path_is_absolute (value))
    return g_strdup (value);
  return g_build_filename (g_get_home_dir (), below_home, NULL);
}

static char *
ensured (char *dir, GError **error)
{
  g_autofree char *owned = dir;

  if (!ipd_paths_ensure_private (owned, error))
    return NULL;
  return g_steal_pointer (&owned);
}

char *
ipd_paths_runtime_dir (GError **error)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *cache = NULL;

  if (runtime != NULL && g_path_is_absolute (runtime))
    return ensured (g_build_filename (runtime, "ipdoor", NULL), error);
  cache = base_dir ("XDG_CACHE_HOME", ".cache");
  return ensured (g_build_filename (cache, "ipdoor-run", NULL), error);
}

static char *
user_dir (const char *variable, const char *below_home, GError **error)
{
  g_autofree char *base = base_dir (variable, below_home);

  return ensured (g_build_filename (base, "ipdoor", NULL), error);
}

char *
ipd_paths_config_dir (GError **error)
{
  return user_dir ("XDG_CONFIG_HOME", ".config", error);
}

char *
ipd_paths_data_dir (GError **error)
{
  return user_dir ("XDG_DATA_HOME", ".local/share", error);
}

char *
ipd_paths_state_dir (GError **error)
{
  return user_dir ("XDG_STATE_HOME", ".local/state", error);
}

char *
ipd_paths_agent_socket (GError **error)
{
  const char *override = g_getenv ("IPDOOR_AGENT_SOCKET");
  g_autofree char *dir = NULL;
  g_autofree char *path = NULL;

  if (override != NULL && *override != '\0')
    path = g_strdup (override);
  else if ((dir = ipd_paths_runtime_dir (error)) != NULL)
    path = g_build_filename (dir, "agent.sock", NULL);
  else
    return NULL;

  if (strlen (path) <= SOCKET_PATH_MAX)
    return g_steal_pointer (&path);
  g_set_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_PATH_TOO_LONG, "The socket path is too long: %s", path);
  return NULL;
}

bool
ipd_paths_write_private (const char *path, const char *contents, gssize length, GError **error)
{
  g_autoptr (GError) local = NULL;

  /* Newer GLib keeps the mode of the file it replaces, also one that somebody had opened up. */
  if (g_chmod (path, 0600) != 0 && errno != ENOENT)
    {
      set_errno (error, errno, "Cannot write", path);
      return false;
    }
  if (g_file_set_contents_full (path, contents, length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                0600, &local))
    return true;
  g_set_error_literal (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_UNUSABLE, local->message);
  return false;
}

/* Reads at most @size octets; the file may shrink meanwhile, it may not grow past what was allocated. */
static gssize
read_up_to (int fd, char *buffer, gsize size)
{
  gsize done = 0;

  while (done < size)
    {
      gssize n = read (fd, buffer + done, size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (gsize) n;
    }
  return (gssize) done;
}

static bool
check_private_file (int fd, const char *path, gsize max_size, struct stat *ret_st, GError **error)
{
  if (fstat (fd, ret_st) != 0)
    {
      set_errno (error, errno, "Cannot read", path);
      return false;
    }
  if (!S_ISREG (ret_st->st_mode) || (guint64) ret_st->st_size > max_size)
    {
      set_errno (error, S_ISREG (ret_st->st_mode) ? EFBIG : EINVAL, "Cannot read", path);
      return false;
    }
  return check_owner (ret_st, S_IRWXG | S_IRWXO, path, error);
}

bool
ipd_paths_read_private (const char *path, gsize max_size, char **ret_contents, gsize *ret_length, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  struct stat st;
  bool ok = false;

  if (fd < 0 && errno == ENOENT)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s does not exist", path);
  else if (fd < 0)
    set_errno (error, errno, "Cannot open", path);
  if (fd < 0)
    return false;

  if (check_private_file (fd, path, max_size, &st, error))
    {
      char *buffer = g_malloc ((gsize) st.st_size + 1);
      gssize n = read_up_to (fd, buffer, (gsize) st.st_size);

      ok = n >= 0;
      if (ok)
        {
          buffer[n] = '\0';
          *ret_contents = buffer;
          if (ret_length != NULL)
            *ret_length = (gsize) n;
        }
      else
        {
          set_errno (error, errno, "Cannot read", path);
          g_free (buffer);
        }
    }
  close (fd);
  return ok;
}

static char *
running_dir (void)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);

  return exe != NULL ? g_path_get_dirname (exe) : g_strdup (IPD_BINDIR);
}

static bool
is_installed (const char *dir)
{
  return g_str_equal (dir, IPD_BINDIR) || g_str_equal (dir, IPD_LIBEXECDIR);
}

static void
add_own_places (GPtrArray *places)
{
  static const char *const siblings[] = { "agent", "cli", "desktop", "discovery", "media", "station" };
  g_autofree char *dir = running_dir ();

  g_ptr_array_add (places, g_strdup (dir));
  if (is_installed (dir))
    return;
  /* A program of the build tree is <build>/src/<folder>/<program>, a test <build>/tests/<kind>/<folder>/<program>. */
  for (gsize i = 0; i < G_N_ELEMENTS (siblings); i++)
    g_ptr_array_add (places, g_build_filename (dir, "..", siblings[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (siblings); i++)
    g_ptr_array_add (places, g_build_filename (dir, "..", "..", "src", siblings[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (siblings); i++)
    g_ptr_array_add (places, g_build_filename (dir, "..", "..", "..", "src", siblings[i], NULL));
}

static GPtrArray *
program_places (void)
{
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);
  const char *extra = g_getenv ("IPDOOR_LIBEXEC");

  if (extra != NULL)
    {
      g_auto (GStrv) dirs = g_strsplit (extra, ":", -1);

      for (gsize i = 0; dirs[i] != NULL; i++)
        if (g_path_is_absolute (dirs[i]))
          g_ptr_array_add (places, g_strdup (dirs[i]));
    }
  add_own_places (places);
  g_ptr_array_add (places, g_strdup (IPD_LIBEXECDIR));
  g_ptr_array_add (places, g_strdup (IPD_BINDIR));
  return g_steal_pointer (&places);
}

char *
ipd_paths_find_program (const char *name, GError **error)
{
  g_autoptr (GPtrArray) places = program_places ();

  for (guint i = 0; i < places->len; i++)
    {
      g_autofree char *path = g_build_filename (g_ptr_array_index (places, i), name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_canonicalize_filename (path, NULL);
    }
  g_set_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_NO_PROGRAM,
               "The program %s was found neither beside this one nor in %s", name, IPD_LIBEXECDIR);
  return NULL;
}

char *
ipd_paths_locale_dir (void)
{
  const char *override = g_getenv ("IPDOOR_LOCALEDIR");
  g_autofree char *dir = NULL;
  g_autofree char *built = NULL;

  if (override != NULL && *override != '\0')
    return g_strdup (override);
  dir = running_dir ();
  built = g_build_filename (dir, "..", "..", "po", NULL);
  if (!is_installed (dir) && g_file_test (built, G_FILE_TEST_IS_DIR))
    return g_canonicalize_filename (built, NULL);
  return g_strdup (IPD_LOCALEDIR);
}

char *
ipd_paths_data_file (const char *name)
{
  static const char *const up[] = { "../..", "../../.." }; /* of a program, and of a test */
  const char *override = g_getenv ("IPDOOR_DATA");
  g_autofree char *dir = running_dir ();

  if (override != NULL && g_path_is_absolute (override))
    return g_build_filename (override, name, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (up) && !is_installed (dir); i++)
    {
      g_autofree char *built = g_build_filename (dir, up[i], "data", name, NULL);

      if (g_file_test (built, G_FILE_TEST_IS_REGULAR))
        return g_canonicalize_filename (built, NULL);
    }
  return g_build_filename (IPD_DATADIR, name, NULL);
}
