// SPDX-License-Identifier: Apache-2.0
/* The tools of the picture. Built by popup and call window, which pass their signals on; main thread. */
#include "desktop/picture-tools.h"

#include <glib/gi18n.h>

#include "desktop/widgets.h"

#define KEYPAD_COLUMNS 4

struct _IpdPictureTools {
  GtkWidget parent;
  GtkWidget *row;
  GtkWidget *save;
  GtkWidget *keypad;
  GtkWidget *pad; /* its keys, on the picture */
};

enum { SIGNAL_SAVE_PICTURE, SIGNAL_DIGIT, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpdPictureTools, ipd_picture_tools, GTK_TYPE_WIDGET)

static void
on_save (IpdPictureTools *self)
{
  g_signal_emit (self, signals[SIGNAL_SAVE_PICTURE], 0);
}

static void
on_keypad (IpdPictureTools *self)
{
  gtk_widget_set_visible (self->pad, !gtk_widget_get_visible (self->pad));
}

static void
on_digit (GtkWidget *key, IpdPictureTools *self)
{
  g_signal_emit (self, signals[SIGNAL_DIGIT], 0, gtk_widget_get_name (key));
}

static GtkWidget *
new_key (IpdPictureTools *self, const char *digit)
{
  GtkWidget *key = gtk_button_new_with_label (digit);

  gtk_widget_set_name (key, digit);
  gtk_widget_add_css_class (key, "action");
  gtk_widget_add_css_class (key, "key");
  gtk_widget_set_focus_on_click (key, FALSE);
  g_signal_connect (key, "clicked", G_CALLBACK (on_digit), self);
  return key;
}

static GtkWidget *
new_pad (IpdPictureTools *self)
{
  static const char *const digits[]
      = { "1", "2", "3", "A", "4", "5", "6", "B", "7", "8", "9", "C", "*", "0", "#", "D" };
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_widget_set_halign (grid, GTK_ALIGN_END);
  gtk_widget_set_valign (grid, GTK_ALIGN_END);
  gtk_widget_add_css_class (grid, "pad");
  /* Telephone keys stand in the same order in every language. */
  gtk_widget_set_direction (grid, GTK_TEXT_DIR_LTR);
  for (int i = 0; i < (int) G_N_ELEMENTS (digits); i++)
    gtk_grid_attach (GTK_GRID (grid), new_key (self, digits[i]), i % KEYPAD_COLUMNS, i / KEYPAD_COLUMNS, 1, 1);
  return grid;
}

static void
ipd_picture_tools_dispose (GObject *object)
{
  IpdPictureTools *self = IPD_PICTURE_TOOLS (object);

  g_clear_pointer (&self->row, gtk_widget_unparent);
  g_clear_object (&self->pad);
  G_OBJECT_CLASS (ipd_picture_tools_parent_class)->dispose (object);
}

static void
ipd_picture_tools_class_init (IpdPictureToolsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ipd_picture_tools_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  signals[SIGNAL_SAVE_PICTURE]
      = g_signal_new ("save-picture", IPD_TYPE_PICTURE_TOOLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DIGIT] = g_signal_new ("digit", IPD_TYPE_PICTURE_TOOLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ipd_picture_tools_init (IpdPictureTools *self)
{
  self->row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->save = ipd_action_icon_new ("ipdoor-picture-symbolic", _ ("Save picture"));
  self->keypad = ipd_action_icon_new ("ipdoor-keypad-symbolic", _ ("Keypad"));
  self->pad = g_object_ref_sink (new_pad (self));
  gtk_widget_set_visible (self->pad, FALSE);
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);
  g_signal_connect_swapped (self->keypad, "clicked", G_CALLBACK (on_keypad), self);
  gtk_box_append (GTK_BOX (self->row), self->keypad);
  gtk_box_append (GTK_BOX (self->row), self->save);
  gtk_widget_set_parent (self->row, GTK_WIDGET (self));
  ipd_picture_tools_set_digits (self, FALSE);
}

static void
on_picture (GdkPaintable *video, GtkWidget *save)
{
  gtk_widget_set_visible (save, TRUE);
}

GtkWidget *
ipd_picture_tools_new (IpdVideoPaintable *video)
{
  IpdPictureTools *self = g_object_new (IPD_TYPE_PICTURE_TOOLS, NULL);

  gtk_widget_set_visible (self->save, ipd_video_paintable_has_picture (video));
  g_signal_connect_object (video, "invalidate-contents", G_CALLBACK (on_picture), self->save, 0);
  return GTK_WIDGET (self);
}

GtkWidget *
ipd_picture_tools_get_pad (IpdPictureTools *self)
{
  return self->pad;
}

void
ipd_picture_tools_set_digits (IpdPictureTools *self, gboolean digits)
{
  gtk_widget_set_visible (self->keypad, digits);
  if (!digits)
    gtk_widget_set_visible (self->pad, FALSE);
}
