// SPDX-License-Identifier: Apache-2.0
/* Owns our name on the session bus. Everything arrives in the main context. */
#include "agent/session-bus.h"

struct _IpdSessionBus {
  IpdContract *contract;
  guint owner_id; /* 0: no session bus here */
};

static void
on_bus (GDBusConnection *connection, const char *name, gpointer user_data)
{
  IpdSessionBus *self = user_data;
  g_autoptr (GError) error = NULL;

  /* GIO would end the process with the bus; the door must ring on. */
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  if (!ipd_contract_serve_public (self->contract, connection, &error))
    g_warning ("state cannot be shown on the session bus: %s", error->message);
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_debug ("%s is not ours on the session bus", name);
}

/* GIO would launch a bus of its own where there is none; we only join one. */
static bool
there_is_one (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *socket = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);

  if (address != NULL)
    return *address != '\0' && !g_str_has_prefix (address, "disabled:") && !g_str_has_prefix (address, "autolaunch:");
  return g_file_test (socket, G_FILE_TEST_EXISTS);
}

IpdSessionBus *
ipd_session_bus_new (IpdContract *contract)
{
  IpdSessionBus *self = g_new0 (IpdSessionBus, 1);

  self->contract = contract;
  if (there_is_one ())
    self->owner_id = g_bus_own_name (G_BUS_TYPE_SESSION, IPD_CONTRACT_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, on_bus,
                                     NULL, on_name_lost, self, NULL);
  return self;
}

void
ipd_session_bus_free (IpdSessionBus *self)
{
  if (self->owner_id != 0)
    g_bus_unown_name (self->owner_id);
  g_free (self);
}
