// SPDX-License-Identifier: Apache-2.0
/*
 * An agent that plays a script: the contract of data/io.ipdoor.Agent1.xml on a private socket, with states that come
 * from standard input instead of a network. For work on the desktop and for its tests; never installed.
 *
 *   ipdoor-fake-agent --socket PATH [--media ADDRESS]
 *
 * Lines in (dictionaries are GVariant text of the contract's a{sv}; a visit's or command's line repeats only what
 * changed):
 *   visit {'id': <'v1'>, 'state': <'ringing'>, 'device-name': <'Main entrance'>}
 *   command {'id': <'c1'>, 'visit': <'v1'>, 'state': <'requested'>}
 *   digits ID DIGITS the desktop is to send them as telephone events
 *   media ID         what OpenMedia says changed
 *   forget ID        the visit is listed no more
 *   refuse SENTENCE  the next verb fails with it
 * Lines out: "ready", then each verb that arrives, as "Answer v1" or "Open station door v1".
 */
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent-contract.h"
#include "fake-media.h"

typedef struct {
  IpdBusAgent1 *skeleton;
  GDBusServer *server;
  GHashTable *visits;   /* id -> GVariant a{sv} */
  GHashTable *commands; /* the same */
  FakeMedia *media;     /* (nullable): asked for with --media */
  char *refusal;        /* (nullable): for the next verb */
  guint n_commands;
  GMainLoop *loop;
} Fake;

static void
tell (const char *verb, const char *a, const char *b, const char *c)
{
  printf ("%s %s%s%s%s%s\n", verb, a, b != NULL ? " " : "", b != NULL ? b : "", c != NULL ? " " : "",
          c != NULL ? c : "");
  fflush (stdout);
}

static gboolean
refused (Fake *fake, GDBusMethodInvocation *call)
{
  g_autofree char *sentence = g_steal_pointer (&fake->refusal);

  if (sentence == NULL)
    return FALSE;
  g_dbus_method_invocation_return_dbus_error (call, "io.ipdoor.Error.WrongState", sentence);
  return TRUE;
}

static gboolean
on_get_visits (IpdBusAgent1 *skeleton, GDBusMethodInvocation *call, Fake *fake)
{
  GVariantBuilder list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  GHashTableIter iter;
  gpointer visit;

  g_hash_table_iter_init (&iter, fake->visits);
  while (g_hash_table_iter_next (&iter, NULL, &visit))
    g_variant_builder_add_value (&list, visit);
  ipd_bus_agent1_complete_get_visits (skeleton, call, g_variant_builder_end (&list));
  return TRUE;
}

/* Every verb that is about a visit and returns nothing. */
static gboolean
on_visit_verb (IpdBusAgent1 *skeleton, GDBusMethodInvocation *call, const char *visit, Fake *fake)
{
  tell (g_dbus_method_invocation_get_method_name (call), visit, NULL, NULL);
  if (!refused (fake, call))
    g_dbus_method_invocation_return_value (call, NULL);
  return TRUE;
}

static gboolean
on_send_digits (IpdBusAgent1 *skeleton, GDBusMethodInvocation *call, const char *visit, const char *digits, Fake *fake)
{
  tell ("SendDigits", visit, digits, NULL);
  if (!refused (fake, call))
    ipd_bus_agent1_complete_send_digits (skeleton, call);
  return TRUE;
}

static gboolean
on_open (IpdBusAgent1 *skeleton, GDBusMethodInvocation *call, const char *device, const char *output, const char *visit,
         Fake *fake)
{
  g_autofree char *id = g_strdup_printf ("c%u", ++fake->n_commands);

  tell ("Open", device, output, visit);
  if (!refused (fake, call))
    ipd_bus_agent1_complete_open (skeleton, call, id);
  return TRUE;
}

static gboolean
on_report_media (IpdBusAgent1 *skeleton, GDBusMethodInvocation *call, const char *visit, const char *event,
                 const char *detail, Fake *fake)
{
  tell ("ReportMedia", visit, event, NULL);
  ipd_bus_agent1_complete_report_media (skeleton, call);
  return TRUE;
}

static gboolean
on_open_media (IpdBusAgent1 *skeleton, GDBusMethodInvocation *call, GUnixFDList *unused, const char *visit, Fake *fake)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) params = NULL;

  tell ("OpenMedia", visit, NULL, NULL);
  if (fake->media == NULL)
    {
      g_dbus_method_invocation_return_dbus_error (call, "io.ipdoor.Error.NotReachable", "This agent has no media.");
      return TRUE;
    }
  params = g_variant_ref_sink (fake_media_open (fake->media, &fds));
  ipd_bus_agent1_complete_open_media (skeleton, call, fds, params, g_variant_new_handle (0), g_variant_new_handle (1),
                                      g_variant_new_handle (2), g_variant_new_handle (3));
  return TRUE;
}

/* What is new over what was known. */
static GVariant *
merge (GVariant *known, GVariant *news)
{
  GVariantDict dict;
  GVariantIter iter;
  GVariant *value;
  char *key;

  g_variant_dict_init (&dict, known);
  g_variant_iter_init (&iter, news);
  while (g_variant_iter_loop (&iter, "{sv}", &key, &value))
    g_variant_dict_insert_value (&dict, key, value);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* Returns: (nullable): the whole dictionary, borrowed from @table */
static GVariant *
take_dict (GHashTable *table, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) news = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  const char *id;
  GVariant *merged;

  if (news == NULL || !g_variant_lookup (news, "id", "&s", &id))
    {
      fprintf (stderr, "ipdoor-fake-agent: %s\n", error != NULL ? error->message : "a dictionary without an id");
      return NULL;
    }
  merged = merge (g_hash_table_lookup (table, id), news);
  g_hash_table_replace (table, g_strdup (id), merged);
  return merged;
}

static void
play_media (Fake *fake, const char *state, gboolean is_new)
{
  g_autoptr (GError) error = NULL;

  if (is_new && !fake_media_ring (fake->media, &error))
    fprintf (stderr, "ipdoor-fake-agent: %s\n", error->message);
  if (g_str_equal (state, "talking"))
    fake_media_talk (fake->media);
}

static void
take_visit (Fake *fake, const char *text)
{
  guint known = g_hash_table_size (fake->visits);
  GVariant *visit = take_dict (fake->visits, text);
  const char *state = "";

  if (visit == NULL)
    return;
  g_variant_lookup (visit, "state", "&s", &state);
  if (fake->media != NULL)
    play_media (fake, state, g_hash_table_size (fake->visits) > known);
  ipd_bus_agent1_emit_visit_changed (fake->skeleton, visit);
}

static void
take_command (Fake *fake, const char *text)
{
  GVariant *command = take_dict (fake->commands, text);

  if (command != NULL)
    ipd_bus_agent1_emit_command_changed (fake->skeleton, command);
}

#define DIGIT_MS 250

static void
want_digits (Fake *fake, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);

  if (g_strv_length (words) == 2)
    ipd_bus_agent1_emit_digits_wanted (fake->skeleton, words[0], words[1], DIGIT_MS, DIGIT_MS);
}

static void
obey (Fake *fake, const char *line)
{
  if (g_str_has_prefix (line, "visit "))
    take_visit (fake, line + strlen ("visit "));
  else if (g_str_has_prefix (line, "command "))
    take_command (fake, line + strlen ("command "));
  else if (g_str_has_prefix (line, "digits "))
    want_digits (fake, line + strlen ("digits "));
  else if (g_str_has_prefix (line, "media "))
    ipd_bus_agent1_emit_media_changed (fake->skeleton, line + strlen ("media "));
  else if (g_str_has_prefix (line, "forget "))
    g_hash_table_remove (fake->visits, line + strlen ("forget "));
  else if (g_str_has_prefix (line, "refuse "))
    {
      g_free (fake->refusal);
      fake->refusal = g_strdup (line + strlen ("refuse "));
    }
}

static void
on_line (GObject *input, GAsyncResult *result, gpointer user_data)
{
  Fake *fake = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (input), result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (fake->loop); /* the script is over */
      return;
    }
  obey (fake, line);
  g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (input), G_PRIORITY_DEFAULT, NULL, on_line, fake);
}

static gboolean
on_connection (GDBusServer *server, GDBusConnection *connection, Fake *fake)
{
  g_object_ref (connection); /* for as long as this short-lived program runs */
  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (fake->skeleton), connection, "/io/ipdoor/Agent1",
                                           NULL);
}

static gboolean
serve (Fake *fake, const char *socket_path, GError **error)
{
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autofree char *address = g_strconcat ("unix:path=", socket_path, NULL);

  unlink (socket_path);
  fake->server
      = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER, guid, NULL, NULL, error);
  if (fake->server == NULL)
    return FALSE;
  g_signal_connect (fake->server, "new-connection", G_CALLBACK (on_connection), fake);
  g_dbus_server_start (fake->server);
  return TRUE;
}

static void
connect_verbs (Fake *fake)
{
  static const char *const visit_verbs[]
      = { "handle-answer", "handle-reject", "handle-hang-up", "handle-hold", "handle-resume" };

  fake->skeleton = ipd_bus_agent1_skeleton_new ();
  for (guint i = 0; i < G_N_ELEMENTS (visit_verbs); i++)
    g_signal_connect (fake->skeleton, visit_verbs[i], G_CALLBACK (on_visit_verb), fake);
  g_signal_connect (fake->skeleton, "handle-get-visits", G_CALLBACK (on_get_visits), fake);
  g_signal_connect (fake->skeleton, "handle-send-digits", G_CALLBACK (on_send_digits), fake);
  g_signal_connect (fake->skeleton, "handle-open", G_CALLBACK (on_open), fake);
  g_signal_connect (fake->skeleton, "handle-report-media", G_CALLBACK (on_report_media), fake);
  g_signal_connect (fake->skeleton, "handle-open-media", G_CALLBACK (on_open_media), fake);
}

static void
say_ready (gpointer data)
{
  puts ("ready");
  fflush (stdout);
}

static int
play (Fake *fake, const char *socket_path, const char *media_address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) raw = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (raw);

  connect_verbs (fake);
  if (!serve (fake, socket_path, &error)
      || (media_address != NULL && (fake->media = fake_media_new (media_address, say_ready, NULL, &error)) == NULL))
    {
      fprintf (stderr, "ipdoor-fake-agent: %s\n", error->message);
      return 1;
    }
  if (media_address == NULL)
    say_ready (NULL);
  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, on_line, fake);
  g_main_loop_run (fake->loop);
  g_dbus_server_stop (fake->server);
  unlink (socket_path);
  return 0;
}

int
main (int argc, char **argv)
{
  g_autofree char *socket_path = NULL;
  g_autofree char *media_address = NULL;
  const GOptionEntry entries[] = {
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &socket_path, "Where to listen", "PATH" },
    { "media", 0, 0, G_OPTION_ARG_STRING, &media_address, "Send a test picture from there", "ADDRESS" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  Fake fake = { 0 };
  int status;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, NULL) || socket_path == NULL)
    {
      fputs ("usage: ipdoor-fake-agent --socket PATH [--media ADDRESS]\n", stderr);
      return 64;
    }
  fake.visits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  fake.commands = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  fake.loop = g_main_loop_new (NULL, FALSE);
  status = play (&fake, socket_path, media_address);
  g_clear_pointer (&fake.media, fake_media_free);
  g_clear_object (&fake.server);
  g_clear_object (&fake.skeleton);
  g_main_loop_unref (fake.loop);
  g_hash_table_unref (fake.visits);
  g_hash_table_unref (fake.commands);
  g_free (fake.refusal);
  return status;
}
