// SPDX-License-Identifier: Apache-2.0
/* The contract over real connections: the private socket, and a session bus started for the test. */
#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent-contract.h"
#include "agent/agent-error.h"
#include "agent/private-bus.h"
#include "agent/session-bus.h"

/* An owner that remembers what was asked of it. */
typedef struct {
  guint acted;
  char *last;
} Owner;

static GVariant *
get_status (gpointer owner)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "enrolled", "b", TRUE);
  return g_variant_dict_end (&dict);
}

static GVariant *
get_list (gpointer owner)
{
  return g_variant_new_array (G_VARIANT_TYPE ("a{sv}"), NULL, 0);
}

static GVariant *
get_history (gpointer owner, guint limit)
{
  return get_list (owner);
}

static void
enrol (gpointer data, const char *code, const char *address, const char *name, GTask *task)
{
  Owner *owner = data;

  owner->acted++;
  if (g_str_equal (code, "good"))
    g_task_return_pointer (task, g_variant_ref_sink (get_status (owner)), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_new_error (task, IPD_AGENT_ERROR, IPD_AGENT_ERROR_BAD_CODE, "That is not the code.");
  g_object_unref (task);
}

static bool
un_enrol (gpointer data, GError **error)
{
  ((Owner *) data)->acted++;
  return true;
}

static char *
open_door (gpointer data, const char *device, const char *output, const char *visit, GError **error)
{
  Owner *owner = data;

  owner->acted++;
  g_free (owner->last);
  owner->last = g_strjoin ("|", device, output, visit, NULL);
  return g_strdup ("command");
}

static char *
call (gpointer data, const char *device, GError **error)
{
  ((Owner *) data)->acted++;
  g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_DEVICE, "There is no such station.");
  return NULL;
}

static bool
act_on_visit (gpointer data, const char *visit, GError **error)
{
  ((Owner *) data)->acted++;
  return true;
}

static bool
send_digits (gpointer data, const char *visit, const char *digits, GError **error)
{
  Owner *owner = data;

  owner->acted++;
  g_free (owner->last);
  owner->last = g_strjoin ("|", visit, digits, NULL);
  return true;
}

static GVariant *
open_media (gpointer data, const char *visit, IpdContractMedia *ret_media, GError **error)
{
  ((Owner *) data)->acted++;
  for (guint i = 0; i < G_N_ELEMENTS (ret_media->fd); i++)
    {
      int pair[2];

      g_assert_cmpint (pipe (pair), ==, 0);
      g_assert_cmpint (write (pair[1], &(char){ (char) ('a' + i) }, 1), ==, 1);
      close (pair[1]);
      ret_media->fd[i] = pair[0];
    }
  return get_status (data);
}

static bool
report_media (gpointer data, const char *visit, const char *event, const char *detail, GError **error)
{
  ((Owner *) data)->acted++;
  return true;
}

static const IpdContractVerbs verbs = {
  .status = get_status,
  .devices = get_list,
  .visits = get_list,
  .history = get_history,
  .enrol = enrol,
  .un_enrol = un_enrol,
  .open = open_door,
  .call = call,
  .answer = act_on_visit,
  .reject = act_on_visit,
  .hang_up = act_on_visit,
  .hold = act_on_visit,
  .resume = act_on_visit,
  .send_digits = send_digits,
  .open_media = open_media,
  .report_media = report_media,
};

typedef struct {
  char *dir;
  char *socket;
  Owner owner;
  IpdContract *contract;
  IpdPrivateBus *bus;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("ipdoor-contract-XXXXXX", &error);
  g_assert_no_error (error);
  f->socket = g_build_filename (f->dir, "run", "agent.sock", NULL);
  f->contract = ipd_contract_new (&verbs, &f->owner);
  f->bus = ipd_private_bus_new (f->socket, f->contract, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_autofree char *run = g_path_get_dirname (f->socket);
  g_autofree char *lock = g_strconcat (f->socket, ".lock", NULL);

  g_clear_pointer (&f->bus, ipd_private_bus_free);
  ipd_contract_free (f->contract);
  g_assert_false (g_file_test (f->socket, G_FILE_TEST_EXISTS));
  g_unlink (lock);
  g_rmdir (run);
  g_rmdir (f->dir);
  g_free (f->socket);
  g_free (f->dir);
  g_free (f->owner.last);
}

/* Calls go out asynchronously and the context is turned here: both ends live in this thread. */
static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static GDBusConnection *
connect_to (const char *path)
{
  g_autofree char *address = g_strconcat ("unix:path=", path, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;

  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, on_result,
                                     &result);
  connection = g_dbus_connection_new_for_address_finish (wait_for (&result), &error);
  g_assert_no_error (error);
  return connection;
}

static GVariant *
call_method (GDBusConnection *connection, const char *name, const char *method, GVariant *parameters,
             GUnixFDList **ret_fds, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call_with_unix_fd_list (connection, name, IPD_CONTRACT_PATH, "io.ipdoor.Agent1", method, parameters,
                                            NULL, G_DBUS_CALL_FLAGS_NONE, 5000, NULL, NULL, on_result, &result);
  return g_dbus_connection_call_with_unix_fd_list_finish (connection, ret_fds, wait_for (&result), error);
}

static void
test_private_socket (Fixture *f, gconstpointer unused)
{
  g_autofree char *run = g_path_get_dirname (f->socket);
  struct stat about;

  g_assert_cmpint (stat (f->socket, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (run, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0700);
}

static void
test_only_one (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ipd_private_bus_new (f->socket, f->contract, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_ALREADY_RUNNING);
  g_assert_true (g_file_test (f->socket, G_FILE_TEST_EXISTS));
}

static void
test_acts (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDBusConnection) connection = connect_to (f->socket);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) opened
      = call_method (connection, NULL, "Open", g_variant_new ("(sss)", "device", "door", "visit"), NULL, &error);
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) called = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (f->owner.last, ==, "device|door|visit");
  g_assert_cmpstr (g_variant_get_type_string (opened), ==, "(s)");
  status = call_method (connection, NULL, "Enrol", g_variant_new ("(sss)", "good", "", ""), NULL, &error);
  g_assert_no_error (error);
  called = call_method (connection, NULL, "Call", g_variant_new ("(s)", "x"), NULL, &error);
  g_assert_null (called);
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_DEVICE);
  g_assert_cmpuint (f->owner.acted, ==, 3);
}

static void
test_call_waiting (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDBusConnection) connection = connect_to (f->socket);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) held = call_method (connection, NULL, "Hold", g_variant_new ("(s)", "visit"), NULL, &error);
  g_autoptr (GVariant) resumed = call_method (connection, NULL, "Resume", g_variant_new ("(s)", "visit"), NULL, &error);
  g_autoptr (GVariant) sent
      = call_method (connection, NULL, "SendDigits", g_variant_new ("(ss)", "visit", "12#"), NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (f->owner.last, ==, "visit|12#");
  g_assert_cmpuint (f->owner.acted, ==, 3);
}

static void
test_bad_code (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDBusConnection) connection = connect_to (f->socket);
  g_autoptr (GError) error = NULL;

  g_assert_null (call_method (connection, NULL, "Enrol", g_variant_new ("(sss)", "bad", "", ""), NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_BAD_CODE);
}

static void
test_media_descriptors (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDBusConnection) connection = connect_to (f->socket);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = call_method (connection, NULL, "OpenMedia", g_variant_new ("(s)", "visit"), &fds, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (reply), ==, "(a{sv}hhhh)");
  g_assert_cmpint (g_unix_fd_list_get_length (fds), ==, 4);
  for (int i = 0; i < 4; i++)
    {
      int fd = g_unix_fd_list_get (fds, i, &error);
      char octet = 0;

      g_assert_no_error (error);
      g_assert_cmpint (read (fd, &octet, 1), ==, 1);
      g_assert_cmpint (octet, ==, 'a' + i);
      close (fd);
    }
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer user_data)
{
  g_free (*(char **) user_data);
  *(char **) user_data = g_strdup (name);
}

static void
test_signals (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDBusConnection) connection = connect_to (f->socket);
  g_autofree char *seen = NULL;

  g_dbus_connection_signal_subscribe (connection, NULL, "io.ipdoor.Agent1", NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                      on_signal, &seen, NULL);
  while (ipd_private_bus_count (f->bus) == 0)
    g_main_context_iteration (NULL, TRUE);
  ipd_contract_emit_visit (f->contract, get_status (NULL));
  while (seen == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (seen, ==, "VisitChanged");
}

static void
test_closed_connection (Fixture *f, gconstpointer unused)
{
  GDBusConnection *connection = connect_to (f->socket);

  while (ipd_private_bus_count (f->bus) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_dbus_connection_close (connection, NULL, NULL, NULL);
  while (ipd_private_bus_count (f->bus) != 0)
    g_main_context_iteration (NULL, TRUE);
  ipd_contract_emit_status (f->contract, get_status (NULL));
  g_object_unref (connection);
}

/* Says who it is and is gone, before anybody of this process looks: shut for writing, so that the greeting arrives. */
static int
connect_and_leave (const char *path)
{
  g_autofree char *uid = g_strdup_printf ("%u", (guint) getuid ());
  g_autoptr (GString) greeting = g_string_new ("AUTH EXTERNAL ");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_string_prepend_c (greeting, '\0');
  for (const char *digit = uid; *digit != '\0'; digit++)
    g_string_append_printf (greeting, "%02x", (guint) *digit);
  g_string_append (greeting, "\r\nBEGIN\r\n");
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (connect (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (send (fd, greeting->str, greeting->len, MSG_NOSIGNAL), ==, (gssize) greeting->len);
  g_assert_cmpint (shutdown (fd, SHUT_WR), ==, 0);
  return fd;
}

/* Whoever left keeps no place: 64 of them would keep everybody out. */
static void
test_left_at_once (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDBusConnection) last = NULL;
  int gone[48];

  for (guint i = 0; i < G_N_ELEMENTS (gone); i++)
    {
      g_autoptr (GDBusConnection) turn = NULL;

      gone[i] = connect_and_leave (f->socket);
      turn = connect_to (f->socket); /* behind it, so it was accepted, and is known by now or soon */
    }
  last = connect_to (f->socket);
  while (ipd_private_bus_count (f->bus) != 1)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (gone); i++)
    close (gone[i]);
}

/* ---- too many ---- */

/* The kernel's answers to accept4() while there are some of these. */
static guint refusals;
static gint64 refused_us[2];

int
accept4 (int fd, struct sockaddr *address, socklen_t *length, int flags)
{
  if (refusals == 0)
    return (int) syscall (SYS_accept4, fd, address, length, flags);
  refused_us[G_N_ELEMENTS (refused_us) - refusals--] = g_get_monotonic_time ();
  errno = EMFILE;
  return -1;
}

/* No descriptor is left: who connects waits, is not asked for without a pause, and is served in the end. */
static void
test_no_descriptor (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) status = NULL;

  refusals = G_N_ELEMENTS (refused_us);
  g_test_expect_message ("ipdoor-agent", G_LOG_LEVEL_WARNING, "nobody can connect to the private socket now*");
  connection = connect_to (f->socket);
  g_test_assert_expected_messages ();
  status = call_method (connection, NULL, "GetStatus", NULL, NULL, NULL);
  g_assert_nonnull (status);
  g_assert_cmpint (refused_us[1] - refused_us[0], >, G_USEC_PER_SEC / 2);
}

static void
test_full (Fixture *f, gconstpointer unused)
{
  GDBusConnection *connections[64];
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GDBusConnection) last = NULL;
  g_autofree char *address = g_strconcat ("unix:path=", f->socket, NULL);
  g_autoptr (GVariant) status = NULL;

  g_test_expect_message ("ipdoor-agent", G_LOG_LEVEL_WARNING, "the private socket has 64 connections*");
  for (guint i = 0; i < G_N_ELEMENTS (connections); i++)
    connections[i] = connect_to (f->socket);
  while (ipd_private_bus_count (f->bus) < G_N_ELEMENTS (connections))
    g_main_context_iteration (NULL, TRUE);
  g_test_assert_expected_messages ();
  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, on_result,
                                     &result);
  status = call_method (connections[0], NULL, "GetStatus", NULL, NULL, NULL);
  g_assert_nonnull (status);
  g_assert_null (result);
  g_test_expect_message ("ipdoor-agent", G_LOG_LEVEL_WARNING, "the private socket has 64 connections*");
  g_dbus_connection_close (connections[0], NULL, NULL, NULL);
  last = g_dbus_connection_new_for_address_finish (wait_for (&result), NULL);
  g_assert_nonnull (last);
  g_test_assert_expected_messages ();
  for (guint i = 0; i < G_N_ELEMENTS (connections); i++)
    g_object_unref (connections[i]);
}

/* ---- the session bus ---- */

static const struct {
  const char *method;
  const char *parameters;
} actors[] = {
  { "Enrol", "('good', '', '')" }, { "UnEnrol", "()" },     { "Open", "('', '', '')" },
  { "Call", "('',)" },             { "Answer", "('',)" },   { "Reject", "('',)" },
  { "HangUp", "('',)" },           { "OpenMedia", "('',)" }, { "ReportMedia", "('', '', '')" },
  { "Hold", "('',)" },             { "Resume", "('',)" },    { "SendDigits", "('', '1')" },
}, readers[] = {
  { "GetStatus", "()" },
  { "GetDevices", "()" },
  { "GetVisits", "()" },
  { "GetHistory", "(uint32 5,)" },
};

static void
wait_for_name (GDBusConnection *connection)
{
  for (bool owned = false; !owned;)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GVariant) reply = NULL;
      gboolean has;

      g_dbus_connection_call (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                              "NameHasOwner", g_variant_new ("(s)", IPD_CONTRACT_NAME), NULL, G_DBUS_CALL_FLAGS_NONE,
                              5000, NULL, on_result, &result);
      reply = g_dbus_connection_call_finish (connection, wait_for (&result), NULL);
      g_assert_nonnull (reply);
      g_variant_get (reply, "(b)", &has);
      owned = has;
    }
}

static void
on_any_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
               const char *name, GVariant *parameters, gpointer names)
{
  g_string_append_printf (names, "%s ", name);
}

/* Digits open doors: who only reads is told of what follows them, and not of them. */
static void
assert_no_digits (Fixture *f, GDBusConnection *connection)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) status = NULL;
  guint subscription = g_dbus_connection_signal_subscribe (connection, NULL, "io.ipdoor.Agent1", NULL, NULL, NULL,
                                                           G_DBUS_SIGNAL_FLAGS_NONE, on_any_signal, seen, NULL);

  /* Its answer says that the bus knows of the subscription. */
  status = call_method (connection, IPD_CONTRACT_NAME, "GetStatus", NULL, NULL, &error);
  g_assert_no_error (error);
  ipd_contract_emit_digits_wanted (f->contract, "visit", "1234", 250, 250);
  ipd_contract_emit_media_changed (f->contract, "visit");
  while (strstr (seen->str, "MediaChanged") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (seen->str, ==, "MediaChanged ");
  g_dbus_connection_signal_unsubscribe (connection, subscription);
}

static void
test_session_bus (Fixture *f, gconstpointer unused)
{
  g_autoptr (GTestDBus) daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  IpdSessionBus *session;

  g_test_dbus_up (daemon);
  session = ipd_session_bus_new (f->contract);
  connection = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (daemon),
                                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                           | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                       NULL, NULL, &error);
  g_assert_no_error (error);
  wait_for_name (connection);
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      g_autoptr (GVariant) reply = call_method (connection, IPD_CONTRACT_NAME, readers[i].method,
                                                g_variant_new_parsed (readers[i].parameters), NULL, &error);

      g_assert_no_error (error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (actors); i++)
    {
      g_assert_null (call_method (connection, IPD_CONTRACT_NAME, actors[i].method,
                                  g_variant_new_parsed (actors[i].parameters), NULL, &error));
      g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
      g_clear_error (&error);
    }
  g_assert_cmpuint (f->owner.acted, ==, 0);
  assert_no_digits (f, connection);
  ipd_session_bus_free (session);
  g_dbus_connection_close_sync (connection, NULL, NULL);
  g_clear_object (&connection);
  g_test_dbus_stop (daemon);
}

/* Without a session bus there is nothing to do, and nothing is started. */
static void
test_no_session_bus (Fixture *f, gconstpointer unused)
{
  IpdSessionBus *session;

  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  session = ipd_session_bus_new (f->contract);
  g_assert_nonnull (session);
  ipd_session_bus_free (session);
}

int
main (int argc, char **argv)
{
  g_autofree char *run = g_dir_make_tmp ("ipdoor-contract-run-XXXXXX", NULL);
  int failed;

  /* GIO reads it once: no bus of the machine the test runs on may be found. */
  g_setenv ("XDG_RUNTIME_DIR", run, TRUE);
  g_test_init (&argc, &argv, NULL);
  (void) ipd_agent_error_quark ();
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/agent/contract/private-socket", test_private_socket);
  ADD ("/agent/contract/only-one", test_only_one);
  ADD ("/agent/contract/acts", test_acts);
  ADD ("/agent/contract/call-waiting", test_call_waiting);
  ADD ("/agent/contract/bad-code", test_bad_code);
  ADD ("/agent/contract/media-descriptors", test_media_descriptors);
  ADD ("/agent/contract/signals", test_signals);
  ADD ("/agent/contract/closed-connection", test_closed_connection);
  ADD ("/agent/contract/left-at-once", test_left_at_once);
  ADD ("/agent/contract/no-descriptor", test_no_descriptor);
  ADD ("/agent/contract/full", test_full);
  ADD ("/agent/contract/no-session-bus", test_no_session_bus);
  ADD ("/agent/contract/session-bus", test_session_bus);
#undef ADD
  failed = g_test_run ();
  g_rmdir (run);
  return failed;
}
