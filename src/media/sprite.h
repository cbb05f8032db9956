// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/canvas.h"

/**
 * IpdSprite: a drawn canvas as I420 with transparency, cut to what is visible. BT.601, limited range.
 */
typedef struct {
  int x, y;          /* where it sits in the canvas; even */
  int width, height; /* even */
  uint8_t *luma;
  uint8_t *u;
  uint8_t *v;
  uint8_t *alpha;      /* of luma */
  uint8_t *half_alpha; /* of chroma */
} IpdSprite;

/** An I420 picture without padding. */
typedef struct {
  int width;
  int height;
  uint8_t *luma;
  uint8_t *u;
  uint8_t *v;
} IpdI420;

/** ipd_i420_over: planes of @octets, width * height * 3 / 2 of them. */
IpdI420 ipd_i420_over (uint8_t *octets, int width, int height);

void ipd_sprite_init (IpdSprite *sprite, const IpdCanvas *canvas);
void ipd_sprite_clear (IpdSprite *sprite);

/** ipd_sprite_blit: moved by (@dx, @dy) pixels; what falls off is cut. */
void ipd_sprite_blit (const IpdSprite *sprite, IpdI420 *to, int dx, int dy);
