// SPDX-License-Identifier: Apache-2.0
/* Reads the command line of one verb. Owns nothing. */
#include "cli/options.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "cli/print.h"

/* An enrolment code has 20 characters, and as many dashes and spaces as anybody types. */
#define SECRET_LINE_MAX 128

static const CliVerb *
find_verb (const char *name)
{
  for (const CliVerb *verb = cli_verbs; verb->name != NULL; verb++)
    if (strcmp (verb->name, name) == 0)
      return verb;
  return NULL;
}

/* The empty message is the catalogue's header, not a text. */
static const char *
arguments_of (const CliVerb *verb)
{
  return *verb->arguments != '\0' ? _ (verb->arguments) : "";
}

static GOptionContext *
context_of (const CliVerb *verb)
{
  GOptionContext *context = g_option_context_new (arguments_of (verb));
  g_autofree char *summary = NULL;

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  summary = verb->detail == NULL ? g_strdup (_ (verb->summary))
                                 : g_strconcat (_ (verb->summary), "\n\n", _ (verb->detail), NULL);
  g_option_context_set_summary (context, summary);
  return context;
}

/* GOption takes the program's name for the usage line, which shall say `ipdoor VERB`. */
static char **
copy_arguments (int argc, char **argv)
{
  char **copy = g_new0 (char *, (gsize) argc + 1);

  copy[0] = g_strconcat ("ipdoor ", argv[0], NULL);
  g_set_prgname (copy[0]);
  for (int i = 1; i < argc; i++)
    copy[i] = g_strdup (argv[i]);
  return copy;
}

/* Of the form of a visit's id (docs/protocol.md §1); no option of ours is so long. */
static bool
is_id_with_dash (const char *word)
{
  return *word == '-' && strlen (word) == 22 && strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_") == 22;
}

/* One id of 64 begins with a dash: those go last, behind the word that ends the options. */
static char **
set_ids_apart (char **arguments)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  bool ended = false;

  for (gsize i = 0; arguments[i] != NULL; i++)
    {
      ended = ended || strcmp (arguments[i], "--") == 0;
      if (!ended && is_id_with_dash (arguments[i]))
        g_strv_builder_add (ids, arguments[i]);
      else
        g_strv_builder_add (all, arguments[i]);
    }
  g_auto (GStrv) last = g_strv_builder_end (ids);
  if (!ended && last[0] != NULL)
    g_strv_builder_add (all, "--");
  g_strv_builder_addv (all, (const char **) last);
  g_strfreev (arguments);
  return g_strv_builder_end (all);
}

static bool
take_words (CliOptions *options, char **words, int least, int most)
{
  int n = words == NULL ? 0 : (int) g_strv_length (words);

  if (n < least || n > most)
    return false;
  for (int i = 0; i < n; i++)
    options->word[i] = g_strdup (words[i]);
  return true;
}

bool
cli_options_parse (CliOptions *ret_options, int argc, char **argv, const GOptionEntry *entries, int least, int most,
                   int *ret_exit)
{
  const CliVerb *verb = find_verb (argv[0]);
  g_autoptr (GOptionContext) context = context_of (verb);
  g_auto (GStrv) arguments = set_ids_apart (copy_arguments (argc, argv));
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  gboolean json = FALSE;
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON object a line"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  *ret_options = (CliOptions){ 0 };
  *ret_exit = CLI_USAGE;
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &arguments, &error))
    {
      g_printerr ("ipdoor %s: %s\n", verb->name, error->message);
      return false;
    }
  ret_options->json = json;
  if (json)
    cli_print_errors_as_json ();
  if (take_words (ret_options, words, least, most))
    return true;
  g_printerr (_ ("Usage: ipdoor %s %s\n"), verb->name, arguments_of (verb));
  return false;
}

bool
cli_options_take_secret (char **word, const char *missing)
{
  char line[SECRET_LINE_MAX] = "";

  if (strcmp (*word, "-") != 0)
    return true;
  if (fgets (line, sizeof line, stdin) == NULL || *g_strstrip (line) == '\0')
    {
      g_printerr ("%s\n", missing);
      return false;
    }
  g_free (*word);
  *word = g_strdup (line);
  return true;
}

void
cli_options_clear (CliOptions *options)
{
  for (gsize i = 0; i < G_N_ELEMENTS (options->word); i++)
    g_clear_pointer (&options->word[i], g_free);
}
