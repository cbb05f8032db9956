// SPDX-License-Identifier: Apache-2.0
/* Digits between a station and others, both ways, through real pipelines and sockets; test-digits tests the rules. */
#include "phone.h"

#include "media/rtp-header.h"
#include "media/wav.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sys/socket.h>

static void
test_digits_of_a_phone (void)
{
  Scene scene;
  scene_init (&scene);
  phone_say_one (&scene.phone);
  pass_ms (200); /* the talk is there */
  /* A whole press; one whose ends are lost; one that comes as its last end only, twice. */
  for (uint16_t i = 1; i <= 5; i++)
    phone_event (&scene.phone, 3, i * PHONE_OCTETS, i >= 4, i == 1);
  scene.phone.timestamp += 2000;
  phone_event (&scene.phone, 11, PHONE_OCTETS, false, false);
  Pressed lost_end = { &scene.door, "3#" };
  g_assert_true (wait_until (is_pressed, &lost_end, LONG_MS));
  scene.phone.timestamp += 2000;
  phone_event (&scene.phone, 0, PHONE_OCTETS, true, false);
  phone_event (&scene.phone, 0, PHONE_OCTETS, true, false);
  Pressed all = { &scene.door, "3#0" };
  g_assert_true (wait_until (is_pressed, &all, LONG_MS));
  pass_ms (500);
  g_assert_true (is_pressed (&all));
  scene_clear (&scene);
}

static void
test_digits_of_others (void)
{
  Scene scene;
  Phone alien;
  scene_init (&scene);
  phone_init (&alien, ALIEN_HOST, &scene.door.side, ALIEN_HZ);
  alien.ssrc = scene.phone.ssrc;
  guint voice = voice_start (&scene.voice);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  for (uint8_t code = 0; code < 16; code++, alien.timestamp += 2000)
    phone_event (&alien, code, PHONE_OCTETS, true, true);
  pass_ms (500);
  g_assert_cmpstr (scene.door.digits->str, ==, "");
  g_source_remove (voice);
  side_clear (&alien.side);
  scene_clear (&scene);
}

/* The two tones of a 1, as loud as they get, played by the phone as sound. */
static void
test_tones_are_no_digits (void)
{
  Scene scene;
  scene_init (&scene);
  scene.phone.hz = 697;
  Heard low = { scene.door.speaker_path, 697 };
  guint voice = voice_start (&scene.voice);
  g_assert_true (wait_until (is_heard, &low, LONG_MS));
  g_source_remove (voice);
  for (int i = 0; i < 50; i++)
    {
      uint8_t packet[12 + PHONE_OCTETS];
      phone_fill (&scene.phone, packet, 12, PHONE_OCTETS, 8);
      for (guint k = 0; k < PHONE_OCTETS; k++)
        {
          double t = (scene.phone.timestamp + k) / 8000.0;
          packet[12 + k] = phone_alaw (0.45 * sin (2 * G_PI * 697 * t) + 0.45 * sin (2 * G_PI * 1209 * t));
        }
      phone_send (&scene.phone, packet, sizeof packet);
      pass_ms (20);
    }
  pass_ms (300);
  g_assert_cmpstr (scene.door.digits->str, ==, "");
  scene_clear (&scene);
}

typedef struct {
  const char *in_room, *at_door;
} TwoTones;

static bool
holds_both (const char *path)
{
  gsize n = 0;
  int rate = 0;
  g_autofree int16_t *samples = wav_tail (path, 400, &n, &rate);
  return n >= (gsize) rate * 2 / 5 && tone_in (samples, n, rate, 697) > 0.3 && tone_in (samples, n, rate, 1209) > 0.3;
}

/* Both of them, at both ends: the microphone of the client says the same. */
static bool
are_tones_heard (gpointer data)
{
  const TwoTones *tones = data;
  return holds_both (tones->in_room) && holds_both (tones->at_door);
}

/* Somebody at the door plays the tones of a 1 into the station's microphone. */
static void
test_tones_at_the_microphone (void)
{
  g_autofree char *dir = g_dir_make_tmp ("ipdoor-tones-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "one.wav", NULL);
  g_autofree char *mic = g_strconcat ("file:", path, NULL);
  int16_t samples[8000];
  for (int i = 0; i < 8000; i++)
    samples[i] = (int16_t) (14000 * (sin (2 * G_PI * 697 * i / 8000) + sin (2 * G_PI * 1209 * i / 8000)));
  IpdWav *wav = ipd_wav_new (path, 8000, NULL);
  ipd_wav_write (wav, samples, G_N_ELEMENTS (samples));
  ipd_wav_free (wav);
  Pair pair;
  door_init (&pair.door, "none", mic);
  door_start_visit (&pair.door);
  room_prepare (&pair.room, &pair.door, 3);
  pair.room.plain = true;
  pair.room.audio = pcma;
  room_join (&pair.room);
  room_start (&pair.room, NULL, mic);
  room_talk (&pair.room);
  Pressed nothing = { &pair.door, "" };
  TwoTones heard = { pair.room.output, pair.door.speaker_path };
  g_assert_true (wait_until (are_tones_heard, &heard, LONG_MS));
  pass_ms (500);
  g_assert_true (is_pressed (&nothing));
  pair_clear (&pair);
  g_unlink (path);
  g_rmdir (dir);
}

static bool
two_were_sent (gpointer data)
{
  return ((Room *) data)->events[IPD_MEDIA_DIGITS_SENT] == 2;
}

static void
test_digits_of_a_client (gconstpointer data)
{
  Pair pair;
  pair_init (&pair, data);
  room_start (&pair.room, NULL, "test:620");
  room_talk (&pair.room);
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  g_assert_true (ipd_media_client_send_digits (pair.room.client, "1590", 60, 60));
  g_assert_true (ipd_media_client_send_digits (pair.room.client, "#*dd", 1500, 40));
  g_assert_false (ipd_media_client_send_digits (pair.room.client, "12x", 60, 60));
  g_assert_true (wait_until (two_were_sent, &pair.room, 2 * LONG_MS));
  Pressed pressed = { &pair.door, "1590#*DD" };
  g_assert_true (wait_until (is_pressed, &pressed, LONG_MS));
  /* And the voice is back. */
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  pass_ms (400);
  g_assert_true (is_pressed (&pressed));
  g_assert_cmpuint (pair.room.events[IPD_MEDIA_DIGITS_SENT], ==, 2);
  pair_clear (&pair);
}

/* A call that is only there to open: nobody talks, but the digits go. */
static void
test_digits_without_voice (void)
{
  Pair pair;
  pair_init (&pair, &pcma);
  room_start (&pair.room, NULL, "test:620");
  room_talk (&pair.room);
  ipd_media_client_set_talking (pair.room.client, false);
  g_assert_true (wait_until (is_silent, pair.door.speaker_path, LONG_MS));
  g_assert_true (ipd_media_client_send_digits (pair.room.client, "42", 100, 100));
  Pressed pressed = { &pair.door, "42" };
  g_assert_true (wait_until (is_pressed, &pressed, LONG_MS));
  g_assert_true (is_silent (pair.door.speaker_path));
  pair_clear (&pair);
}

static void
test_digits_refused (void)
{
  const IpdMediaAudio without = { IPD_AUDIO_PCMA, 8, 8, 0 };
  Pair pair;
  pair_init (&pair, &without);
  room_start (&pair.room, NULL, NULL);
  g_assert_false (ipd_media_client_send_digits (pair.room.client, "1", 100, 100));
  pair_clear (&pair);
}

/* Our own clients open doors by signed commands: events that come encrypted press nothing. */
static void
test_digits_encrypted (void)
{
  Pair pair;
  pair_init (&pair, &pcma);
  pair.room.plain = false;
  room_join (&pair.room);
  room_start (&pair.room, NULL, "test:620");
  room_talk (&pair.room);
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  g_assert_true (ipd_media_client_send_digits (pair.room.client, "12", 60, 60));
  g_assert_true (ipd_media_client_send_digits (pair.room.client, "3", 60, 60));
  g_assert_true (wait_until (two_were_sent, &pair.room, LONG_MS));
  pass_ms (400);
  g_assert_cmpstr (pair.door.digits->str, ==, "");
  pair_clear (&pair);
}

/* What goes over the wire: one stream, its numbers without a hole, marker, rising duration in the clock of the events,
 * three ends, the gap. */
static void
test_events_on_the_wire (gconstpointer data)
{
  const IpdMediaAudio *audio = data;
  Pair pair;
  Phone ear;
  pair_init (&pair, audio);
  phone_init (&ear, "127.0.0.1", &pair.room.side, 0);
  IpdMediaParams params = room_params (&pair.room);
  params.audio_port = ear.side.audio_port;
  room_start (&pair.room, &params, "test:620");
  ipd_media_client_set_talking (pair.room.client, true);
  g_assert_true (ipd_media_client_send_digits (pair.room.client, "78", 100, 100));
  g_autofree uint8_t *packet = g_malloc (2048);
  guint events = 0, ends = 0, markers = 0, sound_between = 0, n = 0;
  uint32_t ssrc = 0, timestamp = 0;
  uint16_t seq = 0, ticks = 0;
  for (int i = 0; i < 3000 && ends < 6; i++)
    {
      IpdRtpHeader header;
      gssize len = recv (ear.side.fds[IPD_MEDIA_FD_AUDIO_RTP], packet, 2048, MSG_DONTWAIT);
      if (len < 0)
        pass_ms (2);
      if (len < 0 || !ipd_rtp_header_read (packet, (size_t) len, &header))
        continue;
      if (n++ > 0)
        g_assert_cmpuint (header.seq, ==, (uint16_t) (seq + 1));
      g_assert_true (n == 1 || header.ssrc == ssrc);
      ssrc = header.ssrc;
      seq = header.seq;
      sound_between += header.payload == audio->tx_payload && ends == 3;
      if (header.payload != PHONE_DTMF)
        continue;
      const uint8_t *event = packet + header.offset;
      uint16_t its_ticks = (uint16_t) (event[2] << 8 | event[3]);
      g_assert_cmpuint (header.len, ==, 4);
      g_assert_cmpuint (event[0], ==, ends < 3 ? 7 : 8);
      g_assert_true (header.marker || header.timestamp == timestamp);
      g_assert_true (header.marker || its_ticks > ticks || (its_ticks == ticks && event[1] >> 7 == 1));
      timestamp = header.timestamp;
      ticks = its_ticks;
      markers += header.marker;
      events++;
      if (event[1] >> 7 == 1)
        g_assert_cmpuint (ticks, ==, 800);
      ends += event[1] >> 7;
    }
  g_assert_cmpuint (ends, ==, 6);
  g_assert_cmpuint (markers, ==, 2);
  g_assert_cmpuint (events, >=, 14);
  g_assert_cmpuint (events, <=,
                    16); /* Opus counts time as it comes: one packet more a digit, when it is a tick short */
  g_assert_cmpuint (sound_between, >=, 2); /* the gap, less two repeated ends */
  g_assert_cmpuint (sound_between, <=, 4);
  side_clear (&ear.side);
  pair_clear (&pair);
}

static const IpdMediaAudio opus_with_old_events = { IPD_AUDIO_OPUS, 111, 111, PHONE_DTMF, .dtmf_clock = 8000 };

int
main (int argc, char **argv)
{
  no_sound_server ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/plain-digits/digits-of-a-phone", test_digits_of_a_phone);
  g_test_add_func ("/media/plain-digits/digits-of-others", test_digits_of_others);
  g_test_add_func ("/media/plain-digits/tones-are-no-digits", test_tones_are_no_digits);
  g_test_add_func ("/media/plain-digits/tones-at-the-microphone", test_tones_at_the_microphone);
  g_test_add_data_func ("/media/plain-digits/digits-of-a-client/pcma", &pcma, test_digits_of_a_client);
  g_test_add_data_func ("/media/plain-digits/digits-of-a-client/opus", &opus, test_digits_of_a_client);
  g_test_add_func ("/media/plain-digits/digits-without-voice", test_digits_without_voice);
  g_test_add_func ("/media/plain-digits/digits-refused", test_digits_refused);
  g_test_add_func ("/media/plain-digits/digits-encrypted", test_digits_encrypted);
  g_test_add_data_func ("/media/plain-digits/events-on-the-wire/pcma", &pcma, test_events_on_the_wire);
  g_test_add_data_func ("/media/plain-digits/events-on-the-wire/opus", &opus_with_old_events, test_events_on_the_wire);
  return g_test_run ();
}
