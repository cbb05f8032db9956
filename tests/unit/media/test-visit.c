// SPDX-License-Identifier: Apache-2.0
/* The picture of a visit: station and clients over loopback with SRTP. */
#include "fixture.h"

#include <arpa/inet.h>
#include <gst/gst.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Long enough for a loaded machine; nobody waits that long when things work. */
#define LONG_MS 8000

static bool
has_frame (gpointer data)
{
  return ((Room *) data)->frames > 0;
}

static bool
has_20_frames (gpointer data)
{
  return ((Room *) data)->frames >= 20;
}

static IpdMediaStationStats
stats_of (Door *door)
{
  IpdMediaStationStats stats;
  ipd_media_station_get_stats (door->station, &stats);
  return stats;
}

/* A door in a visit, and one client of it that does not show it yet. */
static void
begin (Door *door, Room *room)
{
  door_init (door, NULL, NULL);
  door_start_visit (door);
  room_init (room, door, 0);
}

static void
end (Door *door, Room *room)
{
  room_clear (room);
  door_clear (door);
}

static void
test_numbers_rise (void)
{
  Door door;
  Room room;
  begin (&door, &room);
  gint64 start = g_get_monotonic_time ();
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (has_20_frames, &room, LONG_MS));
  g_test_message ("first frame %.1f ms after start", (double) (room.first_us - start) / 1000);
  g_assert_true (room.first.valid);
  g_assert_true (room.last.valid);
  g_assert_cmpuint (room.last.number, >=, room.first.number + 19);
  g_assert_cmpuint (room.last.ms, >, room.first.ms);
  g_assert_cmpint (room.width, ==, 640);
  uint32_t now = (uint32_t) (g_get_monotonic_time () / 1000);
  g_test_message ("glass to glass %u ms", now - room.last.ms);
  g_assert_cmpuint (room.events[IPD_MEDIA_FIRST_FRAME], ==, 1);
  g_assert_cmpuint (door.seen[0], ==, 1);
  end (&door, &room);
}

/* Rows of a width that GStreamer would not put side by side. */
static void
test_narrow_picture (void)
{
  Door door;
  Room room;
  door_prepare (&door);
  door.width = 642;
  door.height = 122;
  door_open (&door, NULL, NULL);
  door_start_visit (&door);
  room_init (&room, &door, 0);
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (has_20_frames, &room, LONG_MS));
  g_assert_true (room.last.valid);
  g_assert_cmpint (room.width, ==, 642);
  end (&door, &room);
}

static void
test_wrong_key (void)
{
  Door door;
  Room room;
  begin (&door, &room);
  IpdMediaParams params = room_params (&room);
  params.video_rx.key[3] ^= 1;
  room_start (&room, &params, NULL);
  pass_ms (1000);
  g_assert_cmpuint (room.frames, ==, 0);
  g_assert_cmpuint (room.events[IPD_MEDIA_FAILED], ==, 0);
  g_assert_cmpuint (room.events[IPD_MEDIA_FIRST_FRAME], ==, 0);
  end (&door, &room);
}

/* Datagrams of a stranger who knows the SSRC but not the key. */
static void
spray (const char *host, uint16_t port, uint32_t ssrc, bool rtcp, int n)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (port) };
  inet_pton (AF_INET, host, &to.sin_addr);
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  for (int i = 0; i < n; i++)
    {
      uint8_t packet[64] = { 0x80, rtcp ? 201 : 96, 0, 1 };
      uint32_t be = htonl (ssrc);
      packet[rtcp ? 3 : 2] = (uint8_t) (i + 1);
      memcpy (packet + (rtcp ? 4 : 8), &be, 4);
      /* Of every length from nothing on. */
      sendto (fd, packet, (size_t) i % (sizeof packet + 1), 0, (struct sockaddr *) &to, sizeof to);
    }
  close (fd);
}

static bool
has_counted_bad (gpointer data)
{
  return stats_of (data).bad_packets >= 500;
}

static void
test_flood_ends_nothing (void)
{
  Door door;
  Room room;
  begin (&door, &room);
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (has_frame, &room, LONG_MS));
  for (int i = 0; i < 10; i++)
    {
      spray (door.side.host, door.side.video_port + 1, (uint32_t) room.tag << 16, true, 100);
      spray (room.side.host, room.side.video_port, door.video.ssrc, false, 100);
      pass_ms (10);
    }
  g_assert_true (wait_until (has_counted_bad, &door, LONG_MS));
  guint before = room.frames;
  room.frames = 0;
  g_assert_true (wait_until (has_20_frames, &room, LONG_MS));
  g_assert_cmpuint (before, >, 0);
  g_assert_true (room.last.valid);
  g_assert_cmpuint (room.events[IPD_MEDIA_FAILED], ==, 0);
  g_assert_cmpuint (door.seen[0], ==, 1);
  end (&door, &room);
}

static void
test_second_viewer (void)
{
  Door door;
  Room first;
  Room second;
  door_init (&door, NULL, NULL);
  door_start_visit (&door);
  room_init (&first, &door, 0);
  room_start (&first, NULL, NULL);
  g_assert_true (wait_until (has_20_frames, &first, LONG_MS));
  uint64_t forced = stats_of (&door).forced_key_frames;
  gint64 start = g_get_monotonic_time ();
  room_init (&second, &door, 1);
  room_start (&second, NULL, NULL);
  g_assert_true (wait_until (has_frame, &second, LONG_MS));
  g_test_message ("second viewer: first frame after %.1f ms", (double) (second.first_us - start) / 1000);
  IpdMediaStationStats stats = stats_of (&door);
  g_assert_cmpuint (stats.encoders, ==, 1);
  g_assert_cmpuint (stats.viewers, ==, 2);
  g_assert_cmpuint (stats.forced_key_frames - forced, <=, (guint64) (g_get_monotonic_time () - start) / 500000 + 2);
  room_clear (&first);
  room_clear (&second);
  door_clear (&door);
}

static bool
has_key_frame (gpointer data)
{
  return stats_of (data).key_frames >= 2;
}

/* A visit's first key frame is made before anybody answered its INVITE. Who comes just after it must not wait for the
 * next one. */
static void
test_viewer_after_first_key_frame (void)
{
  Door door;
  Room room;
  door_init (&door, NULL, NULL);
  door_start_visit (&door);
  g_assert_true (wait_until (has_key_frame, &door, LONG_MS));
  gint64 start = g_get_monotonic_time ();
  room_init (&room, &door, 0);
  /* Its own requests shall not help: they do not verify. */
  IpdMediaParams params = room_params (&room);
  params.video_rtcp_tx.key[0] ^= 1;
  room_start (&room, &params, NULL);
  g_assert_true (wait_until (has_frame, &room, LONG_MS));
  double ms = (double) (room.first_us - start) / 1000;
  g_test_message ("first frame after %.1f ms, %u forced key frames", ms, (guint) stats_of (&door).forced_key_frames);
  g_assert_cmpuint (stats_of (&door).key_frames, ==, 2);
  end (&door, &room);
}

typedef struct {
  Room rooms[32];
  guint n;
} House;

static bool
all_have_frames (gpointer data)
{
  House *house = data;
  for (guint i = 0; i < house->n; i++)
    if (house->rooms[i].frames == 0)
      return false;
  return true;
}

static void
test_many_viewers (gconstpointer data)
{
  g_autofree House *house = g_new0 (House, 1);
  house->n = GPOINTER_TO_UINT (data);
  Door door;
  door_init (&door, NULL, NULL);
  door_start_visit (&door);
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < house->n; i++)
    {
      room_init (&house->rooms[i], &door, i);
      room_start (&house->rooms[i], NULL, NULL);
    }
  g_assert_true (wait_until (all_have_frames, house, LONG_MS));
  IpdMediaStationStats stats = stats_of (&door);
  gint64 ms = (g_get_monotonic_time () - start) / 1000;
  g_test_message ("%u viewers: all see after %d ms, %u forced key frames", house->n, (int) ms,
                  (guint) stats.forced_key_frames);
  g_assert_cmpuint (stats.encoders, ==, 1);
  g_assert_cmpuint (stats.forced_key_frames, <=, (guint64) ms / 500 + 3);
  for (guint i = 0; i < house->n; i++)
    room_clear (&house->rooms[i]);
  door_clear (&door);
}

static bool
seen_twice (gpointer data)
{
  return ((Room *) data)->frames > 5;
}

/* A media process that was started again: new generation, so a new SSRC under the same key. */
static void
test_new_generation (void)
{
  Door door;
  Room room;
  begin (&door, &room);
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (has_frame, &room, LONG_MS));
  room_stop (&room);
  uint64_t forced = stats_of (&door).forced_key_frames;
  uint64_t bad = stats_of (&door).bad_packets;
  room.frames = 0;
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (seen_twice, &room, LONG_MS));
  g_assert_cmpuint (stats_of (&door).bad_packets, ==, bad);
  /* Its request verified: a key frame was made for it, or one was due anyway. */
  g_test_message ("forced since: %u", (guint) (stats_of (&door).forced_key_frames - forced));
  end (&door, &room);
}

/* The client sits behind a NAT: its packets come from ports that the SDP does not name. They verify, so they are
 * learnt. */
static void
test_learns_from_verified (void)
{
  Door door;
  Room room;
  Side behind;
  begin (&door, &room);
  side_init (&behind);
  IpdMediaParams params = room_params (&room);
  memcpy (params.fds, behind.fds, sizeof params.fds);
  room_start (&room, &params, NULL);
  g_assert_true (wait_until (has_frame, &room, LONG_MS));
  g_assert_cmpuint (door.seen[0], ==, 1);
  room_clear (&room);
  side_clear (&behind);
  door_clear (&door);
}

/* Somebody else, with the right leg but the wrong key, wants the picture sent to them. */
static void
test_learns_nothing_unverified (void)
{
  Door door;
  Room room;
  Side stranger;
  begin (&door, &room);
  side_init (&stranger);
  IpdMediaParams params = room_params (&room);
  memcpy (params.fds, stranger.fds, sizeof params.fds);
  params.video_rtcp_tx.key[0] ^= 1;
  room_start (&room, &params, NULL);
  pass_ms (1500);
  g_assert_cmpuint (room.frames, ==, 0);
  g_assert_cmpuint (door.seen[0], ==, 0);
  g_assert_cmpuint (stats_of (&door).bad_packets, >=, 2);
  room_clear (&room);
  side_clear (&stranger);
  door_clear (&door);
}

static bool
station_saw (gpointer data)
{
  return ((Door *) data)->seen[0] > 0;
}

static bool
frames_reached_next (gpointer data)
{
  Door *door = data;
  return stats_of (door).frames > 60;
}

/* However often somebody asks, key frames that were forced keep their distance. */
static void
test_key_frames_keep_distance (void)
{
  Door door;
  Room room;
  begin (&door, &room);
  gint64 start = g_get_monotonic_time ();
  for (int i = 0; i < 4; i++)
    {
      room_start (&room, NULL, NULL);
      g_assert_true (wait_until (has_frame, &room, LONG_MS));
      room_stop (&room);
      room.frames = 0;
    }
  g_assert_true (wait_until (station_saw, &door, LONG_MS));
  g_assert_true (wait_until (frames_reached_next, &door, LONG_MS));
  uint64_t ms = (uint64_t) (g_get_monotonic_time () - start) / 1000;
  IpdMediaStationStats stats = stats_of (&door);
  g_test_message ("%u forced in %u ms", (guint) stats.forced_key_frames, (guint) ms);
  g_assert_cmpuint (stats.forced_key_frames, >=, 2);
  g_assert_cmpuint (stats.forced_key_frames, <=, ms / 500 + 1);
  end (&door, &room);
}

static void
test_no_camera (void)
{
  Door door;
  Room room;
  door_init (&door, "v4l2:/dev/ipdoor-does-not-exist", NULL);
  g_assert_true (door.camera_lost);
  g_assert_false (ipd_media_station_is_camera_ok (door.station));
  door_start_visit (&door);
  room_init (&room, &door, 0);
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (has_frame, &room, LONG_MS));
  g_assert_false (room.first.valid);
  end (&door, &room);
}

static void
test_bad_specs (void)
{
  static const char *const cameras[] = { "", "v4l2:", "webcam", "rtsp:" };
  for (size_t i = 0; i < G_N_ELEMENTS (cameras); i++)
    {
      g_autoptr (GError) error = NULL;
      const IpdMediaStationConfig config = { .camera = cameras[i], .mic = "test", .speaker = "none" };
      g_assert_null (ipd_media_station_new (&config, NULL, NULL, &error));
      g_assert_nonnull (error);
    }
}

static void
test_stop_is_silent (void)
{
  Door door;
  Room room;
  begin (&door, &room);
  room_start (&room, NULL, NULL);
  g_assert_true (wait_until (has_20_frames, &room, LONG_MS));
  ipd_media_station_stop_visit (door.station);
  g_assert_cmpuint (stats_of (&door).encoders, ==, 0);
  room_stop (&room);
  /* Whatever was under way is in the socket now; nothing may follow. */
  char packet[2048];
  while (recv (room.side.fds[IPD_MEDIA_FD_VIDEO_RTP], packet, sizeof packet, MSG_DONTWAIT) > 0)
    ;
  pass_ms (200);
  g_assert_cmpint (recv (room.side.fds[IPD_MEDIA_FD_VIDEO_RTP], packet, sizeof packet, MSG_DONTWAIT), ==, -1);
  end (&door, &room);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/visit/numbers-rise", test_numbers_rise);
  g_test_add_func ("/media/visit/narrow-picture", test_narrow_picture);
  g_test_add_func ("/media/visit/wrong-key", test_wrong_key);
  g_test_add_func ("/media/visit/flood-ends-nothing", test_flood_ends_nothing);
  g_test_add_func ("/media/visit/second-viewer", test_second_viewer);
  g_test_add_func ("/media/visit/viewer-after-first-key-frame", test_viewer_after_first_key_frame);
  g_test_add_data_func ("/media/visit/8-viewers", GUINT_TO_POINTER (8), test_many_viewers);
  g_test_add_data_func ("/media/visit/32-viewers", GUINT_TO_POINTER (32), test_many_viewers);
  g_test_add_func ("/media/visit/new-generation", test_new_generation);
  g_test_add_func ("/media/visit/learns-from-verified", test_learns_from_verified);
  g_test_add_func ("/media/visit/learns-nothing-unverified", test_learns_nothing_unverified);
  g_test_add_func ("/media/visit/key-frames-keep-distance", test_key_frames_keep_distance);
  g_test_add_func ("/media/visit/no-camera", test_no_camera);
  g_test_add_func ("/media/visit/bad-specs", test_bad_specs);
  g_test_add_func ("/media/visit/stop-is-silent", test_stop_is_silent);
  return g_test_run ();
}
