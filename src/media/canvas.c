// SPDX-License-Identifier: Apache-2.0
/* Flat shapes by signed distance: each pixel asks how far it is from the edge. Slow and simple; every picture is drawn
 * once. */
#include "media/canvas.h"

#include <glib.h>
#include <math.h>

typedef enum {
  SHAPE_ELLIPSE,
  SHAPE_BOX,
  SHAPE_STROKE,
  SHAPE_POLYGON,
} ShapeKind;

typedef struct {
  ShapeKind kind;
  double x0, y0, x1, y1; /* bounds; ends of a stroke */
  double radius;
  const IpdPoint *points;
  size_t n_points;
} Shape;

void
ipd_canvas_init (IpdCanvas *canvas, int width, int height)
{
  canvas->width = width;
  canvas->height = height;
  canvas->scale_x = width / 640.0;
  canvas->scale_y = height / 480.0;
  canvas->rgba = g_new0 (float, (size_t) width *(size_t) height * 4);
}

void
ipd_canvas_clear (IpdCanvas *canvas)
{
  g_clear_pointer (&canvas->rgba, g_free);
}

static double
ellipse_distance (const Shape *shape, double x, double y)
{
  double rx = (shape->x1 - shape->x0) / 2;
  double ry = (shape->y1 - shape->y0) / 2;
  double dx = (x - (shape->x0 + shape->x1) / 2) / rx;
  double dy = (y - (shape->y0 + shape->y1) / 2) / ry;
  return (sqrt (dx * dx + dy * dy) - 1) * fmin (rx, ry);
}

static double
box_distance (const Shape *shape, double x, double y)
{
  double dx = fabs (x - (shape->x0 + shape->x1) / 2) - (shape->x1 - shape->x0) / 2 + shape->radius;
  double dy = fabs (y - (shape->y0 + shape->y1) / 2) - (shape->y1 - shape->y0) / 2 + shape->radius;
  double out_x = fmax (dx, 0);
  double out_y = fmax (dy, 0);
  return sqrt (out_x * out_x + out_y * out_y) + fmin (fmax (dx, dy), 0) - shape->radius;
}

static double
stroke_distance (const Shape *shape, double x, double y)
{
  double lx = shape->x1 - shape->x0;
  double ly = shape->y1 - shape->y0;
  double t = ((x - shape->x0) * lx + (y - shape->y0) * ly) / fmax (lx * lx + ly * ly, 1e-9);
  t = CLAMP (t, 0, 1);
  return hypot (x - shape->x0 - t * lx, y - shape->y0 - t * ly) - shape->radius;
}

static double
polygon_distance (const Shape *shape, double x, double y)
{
  double farthest = -1e9;
  for (size_t i = 0; i < shape->n_points; i++)
    {
      IpdPoint a = shape->points[i];
      IpdPoint b = shape->points[(i + 1) % shape->n_points];
      double length = fmax (hypot (b.x - a.x, b.y - a.y), 1e-9);
      farthest = fmax (farthest, ((x - a.x) * (b.y - a.y) - (y - a.y) * (b.x - a.x)) / length);
    }
  return farthest;
}

static double
distance (const Shape *shape, double x, double y)
{
  switch (shape->kind)
    {
    case SHAPE_ELLIPSE:
      return ellipse_distance (shape, x, y);
    case SHAPE_BOX:
      return box_distance (shape, x, y);
    case SHAPE_STROKE:
      return stroke_distance (shape, x, y);
    case SHAPE_POLYGON:
      break;
    }
  return polygon_distance (shape, x, y);
}

static void
blend (float *pixel, const IpdPaint *paint, double along, double coverage)
{
  double alpha = coverage * paint->alpha;
  for (int c = 0; c < 3; c++)
    {
      int shift = 16 - 8 * c;
      double top = ((paint->top >> shift) & 0xff) / 255.0;
      double bottom = ((paint->bottom >> shift) & 0xff) / 255.0;
      pixel[c] = (float) ((top + (bottom - top) * along) * alpha + pixel[c] * (1 - alpha));
    }
  pixel[3] = (float) (alpha + pixel[3] * (1 - alpha));
}

static void
fill (IpdCanvas *canvas, const Shape *shape, double y0, double y1, const IpdPaint *paint)
{
  double unit = fmin (canvas->scale_x, canvas->scale_y);
  double edge = fmax (paint->soft, 1 / unit);
  /* The edge of an ellipse is as wide as asked for along its short axis, wider along the long one. */
  double wide = shape->kind == SHAPE_ELLIPSE ? fmax (1, (shape->x1 - shape->x0) / (y1 - y0)) : 1;
  double left = fmin (shape->x0, shape->x1) - shape->radius - edge * wide;
  double right = fmax (shape->x0, shape->x1) + shape->radius + edge * wide;
  int first_row = MAX (0, (int) ((y0 - edge) * canvas->scale_y));
  int last_row = MIN (canvas->height - 1, (int) ((y1 + edge) * canvas->scale_y));
  int first = MAX (0, (int) (left * canvas->scale_x));
  int last = MIN (canvas->width - 1, (int) (right * canvas->scale_x));
  for (int row = first_row; row <= last_row; row++)
    for (int column = first; column <= last; column++)
      {
        double x = (column + 0.5) / canvas->scale_x;
        double y = (row + 0.5) / canvas->scale_y;
        double inside = CLAMP (0.5 - distance (shape, x, y) / edge, 0, 1);
        if (paint->soft > 0)
          inside = inside * inside * (3 - 2 * inside);
        double along = CLAMP ((y - y0) / fmax (y1 - y0, 1e-9), 0, 1);
        if (inside > 0)
          blend (canvas->rgba + 4 * ((size_t) row * (size_t) canvas->width + (size_t) column), paint, along, inside);
      }
}

void
ipd_canvas_ellipse (IpdCanvas *canvas, IpdPoint centre, double rx, double ry, IpdPaint paint)
{
  const Shape shape
      = { .kind = SHAPE_ELLIPSE, .x0 = centre.x - rx, .y0 = centre.y - ry, .x1 = centre.x + rx, .y1 = centre.y + ry };
  fill (canvas, &shape, shape.y0, shape.y1, &paint);
}

void
ipd_canvas_box (IpdCanvas *canvas, double x0, double y0, double x1, double y1, double radius, IpdPaint paint)
{
  const Shape shape = { .kind = SHAPE_BOX, .x0 = x0, .y0 = y0, .x1 = x1, .y1 = y1, .radius = radius };
  fill (canvas, &shape, y0, y1, &paint);
}

void
ipd_canvas_stroke (IpdCanvas *canvas, IpdPoint a, IpdPoint b, double thickness, IpdPaint paint)
{
  const Shape shape = { .kind = SHAPE_STROKE, .x0 = a.x, .y0 = a.y, .x1 = b.x, .y1 = b.y, .radius = thickness / 2 };
  fill (canvas, &shape, fmin (a.y, b.y) - shape.radius, fmax (a.y, b.y) + shape.radius, &paint);
}

void
ipd_canvas_polygon (IpdCanvas *canvas, const IpdPoint *points, size_t n, IpdPaint paint)
{
  Shape shape
      = { .kind = SHAPE_POLYGON, .x0 = 1e9, .y0 = 1e9, .x1 = -1e9, .y1 = -1e9, .points = points, .n_points = n };
  for (size_t i = 0; i < n; i++)
    {
      shape.x0 = fmin (shape.x0, points[i].x);
      shape.x1 = fmax (shape.x1, points[i].x);
      shape.y0 = fmin (shape.y0, points[i].y);
      shape.y1 = fmax (shape.y1, points[i].y);
    }
  fill (canvas, &shape, shape.y0, shape.y1, &paint);
}
