// SPDX-License-Identifier: Apache-2.0
/* Turns the contract's dictionaries into text. Owns nothing; main thread only. */
#include "cli/print.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

/* Of the whole process, as standard error is: set once, from the command line. */
static bool errors_as_json;

const char *
cli_text (GVariant *dictionary, const char *key)
{
  const char *text = "";

  (void) g_variant_lookup (dictionary, key, "&s", &text);
  return text;
}

bool
cli_flag (GVariant *dictionary, const char *key)
{
  gboolean flag = FALSE;

  (void) g_variant_lookup (dictionary, key, "b", &flag);
  return flag;
}

static void
print_json (const char *kind, GVariant *value)
{
  g_autoptr (JsonNode) node = json_gvariant_serialize (value);
  g_autofree char *text = NULL;

  if (kind != NULL)
    json_object_set_string_member (json_node_get_object (node), "event", kind);
  text = json_to_string (node, FALSE);
  g_print ("%s\n", text);
  (void) fflush (stdout);
}

void
cli_print (const char *kind, GVariant *value, bool json, CliPrint print)
{
  if (json)
    print_json (kind, value);
  else
    print (value);
}

static void
print_row (const char *label, const char *value)
{
  if (value != NULL && *value != '\0')
    g_print ("%s: %s\n", label, value);
}

void
cli_print_status (GVariant *status)
{
  if (!cli_flag (status, "enrolled"))
    {
      g_print ("%s\n", _ ("This computer is not enrolled. Ask for a code and run “ipdoor enrol CODE”."));
      return;
    }
  print_row (_ ("Plant"), cli_text (status, "plant"));
  print_row (_ ("This computer"), cli_text (status, "client-name"));
  print_row (_ ("Client id"), cli_text (status, "client-id"));
  print_row (_ ("State"), cli_flag (status, "ready") ? _ ("ready") : _ ("not ready"));
  print_row (_ ("Reason"), cli_text (status, "reason"));
  print_row (_ ("Notice"), cli_text (status, "notice"));
}

static void
print_outputs (GVariant *device)
{
  g_autoptr (GVariant) outputs = g_variant_lookup_value (device, "outputs", G_VARIANT_TYPE ("a(sssb)"));
  const char *id, *name, *kind;
  gboolean contact;
  GVariantIter iter;

  if (outputs == NULL)
    return;
  g_variant_iter_init (&iter, outputs);
  while (g_variant_iter_next (&iter, "(&s&s&sb)", &id, &name, &kind, &contact))
    g_print ("    %s  %s (%s%s)\n", id, name, kind, contact ? _ (", with contact") : "");
}

/* A station of another maker is called by address: there is no registration to speak of. */
static const char *
link_of (GVariant *device)
{
  const char *maker = cli_text (device, "maker");

  if (*maker != '\0')
    return maker;
  return cli_flag (device, "registered") ? _ ("registered") : _ ("not registered");
}

void
cli_print_device (GVariant *device)
{
  const char *reason = cli_text (device, "reason");

  g_print ("%s  %s  %s  %s%s%s\n", cli_text (device, "id"), cli_text (device, "name"), cli_text (device, "address"),
           link_of (device), *reason != '\0' ? ": " : "", reason);
  print_outputs (device);
  (void) fflush (stdout);
}

/* Words of the contract for people; what is not listed is shown as it is. */
static const char *
word_for_people (const char *word)
{
  static const char *const words[][2] = {
    { "ringing", N_ ("ringing") },
    { "previewing", N_ ("ringing, picture on screen") },
    { "answering", N_ ("answering") },
    { "calling", N_ ("calling") },
    { "talking", N_ ("talking") },
    { "held", N_ ("held") },
    { "ended", N_ ("ended") },
    { "hangup", N_ ("hung up") },
    { "rejected", N_ ("rejected") },
    { "missed", N_ ("missed") },
    { "cancelled", N_ ("cancelled") },
    { "timeout", N_ ("time out") },
    { "busy", N_ ("busy") },
    { "failed", N_ ("failed") },
    { "answered-elsewhere", N_ ("answered elsewhere") },
    { "opened", N_ ("opened") },
    { "refused", N_ ("refused") },
    { "requested", N_ ("requested") },
    { "accepted", N_ ("accepted") },
    { "actuated", N_ ("actuated") },
    { "contact-open", N_ ("door open: contact says so") },
    { "contact-timeout", N_ ("actuated, but the contact did not see the door open") },
    { "interrupted", N_ ("interrupted: nobody knows whether the door opened") },
    { "no-answer", N_ ("no answer from the station") },
    { "unconfirmed", N_ ("the code was sent; the station does not say what it did with it") },
    { "licence", N_ ("the licence of this computer is not valid") },
    { "profile", N_ ("this computer may not open this output") },
    { "nonce", N_ ("the request came too late or twice") },
    { "output", N_ ("the station has no such output") },
    { "driver", N_ ("the station could not do it") },
    { "rate", N_ ("too many requests") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i][0], word) == 0)
      return _ (words[i][1]);
  return word;
}

/* What is known of the opening in a visit or an access: who, which output, and what its contact says. */
static char *
opening_for_people (GVariant *entry)
{
  const char *who = *cli_text (entry, "by") != '\0' ? cli_text (entry, "by") : _ ("somebody");
  const char *output = cli_text (entry, "output");
  const char *contact = cli_text (entry, "contact");

  if (strcmp (contact, "open") == 0)
    return g_strdup_printf (_ ("opened by %s: the contact of %s says it is open"), who, output);
  if (strcmp (contact, "timeout") == 0)
    return g_strdup_printf (_ ("%s actuated %s, but its contact did not see it open"), who, output);
  return g_strdup_printf (_ ("%s actuated %s"), who, output);
}

/* @how: the reason or the state of a visit, @word: the same for people. Who is named in it opened the door; or, if
 * nobody did, answered. */
static char *
visit_for_people (GVariant *visit, const char *how, const char *word)
{
  static const char *const answered[] = { "hangup", "timeout", "talking", "held", "interrupted", "", NULL };
  const char *by = cli_text (visit, "by");
  g_autofree char *opening = NULL;

  if (*cli_text (visit, "output") != '\0')
    {
      opening = opening_for_people (visit);
      return strcmp (how, "opened") == 0 ? g_steal_pointer (&opening) : g_strdup_printf ("%s; %s", word, opening);
    }
  if (*by == '\0')
    return g_strdup (word);
  if (g_strv_contains (answered, how))
    return g_strdup_printf (_ ("%s; answered by %s"), word, by);
  return g_strdup_printf (_ ("%s by %s"), word, by);
}

void
cli_print_visit (GVariant *visit)
{
  const char *reason = cli_text (visit, "reason");
  const char *state = cli_text (visit, "state");
  const char *how = *reason != '\0' ? reason : state;
  g_autofree char *what = visit_for_people (visit, how, word_for_people (how));

  g_print ("%s  %s  ", cli_text (visit, "id"), cli_text (visit, "device-name"));
  if (*reason != '\0')
    g_print ("%s: ", word_for_people (state));
  g_print ("%s\n", what);
  if (cli_flag (visit, "held-by-peer"))
    g_print ("    %s\n", _ ("The other side holds the call."));
  if (*cli_text (visit, "notice") != '\0')
    g_print ("    %s\n", cli_text (visit, "notice"));
  (void) fflush (stdout);
}

void
cli_print_command (GVariant *command)
{
  const char *reason = cli_text (command, "reason");

  g_print ("%s%s%s\n", word_for_people (cli_text (command, "state")), *reason != '\0' ? ": " : "",
           word_for_people (reason));
  (void) fflush (stdout);
}

/* How a visit ended: also where nobody saw its end, or there is none yet. */
static const char *
outcome_for_people (const char *outcome)
{
  if (*outcome == '\0')
    return _ ("goes on");
  if (strcmp (outcome, "interrupted") == 0)
    return _ ("interrupted: ipdoor ended in the middle of it");
  return word_for_people (outcome);
}

static char *
history_for_people (GVariant *entry)
{
  const char *outcome = cli_text (entry, "outcome");

  if (strcmp (cli_text (entry, "kind"), "visit") == 0)
    {
      g_autofree char *visit = visit_for_people (entry, outcome, outcome_for_people (outcome));

      /* The opening has a line of its own; this one is the visitor's. */
      return strcmp (outcome, "opened") == 0 ? g_strdup_printf (_ ("a visitor rang; %s"), visit)
                                             : g_steal_pointer (&visit);
    }
  if (strcmp (outcome, "contact-open") == 0)
    return opening_for_people (entry);
  return g_strdup_printf (_ ("%s asked to open %s: %s"), cli_text (entry, "by"), cli_text (entry, "output"),
                          word_for_people (outcome));
}

void
cli_print_history (GVariant *entry)
{
  gint64 started = 0;
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;
  g_autofree char *when = NULL;
  g_autofree char *what = history_for_people (entry);

  (void) g_variant_lookup (entry, "started", "x", &started);
  utc = g_date_time_new_from_unix_utc (started / G_USEC_PER_SEC);
  local = g_date_time_to_local (utc);
  when = g_date_time_format (local, "%Y-%m-%d %H:%M:%S");
  g_print ("%s  %s  %s\n", when, cli_text (entry, "device-name"), what);
}

void
cli_print_errors_as_json (void)
{
  errors_as_json = true;
}

void
cli_print_error (const char *sentence)
{
  GVariantDict dict;

  if (!errors_as_json)
    {
      g_printerr ("%s\n", sentence);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "error", "s", sentence);
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_dict_end (&dict));
  print_json (NULL, value);
}
