// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the listening socket, the lock that makes this agent the only one of its user, and the connections of desktop,
 * command line and tests. Main context only; GDBus reads in its own thread and delivers here.
 */
#include "agent/private-bus.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/agent-error.h"
#include "platform/paths.h"

struct _IpdPrivateBus {
  IpdContract *contract;
  GDBusServer *server;
  GPtrArray *connections; /* of GDBusConnection */
  char *path;
  int lock;
};

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, IpdPrivateBus *self)
{
  g_signal_handlers_disconnect_by_data (connection, self);
  g_ptr_array_remove_fast (self->connections, connection);
}

static gboolean
on_connection (GDBusServer *server, GDBusConnection *connection, IpdPrivateBus *self)
{
  g_autoptr (GError) error = NULL;

  if (!ipd_contract_serve_private (self->contract, connection, &error))
    {
      g_warning ("a connection to the private socket cannot be served: %s", error->message);
      return FALSE;
    }
  g_ptr_array_add (self->connections, g_object_ref (connection));
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  return TRUE;
}

/* A lock and not a look at the socket: two agents that start together must not both find it dead. */
static int
take_lock (const char *path, GError **error)
{
  g_autofree char *lock_path = g_strconcat (path, ".lock", NULL);
  int fd = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_ALREADY_RUNNING, _ ("The agent is already running."));
  else
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", lock_path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

static GDBusServer *
listen_at (const char *path, GError **error)
{
  g_autofree char *escaped = g_dbus_address_escape_value (path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autofree char *guid = g_dbus_generate_guid ();
  mode_t before;
  GDBusServer *server;

  (void) unlink (path);
  before = umask (0177);
  server
      = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER, guid, NULL, NULL, error);
  umask (before);
  return server;
}

IpdPrivateBus *
ipd_private_bus_new (const char *socket_path, IpdContract *contract, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (socket_path);
  g_autoptr (GDBusServer) server = NULL;
  IpdPrivateBus *self;
  int lock;

  if (!ipd_paths_ensure_private (dir, error))
    return NULL;
  lock = take_lock (socket_path, error);
  if (lock < 0)
    return NULL;
  server = listen_at (socket_path, error);
  if (server == NULL)
    {
      close (lock);
      return NULL;
    }
  self = g_new0 (IpdPrivateBus, 1);
  self->contract = contract;
  self->server = g_steal_pointer (&server);
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->path = g_strdup (socket_path);
  self->lock = lock;
  g_signal_connect (self->server, "new-connection", G_CALLBACK (on_connection), self);
  g_dbus_server_start (self->server);
  return self;
}

guint
ipd_private_bus_count (IpdPrivateBus *self)
{
  return self->connections->len;
}

void
ipd_private_bus_free (IpdPrivateBus *self)
{
  g_signal_handlers_disconnect_by_data (self->server, self);
  g_dbus_server_stop (self->server);
  for (guint i = 0; i < self->connections->len; i++)
    {
      GDBusConnection *connection = g_ptr_array_index (self->connections, i);

      g_signal_handlers_disconnect_by_data (connection, self);
      g_dbus_connection_close (connection, NULL, NULL, NULL);
    }
  g_ptr_array_unref (self->connections);
  g_object_unref (self->server);
  (void) unlink (self->path);
  close (self->lock);
  g_free (self->path);
  g_free (self);
}
