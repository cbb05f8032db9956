// SPDX-License-Identifier: Apache-2.0
/*
 * The installer's verbs, as a table. Called by main.c; each connects to the control socket, asks, prints, ends.
 * The enrolment code goes to stdout and nowhere else.
 */
#include "station/verbs.h"

#include "station-contract.h"
#include "station/control.h"
#include "station/station-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

typedef struct {
  const char *words; /* "licence remove" */
  guint n_args;
  const char *usage;
  const char *summary;
  gboolean (*fits) (char **args); /* (nullable): whether the arguments make sense at all */
  gboolean (*run) (IpdBusStation1 *station, char **args, const IpdVerbOptions *options, GError **error);
} Verb;

static void
print_json (GVariant *value)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  g_autofree char *json = json_gvariant_serialize_data (sunk, NULL);
  g_print ("%s\n", json);
}

static char *
time_of (gint64 microseconds)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (microseconds / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  return g_date_time_format (local, "%c");
}

static gboolean
is_button (char **args)
{
  return g_ascii_string_to_unsigned (args[0], 10, 1, 64, NULL, NULL);
}

static void
print_press (const char *visit, guint rings)
{
  if (rings == 0)
    g_print (_ ("No client or phone is registered: the visit was recorded as missed. Visit %s\n"), visit);
  else
    g_print (_ ("The station rings. Visit %s\n"), visit);
}

static gboolean
run_press (IpdBusStation1 *station, char **args, const IpdVerbOptions *options, GError **error)
{
  guint button = (guint) g_ascii_strtoull (args[0], NULL, 10);
  g_autofree char *visit = NULL;
  guint rings = 0;
  if (!ipd_bus_station1_call_press_sync (station, button, &visit, &rings, NULL, error))
    return FALSE;
  if (options->json)
    print_json (g_variant_new_parsed ("{'visit': <%s>, 'rings': <%u>}", visit, rings));
  else
    print_press (visit, rings);
  return TRUE;
}

static gboolean
run_enrol_code (IpdBusStation1 *station, char **args, const IpdVerbOptions *options, GError **error)
{
  g_autofree char *code = NULL;
  gint64 expires = 0;
  if (!ipd_bus_station1_call_enrol_code_sync (station, options->name != NULL ? options->name : "",
                                              options->profile != NULL ? options->profile : "", &code, &expires, NULL,
                                              error))
    return FALSE;
  if (options->json)
    {
      print_json (g_variant_new_parsed ("{'code': <%s>, 'expires': <%x>}", code, expires));
      return TRUE;
    }
  g_autofree char *until = time_of (expires);
  g_print ("%s\n", code);
  g_print (_ ("Valid for one client until %s.\n"), until);
  return TRUE;
}

static void
print_client (GVariant *client)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (client);
  const char *id = "", *name = "", *profile = "", *address = "";
  gboolean registered = FALSE;
  g_variant_dict_lookup (&dict, "id", "&s", &id);
  g_variant_dict_lookup (&dict, "name", "&s", &name);
  g_variant_dict_lookup (&dict, "profile", "&s", &profile);
  g_variant_dict_lookup (&dict, "address", "&s", &address);
  g_variant_dict_lookup (&dict, "registered", "b", &registered);
  g_print ("%s  %-24s %-10s %s\n", id, name, profile, registered ? address : _ ("not registered"));
}

static gboolean
run_clients (IpdBusStation1 *station, char **args, const IpdVerbOptions *options, GError **error)
{
  g_autoptr (GVariant) clients = NULL;
  if (!ipd_bus_station1_call_get_clients_sync (station, &clients, NULL, error))
    return FALSE;
  if (options->json)
    {
      print_json (g_variant_new_parsed ("{'clients': <%@aa{sv}>}", clients));
      return TRUE;
    }
  gsize n = g_variant_n_children (clients);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) client = g_variant_get_child_value (clients, i);
      print_client (client);
    }
  if (n == 0)
    g_print (_ ("No client is enrolled.\n"));
  return TRUE;
}

static void
print_phone (GVariant *phone)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (phone);
  const char *id = "", *name = "", *address = "";
  g_autofree char **outputs = NULL;
  gboolean registered = FALSE, dtmf = FALSE;
  g_variant_dict_lookup (&dict, "id", "&s", &id);
  g_variant_dict_lookup (&dict, "name", "&s", &name);
  g_variant_dict_lookup (&dict, "address", "&s", &address);
  g_variant_dict_lookup (&dict, "registered", "b", &registered);
  g_variant_dict_lookup (&dict, "dtmf", "b", &dtmf);
  g_variant_dict_lookup (&dict, "outputs", "^a&s", &outputs);
  g_autofree char *opens = dtmf && outputs != NULL ? g_strjoinv (", ", outputs) : NULL;
  const char *where = registered ? address : _ ("not registered");
  if (opens != NULL)
    g_print (_ ("%-16s  %-24s %-16s opens by code: %s\n"), id, name, where, opens);
  else
    g_print ("%-16s  %-24s %s\n", id, name, where);
}

static gboolean
run_phones (IpdBusStation1 *station, char **args, const IpdVerbOptions *options, GError **error)
{
  g_autoptr (GVariant) phones = NULL;
  if (!ipd_bus_station1_call_get_phones_sync (station, &phones, NULL, error))
    return FALSE;
  if (options->json)
    {
      print_json (g_variant_new_parsed ("{'phones': <%@aa{sv}>}", phones));
      return TRUE;
    }
  gsize n = g_variant_n_children (phones);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) phone = g_variant_get_child_value (phones, i);
      print_phone (phone);
    }
  if (n == 0)
    g_print (_ ("The configuration names no phone.\n"));
  return TRUE;
}

static gboolean
run_licence_remove (IpdBusStation1 *station, char **args, const IpdVerbOptions *options, GError **error)
{
  if (!ipd_bus_station1_call_remove_licence_sync (station, args[0], NULL, error))
    return FALSE;
  if (options->json)
    print_json (g_variant_new_parsed ("{'client': <%s>, 'removed': <true>}", args[0]));
  else
    g_print (_ ("The client %s is no longer enrolled.\n"), args[0]);
  return TRUE;
}

/* The contract's state of a visit for people; what is not listed is shown as it is. */
static const char *
state_for_people (const char *state)
{
  static const char *const words[][2] = {
    { "idle", N_ ("none") },
    { "ringing", N_ ("ringing") },
    { "talking", N_ ("talking") },
    { "closing", N_ ("opened, waits for the contact") },
  };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i][0], state))
      return _ (words[i][1]);
  return state;
}

static void
print_devices (GVariant *status)
{
  g_autoptr (GVariant) devices = g_variant_lookup_value (status, "devices", G_VARIANT_TYPE ("a(ssss)"));
  GVariantIter iter;
  const char *id, *name, *driver, *host;
  if (devices == NULL)
    return;
  g_variant_iter_init (&iter, devices);
  while (g_variant_iter_next (&iter, "(&s&s&s&s)", &id, &name, &driver, &host))
    g_print (_ ("third-party station: %s (%s) at %s, driver %s\n"), name, id, host, driver);
}

static void
print_status (GVariant *status)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (status);
  const char *id = "", *name = "", *plant = "", *address = "", *visit = "";
  guint16 sip = 0, http = 0;
  g_autofree char **degraded = NULL;
  g_variant_dict_lookup (&dict, "id", "&s", &id);
  g_variant_dict_lookup (&dict, "name", "&s", &name);
  g_variant_dict_lookup (&dict, "plant", "&s", &plant);
  g_variant_dict_lookup (&dict, "address", "&s", &address);
  g_variant_dict_lookup (&dict, "visit", "&s", &visit);
  g_variant_dict_lookup (&dict, "sip-port", "q", &sip);
  g_variant_dict_lookup (&dict, "http-port", "q", &http);
  g_variant_dict_lookup (&dict, "degraded", "^a&s", &degraded);
  g_print (_ ("%s (%s), plant %s\n"), name, id, plant);
  g_print (_ ("serves on %s, SIP %u, HTTP %u\n"), address, sip, http);
  g_print (_ ("visit: %s\n"), state_for_people (visit));
  if (degraded != NULL && degraded[0] != NULL)
    {
      g_autofree char *reasons = g_strjoinv (", ", degraded);
      g_print (_ ("degraded: %s\n"), reasons);
      if (g_strv_contains ((const char *const *) degraded, "disk"))
        g_print ("%s\n", _ ("Visits and openings are not recorded: the disk does not take them. They wait in memory."));
    }
  print_devices (status);
}

static gboolean
run_status (IpdBusStation1 *station, char **args, const IpdVerbOptions *options, GError **error)
{
  g_autoptr (GVariant) status = NULL;
  if (!ipd_bus_station1_call_get_status_sync (station, &status, NULL, error))
    return FALSE;
  if (options->json)
    print_json (g_variant_ref (status));
  else
    print_status (status);
  return TRUE;
}

static const Verb verbs[] = {
  { "press", 1, N_ ("press BUTTON"), N_ ("Rings as if somebody had pressed that button, 1 to 64."), is_button,
    run_press },
  { "enrol-code", 0, N_ ("enrol-code [--name NAME] [--profile PROFILE]"),
    N_ ("Prints a code that enrols one client within 15 minutes, under that name. Profiles: resident, manager, "
        "viewer."),
    NULL, run_enrol_code },
  { "clients", 0, N_ ("clients"), N_ ("Lists the clients that are enrolled, and where each is registered."), NULL,
    run_clients },
  { "phones", 0, N_ ("phones"), N_ ("Lists the SIP phones of the configuration, and where each is registered."), NULL,
    run_phones },
  { "licence remove", 1, N_ ("licence remove CLIENT"),
    N_ ("Takes the client with that identity out again; “clients” shows the identities."), NULL, run_licence_remove },
  { "status", 0, N_ ("status"), N_ ("Shows what runs, on which ports, and what does not work."), NULL, run_status },
};

/* How many of the words of @verb @args begins with; @ret_n: how many it has. */
static guint
count_words (const Verb *verb, char **args, guint *ret_n)
{
  g_auto (GStrv) words = g_strsplit (verb->words, " ", 2);
  guint match = 0;
  *ret_n = g_strv_length (words);
  while (match < *ret_n && args[match] != NULL && g_str_equal (args[match], words[match]))
    match++;
  return match;
}

/* Returns: the verb whose first word that is at least. @ret_rest: (nullable): what follows its words, %NULL if some of
 * them are missing. */
static const Verb *
find_verb (char **args, char ***ret_rest)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      guint n = 0;
      guint match = count_words (&verbs[i], args, &n);
      *ret_rest = match == n ? args + n : NULL;
      if (match > 0)
        return &verbs[i];
    }
  return NULL;
}

static GDBusConnection *
try_socket (char *path)
{
  g_autofree char *owned = path;
  g_autofree char *escaped = path != NULL ? g_dbus_address_escape_value (path) : NULL;
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  return escaped != NULL ? g_dbus_connection_new_for_address_sync (
             address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, NULL)
                         : NULL;
}

static IpdBusStation1 *
connect_to (const char *state_dir, GError **error)
{
  g_autoptr (GDBusConnection) connection = try_socket (ipd_control_socket_path (state_dir));
  if (connection == NULL)
    connection = try_socket (ipd_control_spare_path (state_dir));
  if (connection == NULL)
    {
      g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_STATE,
                   _ ("No station runs with the state directory %s (or it is not yours to command)."), state_dir);
      return NULL;
    }
  return ipd_bus_station1_proxy_new_sync (
      connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS, NULL,
      "/io/ipdoor/Station1", NULL, error);
}

static int
report (GError *error, const IpdVerbOptions *options)
{
  g_dbus_error_strip_remote_error (error);
  if (options->json)
    print_json (g_variant_new_parsed ("{'error': <%s>}", error->message));
  else
    g_printerr ("%s\n", error->message);
  return 1;
}

static void
list_verbs (void)
{
  g_printerr ("%s\n", _ ("Verbs of ipdoor-station:"));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_printerr ("  ipdoor-station %s\n", _ (verbs[i].usage));
}

/* Returns: (nullable): what is wrong with @args, in one sentence. (transfer full) */
static char *
find_fault (const Verb *verb, char **args, char **rest)
{
  if (verb == NULL && g_str_equal (args[0], "run"))
    return g_strdup_printf (_ ("“run” takes no “%s”."), args[1]);
  if (verb == NULL)
    return g_strdup_printf (_ ("There is no verb “%s”."), args[0]);
  if (rest == NULL || g_strv_length (rest) < verb->n_args)
    return g_strdup_printf (_ ("Something is missing: ipdoor-station %s"), _ (verb->usage));
  if (g_strv_length (rest) > verb->n_args)
    return g_strdup_printf (_ ("“%s” is too much: ipdoor-station %s"), rest[verb->n_args], _ (verb->usage));
  if (verb->fits != NULL && !verb->fits (rest))
    return g_strdup_printf (_ ("“%s” is not the number of a button."), rest[0]);
  return NULL;
}

int
ipd_verb_help (char **args)
{
  char **rest = NULL;
  const Verb *verb = find_verb (args, &rest);
  if (verb == NULL)
    {
      g_printerr (_ ("There is no verb “%s”."), args[0]);
      g_printerr ("\n");
      list_verbs ();
      return 2;
    }
  g_print ("ipdoor-station %s\n%s\n", _ (verb->usage), _ (verb->summary));
  g_print ("%s\n", _ ("With --json: one JSON object. With --state DIR: the station that keeps its state there."));
  return 0;
}

int
ipd_verb_run (char **args, const IpdVerbOptions *options)
{
  char **rest = NULL;
  const Verb *verb = find_verb (args, &rest);
  g_autofree char *fault = find_fault (verb, args, rest);
  if (fault != NULL)
    {
      g_printerr ("%s\n", fault);
      list_verbs ();
      return 2;
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdBusStation1) station = connect_to (options->state_dir, &error);
  if (station == NULL || !verb->run (station, rest, options, &error))
    return report (error, options);
  return 0;
}
