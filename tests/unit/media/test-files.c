// SPDX-License-Identifier: Apache-2.0
/* Files in the place of a camera and of a microphone: they loop, and broken ones are an event. */
#include "fixture.h"

#include "media/wav.h"

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <math.h>

#define LONG_MS  10000
#define FILE_HZ  620
#define N_FRAMES 15

static void
make_video (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *description = g_strdup_printf (
      "videotestsrc num-buffers=%d ! video/x-raw,width=320,height=240,framerate=25/1 ! jpegenc ! avimux "
      "! filesink name=file",
      N_FRAMES);
  GstElement *pipeline = gst_parse_launch (description, &error);
  g_assert_no_error (error);
  g_autoptr (GstElement) file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  g_object_set (file, "location", path, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) end
      = gst_bus_timed_pop_filtered (bus, LONG_MS * GST_MSECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (end), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static void
make_sound (const char *path)
{
  g_autoptr (IpdWav) wav = ipd_wav_new (path, 8000, NULL);
  int16_t samples[4000];
  for (int i = 0; i < 4000; i++)
    samples[i] = (int16_t) (12000 * sin (2 * G_PI * FILE_HZ * i / 8000));
  ipd_wav_write (wav, samples, 4000);
}

static bool
went_round_twice (gpointer data)
{
  return ((Room *) data)->frames > 2 * N_FRAMES + 5;
}

/* The file is half a second long: after more than that it must have begun again. */
static bool
hears_file (gpointer data)
{
  gsize n = 0, whole = 0;
  int rate = 0;
  const char *path = ((Room *) data)->output;
  g_free (wav_tail (path, 60000, &whole, &rate));
  g_autofree int16_t *samples = wav_tail (path, 200, &n, &rate);
  return whole >= (gsize) rate * 3 / 2 && tone_in (samples, n, rate, FILE_HZ) > 0.6;
}

static void
test_loop (void)
{
  g_autofree char *dir = g_dir_make_tmp ("ipdoor-files-XXXXXX", NULL);
  g_autofree char *video = g_build_filename (dir, "a b!.avi", NULL);
  g_autofree char *sound = g_build_filename (dir, "a.wav", NULL);
  make_video (video);
  make_sound (sound);
  g_autofree char *camera = g_strconcat ("file:", video, NULL);
  g_autofree char *mic = g_strconcat ("file:", sound, NULL);
  Door door;
  Room room;
  door_init (&door, camera, mic);
  g_assert_true (door.camera_ready);
  door_start_visit (&door);
  room_init (&room, &door, 0);
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (went_round_twice, &room, LONG_MS));
  g_assert_cmpint (room.width, ==, 320);
  g_assert_false (door.camera_lost);
  room_talk (&room);
  g_assert_true (wait_until (hears_file, &room, LONG_MS));
  room_clear (&room);
  door_clear (&door);
  g_unlink (video);
  g_unlink (sound);
  g_rmdir (dir);
}

static bool
has_first_and_no_mic (gpointer data)
{
  Room *room = data;
  return room->frames > 0 && room->door->no_microphone;
}

static void
test_missing (void)
{
  Door door;
  Room room;
  door_init (&door, "file:/nonexistent/ipdoor.avi", "file:/nonexistent/ipdoor.wav");
  g_assert_true (door.camera_lost);
  door_start_visit (&door);
  room_init (&room, &door, 0);
  room_start (&room, NULL, NULL);
  room_talk (&room);
  g_assert_true (wait_until (has_first_and_no_mic, &room, LONG_MS));
  room_clear (&room);
  door_clear (&door);
}

int
main (int argc, char **argv)
{
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/media/files/loop", test_loop);
  g_test_add_func ("/media/files/missing", test_missing);
  return g_test_run ();
}
