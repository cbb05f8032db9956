// SPDX-License-Identifier: Apache-2.0
/*
 * Plays the part of logind that matters to who has to deal with sleep, on the bus of DBUS_SYSTEM_BUS_ADDRESS: nobody
 * may put the test's computer to sleep. Inhibit gives delays away. A line "sleep" on standard input announces the
 * sleep, and "asleep" is printed when every delay has been given back (or "too late" after 5 s, as logind does); "wake"
 * announces the end.
 */
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define LOGIND_PATH      "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"
#define DELAY_MAX_S      5

typedef struct {
  GMainLoop *loop;
  GDBusConnection *bus;
  guint delays; /* not given back */
  gboolean sleeping;
  guint limit;
} Logind;

static void
say (const char *text)
{
  g_print ("%s\n", text);
}

static void
fall_asleep (Logind *self, const char *how)
{
  self->sleeping = FALSE;
  g_clear_handle_id (&self->limit, g_source_remove);
  say (how);
}

static gboolean
on_too_late (gpointer user_data)
{
  Logind *self = user_data;

  self->limit = 0;
  fall_asleep (self, "too late");
  return G_SOURCE_REMOVE;
}

/* The other end of a delay was closed. */
static gboolean
on_given_back (int fd, GIOCondition condition, gpointer user_data)
{
  Logind *self = user_data;

  close (fd);
  self->delays--;
  if (self->sleeping && self->delays == 0)
    fall_asleep (self, "asleep");
  return G_SOURCE_REMOVE;
}

static void
on_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Logind *self = user_data;
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, NULL) || g_unix_fd_list_append (fds, ends[1], NULL) != 0)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.Failed", "no pipe");
      return;
    }
  close (ends[1]);
  self->delays++;
  g_unix_fd_add (ends[0], G_IO_HUP, on_given_back, self);
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0), fds);
  say ("delay taken");
}

static void
announce (Logind *self, gboolean begins)
{
  g_dbus_connection_emit_signal (self->bus, NULL, LOGIND_PATH, LOGIND_INTERFACE, "PrepareForSleep",
                                 g_variant_new ("(b)", begins), NULL);
  if (!begins)
    return;
  self->sleeping = TRUE;
  self->limit = g_timeout_add_seconds (DELAY_MAX_S, on_too_late, self);
  if (self->delays == 0)
    fall_asleep (self, "asleep");
}

static void read_line (Logind *self, GDataInputStream *words);

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Logind *self = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  announce (self, strcmp (line, "sleep") == 0);
  read_line (self, G_DATA_INPUT_STREAM (source));
}

static void
read_line (Logind *self, GDataInputStream *words)
{
  g_data_input_stream_read_line_async (words, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

static void
on_name (GDBusConnection *bus, const char *name, gpointer user_data)
{
  say ("logind is there");
}

int
main (void)
{
  static const char xml[] = "<node><interface name='" LOGIND_INTERFACE "'>"
                            "<method name='Inhibit'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
                            "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                            "<arg type='h' direction='out'/></method>"
                            "<signal name='PrepareForSleep'><arg type='b'/></signal></interface></node>";
  static const GDBusInterfaceVTable table = { .method_call = on_call };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) words = g_data_input_stream_new (input);
  Logind self = { .loop = loop, .bus = bus };

  if (bus == NULL
      || g_dbus_connection_register_object (bus, LOGIND_PATH, node->interfaces[0], &table, &self, NULL, &error) == 0)
    {
      g_printerr ("mock-logind: %s\n", error->message);
      return 1;
    }
  g_bus_own_name_on_connection (bus, "org.freedesktop.login1", G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, on_name, NULL,
                                &self, NULL);
  read_line (&self, words);
  g_main_loop_run (loop);
  return 0;
}
