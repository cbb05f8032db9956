// SPDX-License-Identifier: Apache-2.0
// The language of a process, with the catalogue of the build tree. Each case is a process of its own: a locale is set
// once.
#include "platform/language.h"

#include <glib/gi18n.h>
#include <gnu/libc-version.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>

/* Translated in every catalogue. */
#define TEXT N_ ("The station does not answer.")

static void
say_text (const char *locale, const char *expected)
{
  g_setenv ("IPDOOR_LOCALEDIR", CATALOGUES, TRUE);
  g_unsetenv ("LANGUAGE");
  g_unsetenv ("LC_MESSAGES");
  g_setenv ("LC_ALL", locale, TRUE);
  ipd_language_set_up ();
  g_assert_cmpstr (_ (TEXT), ==, expected);
}

static bool
can_be_italian (void)
{
  unsigned major = 0, minor = 0;
  locale_t italian = newlocale (LC_ALL_MASK, "it_IT.UTF-8", (locale_t) 0);

  if (italian != (locale_t) 0)
    {
      freelocale (italian);
      return true;
    }
  return sscanf (gnu_get_libc_version (), "%u.%u", &major, &minor) == 2 && major == 2 && minor < 41;
}

/* A system that may lack it_IT: the text is Italian all the same, and in UTF-8. */
static void
test_italian (void)
{
  if (!can_be_italian ())
    {
      g_test_skip ("this libc heeds $LANGUAGE in real locales only, and it_IT is not installed");
      return;
    }
  if (g_test_subprocess ())
    {
      say_text ("it_IT.UTF-8", "La postazione non risponde.");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
test_english (void)
{
  if (g_test_subprocess ())
    {
      say_text ("C.UTF-8", "The station does not answer.");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* A language that nobody has translated to is no fault. */
static void
test_unknown (void)
{
  if (g_test_subprocess ())
    {
      say_text ("xx_XX.UTF-8", "The station does not answer.");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/language/italian", test_italian);
  g_test_add_func ("/platform/language/english", test_english);
  g_test_add_func ("/platform/language/unknown", test_unknown);
  return g_test_run ();
}
