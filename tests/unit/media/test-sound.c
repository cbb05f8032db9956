// SPDX-License-Identifier: Apache-2.0
/* Chimes, the mixer and the growing WAV file: everything about sound that needs no pipeline. */
#include "fixture.h"

#include "media/mixer.h"
#include "media/sound-spec.h"
#include "media/wav.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 480

static double
chime_tone (IpdChime chime, double from_s, double seconds, double hz)
{
  gsize n = (gsize) (seconds * IPD_SOUND_RATE);
  g_autofree int16_t *samples = g_new (int16_t, n);
  ipd_chime_fill (chime, (uint64_t) (from_s * IPD_SOUND_RATE), samples, n);
  return tone_in (samples, n, IPD_SOUND_RATE, hz);
}

static void
test_chimes (void)
{
  g_assert_cmpfloat (chime_tone (IPD_CHIME_RINGING, 0.1, 0.5, 425), >, 0.95);
  g_assert_cmpfloat (chime_tone (IPD_CHIME_RINGING, 1.2, 2.5, 425), ==, 0);
  g_assert_cmpfloat (chime_tone (IPD_CHIME_RINGING, 4.1, 0.5, 425), >, 0.95);
  g_assert_cmpfloat (chime_tone (IPD_CHIME_BUSY, 0.05, 0.4, 425), >, 0.95);
  g_assert_cmpfloat (chime_tone (IPD_CHIME_BUSY, 0.55, 0.4, 425), ==, 0);
  g_assert_cmpfloat (chime_tone (IPD_CHIME_DOOR, 0.1, 0.3, 659.26), >, 0.7);
  g_assert_cmpfloat (chime_tone (IPD_CHIME_DOOR, 1.5, 0.3, 523.25), >, 0.7);
  g_assert_cmpfloat (chime_tone (IPD_CHIME_OPENED, 0.6, 0.3, 783.99), >, 0.7);
}

static void
test_chimes_end (void)
{
  int16_t samples[CHUNK];
  g_assert_false (ipd_chime_fill (IPD_CHIME_NONE, 0, samples, CHUNK));
  g_assert_true (ipd_chime_fill (IPD_CHIME_OPENED, 0, samples, CHUNK));
  g_assert_false (ipd_chime_fill (IPD_CHIME_OPENED, 2 * IPD_SOUND_RATE, samples, CHUNK));
  g_assert_true (ipd_chime_fill (IPD_CHIME_DOOR, 100ULL * IPD_SOUND_RATE, samples, CHUNK));
  g_assert_true (ipd_chime_fill (IPD_CHIME_BUSY, 100ULL * IPD_SOUND_RATE, samples, CHUNK));
}

/* No jump from one sample to the next that would be heard as a click. */
static void
test_chimes_do_not_click (void)
{
  gsize n = 8 * IPD_SOUND_RATE;
  g_autofree int16_t *samples = g_new (int16_t, n);
  for (IpdChime chime = IPD_CHIME_DOOR; chime <= IPD_CHIME_OPENED; chime++)
    {
      ipd_chime_fill (chime, 0, samples, n);
      g_assert_cmpint (samples[0], ==, 0);
      for (gsize i = 1; i < n; i++)
        g_assert_cmpint (ABS (samples[i] - samples[i - 1]), <, 6000);
    }
}

static void
fill (int16_t *samples, int16_t value)
{
  for (int i = 0; i < CHUNK; i++)
    samples[i] = value;
}

static void
test_line (void)
{
  g_autoptr (IpdMixer) mixer = ipd_mixer_new ();
  int16_t in[CHUNK], out[CHUNK];
  fill (in, 1000);
  ipd_mixer_push (mixer, in, CHUNK);
  ipd_mixer_pull (mixer, out, CHUNK);
  g_assert_cmpint (out[0], ==, 0); /* 10 ms are too little to start with */
  for (int i = 0; i < 5; i++)
    ipd_mixer_push (mixer, in, CHUNK);
  for (int i = 0; i < 6; i++)
    {
      ipd_mixer_pull (mixer, out, CHUNK);
      g_assert_cmpint (out[0], ==, 1000);
      g_assert_cmpint (out[CHUNK - 1], ==, 1000);
    }
  ipd_mixer_pull (mixer, out, CHUNK);
  g_assert_cmpint (out[0], ==, 0);
}

static void
test_line_is_bounded (void)
{
  g_autoptr (IpdMixer) mixer = ipd_mixer_new ();
  int16_t in[CHUNK], out[CHUNK];
  for (int16_t i = 1; i <= 1000; i++)
    {
      fill (in, i);
      ipd_mixer_push (mixer, in, CHUNK);
    }
  int heard = 0;
  ipd_mixer_pull (mixer, out, CHUNK);
  g_assert_cmpint (out[0], >=, 1000 - 24);
  for (; out[0] != 0; heard++)
    ipd_mixer_pull (mixer, out, CHUNK);
  g_assert_cmpint (heard, <=, 24);
}

static void
test_volume_and_clipping (void)
{
  g_autoptr (IpdMixer) mixer = ipd_mixer_new ();
  int16_t in[CHUNK], out[CHUNK];
  fill (in, G_MAXINT16);
  ipd_mixer_set_chime (mixer, IPD_CHIME_DOOR);
  for (int i = 0; i < 8; i++)
    ipd_mixer_push (mixer, in, CHUNK);
  ipd_mixer_pull (mixer, out, CHUNK);
  ipd_mixer_pull (mixer, out, CHUNK);
  for (int i = 0; i < CHUNK; i++)
    g_assert_cmpint (out[i], >, 0); /* added beyond the top: cut, never wrapped */
  ipd_mixer_set_volume (mixer, 0);
  ipd_mixer_pull (mixer, out, CHUNK);
  for (int i = 0; i < CHUNK; i++)
    g_assert_cmpint (out[i], ==, 0);
}

static void
count_over (gpointer data)
{
  (*(int *) data)++;
}

static void
test_chime_over_is_told_once (void)
{
  g_autoptr (IpdMixer) mixer = ipd_mixer_new ();
  int16_t out[CHUNK];
  int over = 0;
  ipd_mixer_on_chime_over (mixer, count_over, &over);
  ipd_mixer_set_chime (mixer, IPD_CHIME_OPENED);
  for (int i = 0; i < 400; i++)
    ipd_mixer_pull (mixer, out, CHUNK);
  g_assert_cmpint (over, ==, 1);
}

static void
test_wav_grows (void)
{
  g_autofree char *dir = g_dir_make_tmp ("ipdoor-wav-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "a.wav", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdWav) wav = ipd_wav_new (path, 8000, &error);
  g_assert_no_error (error);
  int16_t samples[160];
  for (int i = 0; i < 10; i++)
    {
      memset (samples, i, sizeof samples);
      ipd_wav_write (wav, samples, 160);
      gsize n = 0;
      int rate = 0;
      g_autofree int16_t *read = wav_tail (path, 10000, &n, &rate);
      g_assert_cmpint (rate, ==, 8000);
      g_assert_cmpuint (n, ==, 160u * (guint) (i + 1));
      g_assert_cmpmem (read + 160 * i, sizeof samples, samples, sizeof samples);
    }
  g_unlink (path);
  g_rmdir (dir);
}

static void
test_wav_without_folder (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (ipd_wav_new ("/nonexistent/ipdoor/a.wav", 8000, &error));
  g_assert_nonnull (error);
}

typedef struct {
  const char *words;
  bool input;
  bool ok;
  IpdSoundSpecKind kind;
  const char *text;
  int hz;
} SpecCase;

static const SpecCase spec_cases[] = {
  { NULL, true, true, IPD_SOUND_SPEC_DEVICE, NULL, 0 },
  { "device", false, true, IPD_SOUND_SPEC_DEVICE, NULL, 0 },
  { "device:Front speakers", false, true, IPD_SOUND_SPEC_DEVICE, "Front speakers", 0 },
  { "device:", true, false, IPD_SOUND_SPEC_NONE, NULL, 0 },
  { "none", true, true, IPD_SOUND_SPEC_NONE, NULL, 0 },
  { "file:/a b.wav", true, true, IPD_SOUND_SPEC_FILE, "/a b.wav", 0 },
  { "file:", true, false, IPD_SOUND_SPEC_NONE, NULL, 0 },
  { "test", true, true, IPD_SOUND_SPEC_TEST, NULL, 440 },
  { "test:1000", true, true, IPD_SOUND_SPEC_TEST, NULL, 1000 },
  { "test:19", true, false, IPD_SOUND_SPEC_NONE, NULL, 0 },
  { "test:7000", true, true, IPD_SOUND_SPEC_TEST, NULL, 7000 },
  { "test:7001", true, false, IPD_SOUND_SPEC_NONE, NULL, 0 },
  { "test:1e3", true, false, IPD_SOUND_SPEC_NONE, NULL, 0 },
  { "testing", true, false, IPD_SOUND_SPEC_NONE, NULL, 0 },
  { "test", false, false, IPD_SOUND_SPEC_NONE, NULL, 0 },
  { "", true, false, IPD_SOUND_SPEC_NONE, NULL, 0 },
};

static void
test_specs (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (spec_cases); i++)
    {
      const SpecCase *test = &spec_cases[i];
      g_auto (IpdSoundSpec) spec = { 0 };
      g_autoptr (GError) error = NULL;
      g_assert_true (ipd_sound_spec_read (test->words, test->input, &spec, &error) == test->ok);
      g_assert_true ((error == NULL) == test->ok);
      if (!test->ok)
        continue;
      g_assert_cmpint (spec.kind, ==, test->kind);
      g_assert_cmpstr (spec.text, ==, test->text);
      g_assert_cmpint (spec.hz, ==, test->hz);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/sound/chimes", test_chimes);
  g_test_add_func ("/media/sound/chimes-end", test_chimes_end);
  g_test_add_func ("/media/sound/chimes-do-not-click", test_chimes_do_not_click);
  g_test_add_func ("/media/sound/line", test_line);
  g_test_add_func ("/media/sound/line-is-bounded", test_line_is_bounded);
  g_test_add_func ("/media/sound/volume-and-clipping", test_volume_and_clipping);
  g_test_add_func ("/media/sound/chime-over-is-told-once", test_chime_over_is_told_once);
  g_test_add_func ("/media/sound/wav-grows", test_wav_grows);
  g_test_add_func ("/media/sound/wav-without-folder", test_wav_without_folder);
  g_test_add_func ("/media/sound/specs", test_specs);
  return g_test_run ();
}
