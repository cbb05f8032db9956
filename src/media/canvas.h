// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * IpdCanvas: a small painter of flat shapes with soft edges, for pictures that are drawn once. Coordinates are those of
 * a 640 x 480 drawing, whatever the size of the canvas. Pixels are premultiplied.
 */
typedef struct {
  int width;
  int height;
  double scale_x;
  double scale_y;
  float *rgba; /* 4 per pixel, 0 to 1 */
} IpdCanvas;

/**
 * IpdPaint:
 * @top, @bottom: 0xRRGGBB at the upper and lower end of the shape
 * @alpha: 0 to 1
 * @soft: width of the edge in units of the drawing; 0 = sharp (antialiased)
 */
typedef struct {
  uint32_t top;
  uint32_t bottom;
  double alpha;
  double soft;
} IpdPaint;

typedef struct {
  double x;
  double y;
} IpdPoint;

void ipd_canvas_init (IpdCanvas *canvas, int width, int height);
void ipd_canvas_clear (IpdCanvas *canvas);

void ipd_canvas_ellipse (IpdCanvas *canvas, IpdPoint centre, double rx, double ry, IpdPaint paint);
void ipd_canvas_box (IpdCanvas *canvas, double x0, double y0, double x1, double y1, double radius, IpdPaint paint);
void ipd_canvas_stroke (IpdCanvas *canvas, IpdPoint a, IpdPoint b, double thickness, IpdPaint paint);

/** ipd_canvas_polygon: convex, in screen order (clockwise with y down). */
void ipd_canvas_polygon (IpdCanvas *canvas, const IpdPoint *points, size_t n, IpdPaint paint);
