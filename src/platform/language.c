// SPDX-License-Identifier: Apache-2.0
/*
 * The language of the process. Called once by main(), before threads.
 */
#include "platform/language.h"

#include <glib.h>
#include <libintl.h>
#include <locale.h>

#include "platform/paths.h"

/* What the environment asks for, in the order of POSIX. */
static const char *
asked_locale (void)
{
  static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = g_getenv (names[i]);

      if (value != NULL && *value != '\0')
        return value;
    }
  return NULL;
}

void
ipd_language_set_up (void)
{
  g_autofree char *catalogues = ipd_paths_locale_dir ();

  if (setlocale (LC_ALL, "") == NULL)
    {
      const char *asked = asked_locale ();

      if (asked != NULL)
        g_setenv ("LANGUAGE", asked, FALSE);
      setlocale (LC_ALL, "C.UTF-8");
    }
  bindtextdomain (GETTEXT_PACKAGE, catalogues);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
