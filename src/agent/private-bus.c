// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the listening socket, the lock that makes this agent the only one of its user, and the connections of desktop,
 * command line and tests. Main context only; GDBus reads in its own thread and delivers here.
 *
 * Not GDBusServer: where the process has no descriptor left, that one tries to accept without a pause for as long as
 * somebody waits, and it takes any number of connections.
 */
#include "agent/private-bus.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/agent-error.h"
#include "platform/paths.h"

/* Programs of one user's desktop; more is a program that has gone wild. */
#define CONNECTIONS_MAX 64
#define BACKLOG         16
/* After a failed accept() the one that waits is asked for again then. */
#define PAUSE_MS 1000
/* Saying who one is takes a program of this machine no time. */
#define HANDSHAKE_SECONDS 5

struct _IpdPrivateBus {
  IpdContract *contract;
  GPtrArray *connections; /* of GDBusConnection */
  GPtrArray *handshakes;  /* of Handshake */
  char *guid;
  char *path;
  int lock;
  int socket;
  guint source; /* of the socket, or of the pause */
  bool pausing; /* said in the log */
};

/* A connection that has not said yet who it is. */
typedef struct {
  IpdPrivateBus *bus; /* NULL: it has ended */
  GCancellable *cancellable;
  guint timer;
} Handshake;

static void listen_on (IpdPrivateBus *self);

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, IpdPrivateBus *self)
{
  g_signal_handlers_disconnect_by_data (connection, self);
  g_ptr_array_remove_fast (self->connections, connection);
  if (self->source == 0)
    listen_on (self);
}

static void
serve (IpdPrivateBus *self, GDBusConnection *connection)
{
  g_autoptr (GError) error = NULL;

  if (g_dbus_connection_is_closed (connection))
    return; /* its signal may be over already: nobody would say again that it has gone */
  if (!ipd_contract_serve_private (self->contract, connection, &error))
    {
      g_warning ("a connection to the private socket cannot be served: %s", error->message);
      g_dbus_connection_close (connection, NULL, NULL, NULL);
      return;
    }
  g_ptr_array_add (self->connections, g_object_ref (connection));
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_dbus_connection_start_message_processing (connection);
}

static void
handshake_free (Handshake *handshake)
{
  g_clear_handle_id (&handshake->timer, g_source_remove);
  g_object_unref (handshake->cancellable);
  g_free (handshake);
}

static void
on_handshake (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Handshake *handshake = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_finish (result, &error);
  IpdPrivateBus *self = handshake->bus;

  if (self != NULL)
    {
      g_ptr_array_remove_fast (self->handshakes, handshake);
      if (connection != NULL)
        serve (self, connection);
      else
        g_debug ("who connected to the private socket did not say who it is: %s", error->message);
      if (self->source == 0)
        listen_on (self);
    }
  handshake_free (handshake);
}

static gboolean
on_handshake_late (gpointer user_data)
{
  Handshake *handshake = user_data;

  handshake->timer = 0;
  g_cancellable_cancel (handshake->cancellable);
  return G_SOURCE_REMOVE;
}

static void
begin_handshake (IpdPrivateBus *self, GSocket *socket)
{
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  Handshake *handshake = g_new0 (Handshake, 1);

  handshake->bus = self;
  handshake->cancellable = g_cancellable_new ();
  handshake->timer = g_timeout_add_seconds (HANDSHAKE_SECONDS, on_handshake_late, handshake);
  g_ptr_array_add (self->handshakes, handshake);
  g_dbus_connection_new (G_IO_STREAM (stream), self->guid,
                         G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER
                             | G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER
                             | G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                         NULL, handshake->cancellable, on_handshake, handshake);
}

static bool
is_full (const IpdPrivateBus *self)
{
  return self->connections->len + self->handshakes->len >= CONNECTIONS_MAX;
}

static gboolean
on_pause_over (gpointer user_data)
{
  IpdPrivateBus *self = user_data;

  self->source = 0;
  listen_on (self);
  return G_SOURCE_REMOVE;
}

/* No descriptor or no memory: whoever waits still waits, and is ready to be accepted all the time. */
static gboolean
pause_accepting (IpdPrivateBus *self, int why)
{
  if (!self->pausing)
    g_warning ("nobody can connect to the private socket now: %s", g_strerror (why));
  self->pausing = true;
  self->source = g_timeout_add (PAUSE_MS, on_pause_over, self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_connecting (int fd, GIOCondition condition, gpointer user_data)
{
  IpdPrivateBus *self = user_data;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  int accepted = accept4 (fd, NULL, NULL, SOCK_CLOEXEC);

  if (accepted < 0)
    return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED ? G_SOURCE_CONTINUE
                                                                      : pause_accepting (self, errno);
  socket = g_socket_new_from_fd (accepted, &error);
  if (socket == NULL)
    {
      close (accepted);
      g_warning ("a connection to the private socket cannot be used: %s", error->message);
      return G_SOURCE_CONTINUE;
    }
  if (self->pausing)
    g_message ("the private socket accepts connections again");
  self->pausing = false;
  begin_handshake (self, socket);
  if (!is_full (self))
    return G_SOURCE_CONTINUE;
  g_warning ("the private socket has %d connections; the next one waits until one of them ends", CONNECTIONS_MAX);
  self->source = 0;
  return G_SOURCE_REMOVE;
}

static void
listen_on (IpdPrivateBus *self)
{
  if (!is_full (self))
    self->source = g_unix_fd_add (self->socket, G_IO_IN, on_connecting, self);
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

static int
listen_at (const char *path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  mode_t before;
  bool good;

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  (void) unlink (path);
  before = umask (0177);
  good = fd >= 0 && bind (fd, (const struct sockaddr *) &address, sizeof address) == 0 && listen (fd, BACKLOG) == 0;
  umask (before);
  if (good)
    return fd;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

IpdPrivateBus *
ipd_private_bus_new (const char *socket_path, IpdContract *contract, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (socket_path);
  IpdPrivateBus *self;
  int lock, fd;

  if (!ipd_paths_ensure_private (dir, error))
    return NULL;
  lock = take_lock (socket_path, error);
  if (lock < 0)
    return NULL;
  fd = listen_at (socket_path, error);
  if (fd < 0)
    {
      close (lock);
      return NULL;
    }
  self = g_new0 (IpdPrivateBus, 1);
  self->contract = contract;
  self->socket = fd;
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->handshakes = g_ptr_array_new ();
  self->guid = g_dbus_generate_guid ();
  self->path = g_strdup (socket_path);
  self->lock = lock;
  listen_on (self);
  return self;
}

guint
ipd_private_bus_count (IpdPrivateBus *self)
{
  return self->connections->len;
}

static void
end_handshakes (IpdPrivateBus *self)
{
  for (guint i = 0; i < self->handshakes->len; i++)
    {
      Handshake *handshake = g_ptr_array_index (self->handshakes, i);

      handshake->bus = NULL;
      g_cancellable_cancel (handshake->cancellable);
    }
  g_ptr_array_unref (self->handshakes);
}

void
ipd_private_bus_free (IpdPrivateBus *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  end_handshakes (self);
  for (guint i = 0; i < self->connections->len; i++)
    {
      GDBusConnection *connection = g_ptr_array_index (self->connections, i);

      g_signal_handlers_disconnect_by_data (connection, self);
      g_dbus_connection_close (connection, NULL, NULL, NULL);
    }
  g_ptr_array_unref (self->connections);
  close (self->socket);
  (void) unlink (self->path);
  close (self->lock);
  g_free (self->guid);
  g_free (self->path);
  g_free (self);
}
