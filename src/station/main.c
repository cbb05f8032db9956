// SPDX-License-Identifier: Apache-2.0
/*
 * ipdoor-station: runs a station, or speaks to the one that runs (verbs.c). Reads options, sets the loop up, ends
 * cleanly on SIGTERM and SIGINT.
 */
#include "platform/language.h"
#include "platform/paths.h"
#include "platform/reserve.h"
#include "station/station.h"
#include "station/verbs.h"
#include "wire/random.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define SYSTEM_STATE_DIR "/var/lib/ipdoor-station"

typedef struct {
  char *config;
  char *state;
  char *bind;
  char *plant;
  char *name;
  char *profile;
  char *camera;
  char *microphone;
  char *speaker;
  char **settings;
  gboolean json;
  gboolean version;
  gboolean help;
  char *help_text; /* once help is asked for */
  char **rest;
} Options;

/* $STATE_DIRECTORY is what systemd made for us. */
static char *
default_state_dir (GError **error)
{
  const char *given = g_getenv ("STATE_DIRECTORY");
  if (given != NULL && *given != '\0')
    return g_strdup (given);
  if (geteuid () == 0)
    return g_strdup (SYSTEM_STATE_DIR);
  g_autofree char *user = ipd_paths_state_dir (error);
  return user != NULL ? g_build_filename (user, "station", NULL) : NULL;
}

static gboolean
apply_setting (IpdStationConfig *config, const char *setting, GError **error)
{
  const char *dot = strchr (setting, '.');
  const char *equals = strchr (setting, '=');
  if (dot == NULL || equals == NULL || equals < dot)
    {
      g_set_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_UNKNOWN,
                   _ ("“%s” is not of the form GROUP.KEY=VALUE, for instance visit.ring-seconds=30."), setting);
      return FALSE;
    }
  g_autofree char *group = g_strndup (setting, (gsize) (dot - setting));
  g_autofree char *key = g_strndup (dot + 1, (gsize) (equals - dot - 1));
  return ipd_station_config_set (config, group, key, equals + 1, error);
}

static gboolean
apply_options (const Options *options, IpdStationConfig *config, GError **error)
{
  const struct {
    const char *group;
    const char *key;
    const char *value;
  } given[] = {
    { "network", "bind", options->bind },           { "station", "plant", options->plant },
    { "station", "name", options->name },           { "media", "camera", options->camera },
    { "media", "microphone", options->microphone }, { "media", "speaker", options->speaker },
  };
  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    if (given[i].value != NULL && !ipd_station_config_set (config, given[i].group, given[i].key, given[i].value, error))
      return FALSE;
  for (guint i = 0; options->settings != NULL && options->settings[i] != NULL; i++)
    if (!apply_setting (config, options->settings[i], error))
      return FALSE;
  return TRUE;
}

typedef struct {
  GMainLoop *loop;
  IpdStation *station;
  gboolean stopping;
} Running;

static void
on_stopped (gpointer data)
{
  g_main_loop_quit (((Running *) data)->loop);
}

static gboolean
on_signal (gpointer data)
{
  Running *running = data;
  if (running->stopping)
    g_main_loop_quit (running->loop); /* asked twice: do not wait for anybody */
  else
    ipd_station_stop (running->station, on_stopped, running);
  running->stopping = TRUE;
  return G_SOURCE_CONTINUE;
}

static int
fail (const GError *error)
{
  g_printerr ("%s\n", error->message);
  return 1;
}

static int
run (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdStationConfig) config
      = options->config != NULL ? ipd_station_config_load (options->config, &error) : ipd_station_config_new ();
  if (config == NULL || !apply_options (options, config, &error))
    return fail (error);
  guint needed = 0, limit = 0;
  if (!ipd_reserve_lift_limit (&needed, &limit))
    {
      g_printerr (_ ("A station needs at least %u open files; the limit here is %u (RLIMIT_NOFILE).\n"), needed, limit);
      return 1;
    }
  signal (SIGPIPE, SIG_IGN);
  g_autoptr (IpdStation) station = ipd_station_new (g_steal_pointer (&config), options->state, &error);
  if (station == NULL)
    return fail (error);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Running running = { loop, station, FALSE };
  guint term = g_unix_signal_add (SIGTERM, on_signal, &running);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, &running);
  g_main_loop_run (loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  g_message ("stopped");
  return 0;
}

static gboolean
parse_options (int *argc, char ***argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &options->state, N_ ("Directory with keys and records"), N_ ("DIR") },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config, N_ ("Configuration file"), N_ ("FILE") },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &options->bind, N_ ("IPv4 or IPv6 address to serve on"), N_ ("ADDR") },
    { "plant", 0, 0, G_OPTION_ARG_STRING, &options->plant, N_ ("Name of the plant"), N_ ("NAME") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, N_ ("Name of the station, or of the new client"),
      N_ ("NAME") },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &options->profile, N_ ("Profile of the new client"), N_ ("PROFILE") },
    { "camera", 0, 0, G_OPTION_ARG_STRING, &options->camera, N_ ("Camera, as in the configuration"), N_ ("SOURCE") },
    { "microphone", 0, 0, G_OPTION_ARG_STRING, &options->microphone, N_ ("Microphone, likewise"), N_ ("SOURCE") },
    { "speaker", 0, 0, G_OPTION_ARG_STRING, &options->speaker, N_ ("Speaker, likewise"), N_ ("SINK") },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->settings, N_ ("Any key of the configuration"),
      N_ ("GROUP.KEY=VALUE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_ ("Answer with one JSON object"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_ ("Show the version"), NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &options->help, N_ ("Show this help, or that of the verb"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->rest, NULL, N_ ("[run | VERB…]") },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_summary (context, _ ("Runs an outdoor station, or asks the one that runs: press BUTTON, "
                                            "enrol-code, clients, phones, licence remove CLIENT, status."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_help_enabled (context, FALSE); /* GLib's would end here, before the verb is known */
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (options->help)
    options->help_text = g_option_context_get_help (context, TRUE, NULL);
  if (options->state == NULL)
    options->state = default_state_dir (error);
  return options->state != NULL;
}

static void
options_clear (Options *self)
{
  char **texts[] = { &self->config,  &self->state,  &self->bind,       &self->plant,   &self->name,
                     &self->profile, &self->camera, &self->microphone, &self->speaker, &self->help_text };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
  g_clear_pointer (&self->settings, g_strfreev);
  g_clear_pointer (&self->rest, g_strfreev);
}

static int
dispatch (const Options *options)
{
  IpdVerbOptions verb = { options->state, options->name, options->profile, options->json };
  const char *word = options->rest != NULL ? options->rest[0] : "run";
  if (options->version)
    {
      g_print ("ipdoor-station %s\n", IPD_VERSION);
      return 0;
    }
  if (options->help && !g_str_equal (word, "run"))
    return ipd_verb_help (options->rest);
  if (options->help)
    {
      g_print ("%s", options->help_text);
      return 0;
    }
  if (!g_str_equal (word, "run") || (options->rest != NULL && options->rest[1] != NULL))
    return ipd_verb_run (options->rest, &verb);
  return run (options);
}

int
main (int argc, char **argv)
{
  Options options = { 0 };
  g_autoptr (GError) error = NULL;
  g_log_writer_default_set_use_stderr (TRUE); /* standard output is what was asked for, debug messages are not */
  ipd_language_set_up ();
  if (!ipd_wire_init ())
    {
      g_printerr ("%s\n", _ ("This machine has no source of random numbers."));
      return 1;
    }
  int code = parse_options (&argc, &argv, &options, &error) ? dispatch (&options) : 2;
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  options_clear (&options);
  /* Not exit(): it runs the destructors of libraries while threads of GDBus still end, and GLib 2.74 aborts on that
   * about once in thirty times. Everything of ours is closed and written. */
  fflush (stdout);
  fflush (stderr);
  _exit (code);
}
