// SPDX-License-Identifier: Apache-2.0
/* Sound between a station and a client over loopback with SRTP: who hears what, and above all when not. */
#define GST_USE_UNSTABLE_API /* the hooks of tracers */
#include "fixture.h"

#include <gst/gst.h>
#include <gst/gsttracer.h>
#include <string.h>

#define LONG_MS 8000
#define SOON_MS 1000 /* a talk that lost its media process has it back, issue: within a second */
#define DOOR_HZ 440
#define ROOM_HZ 620

typedef struct {
  const char *path;
  double hz;
} Heard;

/* The newest 200 ms hold the tone and little else. */
static bool
is_heard (gpointer data)
{
  const Heard *heard = data;
  gsize n = 0;
  int rate = 0;
  g_autofree int16_t *samples = wav_tail (heard->path, 200, &n, &rate);
  return n > 0 && n * 5 >= (gsize) rate && tone_in (samples, n, rate, heard->hz) > 0.7;
}

static bool
is_loud (const char *path)
{
  gsize n = 0;
  int rate = 0;
  g_autofree int16_t *samples = wav_tail (path, 500, &n, &rate);
  int loudest = 0;
  for (gsize i = 0; i < n; i++)
    loudest = MAX (loudest, ABS (samples[i]));
  return loudest > 100;
}

static bool
is_silent (gpointer data)
{
  gsize n = 0;
  int rate = 0;
  g_autofree int16_t *samples = wav_tail (data, 200, &n, &rate);
  bool silent = n > 0 && n * 5 >= (gsize) rate;
  for (gsize i = 0; i < n; i++)
    silent = silent && ABS (samples[i]) <= 8;
  return silent;
}

static bool
has_frame (gpointer data)
{
  return ((Room *) data)->frames > 0;
}

typedef struct {
  Door door;
  Room room;
  Heard in_room;
  Heard at_door;
} Scene;

static void
scene_init (Scene *scene, const char *input)
{
  door_init (&scene->door, NULL, NULL);
  door_start_visit (&scene->door);
  room_init (&scene->room, &scene->door, 3);
  room_start (&scene->room, NULL, input);
  g_assert_true (wait_until (has_frame, &scene->room, LONG_MS));
  scene->in_room = (Heard){ scene->room.output, DOOR_HZ };
  scene->at_door = (Heard){ scene->door.speaker_path, ROOM_HZ };
}

static void
scene_clear (Scene *scene)
{
  room_clear (&scene->room);
  door_clear (&scene->door);
}

static void
test_both_ways (void)
{
  Scene scene;
  scene_init (&scene, "test:620");
  pass_ms (400);
  g_assert_false (is_loud (scene.room.output));
  g_assert_false (is_loud (scene.door.speaker_path));
  g_assert_cmpuint (scene.room.events[IPD_MEDIA_FIRST_AUDIO], ==, 0);
  gint64 start = g_get_monotonic_time ();
  room_talk (&scene.room);
  g_assert_true (wait_until (is_heard, &scene.in_room, LONG_MS));
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  g_test_message ("heard both ways, 200 ms of it, after %d ms", (int) (g_get_monotonic_time () - start) / 1000);
  g_assert_cmpuint (scene.room.events[IPD_MEDIA_FIRST_AUDIO], ==, 1);
  g_assert_cmpuint (scene.room.events[IPD_MEDIA_NO_SOUND_DEVICE], ==, 0);
  scene_clear (&scene);
}

/* The client talks before the station let it: nothing may come out of the station. */
static void
test_unanswered_is_not_played (void)
{
  Scene scene;
  scene_init (&scene, "test:620");
  ipd_media_client_set_talking (scene.room.client, true);
  ipd_media_station_tone (scene.door.station, IPD_TONE_RINGING);
  Heard ringing = { scene.door.speaker_path, 425 };
  g_assert_true (wait_until (is_heard, &ringing, LONG_MS));
  g_assert_false (is_heard (&scene.at_door));
  g_assert_false (is_loud (scene.room.output));
  scene_clear (&scene);
}

static void
test_mute (void)
{
  Scene scene;
  scene_init (&scene, "test:620");
  room_talk (&scene.room);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  ipd_media_client_set_muted (scene.room.client, true);
  g_assert_true (wait_until (is_silent, scene.door.speaker_path, LONG_MS));
  g_assert_true (wait_until (is_heard, &scene.in_room, LONG_MS));
  ipd_media_client_set_muted (scene.room.client, false);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  scene_clear (&scene);
}

static void
test_volume (void)
{
  Scene scene;
  scene_init (&scene, NULL);
  room_talk (&scene.room);
  g_assert_true (wait_until (is_heard, &scene.in_room, LONG_MS));
  ipd_media_client_set_volume (scene.room.client, 0);
  g_assert_true (wait_until (is_silent, scene.room.output, LONG_MS));
  scene_clear (&scene);
}

static void
test_ring_tone (void)
{
  Scene scene;
  scene_init (&scene, NULL);
  ipd_media_client_play_ring (scene.room.client, true);
  Heard bell = { scene.room.output, 659.26 };
  g_assert_true (wait_until (is_heard, &bell, LONG_MS));
  room_talk (&scene.room);
  g_assert_true (wait_until (is_heard, &scene.in_room, LONG_MS));
  scene_clear (&scene);
}

static void
test_tones_at_the_door (void)
{
  Door door;
  door_init (&door, NULL, NULL);
  Heard call = { door.speaker_path, 425 };
  Heard last_note = { door.speaker_path, 783.99 };
  ipd_media_station_tone (door.station, IPD_TONE_BUSY);
  g_assert_true (wait_until (is_heard, &call, LONG_MS));
  ipd_media_station_tone (door.station, IPD_TONE_OPENED);
  g_assert_true (wait_until (is_heard, &last_note, LONG_MS));
  ipd_media_station_tone (door.station, IPD_TONE_NONE);
  door_clear (&door);
}

static void
test_other_leg_is_not_heard (void)
{
  Scene scene;
  Room other;
  scene_init (&scene, "none");
  room_init (&other, &scene.door, 4);
  room_start (&other, NULL, "test:620");
  g_assert_true (wait_until (has_frame, &other, LONG_MS));
  room_talk (&scene.room);
  ipd_media_client_set_talking (other.client, true);
  g_assert_true (wait_until (is_heard, &scene.in_room, LONG_MS));
  pass_ms (500);
  g_assert_false (is_heard (&scene.at_door));
  g_assert_false (is_loud (other.output));
  g_assert_cmpuint (other.events[IPD_MEDIA_FIRST_AUDIO], ==, 0);
  room_clear (&other);
  scene_clear (&scene);
}

/* The media process dies in a call and another one takes over the sockets with the next generation. */
static void
test_new_generation (void)
{
  Scene scene;
  scene_init (&scene, "test:620");
  room_talk (&scene.room);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  room_stop (&scene.room);
  g_assert_true (wait_until (is_silent, scene.door.speaker_path, LONG_MS));
  room_start (&scene.room, NULL, "test:620");
  ipd_media_client_set_talking (scene.room.client, true);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  g_assert_true (wait_until (is_heard, &scene.in_room, LONG_MS));
  scene_clear (&scene);
}

/*
 * Again and again. Each one's numbers begin anywhere: none of them is taken for a late or an early packet of the one
 * before, which would be silence for seconds.
 */
static void
test_many_generations (void)
{
  Scene scene;
  scene_init (&scene, "test:620");
  room_talk (&scene.room);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  for (guint i = 0; i < 24; i++)
    {
      const guint hz = i % 2 == 0 ? 940 : ROOM_HZ; /* so that it is not the one before that is heard */
      g_autofree char *words = g_strdup_printf ("test:%u", hz);
      Heard at_door = { scene.door.speaker_path, hz };
      room_stop (&scene.room);
      room_start (&scene.room, NULL, words);
      ipd_media_client_set_talking (scene.room.client, true);
      g_assert_true (wait_until (is_heard, &at_door, SOON_MS));
    }
  scene_clear (&scene);
}

static bool
lost_both (gpointer data)
{
  Room *room = data;
  return room->events[IPD_MEDIA_NO_SOUND_DEVICE] > 0 && room->events[IPD_MEDIA_NO_MICROPHONE] > 0;
}

/* A machine without any sound: one clear event each, and the picture goes on. */
static void
test_no_sound_devices (void)
{
  Scene scene;
  scene_init (&scene, NULL);
  ipd_media_client_set_output (scene.room.client, "device");
  ipd_media_client_set_input (scene.room.client, "device");
  ipd_media_client_play_ring (scene.room.client, true);
  room_talk (&scene.room);
  g_assert_true (wait_until (lost_both, &scene.room, LONG_MS));
  scene.room.frames = 0;
  g_assert_true (wait_until (has_frame, &scene.room, LONG_MS));
  g_assert_cmpuint (scene.room.events[IPD_MEDIA_NO_SOUND_DEVICE], ==, 1);
  g_assert_cmpuint (scene.room.events[IPD_MEDIA_NO_MICROPHONE], ==, 1);
  scene_clear (&scene);
}

/* ---- echo cancellation ---- */

typedef struct {
  GMutex mutex;
  GstElement *dsp;   /* owned, once it is in a pipeline */
  GPtrArray *probes; /* likewise; the station's speaker has one, too */
} Cancelling;

static Cancelling cancelling; /* hooks are for the whole process */

/* In the worker that builds the pipelines. */
static void
on_added (GstTracer *tracer, GstClockTime time, GstBin *bin, GstElement *element, gboolean added)
{
  Cancelling *seen = &cancelling;
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : "";
  g_mutex_lock (&seen->mutex);
  if (added && g_str_equal (name, "webrtcdsp"))
    gst_object_replace ((GstObject **) &seen->dsp, GST_OBJECT (element));
  else if (added && g_str_equal (name, "webrtcechoprobe"))
    g_ptr_array_add (seen->probes, gst_object_ref (element));
  g_mutex_unlock (&seen->mutex);
}

static bool
is_playing (GstElement *element)
{
  GstState state = GST_STATE_NULL;
  gst_element_get_state (element, &state, NULL, 0);
  return state == GST_STATE_PLAYING;
}

/* The canceller runs and listens to a probe that runs, too. */
static bool
cancels (gpointer data)
{
  Cancelling *seen = data;
  g_autofree char *listens_to = NULL;
  bool right = false;
  g_mutex_lock (&seen->mutex);
  if (seen->dsp != NULL)
    g_object_get (seen->dsp, "probe", &listens_to, NULL);
  for (guint i = 0; listens_to != NULL && i < seen->probes->len; i++)
    right = right
            || (g_str_equal (listens_to, GST_OBJECT_NAME (seen->probes->pdata[i]))
                && is_playing (seen->probes->pdata[i]) && is_playing (seen->dsp));
  g_mutex_unlock (&seen->mutex);
  return right;
}

static void
make_live (GTypeInstance *instance, gpointer class)
{
  g_object_set (instance, "is-live", TRUE, NULL);
}

/* A microphone for a machine without one: a tone under the name of the first that is tried. */
static void
add_microphone (void)
{
  g_autoptr (GstElementFactory) known = gst_element_factory_find ("audiotestsrc");
  g_autoptr (GstElementFactory) loaded = GST_ELEMENT_FACTORY (gst_plugin_feature_load (GST_PLUGIN_FEATURE (known)));
  GType tone = gst_element_factory_get_element_type (loaded);
  GTypeQuery query;
  g_type_query (tone, &query);
  GType type = g_type_register_static_simple (tone, "TestMicrophone", query.class_size, NULL, query.instance_size,
                                              make_live, 0);
  g_assert_true (gst_element_register (NULL, "pulsesrc", GST_RANK_NONE, type));
}

static void
test_echo_is_cancelled (void)
{
  ipd_media_init ();
  g_autoptr (GstElementFactory) dsp = gst_element_factory_find ("webrtcdsp");
  g_autoptr (GstElementFactory) probe = gst_element_factory_find ("webrtcechoprobe");
  if (dsp == NULL || probe == NULL)
    {
      g_test_skip ("webrtcdsp is not installed");
      return;
    }
  Scene scene;
  GType type = g_type_register_static_simple (GST_TYPE_TRACER, "TestTracer", sizeof (GstTracerClass), NULL,
                                              sizeof (GstTracer), NULL, 0);
  g_autoptr (GstTracer) tracer = g_object_new (type, NULL);
  cancelling.probes = g_ptr_array_new_with_free_func (gst_object_unref);
  add_microphone ();
  scene_init (&scene, "device");
  gst_tracing_register_hook (tracer, "bin-add-post", G_CALLBACK (on_added));
  room_talk (&scene.room);
  g_assert_true (wait_until (cancels, &cancelling, LONG_MS));
  g_assert_cmpuint (scene.room.events[IPD_MEDIA_NO_MICROPHONE], ==, 0);
  g_mutex_lock (&cancelling.mutex);
  g_clear_pointer (&cancelling.dsp, gst_object_unref);
  g_ptr_array_set_size (cancelling.probes, 0);
  g_mutex_unlock (&cancelling.mutex);
  scene_clear (&scene);
}

int
main (int argc, char **argv)
{
  /* No sound server of this machine takes part. */
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_setenv ("PIPEWIRE_REMOTE", "/nonexistent/ipdoor", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/talk/both-ways", test_both_ways);
  g_test_add_func ("/media/talk/unanswered-is-not-played", test_unanswered_is_not_played);
  g_test_add_func ("/media/talk/mute", test_mute);
  g_test_add_func ("/media/talk/volume", test_volume);
  g_test_add_func ("/media/talk/ring-tone", test_ring_tone);
  g_test_add_func ("/media/talk/tones-at-the-door", test_tones_at_the_door);
  g_test_add_func ("/media/talk/other-leg-is-not-heard", test_other_leg_is_not_heard);
  g_test_add_func ("/media/talk/new-generation", test_new_generation);
  g_test_add_func ("/media/talk/many-generations", test_many_generations);
  g_test_add_func ("/media/talk/no-sound-devices", test_no_sound_devices);
  g_test_add_func ("/media/talk/echo-is-cancelled", test_echo_is_cancelled); /* last: it adds a device */
  return g_test_run ();
}
