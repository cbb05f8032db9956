// SPDX-License-Identifier: Apache-2.0
/*
 * GDBus server on the private socket; translates method calls into calls of its verbs and errors into D-Bus names.
 * Made by station.c; main thread.
 */
#include "station/control.h"

#include "platform/paths.h"
#include "station-contract.h"
#include "station/station-error.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define OBJECT_PATH "/io/ipdoor/Station1"

struct _IpdControl {
  const IpdControlVerbs *verbs;
  gpointer owner;
  GDBusServer *server;
  IpdBusStation1 *skeleton;
  GPtrArray *connections; /* of GDBusConnection, owned */
  char *path;
};

char *
ipd_control_socket_path (const char *state_dir)
{
  return g_build_filename (state_dir, "station.sock", NULL);
}

char *
ipd_control_spare_path (const char *state_dir)
{
  g_autofree char *absolute = g_canonicalize_filename (state_dir, NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, absolute, -1);
  g_autofree char *name = g_strdup_printf ("station-%.12s.sock", digest);
  g_autofree char *dir = ipd_paths_runtime_dir (NULL);
  return dir != NULL ? g_build_filename (dir, name, NULL) : NULL;
}

static gboolean
on_get_status (IpdBusStation1 *skeleton, GDBusMethodInvocation *call, gpointer data)
{
  IpdControl *self = data;
  ipd_bus_station1_complete_get_status (skeleton, call, self->verbs->status (self->owner));
  return TRUE;
}

static gboolean
on_get_clients (IpdBusStation1 *skeleton, GDBusMethodInvocation *call, gpointer data)
{
  IpdControl *self = data;
  ipd_bus_station1_complete_get_clients (skeleton, call, self->verbs->clients (self->owner));
  return TRUE;
}

static gboolean
on_get_phones (IpdBusStation1 *skeleton, GDBusMethodInvocation *call, gpointer data)
{
  IpdControl *self = data;
  ipd_bus_station1_complete_get_phones (skeleton, call, self->verbs->phones (self->owner));
  return TRUE;
}

static gboolean
on_enrol_code (IpdBusStation1 *skeleton, GDBusMethodInvocation *call, const char *name, const char *profile,
               gpointer data)
{
  IpdControl *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *code = NULL;
  gint64 expires = 0;
  if (self->verbs->enrol_code (self->owner, name, profile, &code, &expires, &error))
    ipd_bus_station1_complete_enrol_code (skeleton, call, code, expires);
  else
    g_dbus_method_invocation_return_gerror (call, error);
  return TRUE;
}

static gboolean
on_remove_licence (IpdBusStation1 *skeleton, GDBusMethodInvocation *call, const char *client, gpointer data)
{
  IpdControl *self = data;
  g_autoptr (GError) error = NULL;
  if (self->verbs->remove_licence (self->owner, client, &error))
    ipd_bus_station1_complete_remove_licence (skeleton, call);
  else
    g_dbus_method_invocation_return_gerror (call, error);
  return TRUE;
}

static gboolean
on_press (IpdBusStation1 *skeleton, GDBusMethodInvocation *call, guint button, gpointer data)
{
  IpdControl *self = data;
  g_autoptr (GError) error = NULL;
  IpdShortId visit;
  guint rings = 0;
  if (self->verbs->press (self->owner, button, &visit, &rings, &error))
    ipd_bus_station1_complete_press (skeleton, call, visit.s, rings);
  else
    g_dbus_method_invocation_return_gerror (call, error);
  return TRUE;
}

static gboolean
on_authorize (GDBusAuthObserver *observer, GIOStream *stream, GCredentials *credentials, gpointer data)
{
  uid_t uid = credentials != NULL ? g_credentials_get_unix_user (credentials, NULL) : (uid_t) -1;
  return uid == geteuid () || uid == 0;
}

static void
on_closed (GDBusConnection *connection, gboolean peer_vanished, GError *error, gpointer data)
{
  IpdControl *self = data;
  g_dbus_interface_skeleton_unexport_from_connection (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection);
  g_ptr_array_remove_fast (self->connections, connection);
}

static gboolean
on_new_connection (GDBusServer *server, GDBusConnection *connection, gpointer data)
{
  IpdControl *self = data;
  g_autoptr (GError) error = NULL;
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection, OBJECT_PATH, &error))
    {
      g_warning ("control socket: %s", error->message);
      return FALSE;
    }
  g_ptr_array_add (self->connections, g_object_ref (connection));
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  return TRUE;
}

static IpdBusStation1 *
make_skeleton (IpdControl *self)
{
  IpdBusStation1 *skeleton = ipd_bus_station1_skeleton_new ();
  g_signal_connect (skeleton, "handle-get-status", G_CALLBACK (on_get_status), self);
  g_signal_connect (skeleton, "handle-get-clients", G_CALLBACK (on_get_clients), self);
  g_signal_connect (skeleton, "handle-get-phones", G_CALLBACK (on_get_phones), self);
  g_signal_connect (skeleton, "handle-enrol-code", G_CALLBACK (on_enrol_code), self);
  g_signal_connect (skeleton, "handle-remove-licence", G_CALLBACK (on_remove_licence), self);
  g_signal_connect (skeleton, "handle-press", G_CALLBACK (on_press), self);
  return skeleton;
}

static gboolean
somebody_answers (const char *path)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  return connection != NULL;
}

static GDBusServer *
listen_on (const char *path, GDBusAuthObserver *observer, GError **error)
{
  g_autofree char *escaped = g_dbus_address_escape_value (path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autoptr (GError) why = NULL;
  g_unlink (path);
  GDBusServer *server = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_NONE, guid, observer, NULL, &why);
  if (server == NULL)
    g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_STATE, _ ("The control socket %s cannot be made: %s"),
                 path, why->message);
  else
    g_chmod (path, 0600);
  return server;
}

IpdControl *
ipd_control_new (const char *state_dir, const IpdControlVerbs *verbs, gpointer owner, GError **error)
{
  g_autofree char *path = ipd_control_socket_path (state_dir);
  g_autofree char *spare = ipd_control_spare_path (state_dir);
  if (somebody_answers (path) || (spare != NULL && somebody_answers (spare)))
    {
      g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_RUNNING,
                   _ ("Another station runs with the state directory %s."), state_dir);
      return NULL;
    }
  g_autoptr (GDBusAuthObserver) observer = g_dbus_auth_observer_new ();
  g_autoptr (GError) why = NULL;
  g_signal_connect (observer, "authorize-authenticated-peer", G_CALLBACK (on_authorize), NULL);
  GDBusServer *server = listen_on (path, observer, &why);
  if (server == NULL && spare != NULL && (server = listen_on (spare, observer, NULL)) != NULL)
    {
      g_free (path);
      path = g_steal_pointer (&spare);
    }
  if (server == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  IpdControl *self = g_new0 (IpdControl, 1);
  self->verbs = verbs;
  self->owner = owner;
  self->server = server;
  self->path = g_steal_pointer (&path);
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->skeleton = make_skeleton (self);
  g_signal_connect (server, "new-connection", G_CALLBACK (on_new_connection), self);
  g_dbus_server_start (server);
  return self;
}

void
ipd_control_emit (IpdControl *self, const char *kind, GVariant *detail)
{
  if (self == NULL)
    {
      g_variant_unref (g_variant_ref_sink (detail));
      return;
    }
  ipd_bus_station1_emit_event (self->skeleton, kind, detail);
}

void
ipd_control_free (IpdControl *self)
{
  if (self == NULL)
    return;
  g_dbus_server_stop (self->server);
  g_signal_handlers_disconnect_by_data (self->server, self);
  for (guint i = 0; i < self->connections->len; i++)
    g_signal_handlers_disconnect_by_data (self->connections->pdata[i], self);
  if (self->connections->len > 0)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_ptr_array_unref (self->connections);
  g_object_unref (self->skeleton);
  g_object_unref (self->server);
  g_unlink (self->path);
  g_free (self->path);
  g_free (self);
}
