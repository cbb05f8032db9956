// SPDX-License-Identifier: Apache-2.0
/* See power-trace.h. */
#include "power-trace.h"

#include <string.h>

struct _PowerTrace {
  char *octets;
  gsize length;
  GArray *starts; /* of gsize: where each record begins */
};

PowerTrace *
power_trace_load (const char *path)
{
  PowerTrace *self = g_new0 (PowerTrace, 1);
  g_autoptr (GError) error = NULL;
  gsize length, at = 0;

  if (!g_file_get_contents (path, &self->octets, &length, &error))
    g_error ("%s", error->message);
  self->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  while (at < length)
    {
      PowerRecord record;
      memcpy (&record, self->octets + at, sizeof record);
      g_array_append_val (self->starts, at);
      at += sizeof record + record.path_length;
      if (record.kind == POWER_WRITE || record.kind == POWER_SAID)
        at += record.length;
    }
  g_assert_cmpuint (at, ==, length);
  self->length = length;
  return self;
}

void
power_trace_free (PowerTrace *self)
{
  g_array_unref (self->starts);
  g_free (self->octets);
  g_free (self);
}

guint
power_trace_length (const PowerTrace *self)
{
  return self->starts->len;
}

static const char *
start_of (const PowerTrace *self, guint i)
{
  return self->octets + g_array_index (self->starts, gsize, i);
}

/* Records follow each other without padding: the copy is what is aligned. */
const PowerRecord *
power_trace_record (const PowerTrace *self, guint i)
{
  static PowerRecord record;

  memcpy (&record, start_of (self, i), sizeof record);
  return &record;
}

guint64
power_trace_end (const PowerTrace *self, guint i)
{
  return i + 1 < self->starts->len ? g_array_index (self->starts, gsize, i + 1) : self->length;
}

const char *
power_trace_path (const PowerTrace *self, guint i)
{
  return start_of (self, i) + sizeof (PowerRecord);
}

const char *
power_trace_data (const PowerTrace *self, guint i)
{
  return power_trace_path (self, i) + power_trace_record (self, i)->path_length;
}
