// SPDX-License-Identifier: Apache-2.0
/*
 * LD_PRELOAD: writes down what a program does to the files of one folder, see power-loss.h. Nothing is changed; from
 * the record power-disk.c knows for each moment what a disk may hold if the power fails then. Any thread.
 *
 * What goes through mmap is not seen. Of our files that is SQLite's index of the log (-shm) alone, which is no part of
 * what is durable: whoever opens the database first makes it anew.
 */
#include "power-loss.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES_MAX 4096

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER; /* the record has the order of the acts themselves */
static char root[4096];
static size_t root_length; /* 0: nothing is watched */
static int trace = -1;
static int says = -1;
static uint64_t files[FILES_MAX]; /* by descriptor; 0 = not watched */
static uint64_t last_file;

static void
before_fork (void)
{
  pthread_mutex_lock (&order);
}

static void
after_fork (void)
{
  pthread_mutex_unlock (&order);
}

/* What a child does before it becomes another program is not its parent's: it would also wait for whoever held the
 * lock. */
static void
in_child (void)
{
  root_length = 0;
  memset (files, 0, sizeof files);
  pthread_mutex_unlock (&order);
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *folder = getenv (POWER_ROOT), *path = getenv (POWER_TRACE), *said = getenv (POWER_SAYS);

  if (folder == NULL || path == NULL || realpath (folder, root) == NULL)
    return;
  trace = (int) syscall (SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (trace < 0)
    abort ();
  says = said != NULL ? (int) strtol (said, NULL, 10) : -1;
  root_length = strlen (root);
  last_file = (uint64_t) getpid () << 32;
  pthread_atfork (before_fork, after_fork, in_child);
}

static void
note (PowerKind kind, uint64_t file, int64_t offset, const void *path, size_t path_length, const void *data,
      size_t length)
{
  PowerRecord record = { kind, (uint32_t) path_length, file, offset, length };
  struct iovec parts[] = { { &record, sizeof record }, { (void *) path, path_length }, { (void *) data, length } };
  const int saved = errno;

  if (syscall (SYS_writev, trace, parts, 3) != (long) (sizeof record + path_length + length))
    abort (); /* a record with a hole proves nothing */
  errno = saved;
}

static bool
is_watched (const char *path)
{
  return root_length > 0 && strncmp (path, root, root_length) == 0
         && (path[root_length] == '/' || path[root_length] == '\0');
}

static uint64_t
file_of (int fd)
{
  return fd >= 0 && fd < FILES_MAX ? files[fd] : 0;
}

static int
open_any (int folder, const char *path, int flags, mode_t mode)
{
  pthread_mutex_lock (&order);
  const int fd = (int) syscall (SYS_openat, folder, path, flags, mode);
  if (fd >= 0 && fd < FILES_MAX)
    {
      files[fd] = is_watched (path) ? ++last_file : 0;
      if (files[fd] != 0)
        note (POWER_OPEN, files[fd], flags, path, strlen (path) + 1, NULL, 0);
    }
  pthread_mutex_unlock (&order);
  return fd;
}

static mode_t
mode_of (int flags, va_list list)
{
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (list, mode_t) : 0;
}

#define OPEN(name)                                                                                                     \
  int name (const char *path, int flags, ...)                                                                          \
  {                                                                                                                    \
    va_list list;                                                                                                      \
    va_start (list, flags);                                                                                            \
    const mode_t mode = mode_of (flags, list);                                                                         \
    va_end (list);                                                                                                     \
    return open_any (AT_FDCWD, path, flags, mode);                                                                     \
  }
#define OPENAT(name)                                                                                                   \
  int name (int folder, const char *path, int flags, ...)                                                              \
  {                                                                                                                    \
    va_list list;                                                                                                      \
    va_start (list, flags);                                                                                            \
    const mode_t mode = mode_of (flags, list);                                                                         \
    va_end (list);                                                                                                     \
    return open_any (folder, path, flags, mode);                                                                       \
  }
OPEN (open)
OPEN (open64)
OPENAT (openat)
OPENAT (openat64)

int
close (int fd)
{
  pthread_mutex_lock (&order);
  if (file_of (fd) != 0)
    files[fd] = 0;
  const int result = (int) syscall (SYS_close, fd);
  pthread_mutex_unlock (&order);
  return result;
}

/* @offset: -1 where the descriptor says it */
static ssize_t
write_any (int fd, const void *data, size_t length, int64_t offset)
{
  const uint64_t file = file_of (fd);
  ssize_t done;

  if (file == 0 && fd != says)
    return offset < 0 ? syscall (SYS_write, fd, data, length) : syscall (SYS_pwrite64, fd, data, length, offset);
  pthread_mutex_lock (&order);
  if (offset < 0)
    {
      done = syscall (SYS_write, fd, data, length);
      offset = file != 0 && done > 0 ? syscall (SYS_lseek, fd, 0, SEEK_CUR) - done : 0;
    }
  else
    done = syscall (SYS_pwrite64, fd, data, length, offset);
  if (done > 0)
    note (file != 0 ? POWER_WRITE : POWER_SAID, file, offset, NULL, 0, data, (size_t) done);
  pthread_mutex_unlock (&order);
  return done;
}

ssize_t
write (int fd, const void *data, size_t length)
{
  return write_any (fd, data, length, -1);
}

ssize_t
pwrite (int fd, const void *data, size_t length, off_t offset)
{
  return write_any (fd, data, length, offset);
}

ssize_t
pwrite64 (int fd, const void *data, size_t length, off64_t offset)
{
  return write_any (fd, data, length, offset);
}

static int
resize (int fd, PowerKind kind, int mode, int64_t from, int64_t length)
{
  const uint64_t file = file_of (fd);

  pthread_mutex_lock (&order);
  const int result = kind == POWER_TRUNCATE ? (int) syscall (SYS_ftruncate, fd, length)
                                            : (int) syscall (SYS_fallocate, fd, mode, from, length);
  if (result == 0 && file != 0 && (kind == POWER_TRUNCATE || mode == 0))
    note (kind, file, from + length, NULL, 0, NULL, 0);
  pthread_mutex_unlock (&order);
  return result;
}

int
ftruncate (int fd, off_t length)
{
  return resize (fd, POWER_TRUNCATE, 0, 0, length);
}

int
ftruncate64 (int fd, off64_t length)
{
  return resize (fd, POWER_TRUNCATE, 0, 0, length);
}

int
fallocate (int fd, int mode, off_t offset, off_t length)
{
  return resize (fd, POWER_EXTEND, mode, offset, length);
}

int
fallocate64 (int fd, int mode, off64_t offset, off64_t length)
{
  return resize (fd, POWER_EXTEND, mode, offset, length);
}

static int
sync_any (int fd, long number)
{
  const uint64_t file = file_of (fd);

  pthread_mutex_lock (&order);
  const int result = (int) syscall (number, fd);
  if (result == 0 && file != 0)
    note (POWER_SYNC, file, 0, NULL, 0, NULL, 0);
  pthread_mutex_unlock (&order);
  return result;
}

int
fsync (int fd)
{
  return sync_any (fd, SYS_fsync);
}

int
fdatasync (int fd)
{
  return sync_any (fd, SYS_fdatasync);
}

int
rename (const char *from, const char *to)
{
  char both[8192];

  pthread_mutex_lock (&order);
  const int result = (int) syscall (SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (result == 0 && (is_watched (from) || is_watched (to)))
    {
      const int length = snprintf (both, sizeof both, "%s%c%s", from, '\0', to);
      if (length < 0 || length >= (int) sizeof both)
        abort ();
      note (POWER_RENAME, 0, 0, both, (size_t) length + 1, NULL, 0);
    }
  pthread_mutex_unlock (&order);
  return result;
}

int
unlink (const char *path)
{
  pthread_mutex_lock (&order);
  const int result = (int) syscall (SYS_unlinkat, AT_FDCWD, path, 0);
  if (result == 0 && is_watched (path))
    note (POWER_UNLINK, 0, 0, path, strlen (path) + 1, NULL, 0);
  pthread_mutex_unlock (&order);
  return result;
}
