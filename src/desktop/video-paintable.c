// SPDX-License-Identifier: Apache-2.0
/*
 * Frames to pixels of a widget. Owned by the session of a visit, fed by the media client in the main thread, drawn by
 * GtkPicture. Where GTK paints with cairo (main.c) the frame is painted by cairo itself: a texture would be converted
 * by way of floating point, copied, and scaled by the slowest of all filters, 9 to 13 ms of a 720p frame instead of
 * half a one (GTK 4.8).
 */
#include "desktop/video-paintable.h"

struct _IpdVideoPaintable {
  GObject parent;
  GBytes *pixels; /* newest picture; %NULL before the first */
  int width;
  int height;
  int stride;
  GPtrArray *sizes;  /* of cairo_surface_t: the picture, half of it, half of that; as far as they were needed */
  GPtrArray *before; /* those of the picture before, which the window still holds: cairo would copy them for it */
};

static const cairo_user_data_key_t pixels_key;

static cairo_surface_t *
whole_picture (const IpdVideoPaintable *self)
{
  guchar *data = (guchar *) g_bytes_get_data (self->pixels, NULL);
  cairo_surface_t *surface
      = cairo_image_surface_create_for_data (data, CAIRO_FORMAT_RGB24, self->width, self->height, self->stride);

  cairo_surface_set_user_data (surface, &pixels_key, g_bytes_ref (self->pixels), (cairo_destroy_func_t) g_bytes_unref);
  return surface;
}

/* Each pixel is the mean of four: the fast filter at exactly one half. */
static cairo_surface_t *
half_of (cairo_surface_t *whole)
{
  int width = cairo_image_surface_get_width (whole) / 2;
  int height = cairo_image_surface_get_height (whole) / 2;
  cairo_surface_t *half = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (half);

  cairo_scale (cr, 0.5, 0.5);
  cairo_set_source_surface (cr, whole, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_paint (cr);
  cairo_destroy (cr);
  return half;
}

/* On the screen with the smallest pixels: a paintable does not know on which it is. */
static int
largest_scale (void)
{
  GListModel *monitors = gdk_display_get_monitors (gdk_display_get_default ());
  int scale = 1;

  for (guint i = 0; i < g_list_model_get_n_items (monitors); i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, i);

      scale = MAX (scale, gdk_monitor_get_scale_factor (monitor));
    }
  return scale;
}

/* The smallest of the halves that is not smaller than it will be seen: the fast filter looks at four pixels only. */
static cairo_surface_t *
picture_for_width (IpdVideoPaintable *self, double width)
{
  cairo_surface_t *surface = self->sizes->pdata[0];

  for (guint i = 1; cairo_image_surface_get_width (surface) >= 2 * width && i < 6; i++)
    {
      if (i == self->sizes->len)
        g_ptr_array_add (self->sizes, half_of (surface));
      surface = self->sizes->pdata[i];
    }
  return surface;
}

static void
paint (IpdVideoPaintable *self, GtkSnapshot *snapshot, double width, double height)
{
  cairo_surface_t *surface = picture_for_width (self, width * largest_scale ());
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));

  cairo_rectangle (cr, 0, 0, width, height);
  cairo_scale (cr, width / cairo_image_surface_get_width (surface), height / cairo_image_surface_get_height (surface));
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_fill (cr);
  cairo_destroy (cr);
}

static void
video_paintable_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  IpdVideoPaintable *self = IPD_VIDEO_PAINTABLE (paintable);
  g_autoptr (GdkTexture) texture = NULL;

  if (self->pixels == NULL || width <= 0 || height <= 0)
    return;
  if (g_strcmp0 (g_getenv ("GSK_RENDERER"), "cairo") == 0) /* known by the first paint, not by the first frame */
    {
      paint (self, GTK_SNAPSHOT (snapshot), width, height);
      return;
    }
  texture = ipd_video_paintable_get_picture (self);
  gdk_paintable_snapshot (GDK_PAINTABLE (texture), snapshot, width, height);
}

static int
video_paintable_get_intrinsic_width (GdkPaintable *paintable)
{
  IpdVideoPaintable *self = IPD_VIDEO_PAINTABLE (paintable);

  return self->width;
}

static int
video_paintable_get_intrinsic_height (GdkPaintable *paintable)
{
  IpdVideoPaintable *self = IPD_VIDEO_PAINTABLE (paintable);

  return self->height;
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
  IpdVideoPaintable *self = IPD_VIDEO_PAINTABLE (object);

  g_clear_pointer (&self->sizes, g_ptr_array_unref);
  g_clear_pointer (&self->before, g_ptr_array_unref);
  g_clear_pointer (&self->pixels, g_bytes_unref);
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

static void
surface_free (gpointer data)
{
  cairo_surface_destroy (data);
}

void
ipd_video_paintable_show (IpdVideoPaintable *self, const IpdVideoFrame *frame)
{
  gboolean same_size = self->width == frame->width && self->height == frame->height;

  g_clear_pointer (&self->before, g_ptr_array_unref);
  self->before = g_steal_pointer (&self->sizes);
  g_clear_pointer (&self->pixels, g_bytes_unref);
  self->pixels = g_bytes_ref (frame->pixels);
  self->width = frame->width;
  self->height = frame->height;
  self->stride = frame->stride;
  self->sizes = g_ptr_array_new_with_free_func (surface_free);
  g_ptr_array_add (self->sizes, whole_picture (self));
  if (!same_size)
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

GdkTexture *
ipd_video_paintable_get_picture (IpdVideoPaintable *self)
{
  if (self->pixels == NULL)
    return NULL;
  return gdk_memory_texture_new (self->width, self->height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, self->pixels,
                                 (gsize) self->stride);
}

gboolean
ipd_video_paintable_has_picture (IpdVideoPaintable *self)
{
  return self->pixels != NULL;
}
