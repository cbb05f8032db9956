// SPDX-License-Identifier: Apache-2.0
// What the agent notices of sleep, with clocks of this program's own and a logind that is a few lines on a private bus.
#include "agent/sleep-watch.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LOGIND_PATH      "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"
#define WAIT_S           15

static gint slept_s; /* atomic: added to the clock that counts sleep */

int
clock_gettime (clockid_t clock, struct timespec *ret_time)
{
  int result = (int) syscall (SYS_clock_gettime, clock, ret_time);

  if (result == 0 && clock == CLOCK_BOOTTIME)
    ret_time->tv_sec += g_atomic_int_get (&slept_s);
  return result;
}

typedef struct {
  GTestDBus *daemon;
  GDBusConnection *logind;
  guint delays_taken;
  guint delays_back;
  IpdSleepWatch *watch;
  guint news[IPD_SLEEP_CLOCK_SET + 1];
  guint back_at_news; /* delays that were given back when the sleep was told of */
} Fixture;

/* ---- logind ---- */

static gboolean
on_given_back (int fd, GIOCondition condition, gpointer user_data)
{
  ((Fixture *) user_data)->delays_back++;
  close (fd);
  return G_SOURCE_REMOVE;
}

static void
on_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Fixture *self = user_data;
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  const char *what, *mode;
  int ends[2];

  g_variant_get (parameters, "(&s&s&s&s)", &what, NULL, NULL, &mode);
  g_assert_cmpstr (what, ==, "sleep");
  g_assert_cmpstr (mode, ==, "delay");
  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_cmpint (g_unix_fd_list_append (fds, ends[1], NULL), ==, 0);
  close (ends[1]);
  g_unix_fd_add (ends[0], G_IO_HUP, on_given_back, self);
  self->delays_taken++;
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0), fds);
}

static void
start_logind (Fixture *self)
{
  static const char xml[] = "<node><interface name='" LOGIND_INTERFACE "'><method name='Inhibit'>"
                            "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                            "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                            "<arg type='h' direction='out'/></method></interface></node>";
  static const GDBusInterfaceVTable table = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) owned = NULL;

  self->logind = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (self->daemon),
                                                         G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                             | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                         NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (
      g_dbus_connection_register_object (self->logind, LOGIND_PATH, node->interfaces[0], &table, self, NULL, &error),
      !=, 0);
  owned = g_dbus_connection_call_sync (
      self->logind, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
      g_variant_new ("(su)", "org.freedesktop.login1", 4), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

static void
announce (Fixture *self, gboolean begins)
{
  g_assert_true (g_dbus_connection_emit_signal (self->logind, NULL, LOGIND_PATH, LOGIND_INTERFACE, "PrepareForSleep",
                                                g_variant_new ("(b)", begins), NULL));
}

/* ---- the watch ---- */

static void
on_news (IpdSleepNews news, gpointer user_data)
{
  Fixture *self = user_data;

  self->news[news]++;
  self->back_at_news = self->delays_back;
}

static gboolean
on_waited_enough (gpointer user_data)
{
  g_error ("nothing came for %d s", WAIT_S);
  return G_SOURCE_REMOVE;
}

static void
wait_for (const guint *count, guint wanted)
{
  guint limit = g_timeout_add_seconds (WAIT_S, on_waited_enough, NULL);

  while (*count < wanted)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (self->daemon), TRUE);
  start_logind (self);
  self->watch = ipd_sleep_watch_new (on_news, self);
  wait_for (&self->delays_taken, 1);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  ipd_sleep_watch_free (self->watch);
  wait_for (&self->delays_back, self->delays_taken);
  g_clear_object (&self->logind);
  g_test_dbus_down (self->daemon);
  g_object_unref (self->daemon);
}

/* The computer waits until the sleep was dealt with; then the next sleep waits, too. */
static void
test_delay (Fixture *self, gconstpointer data)
{
  announce (self, TRUE);
  wait_for (&self->delays_back, 1);
  g_assert_cmpuint (self->news[IPD_SLEEP_BEGINS], ==, 1);
  g_assert_cmpuint (self->back_at_news, ==, 0);
  g_atomic_int_add (&slept_s, 3600);
  announce (self, FALSE);
  wait_for (&self->delays_taken, 2);
  g_assert_cmpuint (self->news[IPD_SLEEP_OVER], ==, 1);
}

/* Before anybody was told, what is asked for is from before the sleep, too. A sleep that did not happen is none. */
static void
test_just_woke (Fixture *self, gconstpointer data)
{
  g_assert_false (ipd_sleep_watch_just_woke (self->watch));
  announce (self, FALSE);
  wait_for (&self->delays_taken, 2);
  g_assert_cmpuint (self->news[IPD_SLEEP_OVER], ==, 0);
  g_assert_false (ipd_sleep_watch_just_woke (self->watch));
  g_atomic_int_add (&slept_s, 3600);
  g_assert_true (ipd_sleep_watch_just_woke (self->watch));
  g_assert_cmpuint (self->news[IPD_SLEEP_OVER], ==, 0);
  announce (self, FALSE);
  wait_for (&self->news[IPD_SLEEP_OVER], 1);
  g_assert_true (ipd_sleep_watch_just_woke (self->watch));
}

/* Neither logind nor the kernel says anything: who asks notices, and it is told then, once. */
static void
test_nobody_tells (Fixture *self, gconstpointer data)
{
  g_atomic_int_add (&slept_s, 3600);
  g_assert_true (ipd_sleep_watch_just_woke (self->watch));
  g_assert_true (ipd_sleep_watch_just_woke (self->watch));
  wait_for (&self->news[IPD_SLEEP_OVER], 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (self->news[IPD_SLEEP_OVER], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sleep/delay", Fixture, NULL, set_up, test_delay, tear_down);
  g_test_add ("/sleep/just-woke", Fixture, NULL, set_up, test_just_woke, tear_down);
  g_test_add ("/sleep/nobody-tells", Fixture, NULL, set_up, test_nobody_tells, tear_down);
  return g_test_run ();
}
