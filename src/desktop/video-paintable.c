// SPDX-License-Identifier: Apache-2.0
/*
 * Frames to textures. Owned by the session of a visit, fed by the media client in the main thread, drawn by GtkPicture.
 */
#include "desktop/video-paintable.h"

struct _IpdVideoPaintable {
  GObject parent;
  GdkTexture *texture; /* newest picture; %NULL before the first */
};

static void
video_paintable_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  IpdVideoPaintable *self = IPD_VIDEO_PAINTABLE (paintable);

  if (self->texture != NULL)
    gdk_paintable_snapshot (GDK_PAINTABLE (self->texture), snapshot, width, height);
}

static int
video_paintable_get_intrinsic_width (GdkPaintable *paintable)
{
  IpdVideoPaintable *self = IPD_VIDEO_PAINTABLE (paintable);

  return self->texture != NULL ? gdk_texture_get_width (self->texture) : 0;
}

static int
video_paintable_get_intrinsic_height (GdkPaintable *paintable)
{
  IpdVideoPaintable *self = IPD_VIDEO_PAINTABLE (paintable);

  return self->texture != NULL ? gdk_texture_get_height (self->texture) : 0;
}

static void
video_paintable_iface_init (GdkPaintableInterface *iface)
{
  iface->snapshot = video_paintable_snapshot;
  iface->get_intrinsic_width = video_paintable_get_intrinsic_width;
  iface->get_intrinsic_height = video_paintable_get_intrinsic_height;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (IpdVideoPaintable, ipd_video_paintable, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, video_paintable_iface_init))

static void
ipd_video_paintable_finalize (GObject *object)
{
  g_clear_object (&IPD_VIDEO_PAINTABLE (object)->texture);
  G_OBJECT_CLASS (ipd_video_paintable_parent_class)->finalize (object);
}

static void
ipd_video_paintable_class_init (IpdVideoPaintableClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ipd_video_paintable_finalize;
}

static void
ipd_video_paintable_init (IpdVideoPaintable *self)
{
}

IpdVideoPaintable *
ipd_video_paintable_new (void)
{
  return g_object_new (IPD_TYPE_VIDEO_PAINTABLE, NULL);
}

void
ipd_video_paintable_show (IpdVideoPaintable *self, const IpdVideoFrame *frame)
{
  g_autoptr (GdkTexture) old = g_steal_pointer (&self->texture);
  gboolean same_size
      = old != NULL && gdk_texture_get_width (old) == frame->width && gdk_texture_get_height (old) == frame->height;

  self->texture = gdk_memory_texture_new (frame->width, frame->height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, frame->pixels,
                                          (gsize) frame->stride);
  if (!same_size)
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

GdkTexture *
ipd_video_paintable_get_picture (IpdVideoPaintable *self)
{
  return self->texture != NULL ? g_object_ref (self->texture) : NULL;
}

gboolean
ipd_video_paintable_has_picture (IpdVideoPaintable *self)
{
  return self->texture != NULL;
}
