// SPDX-License-Identifier: Apache-2.0
/* A bad network between station and client: packets lost, packets out of order. A relay in this process plays it. */
#include "fixture.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

#define LONG_MS 18000

typedef struct {
  int in;      /* from here */
  int out;     /* leaves through here */
  uint16_t to; /* to this port */
  int lose_percent;
  bool swap; /* every second packet after the one that follows it */
  uint8_t held[1500];
  gssize n_held;
  guint source;
  guint passed;
} Way;

typedef struct {
  Side outside; /* what the station takes for the client */
  Side inside;  /* what the client takes for the station */
  Way ways[4];
} Relay;

static void
pass (Way *way, const uint8_t *packet, gssize n)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (way->to) };
  inet_pton (AF_INET, "127.0.0.1", &to.sin_addr);
  sendto (way->out, packet, (size_t) n, 0, (struct sockaddr *) &to, sizeof to);
  way->passed++;
}

static void
take (Way *way, const uint8_t *packet, gssize n)
{
  if (g_random_int_range (0, 100) < way->lose_percent)
    return;
  /* The last packet of a picture has the marker: held, it would wait for the next picture. */
  if (way->swap && way->n_held == 0 && (packet[1] & 0x80) == 0)
    {
      memcpy (way->held, packet, (size_t) n);
      way->n_held = n;
      return;
    }
  pass (way, packet, n);
  if (way->n_held > 0)
    pass (way, way->held, way->n_held);
  way->n_held = 0;
}

static gboolean
on_packet (int fd, GIOCondition condition, gpointer data)
{
  uint8_t packet[1500];
  gssize n = recv (fd, packet, sizeof packet, MSG_DONTWAIT);
  if (n > 0)
    take (data, packet, n);
  return G_SOURCE_CONTINUE;
}

static void
relay_init (Relay *relay, const Side *door, const Side *room)
{
  memset (relay, 0, sizeof *relay);
  side_init (&relay->outside);
  side_init (&relay->inside);
  for (int rtcp = 0; rtcp < 2; rtcp++)
    {
      int outside = relay->outside.fds[IPD_MEDIA_FD_VIDEO_RTP + rtcp];
      int inside = relay->inside.fds[IPD_MEDIA_FD_VIDEO_RTP + rtcp];
      relay->ways[rtcp] = (Way){ .in = outside, .out = inside, .to = room->video_port + rtcp };
      relay->ways[2 + rtcp] = (Way){ .in = inside, .out = outside, .to = door->video_port + rtcp };
    }
  for (int i = 0; i < 4; i++)
    relay->ways[i].source = g_unix_fd_add (relay->ways[i].in, G_IO_IN, on_packet, &relay->ways[i]);
}

static void
relay_clear (Relay *relay)
{
  for (int i = 0; i < 4; i++)
    g_source_remove (relay->ways[i].source);
  side_clear (&relay->outside);
  side_clear (&relay->inside);
}

typedef struct {
  Door door;
  Room room;
  Relay relay;
  guint wanted;
  uint64_t forced_before;
} Scene;

static void
scene_init (Scene *scene)
{
  door_init (&scene->door, NULL, NULL);
  door_start_visit (&scene->door);
  room_prepare (&scene->room, &scene->door, 0);
  relay_init (&scene->relay, &scene->door.side, &scene->room.side);
  IpdMediaViewer viewer = { .host = scene->relay.outside.host,
                            .rtp_port = scene->relay.outside.video_port,
                            .rtcp_port = scene->relay.outside.video_port + 1,
                            .tag = scene->room.tag };
  memcpy (viewer.rtcp_rx_key, scene->room.video_rtcp_tx.key, IPD_MEDIA_KEY_LEN);
  ipd_media_station_add_viewer (scene->door.station, 0, &viewer);
  IpdMediaParams params = room_params (&scene->room);
  params.video_port = scene->relay.inside.video_port;
  room_start (&scene->room, &params, NULL);
}

static void
scene_clear (Scene *scene)
{
  room_clear (&scene->room);
  relay_clear (&scene->relay);
  door_clear (&scene->door);
}

static bool
has_wanted (gpointer data)
{
  Scene *scene = data;
  return scene->room.frames >= scene->wanted;
}

static bool
has_first (gpointer data)
{
  return ((Scene *) data)->room.frames > 0;
}

static uint64_t
forced (Scene *scene)
{
  IpdMediaStationStats stats;
  ipd_media_station_get_stats (scene->door.station, &stats);
  return stats.forced_key_frames;
}

static bool
has_recovered (gpointer data)
{
  Scene *scene = data;
  return scene->room.frames >= scene->wanted && forced (scene) > scene->forced_before;
}

/* Some packets are lost: the station sends them again, and nobody has to wait for a key frame. */
static void
test_loss (void)
{
  Scene scene;
  scene_init (&scene);
  scene.wanted = 20; /* and what was asked for at the start is over */
  g_assert_true (wait_until (has_wanted, &scene, LONG_MS));
  uint64_t before = forced (&scene);
  scene.relay.ways[0].lose_percent = 5;
  scene.wanted = scene.room.frames + 60;
  g_assert_true (wait_until (has_wanted, &scene, LONG_MS));
  g_assert_cmpuint (scene.room.broken, ==, 0);
  g_assert_cmpuint (forced (&scene), ==, before);
  g_assert_cmpuint (scene.room.events[IPD_MEDIA_FAILED], ==, 0);
  scene_clear (&scene);
}

/* Too much is lost to be sent again: a key frame is asked for, until one comes. What cannot be decoded is never shown.
 */
static void
test_outage (void)
{
  Scene scene;
  scene_init (&scene);
  g_assert_true (wait_until (has_first, &scene, LONG_MS));
  scene.forced_before = forced (&scene);
  scene.relay.ways[0].lose_percent = 100;
  pass_ms (3000);
  scene.relay.ways[0].lose_percent = 0;
  scene.wanted = scene.room.frames + 20;
  g_assert_true (wait_until (has_recovered, &scene, LONG_MS));
  g_assert_cmpuint (scene.room.broken, ==, 0);
  scene_clear (&scene);
}

/* Packets out of order are put in order: no picture is missed, nothing is asked for. */
static void
test_reordering (void)
{
  Scene scene;
  scene_init (&scene);
  scene.wanted = 20;
  g_assert_true (wait_until (has_wanted, &scene, LONG_MS));
  uint64_t before = forced (&scene);
  uint32_t number = scene.room.last.number;
  guint frames = scene.room.frames;
  scene.relay.ways[0].swap = true;
  scene.wanted = frames + 40;
  g_assert_true (wait_until (has_wanted, &scene, LONG_MS));
  g_test_message ("%u numbers in %u pictures", scene.room.last.number - number, scene.room.frames - frames);
  g_assert_cmpuint (scene.room.broken, ==, 0);
  g_assert_cmpuint (forced (&scene), ==, before);
  scene_clear (&scene);
}

/* The first key frame is lost on the way: it is asked for again, soon and a few times only. */
static void
test_start_is_lost (void)
{
  Scene scene;
  scene_init (&scene);
  scene.relay.ways[0].lose_percent = 100;
  gint64 start = g_get_monotonic_time ();
  pass_ms (250);
  g_assert_cmpuint (scene.room.frames, ==, 0);
  scene.relay.ways[0].lose_percent = 0;
  g_assert_true (wait_until (has_first, &scene, LONG_MS));
  g_test_message ("picture after %d ms", (int) (g_get_monotonic_time () - start) / 1000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 1900 * 1000); /* the next one unasked comes after 2 s */
  scene_clear (&scene);
}

int
main (int argc, char **argv)
{
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/network/loss", test_loss);
  g_test_add_func ("/media/network/outage", test_outage);
  g_test_add_func ("/media/network/reordering", test_reordering);
  g_test_add_func ("/media/network/start-is-lost", test_start_is_lost);
  return g_test_run ();
}
