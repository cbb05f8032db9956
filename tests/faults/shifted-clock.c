// SPDX-License-Identifier: Apache-2.0
/*
 * Preloaded into a program under test: what it reads of the clocks is shifted by what stands in a file, while it runs.
 *
 *   IPDOOR_CLOCK   the file: two native 64-bit integers, seconds added to CLOCK_REALTIME (and all that is made of it),
 *                  and seconds added to CLOCK_BOOTTIME, as if the computer had slept. CLOCK_MONOTONIC is left alone.
 *
 * A timer on CLOCK_REALTIME, by which a program learns that the clock was set (timerfd_create(2),
 * TFD_TIMER_CANCEL_ON_SET), becomes a descriptor that is readable when the file is written. The kernel does the same
 * when somebody sets its clock and when the computer wakes; here nobody may do either.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000L

static const volatile int64_t *shifts_s; /* of the file, or NULL */
static int told_fd = -1;                 /* the one that stands for a timer */

__attribute__ ((constructor)) static void
map_file (void)
{
  const char *path = getenv ("IPDOOR_CLOCK");
  int fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  void *map = fd >= 0 ? mmap (NULL, 2 * sizeof (int64_t), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

  if (map != MAP_FAILED)
    shifts_s = map;
  if (fd >= 0)
    close (fd);
}

static time_t
shift_of (clockid_t clock)
{
  if (shifts_s == NULL)
    return 0;
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI)
    return (time_t) shifts_s[0];
  return clock == CLOCK_BOOTTIME || clock == CLOCK_BOOTTIME_ALARM ? (time_t) shifts_s[1] : 0;
}

int
clock_gettime (clockid_t clock, struct timespec *ret_time)
{
  static int (*real) (clockid_t, struct timespec *);
  int result;

  if (real == NULL)
    real = (int (*) (clockid_t, struct timespec *)) dlsym (RTLD_NEXT, "clock_gettime");
  result = real (clock, ret_time);
  if (result == 0)
    ret_time->tv_sec += shift_of (clock);
  return result;
}

int
gettimeofday (struct timeval *restrict ret_time, void *restrict zone)
{
  struct timespec now;
  int result = clock_gettime (CLOCK_REALTIME, &now);

  if (result == 0)
    *ret_time = (struct timeval){ .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000 };
  return result;
}

time_t
time (time_t *ret_time)
{
  struct timespec now = { 0 };

  clock_gettime (CLOCK_REALTIME, &now);
  if (ret_time != NULL)
    *ret_time = now.tv_sec;
  return now.tv_sec;
}

/* ---- who wants to be told ---- */

int
timerfd_create (clockid_t clock, int flags)
{
  const char *path = getenv ("IPDOOR_CLOCK");

  if (clock != CLOCK_REALTIME || path == NULL)
    return (int) syscall (SYS_timerfd_create, clock, flags);
  told_fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (told_fd >= 0 && inotify_add_watch (told_fd, path, IN_MODIFY) < 0)
    return -1;
  return told_fd;
}

/* Set anew, it has nothing to tell. */
int
timerfd_settime (int fd, int flags, const struct itimerspec *wanted, struct itimerspec *ret_old)
{
  char events[4096];

  if (fd != told_fd)
    return (int) syscall (SYS_timerfd_settime, fd, flags, wanted, ret_old);
  return read (fd, events, sizeof events) >= 0 || errno == EAGAIN ? 0 : -1;
}
