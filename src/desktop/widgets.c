// SPDX-License-Identifier: Apache-2.0
/*
 * Buttons, picture, status line and notice. Called by popup and call window in the main thread; each widget keeps its
 * own parts, found again by the names below.
 */
#include "desktop/widgets.h"

#include <glib/gi18n.h>

#define PART_ICON        "ipd-icon"
#define PART_LABEL       "ipd-label"
#define PART_CAPTION     "ipd-caption"
#define PART_SPINNER     "ipd-spinner"
#define PART_PLACEHOLDER "ipd-placeholder"

#define ICON_PX        20
#define STATUS_ICON_PX 16

static void
keep_part (GtkWidget *whole, const char *name, GtkWidget *part)
{
  g_object_set_data (G_OBJECT (whole), name, part);
}

static GtkWidget *
part_of (GtkWidget *whole, const char *name)
{
  return g_object_get_data (G_OBJECT (whole), name);
}

static GtkWidget *
fill_button (GtkWidget *button, const char *icon_name, const char *label)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *icon = gtk_image_new ();
  GtkWidget *text = gtk_label_new (NULL);
  GtkWidget *caption = gtk_label_new (NULL);

  gtk_image_set_pixel_size (GTK_IMAGE (icon), ICON_PX);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_label_set_ellipsize (GTK_LABEL (caption), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_set_visible (caption, FALSE);
  gtk_box_append (GTK_BOX (lines), text);
  gtk_box_append (GTK_BOX (lines), caption);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), lines);
  gtk_widget_set_halign (row, GTK_ALIGN_CENTER);
  gtk_button_set_child (GTK_BUTTON (button), row);
  gtk_widget_add_css_class (button, "action");
  /* A click must not leave a button where the next typed space would press it again; Tab still gets there. */
  gtk_widget_set_focus_on_click (button, FALSE);
  keep_part (button, PART_ICON, icon);
  keep_part (button, PART_LABEL, text);
  keep_part (button, PART_CAPTION, caption);
  ipd_action_button_set (button, icon_name, label);
  return button;
}

GtkWidget *
ipd_action_button_new (const char *icon_name, const char *label, const char *style_class)
{
  GtkWidget *button = fill_button (gtk_button_new (), icon_name, label);

  if (style_class != NULL)
    gtk_widget_add_css_class (button, style_class);
  return button;
}

GtkWidget *
ipd_action_toggle_new (const char *icon_name, const char *label)
{
  return fill_button (gtk_toggle_button_new (), icon_name, label);
}

GtkWidget *
ipd_action_icon_new (const char *icon_name, const char *label)
{
  GtkWidget *button = fill_button (gtk_button_new (), icon_name, label);

  gtk_widget_set_visible (gtk_widget_get_parent (part_of (button, PART_LABEL)), FALSE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "icon");
  gtk_widget_set_tooltip_text (button, label);
  return button;
}

/* The second, smaller line takes what is left of the button and never widens it. */
static void
set_caption (GtkWidget *button, const char *caption, int chars)
{
  GtkWidget *line = part_of (button, PART_CAPTION);

  gtk_label_set_text (GTK_LABEL (line), caption);
  gtk_label_set_max_width_chars (GTK_LABEL (line), chars);
  gtk_widget_set_hexpand (line, TRUE);
  gtk_widget_set_visible (line, TRUE);
  gtk_widget_set_halign (gtk_button_get_child (GTK_BUTTON (button)), GTK_ALIGN_FILL);
  gtk_widget_set_tooltip_text (button, caption);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, caption, -1);
}

GtkWidget *
ipd_open_button_new (const IpdDeskOutput *output, gboolean first, int name_chars)
{
  GtkWidget *button = ipd_action_button_new ("ipdoor-open-symbolic", _ ("Open"), "open");
  /* Translators: %s is the name of a door or gate */
  g_autofree char *spoken = g_strdup_printf (_ ("Open %s"), output->name);

  set_caption (button, output->name, name_chars);
  gtk_widget_set_name (button, output->id);
  if (!first)
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return button;
}

void
ipd_action_button_set (GtkWidget *button, const char *icon_name, const char *label)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (part_of (button, PART_ICON)), icon_name);
  gtk_label_set_text (GTK_LABEL (part_of (button, PART_LABEL)), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
hide_placeholder (GdkPaintable *video, GtkWidget *placeholder)
{
  gtk_widget_set_visible (placeholder, FALSE);
}

GtkWidget *
ipd_video_view_new (IpdVideoPaintable *video, int width, int height)
{
  GtkWidget *view = gtk_overlay_new ();
  GtkWidget *ground = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (video));
  GtkWidget *placeholder = gtk_label_new (_ ("Waiting for the picture…"));

  /* The ground alone gives the size: a picture of another shape never moves the buttons. */
  gtk_widget_set_size_request (ground, width, height);
  gtk_overlay_set_child (GTK_OVERLAY (view), ground);
  gtk_overlay_add_overlay (GTK_OVERLAY (view), picture);
  gtk_overlay_add_overlay (GTK_OVERLAY (view), placeholder);
  gtk_label_set_wrap (GTK_LABEL (placeholder), TRUE);
  gtk_label_set_justify (GTK_LABEL (placeholder), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (placeholder, "placeholder");
  gtk_widget_set_visible (placeholder, !ipd_video_paintable_has_picture (video));
  gtk_widget_add_css_class (view, "video");
  gtk_widget_set_overflow (view, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Picture of the door station"), -1);
  g_signal_connect_object (video, "invalidate-contents", G_CALLBACK (hide_placeholder), placeholder, 0);
  keep_part (view, PART_PLACEHOLDER, placeholder);
  return view;
}

void
ipd_video_view_set_placeholder (GtkWidget *view, const char *text)
{
  gtk_label_set_text (GTK_LABEL (part_of (view, PART_PLACEHOLDER)), text);
}

GtkWidget *
ipd_status_line_new (int chars)
{
  GtkWidget *status = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 7);
  GtkWidget *icon = gtk_image_new ();
  GtkWidget *spinner = gtk_spinner_new ();
  GtkWidget *text = gtk_label_new (NULL);

  gtk_image_set_pixel_size (GTK_IMAGE (icon), STATUS_ICON_PX);
  gtk_widget_set_size_request (spinner, STATUS_ICON_PX, STATUS_ICON_PX);
  gtk_widget_set_valign (icon, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (spinner, GTK_ALIGN_CENTER);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_lines (GTK_LABEL (text), 2);
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (text), chars);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_box_append (GTK_BOX (status), icon);
  gtk_box_append (GTK_BOX (status), spinner);
  gtk_box_append (GTK_BOX (status), text);
  gtk_widget_add_css_class (status, "status");
  keep_part (status, PART_ICON, icon);
  keep_part (status, PART_SPINNER, spinner);
  keep_part (status, PART_LABEL, text);
  return status;
}

static const char *
icon_of_tone (IpdDeskTone tone)
{
  switch (tone)
    {
    case IPD_DESK_TONE_CALM:
    case IPD_DESK_TONE_WAIT:
      return "ipdoor-calm-symbolic";
    case IPD_DESK_TONE_GOOD:
      return "ipdoor-good-symbolic";
    case IPD_DESK_TONE_WORRY:
      return "ipdoor-worry-symbolic";
    }
  g_return_val_if_reached ("ipdoor-calm-symbolic");
}

static void
set_css_class (GtkWidget *widget, const char *class, gboolean wanted)
{
  if (wanted)
    gtk_widget_add_css_class (widget, class);
  else
    gtk_widget_remove_css_class (widget, class);
}

void
ipd_status_line_set (GtkWidget *status, const IpdDeskLine *line)
{
  GtkWidget *icon = part_of (status, PART_ICON);
  GtkWidget *spinner = part_of (status, PART_SPINNER);
  gboolean waits = line->tone == IPD_DESK_TONE_WAIT;

  gtk_label_set_text (GTK_LABEL (part_of (status, PART_LABEL)), line->text);
  gtk_image_set_from_icon_name (GTK_IMAGE (icon), icon_of_tone (line->tone));
  gtk_widget_set_visible (icon, !waits && *line->text != '\0');
  gtk_widget_set_visible (spinner, waits);
  gtk_spinner_set_spinning (GTK_SPINNER (spinner), waits);
  set_css_class (status, "good", line->tone == IPD_DESK_TONE_GOOD);
  set_css_class (status, "worry", line->tone == IPD_DESK_TONE_WORRY);
}

GtkWidget *
ipd_notice_new (void)
{
  GtkWidget *notice = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (notice), TRUE);
  gtk_label_set_xalign (GTK_LABEL (notice), 0);
  gtk_widget_add_css_class (notice, "notice");
  gtk_widget_set_visible (notice, FALSE);
  return notice;
}

void
ipd_notice_set (GtkWidget *notice, const char *text)
{
  gtk_label_set_text (GTK_LABEL (notice), text != NULL ? text : "");
  gtk_widget_set_visible (notice, text != NULL);
}
