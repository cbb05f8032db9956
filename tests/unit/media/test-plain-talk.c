// SPDX-License-Identifier: Apache-2.0
/* Talks without SRTP as they go on: hold, silence, changes in the middle, IPv6. */
#include "phone.h"

#include <netinet/in.h>
#include <unistd.h>

static void
test_hold (void)
{
  Pair pair;
  pair_init (&pair, &opus);
  room_start (&pair.room, NULL, "test:620");
  room_talk (&pair.room);
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  g_assert_true (wait_until (is_heard, &pair.in_room, LONG_MS));
  ipd_media_client_set_held (pair.room.client, true);
  g_assert_true (wait_until (is_silent, pair.room.output, LONG_MS));
  g_assert_true (wait_until (is_silent, pair.door.speaker_path, LONG_MS));
  ipd_media_client_set_held (pair.room.client, false);
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  g_assert_true (wait_until (is_heard, &pair.in_room, LONG_MS));
  ipd_media_station_hold (pair.door.station, 4, true); /* not the one that talks */
  pass_ms (300);
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  ipd_media_station_hold (pair.door.station, 3, true);
  g_assert_true (wait_until (is_silent, pair.room.output, LONG_MS));
  g_assert_true (wait_until (is_silent, pair.door.speaker_path, LONG_MS));
  ipd_media_station_hold (pair.door.station, 3, false);
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  g_assert_true (wait_until (is_heard, &pair.in_room, LONG_MS));
  pair_clear (&pair);
}

static bool
fell_silent (gpointer data)
{
  return ((Door *) data)->talk_silent > 0;
}

static gboolean
send_report (gpointer data)
{
  Phone *phone = data;
  const uint8_t report[] = { 0x80, 201, 0, 1, 0, 0, 0, 7 };
  phone_send_rtcp (phone, report, sizeof report);
  return G_SOURCE_CONTINUE;
}

/* Three doors at a time, since it takes its time: nothing comes; only reports come; nothing comes, but it is held. */
static void
test_silence (void)
{
  Scene dead, reporting, held;
  gint64 start = g_get_monotonic_time ();
  scene_init (&dead);
  scene_init (&reporting);
  scene_init (&held);
  guint reports = g_timeout_add (1000, send_report, &reporting.phone);
  ipd_media_station_hold (held.door.station, 9, true);
  g_assert_true (wait_until (fell_silent, &dead.door, 25000));
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 9 * G_USEC_PER_SEC);
  pass_ms (6000);
  g_assert_cmpuint (dead.door.talk_silent, ==, 1);
  g_assert_cmpuint (reporting.door.talk_silent, ==, 0);
  g_assert_cmpuint (held.door.talk_silent, ==, 0);
  g_source_remove (reports);
  scene_clear (&dead);
  scene_clear (&reporting);
  scene_clear (&held);
}

static gsize
length_of (const char *path)
{
  gsize n = 0;
  int rate = 0;
  g_free (wav_tail (path, 600000, &n, &rate));
  return n;
}

/* A station that shows itself before it has sound: the sound comes with the answer, over the same sockets; what was
 * recorded before is kept. Then it changes its mind about the codec. */
static void
test_change (void)
{
  Pair pair;
  g_autoptr (GError) error = NULL;
  pair_init (&pair, &pcma);
  IpdMediaParams whole = room_params (&pair.room);
  IpdMediaParams mute = whole;
  mute.audio_host = NULL;
  mute.audio_port = 0;
  room_start (&pair.room, &mute, "test:620");
  g_assert_false (ipd_media_client_send_digits (pair.room.client, "1", 100, 100));
  ipd_media_client_play_ring (pair.room.client, true);
  Heard bell = { pair.room.output, 659.26 };
  g_assert_true (wait_until (is_heard, &bell, LONG_MS));
  room_talk (&pair.room);
  gsize before = length_of (pair.room.output);
  g_assert_true (ipd_media_client_change (pair.room.client, &whole, &error));
  g_assert_no_error (error);
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  g_assert_true (wait_until (is_heard, &pair.in_room, LONG_MS));
  g_assert_cmpuint (length_of (pair.room.output), >, before);
  pair.room.audio = opus;
  whole = room_params (&pair.room);
  g_assert_true (ipd_media_client_change (pair.room.client, &whole, &error));
  room_talk (&pair.room);
  pass_ms (400); /* what is heard now is none of the old codec */
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  g_assert_true (wait_until (is_heard, &pair.in_room, LONG_MS));
  whole.audio_host = (char *) "no address";
  g_assert_false (ipd_media_client_change (pair.room.client, &whole, &error));
  g_assert_nonnull (error);
  pass_ms (300);
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  pair_clear (&pair);
}

/* A phone that is nowhere, as one that holds us by 0.0.0.0, or a name: no talk, and the next one works. */
static void
test_no_address (void)
{
  static const char *const nowhere[] = { "", "phone.example", "127.33.0.2.1" };
  Scene scene;
  scene_init (&scene);
  for (guint i = 0; i < G_N_ELEMENTS (nowhere); i++)
    {
      const IpdMediaTalk talk = { .plain = true, .host = nowhere[i], .port = 4000, .audio = pcma };
      ipd_media_station_talk (scene.door.station, 8, &talk);
    }
  const IpdMediaTalk no_port = { .plain = true, .host = PHONE_HOST, .port = 0, .audio = pcma };
  ipd_media_station_talk (scene.door.station, 8, &no_port);
  ipd_media_station_hold (scene.door.station, 8, true);
  pass_ms (300);
  count_datagrams (scene.phone.side.fds[IPD_MEDIA_FD_AUDIO_RTP]);
  pass_ms (200);
  g_assert_cmpuint (count_datagrams (scene.phone.side.fds[IPD_MEDIA_FD_AUDIO_RTP]), ==, 0);
  phone_talk_with (&scene.phone, &scene.door, PHONE_DTMF);
  guint voice = voice_start (&scene.voice);
  g_assert_true (wait_until (is_heard, &scene.at_door, LONG_MS));
  g_source_remove (voice);
  scene_clear (&scene);
}

static bool
got_report (gpointer data)
{
  return count_datagrams (*(const int *) data) > 0;
}

/* a=rtcp (RFC 3605): reports go to the port that was said, at both ends, of sound and picture. */
static void
test_reports_elsewhere (void)
{
  Pair pair;
  Scene scene;
  Side elsewhere;
  pair_init (&pair, &pcma);
  side_init_at (&elsewhere, pair.door.side.host);
  IpdMediaParams params = room_params (&pair.room);
  params.audio_rtcp_port = elsewhere.audio_port;
  params.video_rtcp_port = elsewhere.video_port;
  room_start (&pair.room, &params, "test:620");
  room_talk (&pair.room);
  g_assert_true (wait_until (got_report, &elsewhere.fds[IPD_MEDIA_FD_AUDIO_RTP], LONG_MS));
  g_assert_true (wait_until (got_report, &elsewhere.fds[IPD_MEDIA_FD_VIDEO_RTP], LONG_MS));
  pair_clear (&pair);
  side_clear (&elsewhere);

  scene_init (&scene);
  side_init_at (&elsewhere, PHONE_HOST);
  const IpdMediaTalk talk = { .plain = true,
                              .host = PHONE_HOST,
                              .port = scene.phone.side.audio_port,
                              .rtcp_port = elsewhere.audio_port,
                              .audio = pcma };
  ipd_media_station_talk (scene.door.station, 8, &talk);
  g_assert_true (wait_until (got_report, &elsewhere.fds[IPD_MEDIA_FD_AUDIO_RTP], LONG_MS));
  scene_clear (&scene);
  side_clear (&elsewhere);
}

static bool
has_ipv6 (void)
{
  int fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
  bool has = fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0;
  if (fd >= 0)
    close (fd);
  return has;
}

static void
test_ipv6 (void)
{
  Pair pair;
  if (!has_ipv6 ())
    {
      g_test_skip ("there is no IPv6 here");
      return;
    }
  door_prepare (&pair.door);
  side_clear (&pair.door.side);
  side_init_at (&pair.door.side, "::1");
  door_open (&pair.door, "none", NULL);
  door_start_visit (&pair.door);
  room_prepare_at (&pair.room, &pair.door, 3, "::1");
  pair.room.plain = true;
  pair.room.audio = opus;
  room_join (&pair.room);
  room_start (&pair.room, NULL, "test:620");
  room_talk (&pair.room);
  pair.in_room = (Heard){ pair.room.output, DOOR_HZ };
  pair.at_door = (Heard){ pair.door.speaker_path, PHONE_HZ };
  g_assert_true (wait_until (is_heard, &pair.at_door, LONG_MS));
  g_assert_true (wait_until (is_heard, &pair.in_room, LONG_MS));
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  no_sound_server ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/plain-talk/hold", test_hold);
  g_test_add_func ("/media/plain-talk/silence", test_silence);
  g_test_add_func ("/media/plain-talk/change", test_change);
  g_test_add_func ("/media/plain-talk/no-address", test_no_address);
  g_test_add_func ("/media/plain-talk/reports-elsewhere", test_reports_elsewhere);
  g_test_add_func ("/media/plain-talk/ipv6", test_ipv6);
  return g_test_run ();
}
