// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

#include "desktop/video-paintable.h"
#include "desktop/wording.h"

/*
 * The pieces that popup and call window are made of, so that both look and speak alike. Thread: main. All return
 * floating widgets.
 */

/*
 * A large button with icon and text; @label is also its accessible name.
 * @style_class: (nullable): "answer", "reject" or "open" for the coloured ones
 */
GtkWidget *ipd_action_button_new (const char *icon_name, const char *label, const char *style_class);

/* The same as a button that stays pressed. */
GtkWidget *ipd_action_toggle_new (const char *icon_name, const char *label);

/* A button of an icon alone; @label is its tooltip and its accessible name. */
GtkWidget *ipd_action_icon_new (const char *icon_name, const char *label);

/*
 * "Open" with the output's name below; the widget's name (gtk_widget_get_name()) is the output's id.
 * @first: the output one expects, found as "Open" by assistive technology; the others as "Open <name>"
 * @name_chars: how much of the output's name the button asks room for; the rest shows when there is more, else "…"
 */
GtkWidget *ipd_open_button_new (const IpdDeskOutput *output, gboolean first, int name_chars);

/* Icon and text of any kind, the accessible name with it. */
void ipd_action_button_set (GtkWidget *button, const char *icon_name, const char *label);

/* The picture of a visit with a dark ground, and words in place of it until it comes. */
GtkWidget *ipd_video_view_new (IpdVideoPaintable *video, int width, int height);
void ipd_video_view_set_placeholder (GtkWidget *view, const char *text);

/*
 * One line of text with the icon or the spinner of its tone.
 * @chars: how much text it asks room for in a line; it takes two lines and an ellipsis at most
 */
GtkWidget *ipd_status_line_new (int chars);
void ipd_status_line_set (GtkWidget *status, const IpdDeskLine *line);

/* A sentence that matters (no sound device, not encrypted); hidden while @text is %NULL. */
GtkWidget *ipd_notice_new (void);
void ipd_notice_set (GtkWidget *notice, const char *text);
