// SPDX-License-Identifier: Apache-2.0
/*
 * Holds descriptors of /dev/null and closes them when a visit begins. Owned by the visit engine of a station, and by an
 * agent; main thread.
 */
#include "platform/reserve.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* An idle station has about thirty open, an agent fewer, and their start some more. */
#define NEEDED_TO_RUN        (IPD_RESERVE_DESCRIPTORS + 64)
#define CLOSED_AFTER_SECONDS 2

struct _IpdReserve {
  int fds[IPD_RESERVE_DESCRIPTORS];
  guint n;
  gboolean given; /* to a visit */
  guint timer;
};

gboolean
ipd_reserve_lift_limit (guint *ret_needed, guint *ret_limit)
{
  struct rlimit limit;
  guint unread;
  ret_limit = ret_limit != NULL ? ret_limit : &unread;
  *ret_limit = 0;
  if (ret_needed != NULL)
    *ret_needed = NEEDED_TO_RUN;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return FALSE;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0 && getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return FALSE;
  *ret_limit = (guint) MIN (limit.rlim_cur, G_MAXUINT);
  return *ret_limit >= NEEDED_TO_RUN;
}

static void
take (IpdReserve *self)
{
  const gboolean was_complete = self->n == IPD_RESERVE_DESCRIPTORS;
  while (self->n < IPD_RESERVE_DESCRIPTORS)
    {
      int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
      if (fd < 0)
        break;
      self->fds[self->n++] = fd;
    }
  self->given = FALSE;
  if (!was_complete && self->n < IPD_RESERVE_DESCRIPTORS)
    g_warning ("too many files are open: only %u of %d descriptors are kept for the next visit", self->n,
               IPD_RESERVE_DESCRIPTORS);
}

static gboolean
on_closed (gpointer data)
{
  IpdReserve *self = data;
  self->timer = 0;
  take (self);
  return G_SOURCE_REMOVE;
}

IpdReserve *
ipd_reserve_new (void)
{
  IpdReserve *self = g_new0 (IpdReserve, 1);
  take (self);
  return self;
}

void
ipd_reserve_release (IpdReserve *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->given = TRUE;
  while (self->n > 0)
    close (self->fds[--self->n]);
}

void
ipd_reserve_take_soon (IpdReserve *self)
{
  if (!self->given || self->timer != 0)
    return;
  self->timer = g_timeout_add_seconds (CLOSED_AFTER_SECONDS, on_closed, self);
  g_source_set_name_by_id (self->timer, "descriptors for the next visit");
}

gboolean
ipd_reserve_is_complete (const IpdReserve *self)
{
  return self->given || self->n == IPD_RESERVE_DESCRIPTORS;
}

void
ipd_reserve_free (IpdReserve *self)
{
  if (self == NULL)
    return;
  ipd_reserve_release (self);
  g_free (self);
}
