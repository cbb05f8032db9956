// SPDX-License-Identifier: Apache-2.0
/* The list of Open buttons. Owned by popup and call window; main thread. */
#include "desktop/doors.h"

#include "desktop/widgets.h"

struct _IpdDoors {
  GPtrArray *buttons; /* of GtkWidget, borrowed from the row */
  void (*open) (const char *id, gpointer data);
  gpointer data;
};

IpdDoors *
ipd_doors_new (void (*open) (const char *id, gpointer data), gpointer data)
{
  IpdDoors *self = g_new0 (IpdDoors, 1);

  self->buttons = g_ptr_array_new ();
  self->open = open;
  self->data = data;
  return self;
}

void
ipd_doors_free (IpdDoors *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->buttons);
  g_free (self);
}

static void
on_clicked (GtkWidget *button, IpdDoors *self)
{
  self->open (gtk_widget_get_name (button), self->data);
}

static gboolean
is_offered (const IpdDeskOutput *output, guint max)
{
  return max == 0 || g_str_equal (output->kind, "lock") || g_str_equal (output->kind, "gate");
}

static gboolean
has_room (guint n, guint max)
{
  return max == 0 || n < max;
}

void
ipd_doors_fill (IpdDoors *self, const IpdDeskVisit *visit, GtkWidget *row, guint max, int name_chars)
{
  for (guint i = 0; i < visit->outputs->len && has_room (self->buttons->len, max); i++)
    {
      const IpdDeskOutput *output = g_ptr_array_index (visit->outputs, i);
      GtkWidget *button;

      if (!is_offered (output, max))
        continue;
      button = ipd_open_button_new (output, self->buttons->len == 0, name_chars);
      gtk_widget_set_hexpand (button, gtk_box_get_homogeneous (GTK_BOX (row)));
      g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
      gtk_box_append (GTK_BOX (row), button);
      g_ptr_array_add (self->buttons, button);
    }
}

guint
ipd_doors_count (const IpdDeskVisit *visit, guint max)
{
  guint n = 0;

  for (guint i = 0; i < visit->outputs->len && has_room (n, max); i++)
    n += is_offered (g_ptr_array_index (visit->outputs, i), max) ? 1 : 0;
  return n;
}

void
ipd_doors_set_opening (IpdDoors *self, gboolean opening)
{
  for (guint i = 0; i < self->buttons->len; i++)
    gtk_widget_set_sensitive (g_ptr_array_index (self->buttons, i), !opening);
}
