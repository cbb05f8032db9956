// SPDX-License-Identifier: Apache-2.0
/* Writes the journal. Called from the main loop and from threads of GStreamer, hence the lock. */
#include "journal.h"

#include <stdarg.h>

static FILE *journal;
static GMutex lock;

void
quirk_journal_open (FILE *file)
{
  setvbuf (file, NULL, _IOLBF, 0);
  journal = file;
}

static void
append_text (GString *line, const char *text)
{
  g_string_append_c (line, '"');
  for (const char *p = text ? text : ""; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (line, "\\%c", *p);
      else if ((unsigned char) *p < 0x20)
        g_string_append_printf (line, "\\u%04x", *p);
      else
        g_string_append_c (line, *p);
    }
  g_string_append_c (line, '"');
}

static void
append_members (GString *line, va_list members)
{
  const char *key;

  while ((key = va_arg (members, const char *)) != NULL)
    {
      g_string_append_printf (line, ", \"%s\": ", key + 2);
      if (key[0] == 's')
        append_text (line, va_arg (members, const char *));
      else
        g_string_append_printf (line, "%d", va_arg (members, int));
    }
}

void
quirk_journal (const char *what, ...)
{
  g_autoptr (GString) line = g_string_new (NULL);
  va_list members;

  g_string_printf (line, "{\"t_us\": %" G_GINT64_FORMAT ", \"what\": \"%s\"", g_get_monotonic_time (), what);
  va_start (members, what);
  append_members (line, members);
  va_end (members);
  g_string_append (line, "}\n");
  g_mutex_lock (&lock);
  fputs (line->str, journal ? journal : stdout);
  g_mutex_unlock (&lock);
}

void
quirk_violation (const char *rule)
{
  quirk_journal ("violation", "s:rule", rule, NULL);
}
