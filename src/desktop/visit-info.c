// SPDX-License-Identifier: Apache-2.0
/*
 * Dictionaries of the agent to values. Called by the agent link for each answer and signal, in the main thread and in
 * the early one; keeps nothing.
 */
#include "desktop/visit-info.h"

typedef struct {
  const char *word;
  int value;
} Word;

static const Word state_words[] = {
  { "ringing", IPD_DESK_STATE_RINGING },     { "previewing", IPD_DESK_STATE_PREVIEWING },
  { "answering", IPD_DESK_STATE_ANSWERING }, { "calling", IPD_DESK_STATE_CALLING },
  { "talking", IPD_DESK_STATE_TALKING },     { "held", IPD_DESK_STATE_HELD },
  { "ended", IPD_DESK_STATE_ENDED },
};

static const Word reason_words[] = {
  { "", IPD_DESK_REASON_NONE },
  { "hangup", IPD_DESK_REASON_HANGUP },
  { "rejected", IPD_DESK_REASON_REJECTED },
  { "missed", IPD_DESK_REASON_MISSED },
  { "cancelled", IPD_DESK_REASON_CANCELLED },
  { "timeout", IPD_DESK_REASON_TIMEOUT },
  { "busy", IPD_DESK_REASON_BUSY },
  { "failed", IPD_DESK_REASON_FAILED },
  { "answered-elsewhere", IPD_DESK_REASON_ANSWERED_ELSEWHERE },
  { "opened", IPD_DESK_REASON_OPENED },
  { "refused", IPD_DESK_REASON_REFUSED },
};

static const Word contact_words[] = {
  { "", IPD_DESK_CONTACT_NONE },     { "none", IPD_DESK_CONTACT_NONE },       { "pending", IPD_DESK_CONTACT_PENDING },
  { "open", IPD_DESK_CONTACT_OPEN }, { "timeout", IPD_DESK_CONTACT_TIMEOUT },
};

static const Word command_words[] = {
  { "requested", IPD_DESK_COMMAND_REQUESTED },
  { "accepted", IPD_DESK_COMMAND_ACCEPTED },
  { "actuated", IPD_DESK_COMMAND_ACTUATED },
  { "contact-open", IPD_DESK_COMMAND_CONTACT_OPEN },
  { "contact-timeout", IPD_DESK_COMMAND_CONTACT_TIMEOUT },
  { "refused", IPD_DESK_COMMAND_REFUSED },
  { "interrupted", IPD_DESK_COMMAND_INTERRUPTED },
  { "no-answer", IPD_DESK_COMMAND_NO_ANSWER },
  { "unconfirmed", IPD_DESK_COMMAND_UNCONFIRMED },
};

static gboolean
find_word (const Word *words, gsize n_words, const char *word, int *ret_value)
{
  for (gsize i = 0; i < n_words; i++)
    if (g_str_equal (words[i].word, word))
      {
        *ret_value = words[i].value;
        return TRUE;
      }
  return FALSE;
}

/* An absent member reads as "": where the table has no such word, the member is one that must be there. */
static gboolean
read_word (GVariant *dict, const char *key, const Word *words, gsize n_words, int *ret_value)
{
  const char *word = "";

  g_variant_lookup (dict, key, "&s", &word);
  return find_word (words, n_words, word, ret_value);
}

#define READ_WORD(dict, key, words, ret) read_word (dict, key, words, G_N_ELEMENTS (words), ret)

/* "" on the bus is "not known" here, as an absent member is. */
static char *
read_text (GVariant *dict, const char *key)
{
  const char *text = NULL;

  if (!g_variant_lookup (dict, key, "&s", &text) || *text == '\0')
    return NULL;
  return g_strdup (text);
}

static void
output_free (gpointer data)
{
  IpdDeskOutput *output = data;

  g_free (output->id);
  g_free (output->name);
  g_free (output->kind);
  g_free (output);
}

static GPtrArray *
read_outputs (GVariant *dict)
{
  GPtrArray *outputs = g_ptr_array_new_with_free_func (output_free);
  g_autoptr (GVariantIter) iter = NULL;
  IpdDeskOutput output;

  if (!g_variant_lookup (dict, "outputs", "a(sssb)", &iter))
    return outputs;
  while (g_variant_iter_next (iter, "(sssb)", &output.id, &output.name, &output.kind, &output.has_contact))
    g_ptr_array_add (outputs, g_memdup2 (&output, sizeof output));
  return outputs;
}

IpdDeskVisit *
ipd_desk_visit_parse (GVariant *dict)
{
  g_autoptr (IpdDeskVisit) visit = g_new0 (IpdDeskVisit, 1);
  const char *direction = "in";
  int state, reason, contact;

  visit->outputs = read_outputs (dict);
  if (!READ_WORD (dict, "state", state_words, &state) || !READ_WORD (dict, "reason", reason_words, &reason)
      || !READ_WORD (dict, "contact", contact_words, &contact))
    return NULL;
  visit->id = read_text (dict, "id");
  if (visit->id == NULL)
    return NULL;
  visit->state = state;
  visit->reason = reason;
  visit->contact = contact;
  visit->device = read_text (dict, "device");
  visit->device_name = read_text (dict, "device-name");
  visit->by = read_text (dict, "by");
  visit->output = read_text (dict, "output");
  visit->notice = read_text (dict, "notice");
  visit->encrypted = TRUE;
  g_variant_lookup (dict, "encrypted", "b", &visit->encrypted);
  g_variant_lookup (dict, "digits", "b", &visit->digits);
  g_variant_lookup (dict, "held-by-peer", "b", &visit->held_by_peer);
  g_variant_lookup (dict, "started", "x", &visit->started_us);
  g_variant_lookup (dict, "direction", "&s", &direction);
  visit->outgoing = g_str_equal (direction, "out");
  return g_steal_pointer (&visit);
}

IpdDeskCommand *
ipd_desk_command_parse (GVariant *dict)
{
  g_autoptr (IpdDeskCommand) command = g_new0 (IpdDeskCommand, 1);
  int state;

  if (!READ_WORD (dict, "state", command_words, &state))
    return NULL;
  command->id = read_text (dict, "id");
  if (command->id == NULL)
    return NULL;
  command->state = state;
  command->visit = read_text (dict, "visit");
  command->output = read_text (dict, "output");
  command->reason = read_text (dict, "reason");
  return g_steal_pointer (&command);
}

void
ipd_desk_visit_free (IpdDeskVisit *visit)
{
  if (visit == NULL)
    return;
  g_free (visit->id);
  g_free (visit->device);
  g_free (visit->device_name);
  g_free (visit->by);
  g_free (visit->output);
  g_free (visit->notice);
  g_clear_pointer (&visit->outputs, g_ptr_array_unref);
  g_free (visit);
}

void
ipd_desk_command_free (IpdDeskCommand *command)
{
  if (command == NULL)
    return;
  g_free (command->id);
  g_free (command->visit);
  g_free (command->output);
  g_free (command->reason);
  g_free (command);
}

gboolean
ipd_desk_visit_waits (const IpdDeskVisit *visit)
{
  return !visit->outgoing && (visit->state == IPD_DESK_STATE_RINGING || visit->state == IPD_DESK_STATE_PREVIEWING);
}

const IpdDeskOutput *
ipd_desk_visit_find_output (const IpdDeskVisit *visit, const char *id)
{
  for (guint i = 0; id != NULL && i < visit->outputs->len; i++)
    {
      const IpdDeskOutput *output = g_ptr_array_index (visit->outputs, i);

      if (g_str_equal (output->id, id))
        return output;
    }
  return NULL;
}

gboolean
ipd_desk_command_is_final (const IpdDeskCommand *command, const IpdDeskVisit *visit)
{
  const IpdDeskOutput *output;

  switch (command->state)
    {
    case IPD_DESK_COMMAND_REQUESTED:
    case IPD_DESK_COMMAND_ACCEPTED:
      return FALSE;
    case IPD_DESK_COMMAND_ACTUATED:
      output = ipd_desk_visit_find_output (visit, command->output);
      return output == NULL || !output->has_contact;
    case IPD_DESK_COMMAND_CONTACT_OPEN:
    case IPD_DESK_COMMAND_CONTACT_TIMEOUT:
    case IPD_DESK_COMMAND_REFUSED:
    case IPD_DESK_COMMAND_INTERRUPTED:
    case IPD_DESK_COMMAND_NO_ANSWER:
    case IPD_DESK_COMMAND_UNCONFIRMED:
      return TRUE;
    }
  g_return_val_if_reached (TRUE);
}
