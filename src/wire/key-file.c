// SPDX-License-Identifier: Apache-2.0
/*
 * The file that holds a private key. Used once at the start of agent and station, in their main thread.
 */

#include "wire/key-file.h"

#include "wire/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_MAX 64

static gboolean
fail_errno (GError **error, const char *doing, int number)
{
  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (number), "cannot %s the key file: %s", doing,
               g_strerror (number));
  return FALSE;
}

static gboolean
check_owner (int fd, GError **error)
{
  struct stat info;
  if (fstat (fd, &info) != 0)
    return fail_errno (error, "read", errno);
  if (S_ISREG (info.st_mode) && (info.st_mode & 077) == 0)
    return TRUE;
  g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_KEY,
               "the key file can be read by others (its mode must be 0600), so the key counts as known");
  return FALSE;
}

static gboolean
load (int fd, IpdKeyPair *ret_pair, GError **error)
{
  char text[KEY_FILE_MAX];
  ssize_t length;

  if (!check_owner (fd, error))
    return FALSE;
  do
    length = read (fd, text, sizeof text);
  while (length < 0 && errno == EINTR);
  if (length < 0)
    return fail_errno (error, "read", errno);
  gboolean good = ipd_key_pair_read (text, (size_t) length, ret_pair, error);
  ipd_wipe (text, sizeof text);
  return good;
}

static gboolean
create (const char *path, IpdKeyPair *ret_pair, GError **error)
{
  g_auto (IpdKeyPair) pair;
  ipd_key_pair_generate (&pair);
  char *text = ipd_key_pair_write (&pair);
  /* CONSISTENT writes beside, flushes and renames; the mode is set before a single octet is there. */
  gboolean good = g_file_set_contents_full (path, text, -1,
                                            G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
  ipd_wipe_string (text);
  if (good)
    *ret_pair = pair;
  return good;
}

gboolean
ipd_key_file_load_or_create (const char *path, IpdKeyPair *ret_pair, gboolean *ret_created, GError **error)
{
  gboolean created = FALSE, good;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);

  if (fd >= 0)
    {
      good = load (fd, ret_pair, error);
      close (fd);
    }
  else if (errno == ENOENT)
    good = created = create (path, ret_pair, error);
  else
    good = fail_errno (error, "open", errno);
  if (good && ret_created != NULL)
    *ret_created = created;
  return good;
}
