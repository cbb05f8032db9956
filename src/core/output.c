// SPDX-License-Identifier: Apache-2.0
/*
 * Outputs and contacts as values. Used by every folder; pure, any thread.
 */
#include "core/output.h"

#include "core/words.h"

#include <glib.h>
#include <string.h>

static const char *const kinds[] = {
  [IPD_OUTPUT_LOCK] = "lock",   [IPD_OUTPUT_GATE] = "gate",   [IPD_OUTPUT_AUX] = "aux",
  [IPD_OUTPUT_LIGHT] = "light", [IPD_OUTPUT_FLOOR] = "floor",
};

static const char *const contacts[] = {
  [IPD_CONTACT_NONE] = "none",
  [IPD_CONTACT_PENDING] = "pending",
  [IPD_CONTACT_OPEN] = "open",
  [IPD_CONTACT_TIMEOUT] = "timeout",
};

bool
ipd_output_id_valid (const char *text)
{
  if (text == NULL)
    return false;
  size_t length = strnlen (text, IPD_OUTPUT_ID_CHARS + 1);
  return length >= 1 && length <= IPD_OUTPUT_ID_CHARS
         && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

bool
ipd_output_id_from_text (const char *text, IpdOutputId *ret_id)
{
  if (!ipd_output_id_valid (text))
    return false;
  memset (ret_id, 0, sizeof *ret_id);
  memcpy (ret_id->s, text, strlen (text));
  return true;
}

bool
ipd_output_id_equal (const IpdOutputId *a, const IpdOutputId *b)
{
  return strcmp (a->s, b->s) == 0;
}

const char *
ipd_output_kind_to_string (IpdOutputKind kind)
{
  return kinds[kind];
}

bool
ipd_output_kind_from_string (const char *text, IpdOutputKind *ret_kind)
{
  unsigned i;
  if (!ipd_words_find (kinds, G_N_ELEMENTS (kinds), text, &i))
    return false;
  *ret_kind = (IpdOutputKind) i;
  return true;
}

const char *
ipd_contact_to_string (IpdContact contact)
{
  return contacts[contact];
}

bool
ipd_contact_from_string (const char *text, IpdContact *ret_contact)
{
  unsigned i;
  if (!ipd_words_find (contacts, G_N_ELEMENTS (contacts), text, &i))
    return false;
  *ret_contact = (IpdContact) i;
  return true;
}
