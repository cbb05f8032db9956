// SPDX-License-Identifier: Apache-2.0
/*
 * The X screen as a PNG file: ui-screenshot FILE. Links none of our libraries.
 */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <gdk/gdk.h>
#include <stdio.h>

static GdkTexture *
grab (Display *display)
{
  Screen *screen = DefaultScreenOfDisplay (display);
  XImage *image = XGetImage (display, RootWindowOfScreen (screen), 0, 0, (unsigned) WidthOfScreen (screen),
                             (unsigned) HeightOfScreen (screen), AllPlanes, ZPixmap);
  g_autoptr (GBytes) pixels = NULL;
  GdkTexture *texture;

  if (image == NULL || image->bits_per_pixel != 32)
    return NULL;
  /* X has no alpha at depth 24. */
  for (gsize i = 3; i < (gsize) image->bytes_per_line * (gsize) image->height; i += 4)
    image->data[i] = (char) 0xff;
  pixels = g_bytes_new (image->data, (gsize) image->bytes_per_line * (gsize) image->height);
  texture = gdk_memory_texture_new (image->width, image->height, GDK_MEMORY_B8G8R8A8, pixels,
                                    (gsize) image->bytes_per_line);
  XDestroyImage (image);
  return texture;
}

int
main (int argc, char **argv)
{
  Display *display = XOpenDisplay (NULL);
  g_autoptr (GdkTexture) texture = NULL;

  if (argc != 2 || display == NULL)
    {
      fputs ("usage: ui-screenshot FILE, with a display\n", stderr);
      return 2;
    }
  texture = grab (display);
  XCloseDisplay (display);
  return texture != NULL && gdk_texture_save_to_png (texture, argv[1]) ? 0 : 1;
}
