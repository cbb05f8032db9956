// SPDX-License-Identifier: Apache-2.0
/*
 * ipdoor-media: sound and picture of one visit without a window: for calls from a terminal, recording and tests.
 * Started by the agent as `ipdoor-media --visit ID` where there is no desktop; speaks its contract
 * (data/io.ipdoor.Agent1.xml) and nothing else.
 */
#include "media/client.h"
#include "media/codec.h"
#include "media/recorder.h"
#include "platform/language.h"
#include "platform/reserve.h"

#include "agent-contract.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define OBJECT_PATH "/io/ipdoor/Agent1"

typedef struct {
  char *visit;
  char *socket_path;
  char *audio_sink;
  char *audio_source;
  char *record_dir;
  gboolean caps;
  gboolean version;
  gboolean over; /* the visit ended, or the agent did */
  GMainLoop *loop;
  GCancellable *cancellable;
  GDBusConnection *connection;
  IpdBusAgent1 *agent;
  IpdMediaClient *client;
  IpdFrameRecorder *recorder;
} Program;

static void
on_frame (IpdMediaClient *client, const IpdVideoFrame *frame, gpointer data)
{
  Program *program = data;
  if (program->recorder != NULL)
    ipd_frame_recorder_take (program->recorder, frame);
}

static void
on_event (IpdMediaClient *client, IpdMediaEvent event, const char *detail, gpointer data)
{
  Program *program = data;
  const char *name = ipd_media_event_name (event);
  g_message ("visit %s: %s%s%s", program->visit, name, *detail ? ": " : "", detail);
  ipd_bus_agent1_call_report_media (program->agent, program->visit, name, detail, NULL, NULL, NULL);
}

static gboolean open_media (Program *program, GError **error);

static void
leave (Program *program)
{
  program->over = TRUE;
  g_main_loop_quit (program->loop);
}

/* A call of ours has sound and picture once the station answered. */
static void
open_media_now (Program *program)
{
  g_autoptr (GError) error = NULL;
  if (!open_media (program, &error))
    g_warning ("visit %s: no sound and picture: %s", program->visit, error != NULL ? error->message : "no sockets");
}

/* The states are those of the contract; rings and previews sound alike, and only a call that is answered is heard. Who
 * is held by the other side has nothing to hear either, and its silence is no fault. */
static void
take_state (Program *program, GVariant *visit)
{
  const char *id = "";
  const char *state = "";
  const char *direction = "";
  gboolean held_by_peer = FALSE;
  g_variant_lookup (visit, "id", "&s", &id);
  g_variant_lookup (visit, "state", "&s", &state);
  g_variant_lookup (visit, "direction", "&s", &direction);
  g_variant_lookup (visit, "held-by-peer", "b", &held_by_peer);
  if (!g_str_equal (id, program->visit))
    return;
  bool waits = g_str_equal (state, "ringing") || g_str_equal (state, "previewing");
  if (g_str_equal (state, "ended"))
    leave (program);
  else if (program->client == NULL && !g_str_equal (state, "calling"))
    open_media_now (program);
  if (program->client == NULL)
    return;
  ipd_media_client_play_ring (program->client, waits && g_str_equal (direction, "in"));
  bool held = g_str_equal (state, "held");
  ipd_media_client_set_held (program->client, held || held_by_peer);
  ipd_media_client_set_talking (program->client, held || g_str_equal (state, "talking"));
}

static void
on_visit_changed (IpdBusAgent1 *agent, GVariant *visit, gpointer data)
{
  take_state (data, visit);
}

/* "digits-sent" is reported when they are on the wire, as every event is. */
static void
on_digits_wanted (IpdBusAgent1 *agent, const char *visit, const char *digits, guint duration_ms, guint gap_ms,
                  gpointer data)
{
  Program *program = data;
  if (!g_str_equal (visit, program->visit)
      || (program->client != NULL && ipd_media_client_send_digits (program->client, digits, duration_ms, gap_ms)))
    return;
  g_message ("visit %s: digits cannot be sent", visit);
  ipd_bus_agent1_call_report_media (agent, visit, "digits-failed", "", NULL, NULL, NULL);
}

static void
on_closed (GDBusConnection *connection, gboolean by_peer, GError *error, gpointer data)
{
  leave (data);
}

static gboolean
on_signal (gpointer data)
{
  leave (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
parse_options (Program *program, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "visit", 0, 0, G_OPTION_ARG_STRING, &program->visit, N_ ("The visit to play"), N_ ("ID") },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &program->socket_path, N_ ("Socket of the agent"), N_ ("PATH") },
    { "caps", 0, 0, G_OPTION_ARG_NONE, &program->caps, N_ ("Print what this machine can play, as JSON"), NULL },
    { "audio-sink", 0, 0, G_OPTION_ARG_STRING, &program->audio_sink,
      N_ ("Where to play: device, device:NAME, file:PATH, none"), N_ ("OUTPUT") },
    { "audio-source", 0, 0, G_OPTION_ARG_STRING, &program->audio_source,
      N_ ("What to record: device, device:NAME, file:PATH, test[:HZ], none"), N_ ("INPUT") },
    { "record-frames", 0, 0, G_OPTION_ARG_FILENAME, &program->record_dir,
      N_ ("Keep the newest picture and a list of all in this folder"), N_ ("FOLDER") },
    { "version", 0, 0, G_OPTION_ARG_NONE, &program->version, N_ ("Print the version and leave"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (program->visit != NULL || program->caps || program->version)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--visit ID is missing."));
  return FALSE;
}

/* The descriptors come as a list and as handles into it. */
static gboolean
take_fds (GUnixFDList *list, GVariant *const handles[static IPD_MEDIA_N_FDS], int fds[static IPD_MEDIA_N_FDS],
          GError **error)
{
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    {
      int handle = g_variant_get_handle (handles[i]);
      if (list != NULL && handle >= 0 && handle < g_unix_fd_list_get_length (list))
        fds[i] = g_unix_fd_list_get (list, handle, error);
      if (fds[i] < 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
open_client (Program *program, const IpdMediaParams *params, GError **error)
{
  const IpdMediaClientHandlers handlers = { on_frame, on_event };
  program->client = ipd_media_client_new (params, &handlers, program, error);
  if (program->client == NULL)
    return FALSE;
  if (program->audio_sink != NULL)
    ipd_media_client_set_output (program->client, program->audio_sink);
  if (program->audio_source != NULL)
    ipd_media_client_set_input (program->client, program->audio_source);
  ipd_media_client_start (program->client);
  return TRUE;
}

static void
close_fds (const int fds[static IPD_MEDIA_N_FDS])
{
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    if (fds[i] >= 0)
      close (fds[i]);
}

static gboolean
open_media (Program *program, GError **error)
{
  g_autoptr (GVariant) dict = NULL, audio_rtp = NULL, audio_rtcp = NULL, video_rtp = NULL, video_rtcp = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  g_auto (IpdMediaParams) params = { 0 };
  int fds[IPD_MEDIA_N_FDS] = { -1, -1, -1, -1 };
  if (!ipd_bus_agent1_call_open_media_sync (program->agent, program->visit, NULL, &dict, &audio_rtp, &audio_rtcp,
                                            &video_rtp, &video_rtcp, &list, NULL, error))
    return FALSE;
  gboolean ok = take_fds (list, (GVariant *const[]){ audio_rtp, audio_rtcp, video_rtp, video_rtcp }, fds, error)
                && ipd_media_params_read (dict, fds, &params, error) && open_client (program, &params, error);
  close_fds (fds);
  return ok;
}

/* The sockets are the ones that the client has already; only what is said about them changed. */
static gboolean
change_media (Program *program, GVariant *dict, GError **error)
{
  const int known[IPD_MEDIA_N_FDS] = { -1, -1, -1, -1 };
  g_auto (IpdMediaParams) params = { 0 };
  return ipd_media_params_read (dict, known, &params, error)
         && ipd_media_client_change (program->client, &params, error);
}

static void
on_media_opened (GObject *agent, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) dict = NULL;
  g_autoptr (GError) error = NULL;
  Program *program = data;
  gboolean ok = ipd_bus_agent1_call_open_media_finish (IPD_BUS_AGENT1 (agent), &dict, NULL, NULL, NULL, NULL, NULL,
                                                       result, &error);
  /* The program is gone when it cancelled. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!ok || !change_media (program, dict, &error))
    g_warning ("visit %s: its media changed, but not here: %s", program->visit, error->message);
}

static void
on_media_changed (IpdBusAgent1 *agent, const char *visit, gpointer data)
{
  Program *program = data;
  if (g_str_equal (visit, program->visit) && program->client != NULL)
    ipd_bus_agent1_call_open_media (agent, program->visit, NULL, program->cancellable, on_media_opened, program);
}

static gboolean
connect_agent (Program *program, GError **error)
{
  g_autofree char *escaped = g_dbus_address_escape_value (program->socket_path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  program->connection = g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                                                NULL, NULL, error);
  if (program->connection == NULL)
    return FALSE;
  program->agent = ipd_bus_agent1_proxy_new_sync (
      program->connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL,
      OBJECT_PATH, NULL, error);
  if (program->agent == NULL)
    return FALSE;
  g_signal_connect (program->agent, "visit-changed", G_CALLBACK (on_visit_changed), program);
  g_signal_connect (program->agent, "digits-wanted", G_CALLBACK (on_digits_wanted), program);
  g_signal_connect (program->agent, "media-changed", G_CALLBACK (on_media_changed), program);
  g_signal_connect (program->connection, "closed", G_CALLBACK (on_closed), program);
  return TRUE;
}

/* What changed before we listened. */
static gboolean
take_current_state (Program *program, GError **error)
{
  g_autoptr (GVariant) visits = NULL;
  if (!ipd_bus_agent1_call_get_visits_sync (program->agent, &visits, NULL, error))
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (visits); i++)
    {
      g_autoptr (GVariant) visit = g_variant_get_child_value (visits, i);
      take_state (program, visit);
    }
  return TRUE;
}

static gboolean
is_too_early (GError *error)
{
  g_autofree char *name
      = error != NULL && g_dbus_error_is_remote_error (error) ? g_dbus_error_get_remote_error (error) : NULL;
  return g_strcmp0 (name, "io.ipdoor.Error.WrongState") == 0;
}

/* Asked at once, before anything else: a ring has its media from its first moment. */
static gboolean
begin (Program *program, GError **error)
{
  g_autoptr (GError) cause = NULL;
  if (open_media (program, &cause) || is_too_early (cause))
    return take_current_state (program, error);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static int
fail (GError *error, int status)
{
  if (error != NULL)
    g_dbus_error_strip_remote_error (error);
  fprintf (stderr, "ipdoor-media: %s\n", error ? error->message : _ ("The agent sent no sockets."));
  return status;
}

static int
play (Program *program)
{
  g_autoptr (GError) error = NULL;
  if (program->record_dir != NULL && (program->recorder = ipd_frame_recorder_new (program->record_dir, &error)) == NULL)
    return fail (error, EX_CANTCREAT);
  if (!connect_agent (program, &error))
    return fail (error, EX_UNAVAILABLE);
  program->loop = g_main_loop_new (NULL, FALSE);
  program->cancellable = g_cancellable_new ();
  guint on_term = g_unix_signal_add (SIGTERM, on_signal, program);
  guint on_int = g_unix_signal_add (SIGINT, on_signal, program);
  gboolean ok = begin (program, &error);
  if (ok && !program->over)
    g_main_loop_run (program->loop);
  g_source_remove (on_term);
  g_source_remove (on_int);
  g_cancellable_cancel (program->cancellable);
  g_clear_pointer (&program->client, ipd_media_client_free);
  g_main_loop_unref (program->loop);
  return ok ? EXIT_SUCCESS : fail (error, EX_UNAVAILABLE);
}

/* Plugins load while the agent is asked: together that is most of a cold start. */
static gpointer
load_media (gpointer data)
{
  ipd_media_init ();
  return NULL;
}

static char *
default_socket (void)
{
  const char *named = g_getenv ("IPDOOR_AGENT_SOCKET");
  return named ? g_strdup (named) : g_build_filename (g_get_user_runtime_dir (), "ipdoor", "agent.sock", NULL);
}

static void
program_clear (Program *program)
{
  if (program->connection != NULL)
    g_signal_handlers_disconnect_by_data (program->connection, program);
  g_clear_object (&program->cancellable);
  /* The last report shall still leave. */
  if (program->connection != NULL)
    g_dbus_connection_flush_sync (program->connection, NULL, NULL);
  g_clear_object (&program->agent);
  g_clear_object (&program->connection);
  g_clear_pointer (&program->recorder, ipd_frame_recorder_free);
  g_free (program->visit);
  g_free (program->socket_path);
  g_free (program->audio_sink);
  g_free (program->audio_source);
  g_free (program->record_dir);
}

int
main (int argc, char **argv)
{
  Program program = { 0 };
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;
  g_log_writer_default_set_use_stderr (TRUE); /* standard output is what was asked for, debug messages are not */
  ipd_language_set_up ();
  /* Whoever started us may have used up its own. */
  (void) ipd_reserve_lift_limit (NULL, NULL);
  if (!parse_options (&program, &argc, &argv, &error))
    status = fail (error, EX_USAGE);
  else if (program.version)
    puts ("ipdoor-media " IPD_VERSION);
  else if (program.caps)
    {
      ipd_media_init ();
      g_autofree char *caps = ipd_codec_caps ();
      puts (caps);
    }
  else
    {
      if (program.socket_path == NULL)
        program.socket_path = default_socket ();
      g_thread_unref (g_thread_new ("media-init", load_media, NULL));
      status = play (&program);
    }
  program_clear (&program);
  return status;
}
