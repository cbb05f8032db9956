// SPDX-License-Identifier: Apache-2.0
/* The code reader of a simulated lock. One for each call. Main loop. */
#include "digits.h"

#include "journal.h"

#include <string.h>

enum { CODE_MAX = 16, FORGET_US = 4 * G_USEC_PER_SEC };

struct _QuirkDigits {
  const QuirkDialect *dialect;
  GString *code;
  gint64 last_us;
};

QuirkDigits *
quirk_digits_new (const QuirkDialect *dialect)
{
  QuirkDigits *self = g_new0 (QuirkDigits, 1);

  self->dialect = dialect;
  self->code = g_string_new (NULL);
  return self;
}

void
quirk_digits_free (QuirkDigits *self)
{
  g_string_free (self->code, TRUE);
  g_free (self);
}

void
quirk_open (int output, const char *way)
{
  quirk_journal ("opening", "i:output", output, "s:way", way, NULL);
}

/* "codes": one for each output, in their order. */
static void
try_code (QuirkDigits *self)
{
  JsonArray *codes = quirk_list (self->dialect, "digits", "codes");

  for (guint i = 0; codes != NULL && i < json_array_get_length (codes); i++)
    if (g_str_equal (json_array_get_string_element (codes, i), self->code->str))
      {
        quirk_open ((int) i + 1, "digits");
        g_string_truncate (self->code, 0);
        return;
      }
}

static bool
is_heard (QuirkDigits *self, const char *method, int length_ms, int gap_ms)
{
  if (!quirk_list_has (self->dialect, "digits", "methods", method))
    return false;
  if (length_ms >= 0 && length_ms < quirk_number (self->dialect, "digits", "min-ms", 40))
    return false;
  return gap_ms < 0 || gap_ms >= quirk_number (self->dialect, "digits", "min-gap-ms", 0);
}

void
quirk_digits_take (QuirkDigits *self, const char *method, char digit, int length_ms, int gap_ms)
{
  const char text[] = { digit, '\0' };
  bool heard
      = strchr ("0123456789*#ABCD", digit) != NULL && digit != '\0' && is_heard (self, method, length_ms, gap_ms);
  gint64 now_us = g_get_monotonic_time ();

  quirk_journal ("digit", "s:method", method, "s:digit", text, "i:length-ms", length_ms, "i:gap-ms", gap_ms, "i:heard",
                 heard, NULL);
  if (!heard)
    return;
  if (now_us - self->last_us > FORGET_US || self->code->len >= CODE_MAX)
    g_string_truncate (self->code, 0);
  self->last_us = now_us;
  g_string_append_c (self->code, digit);
  try_code (self);
}
