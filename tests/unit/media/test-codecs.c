// SPDX-License-Identifier: Apache-2.0
/* Every codec between a station and a client, both ways, with SRTP and plain, by what is heard: 5 kHz comes through
 * wideband ones only, whatever the payload types are. */
#include "fixture.h"

#include "media/audio-codec.h"

#define LONG_MS 8000
#define LOW_HZ  440
#define HIGH_HZ 5000

typedef struct {
  const char *name;
  IpdMediaAudio audio; /* as the client says it */
  bool plain;
  int hz; /* of both microphones */
  bool passes;
} Case;

static const Case cases[] = {
  { "opus/low", { IPD_AUDIO_OPUS, 111, 111, 0 }, false, LOW_HZ, true },
  { "opus/high", { IPD_AUDIO_OPUS, 111, 111, 0 }, false, HIGH_HZ, true },
  { "opus/plain-and-two-types", { IPD_AUDIO_OPUS, 111, 96, 101 }, true, HIGH_HZ, true },
  { "g722/low", { IPD_AUDIO_G722, 9, 9, 0 }, false, LOW_HZ, true },
  { "g722/high", { IPD_AUDIO_G722, 9, 9, 0 }, false, HIGH_HZ, true },
  { "g722/plain-and-two-types", { IPD_AUDIO_G722, 9, 110, 101 }, true, HIGH_HZ, true },
  { "pcma/low", { IPD_AUDIO_PCMA, 8, 8, 0 }, false, LOW_HZ, true },
  { "pcma/high", { IPD_AUDIO_PCMA, 8, 8, 0 }, false, HIGH_HZ, false },
  { "pcma/plain", { IPD_AUDIO_PCMA, 8, 8, 101 }, true, LOW_HZ, true },
  { "pcmu/low", { IPD_AUDIO_PCMU, 0, 0, 0 }, false, LOW_HZ, true },
  { "pcmu/high", { IPD_AUDIO_PCMU, 0, 0, 0 }, false, HIGH_HZ, false },
  { "pcmu/plain-and-two-types", { IPD_AUDIO_PCMU, 0, 118, 101 }, true, LOW_HZ, true },
};

typedef struct {
  const char *paths[2];
  int hz;
} Heard;

/* 200 ms without a hole, at both ends. */
static bool
is_heard (gpointer data)
{
  const Heard *heard = data;
  bool yes = true;
  for (int i = 0; i < 2 && yes; i++)
    {
      gsize n = 0;
      int rate = 0;
      g_autofree int16_t *samples = wav_tail (heard->paths[i], 200, &n, &rate);
      yes = n > 0 && n * 5 >= (gsize) rate && tone_in (samples, n, rate, heard->hz) > 0.7;
    }
  return yes;
}

/* Packets come, and the files grow: what is not heard now was not sent. */
static bool
goes_both_ways (gpointer data)
{
  const Heard *heard = data;
  gsize n[2] = { 0 };
  int rate = 1;
  for (int i = 0; i < 2; i++)
    g_free (wav_tail (heard->paths[i], 1000, &n[i], &rate));
  return n[0] >= (gsize) rate && n[1] >= (gsize) rate;
}

static int
loudest (const char *path)
{
  gsize n = 0;
  int rate = 0, peak = 0;
  g_autofree int16_t *samples = wav_tail (path, 500, &n, &rate);
  for (gsize i = 0; i < n; i++)
    peak = MAX (peak, ABS (samples[i]));
  return peak;
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *words = g_strdup_printf ("test:%d", test->hz);
  Door door;
  Room room;
  door_init (&door, "none", words);
  door_start_visit (&door);
  room_prepare (&room, &door, 5);
  room.plain = test->plain;
  room.audio = test->audio;
  room_join (&room);
  room_start (&room, NULL, words);
  room_talk (&room);
  Heard heard = { { room.output, door.speaker_path }, test->hz };
  if (test->passes)
    g_assert_true (wait_until (is_heard, &heard, LONG_MS));
  else
    {
      g_assert_true (wait_until (goes_both_ways, &heard, LONG_MS));
      g_assert_cmpuint (room.events[IPD_MEDIA_FIRST_AUDIO], ==, 1);
      g_assert_cmpint (loudest (room.output), <, 300);
      g_assert_cmpint (loudest (door.speaker_path), <, 300);
    }
  g_assert_cmpuint (room.events[IPD_MEDIA_NO_SOUND_DEVICE], ==, 0);
  room_clear (&room);
  door_clear (&door);
}

/* Everything that our packages bring is there, and said so. */
static void
test_all_are_here (void)
{
  IpdCodecs codecs;
  ipd_media_init ();
  ipd_media_station_get_codecs (&codecs);
  g_assert_cmphex (codecs.audio, ==, (1u << IPD_AUDIO_N_CODECS) - 1);
  g_assert_cmphex (ipd_audio_codecs_here (), ==, codecs.audio);
}

int
main (int argc, char **argv)
{
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_setenv ("PIPEWIRE_REMOTE", "/nonexistent/ipdoor", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/codecs/all-are-here", test_all_are_here);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strconcat ("/media/codecs/", cases[i].name, NULL);
      g_test_add_data_func (name, &cases[i], test_case);
    }
  return g_test_run ();
}
