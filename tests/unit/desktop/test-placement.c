// SPDX-License-Identifier: Apache-2.0
/* Popups stay on the screen, do not cover each other, and hold their place across processes. */
#include "desktop/placement.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "desktop/popup-slot.h"

static gboolean
overlap (int ax, int ay, int bx, int by, int width, int height)
{
  return ABS (ax - bx) < width && ABS (ay - by) < height;
}

static void
test_first_is_top_right (void)
{
  const IpdArea area = { 100, 30, 1280, 770 };
  int x, y;

  ipd_placement (&area, 380, 430, 0, &x, &y);
  g_assert_cmpint (x, ==, 100 + 1280 - 380 - IPD_PLACEMENT_MARGIN);
  g_assert_cmpint (y, ==, 30 + IPD_PLACEMENT_MARGIN);
}

static void
test_no_overlap (void)
{
  const IpdArea area = { 0, 0, 1920, 1080 };
  int x[8], y[8];

  for (unsigned i = 0; i < 8; i++)
    {
      ipd_placement (&area, 380, 430, i, &x[i], &y[i]);
      g_assert_cmpint (x[i], >=, 0);
      g_assert_cmpint (y[i], >=, 0);
      g_assert_cmpint (x[i] + 380, <=, 1920);
      g_assert_cmpint (y[i] + 430, <=, 1080);
      for (unsigned j = 0; j < i; j++)
        g_assert_false (overlap (x[i], y[i], x[j], y[j], 380, 430));
    }
}

/* A screen that is smaller than a popup still shows its top left part, where the picture is. */
static void
test_tiny_screen (void)
{
  const IpdArea area = { 0, 0, 320, 240 };
  int x, y;

  for (unsigned slot = 0; slot < 40; slot++)
    {
      ipd_placement (&area, 380, 430, slot, &x, &y);
      g_assert_cmpint (x, ==, 0);
      g_assert_cmpint (y, ==, IPD_PLACEMENT_MARGIN);
    }
}

static void
test_slots (void)
{
  g_autofree char *dir = g_dir_make_tmp ("ipdoor-slots.XXXXXX", NULL);
  g_autofree char *first_file = g_build_filename (dir, "popup-0.lock", NULL);
  g_autofree char *second_file = g_build_filename (dir, "popup-1.lock", NULL);
  unsigned slot;
  int first = ipd_popup_slot_take (dir, &slot), second;

  g_assert_cmpint (first, >=, 0);
  g_assert_cmpuint (slot, ==, 0);
  second = ipd_popup_slot_take (dir, &slot);
  g_assert_cmpuint (slot, ==, 1);
  close (first);
  first = ipd_popup_slot_take (dir, &slot); /* a place that was left is the first to be taken again */
  g_assert_cmpuint (slot, ==, 0);
  g_assert_cmpint (fcntl (first, F_GETFD) & FD_CLOEXEC, !=, 0);
  close (first);
  close (second);
  g_assert_cmpint (g_unlink (first_file), ==, 0);
  g_assert_cmpint (g_unlink (second_file), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static void
test_no_folder (void)
{
  unsigned slot = 7;

  g_assert_cmpint (ipd_popup_slot_take ("/nonexistent/ipdoor", &slot), ==, -1);
  g_assert_cmpuint (slot, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desktop/placement/first-is-top-right", test_first_is_top_right);
  g_test_add_func ("/desktop/placement/no-overlap", test_no_overlap);
  g_test_add_func ("/desktop/placement/tiny-screen", test_tiny_screen);
  g_test_add_func ("/desktop/placement/slots", test_slots);
  g_test_add_func ("/desktop/placement/no-folder", test_no_folder);
  return g_test_run ();
}
