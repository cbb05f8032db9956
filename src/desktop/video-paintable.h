// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

#include "media/client.h"

G_BEGIN_DECLS

/*
 * The picture of a visit as a GdkPaintable, so that popup and call window can show the same stream, one after the other
 * or both, without the media noticing. Keeps the newest frame only. Thread: main.
 */
#define IPD_TYPE_VIDEO_PAINTABLE (ipd_video_paintable_get_type ())
G_DECLARE_FINAL_TYPE (IpdVideoPaintable, ipd_video_paintable, IPD, VIDEO_PAINTABLE, GObject)

IpdVideoPaintable *ipd_video_paintable_new (void);

/* Shows @frame from the next paint on; its pixels are shared, not copied. */
void ipd_video_paintable_show (IpdVideoPaintable *self, const IpdVideoFrame *frame);

/* Returns: (transfer full) (nullable): the newest picture as it is shown; %NULL before the first */
GdkTexture *ipd_video_paintable_get_picture (IpdVideoPaintable *self);

gboolean ipd_video_paintable_has_picture (IpdVideoPaintable *self);

G_END_DECLS
