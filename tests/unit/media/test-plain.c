// SPDX-License-Identifier: Apache-2.0
/* Sound without SRTP: who is heard and who is not, and what broken packets do. */
#include "phone.h"

#include <math.h>
#include <string.h>

static uint64_t
bad_packets (Door *door)
{
  IpdMediaStationStats stats;
  ipd_media_station_get_stats (door->station, &stats);
  return stats.bad_packets;
}

typedef struct {
  Door *door;
  uint64_t n;
} Refused;

static bool
are_refused (gpointer data)
{
  const Refused *refused = data;
  return bad_packets (refused->door) >= refused->n;
}

static void
test_only_the_signalled_host (void)
{
  Scene scene;
  Phone alien;
  scene_init (&scene);
  phone_init (&alien, ALIEN_HOST, &scene.door.side, ALIEN_HZ);
  /* It even knows the SSRC. */
  alien.ssrc = scene.phone.ssrc;
  Voice foreign = { &alien, phone_say_one };
  Heard alien_heard = { scene.door.speaker_path, ALIEN_HZ };
  guint alien_voice = voice_start (&foreign);
  Refused ten = { &scene.door, 10 };
  g_assert_true (wait_until (are_refused, &ten, LONG_MS));
  pass_ms (300);
  g_assert_false (is_heard (&alien_heard));
  guint voice = voice_start (&scene.voice);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  pass_ms (300);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  /* Our sound goes where the SDP said, and nowhere else. */
  g_assert_cmpuint (count_datagrams (scene.phone.side.fds[IPD_MEDIA_FD_AUDIO_RTP]), >=, 10);
  g_assert_cmpuint (count_datagrams (alien.side.fds[IPD_MEDIA_FD_AUDIO_RTP]), ==, 0);
  g_source_remove (voice);
  g_source_remove (alien_voice);
  side_clear (&alien.side);
  scene_clear (&scene);
}

/* Another port of the same host may send; nothing is learnt from it. */
static void
test_other_port_of_the_host (void)
{
  Scene scene;
  Phone other;
  scene_init (&scene);
  phone_init (&other, PHONE_HOST, &scene.door.side, PHONE_HZ);
  Voice speaks = { &other, phone_say_one };
  guint voice = voice_start (&speaks);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  g_assert_cmpuint (count_datagrams (other.side.fds[IPD_MEDIA_FD_AUDIO_RTP]), ==, 0);
  g_assert_cmpuint (count_datagrams (scene.phone.side.fds[IPD_MEDIA_FD_AUDIO_RTP]), >, 0);
  g_source_remove (voice);
  side_clear (&other.side);
  scene_clear (&scene);
}

/* The device starts its stream anew in the middle: it goes on being heard. */
static void
test_ssrc_changes (void)
{
  Scene scene;
  scene_init (&scene);
  guint voice = voice_start (&scene.voice);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  scene.phone.ssrc++;
  scene.phone.seq = 7;
  scene.phone.timestamp = 12345678;
  scene.phone.hz = 880;
  Heard anew = { scene.door.speaker_path, 880 };
  g_assert_true (wait_until (is_heard, &anew, LONG_MS));
  g_source_remove (voice);
  scene_clear (&scene);
}

/* CSRCs and a header extension before the sound, padding behind it: not ours to like, but right. */
static void
say_with_everything (Phone *phone)
{
  uint8_t packet[12 + 8 + 12 + PHONE_OCTETS + 4] = { 0 };
  phone_fill (phone, packet, 32, PHONE_OCTETS, 8);
  packet[0] = 0x80 | 0x20 | 0x10 | 2;
  memcpy (packet + 20, "\xbe\xde\0\2\x10\x55\0\0\0\0\0\0", 12);
  packet[sizeof packet - 1] = 4;
  phone_send (phone, packet, sizeof packet);
}

static void
test_headers_with_everything (void)
{
  Scene scene;
  scene_init (&scene);
  scene.voice.say = say_with_everything;
  guint voice = voice_start (&scene.voice);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  g_assert_cmpuint (bad_packets (&scene.door), ==, 0);
  g_source_remove (voice);
  scene_clear (&scene);
}

typedef struct {
  const char *name;
  size_t len;
  uint8_t first, payload;
  uint8_t extension[4]; /* at octet 12 */
  uint8_t last;
} Lie;

static const Lie lies[] = {
  { "wrong payload type", 172, 0x80, 0, { 0 }, 0 },
  { "RTCP on the RTP port", 172, 0x80, 72, { 0 }, 0 },
  { "padding beyond the packet", 172, 0xa0, 8, { 0 }, 255 },
  { "padding of nothing", 172, 0xa0, 8, { 0 }, 0 },
  { "CSRCs beyond the packet", 40, 0x8f, 8, { 0 }, 0 },
  { "extension beyond the packet", 172, 0x90, 8, { 0xbe, 0xde, 0xff, 0xff }, 0 },
  { "half an extension", 14, 0x90, 8, { 0xbe, 0xde, 0, 0 }, 0 },
  { "version 1", 172, 0x40, 8, { 0 }, 0 },
  { "all ones", 172, 0xff, 0x88, { 255, 255, 255, 255 }, 255 },
  { "nothing but a header", 12, 0x80, 8, { 0 }, 0 },
  { "60,000 octets", 60000, 0x80, 8, { 0 }, 0 },
  { "events of 60,000 octets", 60000, 0x80, PHONE_DTMF, { 0 }, 0 },
  { "one octet", 1, 0x80, 8, { 0 }, 0 },
  { "nothing", 0, 0x80, 8, { 0 }, 0 },
};

static void
phone_lie (Phone *phone, const Lie *lie)
{
  g_autofree uint8_t *packet = g_malloc0 (MAX (lie->len, 16));
  phone_fill (phone, packet, 12, lie->len > 12 ? lie->len - 12 : 0, lie->payload);
  packet[0] = lie->first;
  if (lie->extension[0] != 0)
    memcpy (packet + 12, lie->extension, MIN (lie->len > 12 ? lie->len - 12 : 0, 4));
  if (lie->len > 12)
    packet[lie->len - 1] = lie->last;
  phone_send (phone, packet, lie->len);
}

/* Nothing of it is heard or pressed, nothing breaks, and who talks in between is heard as before. */
static void
test_lies (void)
{
  Scene scene;
  scene_init (&scene);
  Phone liar = scene.phone;
  liar.hz = ALIEN_HZ;
  Heard lie_heard = { scene.door.speaker_path, ALIEN_HZ };
  for (size_t i = 0; i < 20 * G_N_ELEMENTS (lies); i++)
    {
      phone_lie (&liar, &lies[i % G_N_ELEMENTS (lies)]);
      pass_ms (2);
    }
  Refused most = { &scene.door, 100 };
  g_assert_true (wait_until (are_refused, &most, LONG_MS));
  pass_ms (300);
  g_assert_false (is_heard (&lie_heard));
  g_assert_cmpstr (scene.door.digits->str, ==, "");
  guint voice = voice_start (&scene.voice);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  for (size_t i = 0; i < 5 * G_N_ELEMENTS (lies); i++)
    {
      phone_lie (&liar, &lies[i % G_N_ELEMENTS (lies)]);
      pass_ms (2);
    }
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  g_source_remove (voice);
  scene_clear (&scene);
}

/* Reports of every type and length, from the phone itself and from elsewhere. */
static void
test_rtcp_of_every_kind (void)
{
  Scene scene;
  Phone alien;
  scene_init (&scene);
  phone_init (&alien, ALIEN_HOST, &scene.door.side, ALIEN_HZ);
  guint voice = voice_start (&scene.voice);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  for (guint i = 0; i < 24 * 65; i++)
    {
      uint8_t packet[64] = { (uint8_t) (0x80 | i % 32), (uint8_t) (200 + i % 24), 0, (uint8_t) (i / 24 / 4) };
      Phone *from = i % 2 ? &alien : &scene.phone;
      phone_send_rtcp (from, packet, i / 24);
      if (i % 40 == 0)
        pass_ms (5);
    }
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  Refused all = { &scene.door, 12 * 65 };
  g_assert_true (wait_until (are_refused, &all, LONG_MS));
  g_source_remove (voice);
  side_clear (&alien.side);
  scene_clear (&scene);
}

static void
test_client_hears_its_station_only (void)
{
  Pair pair;
  Phone station, alien;
  pair_init (&pair, &pcma);
  phone_init (&station, PHONE_HOST, &pair.room.side, PHONE_HZ);
  phone_init (&alien, ALIEN_HOST, &pair.room.side, ALIEN_HZ);
  IpdMediaParams params = room_params (&pair.room);
  params.audio_host = (char *) PHONE_HOST;
  params.audio_port = station.side.audio_port;
  room_start (&pair.room, &params, "test:620");
  ipd_media_client_set_talking (pair.room.client, true);
  Voice foreign = { &alien, phone_say_one };
  Voice right = { &station, phone_say_one };
  Heard alien_heard = { pair.room.output, ALIEN_HZ };
  Heard heard = { pair.room.output, PHONE_HZ };
  guint alien_voice = voice_start (&foreign);
  pass_ms (600);
  g_assert_false (is_heard (&alien_heard));
  g_assert_cmpuint (pair.room.events[IPD_MEDIA_FIRST_AUDIO], ==, 0);
  guint voice = voice_start (&right);
  g_assert_true (wait_until (is_heard, &heard, LONG_MS));
  g_assert_cmpuint (pair.room.events[IPD_MEDIA_FIRST_AUDIO], ==, 1);
  g_assert_cmpuint (count_datagrams (alien.side.fds[IPD_MEDIA_FD_AUDIO_RTP]), ==, 0);
  g_source_remove (voice);
  g_source_remove (alien_voice);
  side_clear (&alien.side);
  side_clear (&station.side);
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  no_sound_server ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/plain/only-the-signalled-host", test_only_the_signalled_host);
  g_test_add_func ("/media/plain/other-port-of-the-host", test_other_port_of_the_host);
  g_test_add_func ("/media/plain/ssrc-changes", test_ssrc_changes);
  g_test_add_func ("/media/plain/headers-with-everything", test_headers_with_everything);
  g_test_add_func ("/media/plain/lies", test_lies);
  g_test_add_func ("/media/plain/rtcp-of-every-kind", test_rtcp_of_every_kind);
  g_test_add_func ("/media/plain/client-hears-its-station-only", test_client_hears_its_station_only);
  return g_test_run ();
}
