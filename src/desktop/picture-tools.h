// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

#include "desktop/video-paintable.h"

G_BEGIN_DECLS

/*
 * What can be done with the picture in popup and call window: "Save picture" once there is one, and a keypad where the
 * station takes digits. The keys are a widget of their own, to be laid over the picture: a popover would be a window of
 * its own, take the keyboard from others and cover the next popup. Thread: main.
 *
 * Signals: "save-picture" (), "digit" (const char *one of 0-9*#A-D).
 */
#define IPD_TYPE_PICTURE_TOOLS (ipd_picture_tools_get_type ())
G_DECLARE_FINAL_TYPE (IpdPictureTools, ipd_picture_tools, IPD, PICTURE_TOOLS, GtkWidget)

GtkWidget *ipd_picture_tools_new (IpdVideoPaintable *video);

/* The keys, hidden until "Keypad" is pressed. Borrowed from @self; to be given a parent once. */
GtkWidget *ipd_picture_tools_get_pad (IpdPictureTools *self);

void ipd_picture_tools_set_digits (IpdPictureTools *self, gboolean digits);

G_END_DECLS
