// SPDX-License-Identifier: Apache-2.0
/* The drawing of the test picture: a street in the evening, seen from the door, and somebody with a parcel. Called once
 * when a picture is made. Numbers are places in a 640 x 480 drawing; the lowest tenth stays free for the strip. */
#include "media/scene.h"

#include <math.h>

#define P(x_, y_) ((IpdPoint){ (x_), (y_) })

static IpdPaint
flat (uint32_t rgb)
{
  return (IpdPaint){ rgb, rgb, 1, 0 };
}

static IpdPaint
shade (uint32_t top, uint32_t bottom)
{
  return (IpdPaint){ top, bottom, 1, 0 };
}

static IpdPaint
glow (uint32_t rgb, double alpha, double soft)
{
  return (IpdPaint){ rgb, rgb, alpha, soft };
}

static void
draw_sky (IpdCanvas *canvas)
{
  ipd_canvas_box (canvas, -2, -2, 642, 150, 0, shade (0x33568c, 0x8d8fb5));
  ipd_canvas_box (canvas, -2, 149, 642, 300, 0, shade (0x8d8fb5, 0xffc893));
  ipd_canvas_ellipse (canvas, P (455, 236), 150, 120, glow (0xffe2b0, 0.55, 130));
  ipd_canvas_ellipse (canvas, P (455, 232), 26, 26, flat (0xfff3d6));
  const IpdPaint cloud = glow (0xffe9dc, 0.42, 16);
  ipd_canvas_ellipse (canvas, P (120, 78), 74, 11, cloud);
  ipd_canvas_ellipse (canvas, P (160, 66), 48, 13, cloud);
  ipd_canvas_ellipse (canvas, P (525, 106), 82, 10, cloud);
  ipd_canvas_ellipse (canvas, P (488, 95), 44, 12, cloud);
}

static void
draw_hills (IpdCanvas *canvas)
{
  ipd_canvas_ellipse (canvas, P (110, 318), 240, 84, shade (0x8088ad, 0x737fa0));
  ipd_canvas_ellipse (canvas, P (560, 322), 260, 74, shade (0x7b86aa, 0x6d7a9a));
}

static void
draw_windows (IpdCanvas *canvas, double x, double y, int columns, int rows)
{
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++)
      {
        double left = x + column * 30;
        double top = y + row * 38;
        int lit = (column * 7 + row * 5 + (int) x) % 3 != 0;
        ipd_canvas_box (canvas, left - 1.5, top - 1.5, left + 17.5, top + 23.5, 2, flat (0xe9ddd0));
        ipd_canvas_box (canvas, left, top, left + 16, top + 22, 1,
                        lit ? shade (0xffe3a0, 0xffc46b) : shade (0x4b5a78, 0x66708a));
        ipd_canvas_box (canvas, left + 7.3, top, left + 8.7, top + 22, 0, flat (0xe9ddd0));
      }
}

static void
draw_house (IpdCanvas *canvas, double x, double width, double top, uint32_t wall, uint32_t roof)
{
  const IpdPoint gable[] = { P (x - 9, top), P (x + width / 2, top - 50), P (x + width + 9, top) };
  ipd_canvas_box (canvas, x, top - 2, x + width, 318, 0, (IpdPaint){ wall, wall, 1, 0 });
  ipd_canvas_box (canvas, x, top - 2, x + width, 318, 0, (IpdPaint){ 0xffffff, 0x202840, 0.16, 0 });
  ipd_canvas_box (canvas, x + width * 0.68, top - 52, x + width * 0.68 + 13, top - 14, 1, flat (0x6b4f52));
  ipd_canvas_polygon (canvas, gable, 3, shade (roof, 0x5a3c44));
}

static void
draw_houses (IpdCanvas *canvas)
{
  draw_house (canvas, 58, 118, 214, 0xc9a48f, 0x8a5a5e);
  draw_windows (canvas, 76, 226, 3, 2);
  draw_house (canvas, 196, 96, 196, 0xa9b3c6, 0x66678a);
  draw_windows (canvas, 212, 208, 3, 3);
  draw_house (canvas, 398, 104, 220, 0xd6bb9a, 0x94605a);
  draw_windows (canvas, 418, 232, 3, 2);
  draw_house (canvas, 512, 110, 200, 0x9aa9a8, 0x5d6b80);
  draw_windows (canvas, 532, 212, 3, 3);
}

static void
draw_ground (IpdCanvas *canvas)
{
  ipd_canvas_box (canvas, -2, 304, 642, 318, 0, shade (0xb9b0ae, 0xa39c9e));
  ipd_canvas_box (canvas, -2, 317, 642, 350, 0, shade (0x6d7180, 0x585d6c));
  for (int i = 0; i < 9; i++)
    ipd_canvas_box (canvas, 10 + i * 76, 332, 46 + i * 76, 335, 1, flat (0xe4d9c2));
  ipd_canvas_box (canvas, -2, 349, 642, 358, 0, shade (0xc4bab2, 0xaea49e));
  ipd_canvas_box (canvas, -2, 357, 642, 482, 0, shade (0x7fa667, 0x4f7d4a));
  const IpdPoint path[] = { P (278, 357), P (362, 357), P (520, 482), P (120, 482) };
  ipd_canvas_polygon (canvas, path, 4, shade (0xdccbb0, 0xb9a182));
}

static void
draw_hedge (IpdCanvas *canvas)
{
  for (int i = 0; i < 8; i++)
    {
      double x = i < 4 ? 30 + i * 62 : 402 + (i - 4) * 66;
      ipd_canvas_ellipse (canvas, P (x, 368 + (i % 2) * 4), 44, 26, shade (0x6c9d68, 0x3f6d48));
    }
  for (int i = 0; i < 2; i++)
    {
      double x = i == 0 ? 252 : 372;
      ipd_canvas_box (canvas, x, 322, x + 16, 392, 2, shade (0xe6ddd0, 0xb8aca0));
      ipd_canvas_ellipse (canvas, P (x + 8, 319), 10, 10, shade (0xf1e9dd, 0xc4b8ab));
    }
}

static void
draw_lamp_post (IpdCanvas *canvas)
{
  ipd_canvas_stroke (canvas, P (122, 372), P (122, 172), 5, flat (0x39435a));
  ipd_canvas_stroke (canvas, P (122, 174), P (146, 164), 4, flat (0x39435a));
  ipd_canvas_ellipse (canvas, P (150, 176), 58, 58, glow (0xffdf9c, 0.45, 60));
  ipd_canvas_ellipse (canvas, P (150, 172), 10, 12, shade (0xfff6d8, 0xffd98c));
}

static void
draw_tree (IpdCanvas *canvas)
{
  ipd_canvas_stroke (canvas, P (556, 366), P (552, 250), 16, shade (0x6a4c40, 0x54392f));
  ipd_canvas_ellipse (canvas, P (516, 232), 46, 42, shade (0x77a268, 0x4a7a50));
  ipd_canvas_ellipse (canvas, P (594, 226), 50, 46, shade (0x6f9c64, 0x44744c));
  ipd_canvas_ellipse (canvas, P (554, 190), 58, 52, shade (0x8bb574, 0x568457));
  ipd_canvas_ellipse (canvas, P (556, 236), 56, 38, shade (0x6c9a62, 0x457550));
}

void
ipd_scene_draw_street (IpdCanvas *canvas)
{
  draw_sky (canvas);
  draw_hills (canvas);
  draw_houses (canvas);
  draw_ground (canvas);
  draw_lamp_post (canvas);
  draw_tree (canvas);
  draw_hedge (canvas);
}

static void
draw_coat (IpdCanvas *canvas)
{
  ipd_canvas_box (canvas, 224, 300, 416, 520, 58, shade (0x3a7f8c, 0x24525e));
  ipd_canvas_stroke (canvas, P (262, 330), P (240, 500), 56, shade (0x35737f, 0x214b56));
  ipd_canvas_stroke (canvas, P (320, 326), P (320, 500), 2.5, flat (0x1c424c));
  for (int i = 0; i < 3; i++)
    ipd_canvas_ellipse (canvas, P (331, 362 + i * 34), 4.5, 4.5, flat (0xe7d6a8));
  const IpdPoint lapel_left[] = { P (284, 298), P (320, 330), P (318, 372), P (276, 322) };
  const IpdPoint lapel_right[] = { P (320, 330), P (356, 298), P (364, 322), P (322, 372) };
  ipd_canvas_polygon (canvas, lapel_left, 4, shade (0x2f6a76, 0x235660));
  ipd_canvas_polygon (canvas, lapel_right, 4, shade (0x2f6a76, 0x235660));
}

static void
draw_scarf (IpdCanvas *canvas)
{
  ipd_canvas_box (canvas, 296, 254, 344, 312, 16, shade (0xd89d78, 0xb97a58));
  ipd_canvas_box (canvas, 276, 284, 364, 322, 18, shade (0xf0b84c, 0xcf8c2c));
  ipd_canvas_box (canvas, 332, 300, 358, 386, 9, shade (0xe9ad42, 0xc47f26));
  for (int i = 0; i < 3; i++)
    ipd_canvas_stroke (canvas, P (336, 328 + i * 18), P (354, 324 + i * 18), 4, flat (0xf8dc9a));
}

static void
draw_head (IpdCanvas *canvas)
{
  ipd_canvas_ellipse (canvas, P (320, 186), 66, 68, shade (0x5b3a30, 0x3d251f));
  ipd_canvas_ellipse (canvas, P (265, 214), 12, 17, shade (0xe2a880, 0xc98a64));
  ipd_canvas_ellipse (canvas, P (375, 214), 12, 17, shade (0xe2a880, 0xc98a64));
  ipd_canvas_ellipse (canvas, P (320, 212), 54, 66, shade (0xf3c5a0, 0xdea27a));
  ipd_canvas_ellipse (canvas, P (288, 236), 15, 10, glow (0xe88a73, 0.35, 12));
  ipd_canvas_ellipse (canvas, P (352, 236), 15, 10, glow (0xe88a73, 0.35, 12));
  ipd_canvas_ellipse (canvas, P (300, 152), 50, 24, shade (0x66423a, 0x4a2e27));
  ipd_canvas_ellipse (canvas, P (352, 158), 30, 18, shade (0x5e3d34, 0x462b25));
}

static void
draw_eye (IpdCanvas *canvas, double x)
{
  ipd_canvas_ellipse (canvas, P (x, 208), 9, 8, flat (0xfffaf2));
  ipd_canvas_ellipse (canvas, P (x + 0.5, 208.5), 5.6, 6, flat (0x4a3326));
  ipd_canvas_ellipse (canvas, P (x + 2.5, 206), 1.8, 1.8, flat (0xffffff));
}

static void
draw_face (IpdCanvas *canvas)
{
  draw_eye (canvas, 298);
  draw_eye (canvas, 342);
  ipd_canvas_stroke (canvas, P (287, 191), P (307, 188), 4, flat (0x4a2e27));
  ipd_canvas_stroke (canvas, P (333, 188), P (353, 191), 4, flat (0x4a2e27));
  ipd_canvas_stroke (canvas, P (321, 214), P (317, 228), 3.4, glow (0xb97350, 0.8, 2));
  ipd_canvas_stroke (canvas, P (317, 229), P (325, 230), 3.4, glow (0xb97350, 0.8, 2));
  /* A smile: a chain of short strokes along an arc. */
  for (int i = 0; i < 10; i++)
    {
      double a = (i - 5) * 0.16;
      double b = (i - 4) * 0.16;
      ipd_canvas_stroke (canvas, P (320 + 24 * sin (a), 228 + 24 * cos (a)), P (320 + 24 * sin (b), 228 + 24 * cos (b)),
                         4, flat (0xa3473f));
    }
}

static void
draw_parcel (IpdCanvas *canvas)
{
  ipd_canvas_box (canvas, 196, 352, 306, 452, 5, shade (0xd8aa70, 0xb78650));
  ipd_canvas_box (canvas, 243, 352, 259, 452, 0, shade (0xecd3a4, 0xd5b782));
  ipd_canvas_box (canvas, 272, 366, 298, 384, 2, flat (0xfaf3e6));
  ipd_canvas_stroke (canvas, P (276, 372), P (294, 372), 2, flat (0x8a8f9c));
  ipd_canvas_stroke (canvas, P (276, 378), P (288, 378), 2, flat (0x8a8f9c));
  ipd_canvas_ellipse (canvas, P (300, 418), 17, 14, shade (0xf0bf99, 0xd7986f));
  ipd_canvas_stroke (canvas, P (318, 424), P (352, 436), 30, shade (0x35737f, 0x275862));
}

void
ipd_scene_draw_visitor (IpdCanvas *canvas)
{
  draw_coat (canvas);
  draw_head (canvas);
  draw_scarf (canvas);
  draw_face (canvas);
  draw_parcel (canvas);
}

void
ipd_scene_draw_arm (IpdCanvas *canvas, double angle)
{
  const IpdPoint shoulder = P (390, 334);
  const IpdPoint elbow = P (438, 372);
  const IpdPoint wrist = P (elbow.x + 96 * sin (angle), elbow.y - 96 * cos (angle));
  const IpdPoint palm = P (elbow.x + 122 * sin (angle), elbow.y - 122 * cos (angle));
  ipd_canvas_stroke (canvas, shoulder, elbow, 48, shade (0x37798a, 0x265a66));
  ipd_canvas_stroke (canvas, palm, wrist, 22, shade (0xf0bf99, 0xdba27b));
  ipd_canvas_ellipse (canvas, palm, 17, 18, shade (0xf3c5a0, 0xdea27a));
  for (int i = 0; i < 4; i++)
    {
      double finger = angle + (i - 1.5) * 0.17;
      ipd_canvas_stroke (canvas, P (palm.x + 8 * sin (finger), palm.y - 8 * cos (finger)),
                         P (palm.x + (i == 1 || i == 2 ? 41 : 36) * sin (finger),
                            palm.y - (i == 1 || i == 2 ? 41 : 36) * cos (finger)),
                         8.5, flat (0xf0bf99));
    }
  ipd_canvas_stroke (canvas, palm, P (palm.x - 22 * cos (angle - 0.5), palm.y - 22 * sin (angle - 0.5)), 8.5,
                     flat (0xecb991));
  ipd_canvas_stroke (canvas, elbow, wrist, 42, shade (0x3d8291, 0x2a606c));
  ipd_canvas_stroke (canvas, P (wrist.x - 12 * cos (angle), wrist.y - 12 * sin (angle)),
                     P (wrist.x + 12 * cos (angle), wrist.y + 12 * sin (angle)), 14, flat (0x24525e));
}

void
ipd_scene_draw_closed_eyes (IpdCanvas *canvas)
{
  for (int i = 0; i < 2; i++)
    {
      double x = i == 0 ? 298 : 342;
      ipd_canvas_ellipse (canvas, P (x, 208), 11, 10, flat (0xecb992));
      ipd_canvas_stroke (canvas, P (x - 9, 210), P (x + 9, 210), 3, flat (0x6b4335));
    }
}

static void
draw_bricks (IpdCanvas *canvas)
{
  ipd_canvas_box (canvas, -2, -2, 40, 482, 0, shade (0x9a5f52, 0x6e4038));
  for (int row = 0; row < 25; row++)
    {
      ipd_canvas_box (canvas, -2, row * 20, 40, row * 20 + 1.6, 0, (IpdPaint){ 0xd9b9a6, 0xd9b9a6, 0.45, 0 });
      double joint = row % 2 == 0 ? 12 : 30;
      ipd_canvas_box (canvas, joint, row * 20, joint + 1.6, row * 20 + 20, 0,
                      (IpdPaint){ 0xd9b9a6, 0xd9b9a6, 0.45, 0 });
    }
  ipd_canvas_box (canvas, 38, -2, 46, 482, 0, shade (0xf4ece0, 0xcfc3b6));
  ipd_canvas_box (canvas, 46, -2, 60, 482, 0, (IpdPaint){ 0x101826, 0x101826, 0.18, 14 });
}

void
ipd_scene_draw_frame (IpdCanvas *canvas)
{
  draw_bricks (canvas);
  ipd_canvas_box (canvas, 606, -2, 642, 482, 0, shade (0x35617a, 0x234657));
  ipd_canvas_box (canvas, 599, -2, 607, 482, 0, shade (0xf4ece0, 0xcfc3b6));
  ipd_canvas_box (canvas, 588, -2, 600, 482, 0, (IpdPaint){ 0x101826, 0x101826, 0.16, 12 });
  ipd_canvas_ellipse (canvas, P (627, 300), 6, 13, shade (0xf2d58c, 0xb98f3e));
  ipd_canvas_box (canvas, 66, 16, 178, 44, 14, (IpdPaint){ 0x0e1626, 0x0e1626, 0.62, 0 });
}

void
ipd_scene_draw_no_camera (IpdCanvas *canvas)
{
  ipd_canvas_box (canvas, -2, -2, 642, 482, 0, shade (0x3a4356, 0x222836));
  ipd_canvas_box (canvas, 222, 172, 380, 296, 22, shade (0x7c879c, 0x667085));
  const IpdPoint lens[] = { P (386, 222), P (438, 188), P (438, 280), P (386, 246) };
  ipd_canvas_polygon (canvas, lens, 4, shade (0x7c879c, 0x667085));
  ipd_canvas_stroke (canvas, P (210, 318), P (446, 150), 20, flat (0x2d3443));
  ipd_canvas_stroke (canvas, P (210, 318), P (446, 150), 10, flat (0xe8745c));
}
