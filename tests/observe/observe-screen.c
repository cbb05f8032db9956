// SPDX-License-Identifier: Apache-2.0
// Looks at an X screen as a person would: waits for the station's picture to be there and to move, or to be gone.
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <getopt.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "observe.h"
#include "strip.h"

/* A picture has a new frame more often than this. */
#define STILL_US 200000

typedef struct {
  Display *display;
  XImage *image;
  XImage *line; /* one row, in the same memory */
  XShmSegmentInfo segment;
  int y;            /* where the strip was last; -1: nowhere */
  unsigned frame;   /* what it said there */
  int64_t moved_us; /* when that was new */
} Eye;

typedef struct {
  int frames;    /* different frame numbers to see */
  bool gone;     /* wait for no strip instead */
  bool all;      /* print each new frame, not just the last */
  int min_width; /* pixels: tells a window's picture from a popup's */
  double timeout_s;
  int64_t after_us; /* pictures captured before this moment do not count */
} Wish;

static bool
eye_open (Eye *eye)
{
  XWindowAttributes root;

  eye->display = XOpenDisplay (NULL);
  if (eye->display == NULL || !XShmQueryExtension (eye->display))
    return false;
  XGetWindowAttributes (eye->display, DefaultRootWindow (eye->display), &root);
  eye->image = XShmCreateImage (eye->display, root.visual, (unsigned) root.depth, ZPixmap, NULL, &eye->segment,
                                (unsigned) root.width, (unsigned) root.height);
  if (eye->image == NULL || eye->image->bits_per_pixel != 32)
    return false;
  eye->segment.shmid
      = shmget (IPC_PRIVATE, (size_t) eye->image->bytes_per_line * (size_t) eye->image->height, IPC_CREAT | 0600);
  eye->segment.shmaddr = eye->image->data = shmat (eye->segment.shmid, NULL, 0);
  eye->line = XShmCreateImage (eye->display, root.visual, (unsigned) root.depth, ZPixmap, NULL, &eye->segment,
                               (unsigned) root.width, 1);
  eye->line->data = eye->segment.shmaddr;
  eye->y = -1;
  XShmAttach (eye->display, &eye->segment);
  XSync (eye->display, False);
  shmctl (eye->segment.shmid, IPC_RMID, NULL); /* goes with the last detach, also after a kill */
  return true;
}

static bool
look_at (Eye *eye, XImage *image, int y, StripReading *ret_reading)
{
  XShmGetImage (eye->display, DefaultRootWindow (eye->display), image, 0, y, AllPlanes);
  return strip_read (&(StripImage){ .pixels = (const uint8_t *) image->data,
                                    .width = image->width,
                                    .height = image->height,
                                    .stride = image->bytes_per_line },
                     ret_reading);
}

/* Whether what was just read is a picture that moves; one that stands still may have another above it. */
static bool
moves (Eye *eye, const StripReading *reading)
{
  int64_t now_us = observe_now_us ();

  if (reading->frame != eye->frame)
    eye->moved_us = now_us;
  eye->frame = reading->frame;
  return now_us - eye->moved_us < STILL_US;
}

/* The row where the strip was is read at the cost of 5 kB; the whole screen only when it is not there, or stands still.
 */
static bool
eye_read (Eye *eye, StripReading *ret_reading)
{
  if (eye->y >= 0 && look_at (eye, eye->line, eye->y, ret_reading) && moves (eye, ret_reading))
    {
      ret_reading->y = eye->y;
      return true;
    }
  eye->y = look_at (eye, eye->image, 0, ret_reading) ? ret_reading->y : -1;
  eye->moved_us = observe_now_us ();
  return eye->y >= 0;
}

static void
print_reading (int64_t now_us, const StripReading *r, int seen)
{
  printf ("{\"t_us\": %lld, \"frame\": %u, \"age_ms\": %d, \"seen\": %d, \"x\": %d, \"y\": %d, \"width\": %d}\n",
          (long long) now_us, r->frame, (int) ((uint32_t) (now_us / 1000) - r->capture_ms), seen, r->x, r->y, r->width);
  fflush (stdout);
}

static int
wait_gone (Eye *eye, const Wish *wish)
{
  int64_t deadline = observe_deadline (wish->timeout_s);
  StripReading reading;

  while (observe_now_us () < deadline)
    {
      if (!eye_read (eye, &reading))
        {
          printf ("{\"t_us\": %lld, \"gone\": true}\n", (long long) observe_now_us ());
          return OBSERVE_SEEN;
        }
      observe_pause_us (5000);
    }
  return OBSERVE_TIMEOUT;
}

/* A frame number that rises proves a moving picture; its capture time proves that it is of now and not an old one. */
static int
wait_frames (Eye *eye, const Wish *wish)
{
  int64_t deadline = observe_deadline (wish->timeout_s);
  StripReading reading, last = { 0 };
  int seen = 0;

  while (observe_now_us () < deadline)
    {
      int64_t now_us = observe_now_us ();

      if (eye_read (eye, &reading) && reading.width >= wish->min_width && reading.frame != last.frame
          && (int32_t) (reading.capture_ms - (uint32_t) (wish->after_us / 1000)) >= 0)
        {
          now_us = observe_now_us ();
          last = reading;
          seen++;
          if (wish->all || seen == wish->frames)
            print_reading (now_us, &reading, seen);
          if (seen == wish->frames)
            return OBSERVE_SEEN;
        }
      observe_pause_us (1000);
    }
  return OBSERVE_TIMEOUT;
}

int
main (int argc, char **argv)
{
  static const struct option options[] = {
    { "frames", required_argument, NULL, 'f' },
    { "gone", no_argument, NULL, 'g' },
    { "all", no_argument, NULL, 'a' },
    { "min-width", required_argument, NULL, 'w' },
    { "timeout", required_argument, NULL, 't' },
    { "after-us", required_argument, NULL, 'u' },
    { NULL, 0, NULL, 0 },
  };
  Wish wish = { .frames = 2, .timeout_s = 10 };
  Eye eye = { 0 };
  int c;

  while ((c = getopt_long (argc, argv, "", options, NULL)) != -1)
    {
      if (c == 'f')
        wish.frames = (int) strtol (optarg, NULL, 10);
      else if (c == 'g')
        wish.gone = true;
      else if (c == 'a')
        wish.all = true;
      else if (c == 'w')
        wish.min_width = (int) strtol (optarg, NULL, 10);
      else if (c == 't')
        wish.timeout_s = strtod (optarg, NULL);
      else if (c == 'u')
        wish.after_us = strtoll (optarg, NULL, 10);
      else
        return OBSERVE_USAGE;
    }
  if (!eye_open (&eye))
    {
      fputs ("observe-screen: no X display with shared memory and 32-bit pixels\n", stderr);
      return OBSERVE_USAGE;
    }
  return wish.gone ? wait_gone (&eye, &wish) : wait_frames (&eye, &wish);
}
