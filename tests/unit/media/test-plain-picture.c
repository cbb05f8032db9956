// SPDX-License-Identifier: Apache-2.0
/* Pictures of third-party stations: every way of H.264 and VP8 that they send, and what a stranger throws in between.
 */
#include "caster.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONG_MS 8000

#define X264(profile, more)                                                                                            \
  "videoconvert ! x264enc speed-preset=ultrafast key-int-max=25 bitrate=1000 " more                                    \
  " ! video/x-h264,stream-format=byte-stream,profile=" profile
#define BASELINE X264 ("constrained-baseline", "tune=zerolatency")
/* Parameter sets nowhere in the stream. */
#define SILENT                                                                                                         \
  "videoconvert ! x264enc speed-preset=ultrafast key-int-max=25 bitrate=1000 tune=zerolatency "                        \
  "option-string=repeat-headers=0"                                                                                     \
  " ! video/x-h264,stream-format=avc,profile=constrained-baseline"
#define PAY(more) " ! rtph264pay pt=99 aggregate-mode=none " more

static const IpdMediaVideo h264_only[] = { { IPD_VIDEO_H264, 99 } };
static const IpdMediaVideo many[] = { { IPD_VIDEO_H264, 96 }, { IPD_VIDEO_H264, 99 }, { IPD_VIDEO_VP8, 120 } };

/* Somebody who watches. */
typedef struct {
  Side side;
  IpdMediaClient *client;
  guint frames;
  guint broken;
  Strip last;
  guint wanted;
  guint events[IPD_MEDIA_PREVIEW_FAILED + 1];
} Viewer;

static void
on_frame (IpdMediaClient *client, const IpdVideoFrame *frame, gpointer data)
{
  Viewer *viewer = data;
  Strip strip = strip_read (frame);
  viewer->frames += strip.valid;
  viewer->broken += !strip.valid;
  if (strip.valid)
    viewer->last = strip;
}

static void
on_event (IpdMediaClient *client, IpdMediaEvent event, const char *detail, gpointer data)
{
  Viewer *viewer = data;
  g_test_message ("%s %s", ipd_media_event_name (event), detail);
  viewer->events[event]++;
}

static void
viewer_watch (Viewer *viewer, const IpdMediaParams *params)
{
  g_autoptr (GError) error = NULL;
  const IpdMediaClientHandlers handlers = { on_frame, on_event };
  viewer->client = ipd_media_client_new (params, &handlers, viewer, &error);
  g_assert_no_error (error);
  ipd_media_client_set_output (viewer->client, "none");
  ipd_media_client_set_input (viewer->client, "none");
  ipd_media_client_start (viewer->client);
}

static bool
sees (gpointer data)
{
  Viewer *viewer = data;
  return viewer->frames >= viewer->wanted;
}

/* So many more pictures come, and their numbers rise; the last one of a stream before may be among them. */
static void
expect_pictures (Viewer *viewer, guint n)
{
  uint32_t before = viewer->last.number;
  viewer->wanted = viewer->frames + n;
  g_assert_true (wait_until (sees, viewer, LONG_MS));
  g_assert_cmpuint (viewer->last.number, >=, before + n / 2);
}

static void
viewer_clear (Viewer *viewer)
{
  ipd_media_client_free (viewer->client);
  side_clear (&viewer->side);
}

/* Watches what @coding makes, from its middle on if the client comes late. */
static void
watch (const char *coding, const IpdMediaVideo *video, guint n_video, const char *sprop)
{
  Viewer viewer = { 0 };
  Caster caster;
  side_init (&viewer.side);
  caster_start (&caster, coding, &viewer.side);
  IpdMediaParams params = caster_params (&caster, &viewer.side, video, n_video);
  params.sprop = (char *) sprop;
  viewer_watch (&viewer, &params);
  expect_pictures (&viewer, 15);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_FIRST_FRAME], ==, 1);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_FAILED], ==, 0);
  g_assert_cmpuint (viewer.broken, ==, 0);
  viewer_clear (&viewer);
  caster_stop (&caster);
}

static void
test_mode_1 (void)
{
  watch (BASELINE PAY ("mtu=600 config-interval=0"), h264_only, 1, NULL);
}

/* Whole units, up to the size that UDP takes. */
static void
test_mode_0 (void)
{
  watch (BASELINE PAY ("mtu=65000 config-interval=0"), h264_only, 1, NULL);
}

static void
test_aggregated (void)
{
  watch (BASELINE " ! rtph264pay pt=99 aggregate-mode=max-stap config-interval=-1", h264_only, 1, NULL);
}

static void
test_main (void)
{
  watch (X264 ("main", "bframes=0 cabac=true tune=zerolatency") PAY ("config-interval=0"), h264_only, 1, NULL);
}

/* With pictures that refer to later ones. */
static void
test_high (void)
{
  watch (X264 ("high", "bframes=2 dct8x8=true rc-lookahead=5") PAY ("config-interval=0"), h264_only, 1, NULL);
}

/* Three payload types are agreed on, any may come. */
static void
test_second_payload_type (void)
{
  watch (BASELINE PAY ("config-interval=0"), many, G_N_ELEMENTS (many), NULL);
}

static void
test_vp8 (void)
{
  watch ("vp8enc deadline=1 cpu-used=8 keyframe-max-dist=25 ! rtpvp8pay pt=120", many, G_N_ELEMENTS (many), NULL);
}

/* Parameter sets at the very start only: who was there goes on seeing. Who comes late sees nothing, which proves that
 * they did not come again. */
static void
test_sets_once (void)
{
  Viewer viewer = { 0 };
  Caster caster;
  side_init (&viewer.side);
  caster_start (&caster, SILENT PAY ("config-interval=3600"), &viewer.side);
  IpdMediaParams params = caster_params (&caster, &viewer.side, h264_only, 1);
  viewer_watch (&viewer, &params);
  expect_pictures (&viewer, 40);
  g_clear_pointer (&viewer.client, ipd_media_client_free);
  viewer.frames = 0;
  viewer_watch (&viewer, &params);
  pass_ms (1300); /* a key frame comes each second */
  g_assert_cmpuint (viewer.frames, ==, 0);
  viewer_clear (&viewer);
  caster_stop (&caster);
}

static bool
has_sprop (gpointer data)
{
  Caster *caster = data;
  g_autofree char *sprop = caster_get_sprop (caster);
  return sprop != NULL;
}

/* Parameter sets in the SDP only; without them nothing is seen, which proves that they were nowhere else. */
static void
test_sets_only_said (void)
{
  Viewer viewer = { 0 };
  Caster caster;
  side_init (&viewer.side);
  caster_start (&caster, SILENT PAY ("config-interval=0"), &viewer.side);
  g_assert_true (wait_until (has_sprop, &caster, LONG_MS));
  g_autofree char *sprop = caster_get_sprop (&caster);
  IpdMediaParams params = caster_params (&caster, &viewer.side, h264_only, 1);
  viewer_watch (&viewer, &params);
  pass_ms (1300); /* a key frame comes each second */
  g_assert_cmpuint (viewer.frames, ==, 0);
  g_clear_pointer (&viewer.client, ipd_media_client_free);
  params.sprop = sprop;
  viewer_watch (&viewer, &params);
  expect_pictures (&viewer, 15);
  viewer_clear (&viewer);
  caster_stop (&caster);
}

static bool
is_asked (gpointer data)
{
  return caster_count_requests (data) > 0;
}

/* A key frame that comes only when it is asked for; asked for by RTCP that names the stream. */
static void
test_asks (void)
{
  Viewer viewer = { 0 };
  Caster caster;
  side_init (&viewer.side);
  caster_start (&caster, X264 ("constrained-baseline", "tune=zerolatency") PAY ("config-interval=0"), &viewer.side);
  IpdMediaParams params = caster_params (&caster, &viewer.side, h264_only, 1);
  viewer_watch (&viewer, &params);
  g_assert_true (wait_until (is_asked, &caster, LONG_MS));
  expect_pictures (&viewer, 3);
  viewer_clear (&viewer);
  caster_stop (&caster);
}

/* The station goes on with the other codec, as after a transfer. */
static void
test_codec_changes (void)
{
  Viewer viewer = { 0 };
  Caster first, second;
  side_init (&viewer.side);
  caster_start (&first, BASELINE PAY ("config-interval=0"), &viewer.side);
  IpdMediaParams params = caster_params (&first, &viewer.side, many, G_N_ELEMENTS (many));
  viewer_watch (&viewer, &params);
  expect_pictures (&viewer, 5);
  caster_stop (&first);
  viewer.last.number = 0;
  caster_start (&second, "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=10 ! rtpvp8pay pt=120", &viewer.side);
  expect_pictures (&viewer, 10);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_FAILED], ==, 0);
  viewer_clear (&viewer);
  caster_stop (&second);
}

/* Another SSRC takes over and never says its parameter sets: those of the first are still right. */
static void
test_stream_changes (void)
{
  Viewer viewer = { 0 };
  Caster first, second;
  side_init (&viewer.side);
  caster_start (&first, BASELINE PAY ("config-interval=0 ssrc=1"), &viewer.side);
  IpdMediaParams params = caster_params (&first, &viewer.side, h264_only, 1);
  viewer_watch (&viewer, &params);
  expect_pictures (&viewer, 5);
  caster_stop (&first);
  viewer.last.number = 0;
  caster_start (&second, SILENT PAY ("config-interval=0 ssrc=2"), &viewer.side);
  expect_pictures (&viewer, 10);
  viewer_clear (&viewer);
  caster_stop (&second);
}

/* Another SSRC beside the one that is shown, from the same address: the picture goes on as if it was not there. */
static void
test_stream_beside (void)
{
  Viewer viewer = { 0 };
  Caster first, second;
  side_init (&viewer.side);
  caster_start (&first, BASELINE PAY ("config-interval=0 ssrc=1"), &viewer.side);
  IpdMediaParams params = caster_params (&first, &viewer.side, h264_only, 1);
  viewer_watch (&viewer, &params);
  expect_pictures (&viewer, 60);
  caster_start (&second, BASELINE PAY ("config-interval=0 ssrc=2"), &viewer.side);
  expect_pictures (&viewer, 30); /* their numbers rise: none is of the second, which began later */
  viewer_clear (&viewer);
  caster_stop (&second);
  caster_stop (&first);
}

/* A stream to the right port from another address shows nothing. */
static void
test_from_elsewhere (void)
{
  Viewer viewer = { 0 };
  Caster caster;
  side_init (&viewer.side);
  caster_start (&caster, BASELINE PAY ("config-interval=0"), &viewer.side);
  IpdMediaParams params = caster_params (&caster, &viewer.side, h264_only, 1);
  params.video_host = (char *) "127.0.0.2";
  viewer_watch (&viewer, &params);
  pass_ms (800);
  g_assert_cmpuint (viewer.frames, ==, 0);
  viewer_clear (&viewer);
  caster_stop (&caster);
}

static void
throw_packet (const Side *to, const char *from, const void *packet, gsize len)
{
  struct sockaddr_in local = { .sin_family = AF_INET };
  struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons (to->video_port) };
  inet_pton (AF_INET, from, &local.sin_addr);
  inet_pton (AF_INET, to->host, &peer.sin_addr);
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &local, sizeof local), ==, 0);
  g_assert_cmpint (sendto (fd, packet, len, 0, (struct sockaddr *) &peer, sizeof peer), ==, (gssize) len);
  close (fd);
}

typedef struct {
  const char *name;
  uint8_t head[24]; /* behind it, zeros */
  gsize len;
} Bad;

#define RTP(flags, pt) flags, pt, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9
#define FAULTY(name, len, ...)                                                                                         \
  {                                                                                                                    \
    name, { __VA_ARGS__ }, len                                                                                         \
  }

static const Bad bad[] = {
  FAULTY ("nothing", 0, 0),
  FAULTY ("one octet", 1, 0x80),
  FAULTY ("version 1", 40, RTP (0x40, 99), 0x65),
  FAULTY ("another payload type", 40, RTP (0x80, 50), 0x65, 0x88),
  FAULTY ("VP8 beside H.264", 40, RTP (0x80, 120), 0x10, 0x00),
  FAULTY ("extension longer than the packet", 20, RTP (0x90, 99), 0xbe, 0xde, 0xff, 0xff),
  FAULTY ("fifteen sources", 20, RTP (0x8f, 99), 0x65),
  FAULTY ("padding longer than the packet", 14, RTP (0xa0, 99), 0x65, 0xff),
  FAULTY ("padding of nothing", 40, RTP (0xa0, 99), 0x65, 0x88),
  FAULTY ("no payload", 12, RTP (0x80, 99)),
  FAULTY ("one octet of a unit", 13, RTP (0x80, 99), 0x65),
  FAULTY ("fragment without start", 60, RTP (0x80, 99), 0x7c, 0x05, 1, 2, 3),
  FAULTY ("fragment that starts and ends", 60, RTP (0x80, 99), 0x7c, 0xc5, 1, 2, 3),
  FAULTY ("fragment of a fragment", 60, RTP (0x80, 99), 0x7c, 0x9c, 1, 2, 3),
  FAULTY ("aggregate longer than the packet", 30, RTP (0x80, 99), 0x78, 0xff, 0xff, 0x67, 1),
  FAULTY ("aggregate of nothing", 15, RTP (0x80, 99), 0x78, 0, 0),
  FAULTY ("aggregate of an aggregate", 30, RTP (0x80, 99), 0x78, 0, 4, 0x78, 0, 1, 0x67),
  FAULTY ("a type that nobody uses", 40, RTP (0x80, 99), 0x7e, 1),
  FAULTY ("a damaged unit", 40, RTP (0x80, 99), 0xe5, 1),
  FAULTY ("parameter set of zeros", 40, RTP (0x80, 99), 0x67),
  FAULTY ("a key frame of 60 KB in one packet", 60000, RTP (0x80, 99), 0x65, 0x88),
  FAULTY ("VP8 descriptor alone", 13, RTP (0x80, 120), 0x90),
  FAULTY ("VP8 descriptor that goes on", 15, RTP (0x80, 120), 0x90, 0xf0, 0x80),
  FAULTY ("VP8 key frame of no size", 40, RTP (0x80, 120), 0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a),
  FAULTY ("VP8 key frame of 16,383 x 16,383", 40, RTP (0x80, 120), 0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff,
          0x3f),
};

/* Before the first picture and among them, from the station's own address and from elsewhere. */
static void
throw_all (const Side *to, uint32_t ssrc, const char *from)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree uint8_t *packet = g_malloc0 (MAX (bad[i].len, sizeof bad[i].head));
      memcpy (packet, bad[i].head, sizeof bad[i].head);
      packet[8] = (uint8_t) (ssrc >> 24), packet[9] = (uint8_t) (ssrc >> 16);
      packet[10] = (uint8_t) (ssrc >> 8), packet[11] = (uint8_t) ssrc;
      throw_packet (to, from, packet, bad[i].len);
    }
}

static void
go_through_bad (const char *coding, const IpdMediaVideo *video, guint n_video)
{
  Viewer viewer = { 0 };
  Caster caster;
  side_init (&viewer.side);
  caster_start (&caster, coding, &viewer.side);
  IpdMediaParams params = caster_params (&caster, &viewer.side, video, n_video);
  throw_all (&viewer.side, 7, "127.0.0.2");
  viewer_watch (&viewer, &params);
  expect_pictures (&viewer, 5);
  throw_all (&viewer.side, 7, "127.0.0.2");
  throw_all (&viewer.side, 8, caster.side.host);
  expect_pictures (&viewer, 10);
  g_assert_cmpuint (viewer.broken, ==, 0);
  throw_all (&viewer.side, 9, caster.side.host); /* the stream's own name */
  expect_pictures (&viewer, 40);
  g_assert_cmpuint (viewer.events[IPD_MEDIA_FAILED], ==, 0);
  viewer_clear (&viewer);
  caster_stop (&caster);
}

static void
test_bad_among_h264 (void)
{
  go_through_bad (BASELINE PAY ("config-interval=0 ssrc=9"), many, G_N_ELEMENTS (many));
}

static void
test_bad_among_vp8 (void)
{
  go_through_bad ("vp8enc deadline=1 cpu-used=8 keyframe-max-dist=25 ! rtpvp8pay pt=120 ssrc=9", many,
                  G_N_ELEMENTS (many));
}

/* Runs last: without FFmpeg, whose licence not everybody can take, the same pictures are shown. */
static void
test_other_decoder (void)
{
  GstRegistry *registry = gst_registry_get ();
  g_autoptr (GstPluginFeature) feature = gst_registry_lookup_feature (registry, "avdec_h264");
  if (feature != NULL)
    gst_registry_remove_feature (registry, feature);
  test_mode_1 ();
  test_main ();
  test_high ();
  test_sets_once ();
  test_bad_among_h264 ();
}

int
main (int argc, char **argv)
{
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/media/plain-picture/mode-1", test_mode_1);
  g_test_add_func ("/media/plain-picture/mode-0", test_mode_0);
  g_test_add_func ("/media/plain-picture/aggregated", test_aggregated);
  g_test_add_func ("/media/plain-picture/main", test_main);
  g_test_add_func ("/media/plain-picture/high", test_high);
  g_test_add_func ("/media/plain-picture/second-payload-type", test_second_payload_type);
  g_test_add_func ("/media/plain-picture/vp8", test_vp8);
  g_test_add_func ("/media/plain-picture/sets-once", test_sets_once);
  g_test_add_func ("/media/plain-picture/sets-only-said", test_sets_only_said);
  g_test_add_func ("/media/plain-picture/asks", test_asks);
  g_test_add_func ("/media/plain-picture/codec-changes", test_codec_changes);
  g_test_add_func ("/media/plain-picture/stream-changes", test_stream_changes);
  g_test_add_func ("/media/plain-picture/stream-beside", test_stream_beside);
  g_test_add_func ("/media/plain-picture/from-elsewhere", test_from_elsewhere);
  g_test_add_func ("/media/plain-picture/bad-among-h264", test_bad_among_h264);
  g_test_add_func ("/media/plain-picture/bad-among-vp8", test_bad_among_vp8);
  g_test_add_func ("/media/plain-picture/other-decoder", test_other_decoder);
  return g_test_run ();
}
