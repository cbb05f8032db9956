// SPDX-License-Identifier: Apache-2.0
/* The list of sentences. Owned by the session; main thread. */
#include "desktop/notices.h"

#define TOLD_S 6

struct _IpdNotices {
  GPtrArray *sentences; /* of char * */
  char *told;           /* (nullable): of them, the one that goes by itself */
  guint source;
  void (*changed) (gpointer data);
  gpointer data;
};

IpdNotices *
ipd_notices_new (void (*changed) (gpointer data), gpointer data)
{
  IpdNotices *self = g_new0 (IpdNotices, 1);

  self->sentences = g_ptr_array_new_with_free_func (g_free);
  self->changed = changed;
  self->data = data;
  return self;
}

void
ipd_notices_free (IpdNotices *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  g_ptr_array_unref (self->sentences);
  g_free (self->told);
  g_free (self);
}

void
ipd_notices_add (IpdNotices *self, const char *sentence)
{
  if (g_ptr_array_find_with_equal_func (self->sentences, sentence, g_str_equal, NULL))
    return;
  g_ptr_array_add (self->sentences, g_strdup (sentence));
  self->changed (self->data);
}

void
ipd_notices_remove (IpdNotices *self, const char *sentence)
{
  guint at;

  if (!g_ptr_array_find_with_equal_func (self->sentences, sentence, g_str_equal, &at))
    return;
  g_ptr_array_remove_index (self->sentences, at);
  self->changed (self->data);
}

static void
forget_told (IpdNotices *self)
{
  g_autofree char *told = g_steal_pointer (&self->told);

  if (told != NULL)
    ipd_notices_remove (self, told);
}

static gboolean
on_told (gpointer user_data)
{
  IpdNotices *self = user_data;

  self->source = 0;
  forget_told (self);
  return G_SOURCE_REMOVE;
}

void
ipd_notices_tell (IpdNotices *self, const char *sentence)
{
  g_clear_handle_id (&self->source, g_source_remove);
  forget_told (self);
  self->told = g_strdup (sentence);
  self->source = g_timeout_add_seconds (TOLD_S, on_told, self);
  ipd_notices_add (self, sentence);
}

char *
ipd_notices_to_string (const IpdNotices *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->sentences->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", (char *) g_ptr_array_index (self->sentences, i));
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}
