// SPDX-License-Identifier: Apache-2.0
/* From drawn canvas to I420, and onto a picture: the only part that runs for every frame, so it is integers only. */
#include "media/sprite.h"

#include <glib.h>
#include <math.h>

IpdI420
ipd_i420_over (uint8_t *octets, int width, int height)
{
  size_t luma = (size_t) width * (size_t) height;
  return (IpdI420){ width, height, octets, octets + luma, octets + luma + luma / 4 };
}

static const float *
pixel_at (const IpdCanvas *canvas, int x, int y)
{
  return canvas->rgba + 4 * ((size_t) y * (size_t) canvas->width + (size_t) x);
}

typedef struct {
  int x0, y0, x1, y1;
} Bounds;

static Bounds
visible (const IpdCanvas *canvas)
{
  Bounds bounds = { canvas->width, canvas->height, 0, 0 };
  for (int y = 0; y < canvas->height; y++)
    for (int x = 0; x < canvas->width; x++)
      if (pixel_at (canvas, x, y)[3] > 0.002f)
        bounds = (Bounds){ MIN (bounds.x0, x), MIN (bounds.y0, y), MAX (bounds.x1, x + 1), MAX (bounds.y1, y + 1) };
  bounds.x0 &= ~1;
  bounds.y0 &= ~1;
  bounds.x1 = MIN ((bounds.x1 + 1) & ~1, canvas->width);
  bounds.y1 = MIN ((bounds.y1 + 1) & ~1, canvas->height);
  return bounds;
}

static uint8_t
to_octet (double value)
{
  return (uint8_t) lrint (CLAMP (value, 0, 255));
}

static void
convert_luma (IpdSprite *sprite, const IpdCanvas *canvas, int x, int y)
{
  const float *p = pixel_at (canvas, sprite->x + x, sprite->y + y);
  double a = fmax (p[3], 1e-6);
  size_t at = (size_t) y * (size_t) sprite->width + (size_t) x;
  sprite->luma[at] = to_octet (16 + (65.481 * p[0] + 128.553 * p[1] + 24.966 * p[2]) / a);
  sprite->alpha[at] = to_octet (p[3] * 255);
}

static void
convert_chroma (IpdSprite *sprite, const IpdCanvas *canvas, int x, int y)
{
  double r = 0, g = 0, b = 0, a = 0;
  for (int i = 0; i < 4; i++)
    {
      const float *p = pixel_at (canvas, sprite->x + 2 * x + i % 2, sprite->y + 2 * y + i / 2);
      r += p[0];
      g += p[1];
      b += p[2];
      a += p[3];
    }
  size_t at = (size_t) y * (size_t) (sprite->width / 2) + (size_t) x;
  sprite->half_alpha[at] = to_octet (a / 4 * 255);
  a = fmax (a, 1e-6);
  sprite->u[at] = to_octet (128 + (-37.797 * r - 74.203 * g + 112.0 * b) / a);
  sprite->v[at] = to_octet (128 + (112.0 * r - 93.786 * g - 18.214 * b) / a);
}

void
ipd_sprite_init (IpdSprite *sprite, const IpdCanvas *canvas)
{
  Bounds bounds = visible (canvas);
  sprite->x = bounds.x0;
  sprite->y = bounds.y0;
  sprite->width = MAX (bounds.x1 - bounds.x0, 0);
  sprite->height = MAX (bounds.y1 - bounds.y0, 0);
  size_t size = (size_t) sprite->width * (size_t) sprite->height;
  sprite->luma = g_malloc0 (size);
  sprite->alpha = g_malloc0 (size);
  sprite->u = g_malloc0 (size / 4);
  sprite->v = g_malloc0 (size / 4);
  sprite->half_alpha = g_malloc0 (size / 4);
  for (int y = 0; y < sprite->height; y++)
    for (int x = 0; x < sprite->width; x++)
      convert_luma (sprite, canvas, x, y);
  for (int y = 0; y < sprite->height / 2; y++)
    for (int x = 0; x < sprite->width / 2; x++)
      convert_chroma (sprite, canvas, x, y);
}

void
ipd_sprite_clear (IpdSprite *sprite)
{
  g_free (sprite->luma);
  g_free (sprite->alpha);
  g_free (sprite->u);
  g_free (sprite->v);
  g_free (sprite->half_alpha);
  *sprite = (IpdSprite){ 0 };
}

typedef struct {
  uint8_t *to;
  int to_width, to_height;
  const uint8_t *from;
  const uint8_t *alpha;
  int width, height;
} Plane;

static void
blit_plane (const Plane *plane, int at_x, int at_y)
{
  int x0 = MAX (0, -at_x);
  int x1 = MIN (plane->width, plane->to_width - at_x);
  int y0 = MAX (0, -at_y);
  int y1 = MIN (plane->height, plane->to_height - at_y);
  for (int y = y0; y < y1; y++)
    {
      uint8_t *to = plane->to + (ptrdiff_t) (at_y + y) * plane->to_width + at_x;
      const uint8_t *from = plane->from + (ptrdiff_t) y * plane->width;
      const uint8_t *alpha = plane->alpha + (ptrdiff_t) y * plane->width;
      for (int x = x0; x < x1; x++)
        to[x] = (uint8_t) (to[x] + ((from[x] - to[x]) * (alpha[x] + (alpha[x] >> 7)) >> 8));
    }
}

void
ipd_sprite_blit (const IpdSprite *sprite, IpdI420 *to, int dx, int dy)
{
  const Plane luma = { to->luma, to->width, to->height, sprite->luma, sprite->alpha, sprite->width, sprite->height };
  blit_plane (&luma, sprite->x + dx, sprite->y + dy);
  Plane chroma
      = { to->u, to->width / 2, to->height / 2, sprite->u, sprite->half_alpha, sprite->width / 2, sprite->height / 2 };
  /* An arithmetic shift rounds down on both sides of zero, so colour never jumps when the move changes its sign. */
  blit_plane (&chroma, (sprite->x + dx) >> 1, (sprite->y + dy) >> 1);
  chroma.to = to->v;
  chroma.from = sprite->v;
  blit_plane (&chroma, (sprite->x + dx) >> 1, (sprite->y + dy) >> 1);
}
