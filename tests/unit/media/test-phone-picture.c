// SPDX-License-Identifier: Apache-2.0
/* The picture of our station on phones of other makers: what is on the wire, what a decoder makes of it, and that it
 * costs one encoder for each codec, however many look. */
#include "fixture.h"

#include <arpa/inet.h>
#include <gst/gst.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONG_MS 8000
#define MTU     1200 /* of RTP packets, where units are cut */
#define STAP_A  24   /* RFC 6184 section 5.4 */

/* A room that is a phone to the door: plain. */
static void
phone_join (Room *room, IpdVideoCodec codec, uint8_t payload, bool single_nal)
{
  const IpdMediaViewer viewer = { .plain = true,
                                  .codec = codec,
                                  .payload = payload,
                                  .single_nal = single_nal,
                                  .host = room->side.host,
                                  .rtp_port = room->side.video_port,
                                  .rtcp_port = room->side.video_port + 1 };
  ipd_media_station_add_viewer (room->door->station, room->leg, &viewer);
}

static void
phone_watch (Room *room, IpdVideoCodec codec, uint8_t payload)
{
  IpdMediaParams params = { .video_host = room->door->side.host,
                            .video_port = room->door->side.video_port,
                            .video = { { codec, payload } },
                            .n_video = 1 };
  memcpy (params.fds, room->side.fds, sizeof params.fds);
  room_start (room, &params, NULL);
}

static bool
has_frames (gpointer data)
{
  return ((Room *) data)->frames > 20;
}

static IpdMediaStationStats
stats_of (Door *door)
{
  IpdMediaStationStats stats;
  ipd_media_station_get_stats (door->station, &stats);
  return stats;
}

static void
expect_pictures (Room *room)
{
  g_assert_true (wait_until (has_frames, room, LONG_MS));
  g_assert_cmpuint (room->broken, ==, 0);
  g_assert_cmpuint (room->last.number, >=, room->first.number + 19);
}

static void
show (IpdVideoCodec codec, uint8_t payload, bool single_nal)
{
  Door door;
  Room room;
  door_init (&door, NULL, NULL);
  door_start_visit (&door);
  room_prepare (&room, &door, 5);
  phone_join (&room, codec, payload, single_nal);
  phone_watch (&room, codec, payload);
  expect_pictures (&room);
  room_clear (&room);
  door_clear (&door);
}

static void
test_mode_1 (void)
{
  show (IPD_VIDEO_H264, 103, false);
}

static void
test_mode_0 (void)
{
  show (IPD_VIDEO_H264, 99, true);
}

static void
test_vp8 (void)
{
  show (IPD_VIDEO_VP8, 120, false);
}

static bool
has_two_encoders (gpointer data)
{
  return stats_of (data).encoders == 2;
}

static bool
has_one_encoder (gpointer data)
{
  return stats_of (data).encoders == 1;
}

/* Six viewers of every kind: two encoders while one of them takes VP8, one encoder after it left. */
static void
test_encoders_are_shared (void)
{
  Door door;
  Room rooms[6];
  door_init (&door, NULL, NULL);
  door_start_visit (&door);
  for (guint i = 0; i < 2; i++)
    {
      room_init (&rooms[i], &door, i);
      room_start (&rooms[i], NULL, NULL);
    }
  for (guint i = 2; i < 6; i++)
    {
      IpdVideoCodec codec = i == 5 ? IPD_VIDEO_VP8 : IPD_VIDEO_H264;
      room_prepare (&rooms[i], &door, i);
      phone_join (&rooms[i], codec, (uint8_t) (100 + i), i == 4);
      phone_watch (&rooms[i], codec, (uint8_t) (100 + i));
    }
  for (guint i = 0; i < 6; i++)
    expect_pictures (&rooms[i]);
  g_assert_true (wait_until (has_two_encoders, &door, LONG_MS));
  g_assert_cmpuint (stats_of (&door).viewers, ==, 6);
  ipd_media_station_remove_viewer (door.station, 5);
  g_assert_true (wait_until (has_one_encoder, &door, LONG_MS));
  rooms[3].frames = 0;
  expect_pictures (&rooms[3]);
  for (guint i = 0; i < 6; i++)
    room_clear (&rooms[i]);
  door_clear (&door);
}

/* What a phone finds on its socket. */
typedef struct {
  Side side;
  Door *door;
  guint packets;
  guint others; /* not RTP, or another payload type */
  guint longest;
  guint types[32];   /* H.264: NAL units, also those within a STAP-A, STAP-As and fragments by type */
  guint bare_frames; /* key frames without parameter sets in the same picture */
  uint32_t rtp_time;
  bool has_sets;
  uint8_t payload;
} Wire;

static void
take_unit (Wire *wire, const uint8_t *unit)
{
  guint type = unit[0] & 0x1f;
  bool begins = type == 5 || (type == 28 && (unit[1] & 0x9f) == 0x85);
  wire->types[type]++;
  wire->has_sets = wire->has_sets || type == 7;
  wire->bare_frames += begins && !wire->has_sets;
}

static void
take_h264 (Wire *wire, const uint8_t *packet, gsize len)
{
  uint32_t rtp_time = (uint32_t) packet[4] << 24 | (uint32_t) packet[5] << 16 | (uint32_t) packet[6] << 8 | packet[7];
  if (rtp_time != wire->rtp_time)
    wire->has_sets = false;
  wire->rtp_time = rtp_time;
  if ((packet[12] & 0x1f) != STAP_A)
    {
      take_unit (wire, packet + 12);
      return;
    }
  wire->types[STAP_A]++;
  gsize size;
  for (gsize at = 13; at + 2 < len; at += 2 + size)
    {
      size = (gsize) packet[at] << 8 | packet[at + 1];
      g_assert_cmpuint (at + 2 + size, <=, len);
      take_unit (wire, packet + at + 2);
    }
}

static bool
has_taken (gpointer data)
{
  Wire *wire = data;
  uint8_t packet[65536];
  gssize len;
  while ((len = recv (wire->side.fds[IPD_MEDIA_FD_VIDEO_RTP], packet, sizeof packet, MSG_DONTWAIT)) > 0)
    {
      bool ours = len > 13 && packet[0] == 0x80 && (packet[1] & 0x7f) == wire->payload;
      wire->packets++;
      wire->others += !ours;
      wire->longest = MAX (wire->longest, (guint) len);
      if (ours)
        take_h264 (wire, packet, (gsize) len);
    }
  return wire->packets > 250;
}

static void
watch_wire (Wire *wire, Door *door, bool single_nal)
{
  memset (wire, 0, sizeof *wire);
  wire->payload = 109;
  side_init (&wire->side);
  const IpdMediaViewer viewer = { .plain = true,
                                  .payload = 109,
                                  .single_nal = single_nal,
                                  .host = wire->side.host,
                                  .rtp_port = wire->side.video_port,
                                  .rtcp_port = wire->side.video_port + 1 };
  ipd_media_station_add_viewer (door->station, 7, &viewer);
  g_assert_true (wait_until (has_taken, wire, LONG_MS));
  ipd_media_station_remove_viewer (door->station, 7);
  g_test_message ("%u packets, longest %u, %u fragments, %u key units", wire->packets, wire->longest, wire->types[28],
                  wire->types[5]);
  g_assert_cmpuint (wire->others, ==, 0);
  g_assert_cmpuint (wire->types[7], >, 0);
  g_assert_cmpuint (wire->types[8], >, 0);
  g_assert_cmpuint (wire->bare_frames, ==, 0);
  for (guint type = STAP_A + 1; type < 28; type++)
    g_assert_cmpuint (wire->types[type], ==, 0);
  side_clear (&wire->side);
}

/* Mode 1: nothing longer than a packet of the line, short units together. Mode 0: nothing but whole units, each by
 * itself. Both: parameter sets before each key frame. */
static void
test_on_the_wire (void)
{
  Door door;
  Wire wire;
  door_init (&door, NULL, NULL);
  door_start_visit (&door);
  watch_wire (&wire, &door, false);
  g_assert_cmpuint (wire.longest, <=, MTU);
  g_assert_cmpuint (wire.types[STAP_A], >, 0);
  watch_wire (&wire, &door, true);
  g_assert_cmpuint (wire.types[28], ==, 0);
  g_assert_cmpuint (wire.types[STAP_A], ==, 0);
  g_assert_cmpuint (wire.types[5], >, 0);
  door_clear (&door);
}

/* As on a machine without it. */
static void
forget_element (const char *name)
{
  GstRegistry *registry = gst_registry_get ();
  g_autoptr (GstPluginFeature) feature = gst_registry_lookup_feature (registry, name);
  if (feature != NULL)
    gst_registry_remove_feature (registry, feature);
}

/* Runs last. An encoder that can keep its slices below a packet does: then mode 0 needs no longer ones, and one stream
 * would do for both. */
static void
test_small_slices (void)
{
  Door door;
  Wire wire;
  forget_element ("openh264enc");
  door_init (&door, NULL, NULL);
  door_start_visit (&door);
  watch_wire (&wire, &door, true);
  g_assert_cmpuint (wire.longest, <=, MTU);
  g_assert_cmpuint (wire.types[28], ==, 0);
  g_assert_cmpuint (wire.types[5], >, 0);
  watch_wire (&wire, &door, false);
  g_assert_cmpuint (wire.types[28], ==, 0);
  door_clear (&door);
}

static bool
is_seen (gpointer data)
{
  return ((Door *) data)->seen[7] > 0;
}

/* RFC 4585: an empty receiver report with a PLI about @ssrc. */
static void
send_pli (const Door *door, const char *from, uint16_t port, uint32_t ssrc)
{
  struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons (port) };
  struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons (door->side.video_port + 1) };
  uint8_t packet[] = { 0x80, 201, 0, 1, 0, 0, 0, 5, 0x81, 206, 0, 2, 0, 0, 0, 5, 0, 0, 0, 0 };
  for (int i = 0; i < 4; i++)
    packet[16 + i] = (uint8_t) (ssrc >> (24 - 8 * i));
  inet_pton (AF_INET, from, &local.sin_addr);
  inet_pton (AF_INET, door->side.host, &peer.sin_addr);
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &local, sizeof local), ==, 0);
  g_assert_cmpint (sendto (fd, packet, sizeof packet, 0, (struct sockaddr *) &peer, sizeof peer), ==, sizeof packet);
  close (fd);
}

typedef struct {
  Door *door;
  uint64_t wanted;
} Forced;

static bool
has_forced (gpointer data)
{
  Forced *forced = data;
  return stats_of (forced->door).forced_key_frames >= forced->wanted;
}

/* A phone may ask for a key frame, at most every 500 ms; nobody else in its name. */
static void
test_asks_for_key_frame (void)
{
  Door door;
  Side phone;
  door_init (&door, NULL, NULL);
  door_start_visit (&door);
  side_init (&phone);
  const IpdMediaViewer viewer = {
    .plain = true, .payload = 96, .host = phone.host, .rtp_port = phone.video_port, .rtcp_port = phone.video_port + 1
  };
  ipd_media_station_add_viewer (door.station, 7, &viewer);
  pass_ms (700);
  Forced forced = { &door, stats_of (&door).forced_key_frames };
  send_pli (&door, "127.0.0.9", 0, door.video.ssrc);
  send_pli (&door, phone.host, 0, door.video.ssrc + 1);
  pass_ms (300);
  g_assert_cmpuint (stats_of (&door).forced_key_frames, ==, forced.wanted);
  g_assert_true (wait_until (is_seen, &door, LONG_MS));
  forced.wanted++;
  for (int i = 0; i < 20; i++)
    send_pli (&door, phone.host, 0, door.video.ssrc);
  g_assert_true (wait_until (has_forced, &forced, LONG_MS));
  pass_ms (250);
  g_assert_cmpuint (stats_of (&door).forced_key_frames, ==, forced.wanted);
  side_clear (&phone);
  door_clear (&door);
}

/* With SRTP first: whoever can verify is not taken for a phone at the same host. */
static void
test_beside_a_client (void)
{
  Door door;
  Room client, phone;
  door_init (&door, NULL, NULL);
  door_start_visit (&door);
  room_prepare (&phone, &door, 1);
  phone_join (&phone, IPD_VIDEO_H264, 97, false);
  room_init (&client, &door, 0);
  room_start (&client, NULL, NULL);
  expect_pictures (&client);
  g_assert_cmpuint (door.seen[0], ==, 1);
  room_clear (&client);
  room_clear (&phone);
  door_clear (&door);
}

int
main (int argc, char **argv)
{
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/media/phone-picture/mode-1", test_mode_1);
  g_test_add_func ("/media/phone-picture/mode-0", test_mode_0);
  g_test_add_func ("/media/phone-picture/vp8", test_vp8);
  g_test_add_func ("/media/phone-picture/encoders-are-shared", test_encoders_are_shared);
  g_test_add_func ("/media/phone-picture/on-the-wire", test_on_the_wire);
  g_test_add_func ("/media/phone-picture/asks-for-key-frame", test_asks_for_key_frame);
  g_test_add_func ("/media/phone-picture/beside-a-client", test_beside_a_client);
  g_test_add_func ("/media/phone-picture/small-slices", test_small_slices);
  return g_test_run ();
}
