// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the process that stands by and our end of the socket on which it is told its visit. Called by ui-child.c only;
 * main context.
 */
#include "agent/ui-spare.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/paths.h"

struct _IpdUiSpare {
  GSubprocess *process; /* %NULL: nobody stands by */
  int fd;               /* closing it ends the process */
};

IpdUiSpare *
ipd_ui_spare_new (void)
{
  IpdUiSpare *self = g_new0 (IpdUiSpare, 1);

  self->fd = -1;
  return self;
}

void
ipd_ui_spare_dismiss (IpdUiSpare *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_object (&self->process);
}

void
ipd_ui_spare_free (IpdUiSpare *self)
{
  ipd_ui_spare_dismiss (self);
  g_free (self);
}

/* Its standard input is one end; messages stay apart, and a process that died gives an error, not a signal. */
static GSubprocess *
spawn (int *ret_fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *program = ipd_paths_find_program ("ipdoor-desktop", error);
  GSubprocess *process;
  int ends[2];

  if (program == NULL)
    return NULL;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error_literal (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno), g_strerror (errno));
      return NULL;
    }
  g_subprocess_launcher_take_stdin_fd (launcher, ends[1]);
  process = g_subprocess_launcher_spawn (launcher, error, program, "--stand-by", NULL);
  if (process != NULL)
    *ret_fd = ends[0];
  else
    close (ends[0]);
  return process;
}

/* Whether it lives; one that died is forgotten. */
static gboolean
stands_by (IpdUiSpare *self)
{
  if (self->process != NULL && g_subprocess_get_identifier (self->process) == NULL)
    ipd_ui_spare_dismiss (self);
  return self->process != NULL;
}

void
ipd_ui_spare_prepare (IpdUiSpare *self)
{
  g_autoptr (GError) error = NULL;

  if (stands_by (self))
    return;
  self->process = spawn (&self->fd, &error);
  if (self->process == NULL)
    g_debug ("nothing stands by for the next ring: %s", error->message);
}

GSubprocess *
ipd_ui_spare_take (IpdUiSpare *self, const char *visit)
{
  GSubprocess *process = NULL;

  if (stands_by (self) && send (self->fd, visit, strlen (visit), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
    process = g_steal_pointer (&self->process);
  ipd_ui_spare_dismiss (self);
  return process;
}
